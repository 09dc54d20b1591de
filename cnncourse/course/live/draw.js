/**
 * Pictures of numbers in the colours of the page: heat maps on a canvas, and how a number is written.
 *
 * @typedef {{ low: number[], middle: number[], high: number[] }} Palette  each [red, green, blue]
 */

/** @param {string} text "#rrggbb" @returns {number[]} */
function rgb(text) {
  return [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16));
}

/** Reads the colours of the response from the style sheet: they differ on a dark page. @param {Element} element @returns {Palette} */
export function palette(element) {
  const style = getComputedStyle(element);
  const read = (name) => rgb(style.getPropertyValue(name).trim());
  return { low: read("--cnl-low"), middle: read("--cnl-middle"), high: read("--cnl-high") };
}

/** From blue over the paper's colour to red; `share` runs from −1 to 1. @param {number} share @param {Palette} colours */
export function signedColour(share, colours) {
  const end = share < 0 ? colours.low : colours.high;
  // The root makes weak responses visible: on a linear scale most of a photograph would look empty.
  const weight = Math.min(1, Math.abs(share)) ** 0.7;
  return colours.middle.map((level, i) => Math.round(level + (end[i] - level) * weight));
}

/** 512 colours from −1 to 1, so that a picture asks for none of them twice. */
function table(colours) {
  const entries = new Uint32Array(513);
  for (let i = 0; i <= 512; i += 1) {
    const [red, green, blue] = signedColour((i - 256) / 256, colours);
    entries[i] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  return entries;
}

/**
 * Paints rows of numbers, a point of the canvas for each: the style sheet gives it its size on the screen.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values @param {number} rows @param {number} columns
 * @param {{ reach?: number, colours?: Palette }} [scale] `colours`: blue to red, from −reach to reach; without: grey, 0 to 255
 */
export function paint(canvas, values, rows, columns, { reach = 255, colours } = {}) {
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const points = new Uint32Array(image.data.buffer);
  if (colours === undefined) {
    for (let i = 0; i < points.length; i += 1) {
      const level = Math.max(0, Math.min(255, Math.round(values[i])));
      points[i] = (255 << 24) | (level << 16) | (level << 8) | level;
    }
  } else {
    const entries = table(colours);
    for (let i = 0; i < points.length; i += 1) {
      points[i] = entries[256 + Math.round(256 * Math.max(-1, Math.min(1, values[i] / reach)))];
    }
  }
  context.putImageData(image, 0, 0);
}

/** How a number is written: a real minus sign, no more digits than one can take in. @param {number} value */
export function numberText(value, digits = 2) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(digits));
  return String(rounded === 0 ? 0 : rounded).replace("-", "−");
}

/** The colours of a cell that shows a number: its ground, and ink that stands out on it. */
export function cellStyle(value, reach, colours) {
  const ground = signedColour(reach === 0 ? 0 : value / reach, colours);
  return { background: `rgb(${ground.join(" ")})`, color: inkOn(ground) };
}

/** Grey ground for a grey level from 0 to 255, and ink that stands out on it. @param {number} level */
export function greyStyle(level) {
  const ground = Array(3).fill(Math.max(0, Math.min(255, Math.round(level))));
  return { background: `rgb(${ground.join(" ")})`, color: inkOn(ground) };
}

/** Black or white, whichever has the higher contrast. */
function inkOn(ground) {
  const linear = ground.map((level) => (level <= 10 ? level / 3294 : ((level / 255 + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return light > 0.179 ? "#000" : "#fff";
}
