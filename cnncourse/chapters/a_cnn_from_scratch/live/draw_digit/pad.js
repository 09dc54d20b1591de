/**
 * Strokes as lines of points, so that they can be turned and thickened afterwards, and what MNIST makes of a drawing:
 * the ink fits a box of 20 pixels, and its centre of mass lies in the middle of 28.
 *
 * @typedef {[number, number][]} Stroke  points (x, y) from 0 to 1
 */
const RAW = 140; // points of the raw drawing a side, five for each pixel of the result
const SIDE = 28;
const BOX = 20;

/** Draws strokes. @param {Stroke[]} strokes @param {{ turn: number, width: number }} how degrees; pixels of 28 */
export function drawn(strokes, { turn, width }) {
  const ink = new Float64Array(RAW * RAW);
  const reach = (width / 2) * (RAW / SIDE);
  const [cosine, sine] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const turned = ([x, y]) => [
    (cosine * (x - 0.5) - sine * (y - 0.5) + 0.5) * RAW,
    (sine * (x - 0.5) + cosine * (y - 0.5) + 0.5) * RAW,
  ];
  for (const stroke of strokes) {
    const points = stroke.map(turned);
    points.forEach((point, i) => dabLine(ink, points[Math.max(0, i - 1)], point, reach));
  }
  return ink;
}

/** A picture that was not drawn here, as ink that can be turned. @param {number[][]} image 28 × 28 @param {number} turn degrees */
export function inkOf(image, turn) {
  const ink = new Float64Array(RAW * RAW);
  const [cosine, sine] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const level = (row, column) => image[row]?.[column] ?? 0;
  for (let i = 0; i < ink.length; i += 1) {
    const [x, y] = [((i % RAW) + 0.5) / RAW - 0.5, (Math.floor(i / RAW) + 0.5) / RAW - 0.5];
    const [column, row] = [(cosine * x + sine * y + 0.5) * SIDE - 0.5, (cosine * y - sine * x + 0.5) * SIDE - 0.5];
    const [left, top] = [Math.floor(column), Math.floor(row)];
    const [along, down] = [column - left, row - top];
    ink[i] =
      (level(top, left) * (1 - along) + level(top, left + 1) * along) * (1 - down) +
      (level(top + 1, left) * (1 - along) + level(top + 1, left + 1) * along) * down;
  }
  return ink;
}

/** Inks everything within `reach` of a line, with a soft edge. */
function dabLine(ink, [x0, y0], [x1, y1], reach) {
  const within = (value) => Math.max(0, Math.min(RAW - 1, Math.round(value)));
  const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  for (let y = within(Math.min(y0, y1) - reach - 2); y <= within(Math.max(y0, y1) + reach + 2); y += 1) {
    for (let x = within(Math.min(x0, x1) - reach - 2); x <= within(Math.max(x0, x1) + reach + 2); x += 1) {
      const along =
        length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length));
      const away = Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
      const level = Math.max(0, Math.min(1, (reach + 1.5 - away) / 3));
      ink[y * RAW + x] = Math.max(ink[y * RAW + x], level);
    }
  }
}

/** Where the ink is, in raw points; undefined where there is none. */
export function boxOf(ink) {
  let [left, right, top, bottom] = [RAW, -1, RAW, -1];
  ink.forEach((level, i) => {
    if (level <= 0.05) return;
    const [x, y] = [i % RAW, Math.floor(i / RAW)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Mean of the raw points that lie in a square of the result; `corner` and `step` in raw points. */
function meanOf(ink, left, top, step) {
  const parts = Math.max(1, Math.ceil(step));
  let sum = 0;
  for (let a = 0; a < parts; a += 1) {
    for (let b = 0; b < parts; b += 1) {
      const x = Math.floor(left + ((b + 0.5) * step) / parts);
      const y = Math.floor(top + ((a + 0.5) * step) / parts);
      if (x >= 0 && x < RAW && y >= 0 && y < RAW) sum += ink[y * RAW + x];
    }
  }
  return sum / parts ** 2;
}

/**
 * The picture the network gets. @param {Float64Array} ink @param {{ prepare: boolean, across: number, down: number, invert: boolean }} how
 * @returns {number[][]} 28 × 28, 0 to 1
 */
export function pictureOf(ink, { prepare, across, down, invert }) {
  const box = boxOf(ink);
  let [left, top, step] = [0, 0, RAW / SIDE];
  if (prepare && box !== undefined) {
    // A dot is not blown up to a disc.
    step = Math.max(box.width, box.height, BOX) / BOX;
    let [mass, x, y] = [0, 0, 0];
    ink.forEach((level, i) => {
      mass += level;
      x += level * ((i % RAW) + 0.5);
      y += level * (Math.floor(i / RAW) + 0.5);
    });
    // By whole pixels, so that the edge of the box stays sharp.
    left = box.left - step * Math.round(SIDE / 2 - (x / mass - box.left) / step);
    top = box.top - step * Math.round(SIDE / 2 - (y / mass - box.top) / step);
  }
  return Array.from({ length: SIDE }, (_, i) =>
    Array.from({ length: SIDE }, (_, j) => {
      const level = meanOf(ink, left + (j - across) * step, top + (i - down) * step, step);
      return Number((invert ? 1 - level : level).toFixed(3));
    }),
  );
}

/** Lets mouse, finger and keyboard draw. @param {HTMLCanvasElement} canvas @param {(strokes: Stroke[]) => void} changed */
export function listen(canvas, changed, say) {
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const pen = { x: 14, y: 14, down: false };
  let strokes = [];
  let drawing = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const begin = (point) => {
    strokes = [...strokes, [point]];
    changed(strokes);
  };
  const go = (point) => {
    strokes.at(-1).push(point);
    changed(strokes);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drawing = true;
    begin(at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drawing) go(at(event));
  });
  const lift = () => {
    drawing = false;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    const here = () => [(pen.x + 0.5) / SIDE, (pen.y + 0.5) / SIDE];
    if (move) {
      [pen.x, pen.y] = [pen.x + move[0], pen.y + move[1]].map((place) => Math.max(0, Math.min(SIDE - 1, place)));
      if (pen.down) go(here());
    } else if (event.key === " ") {
      pen.down = !pen.down;
      if (pen.down) begin(here());
    } else if (event.key === "Delete" || event.key === "Backspace") clear();
    else return;
    event.preventDefault();
    say(`Pen ${pen.down ? "down" : "up"} at row ${pen.y + 1}, column ${pen.x + 1}.`);
  });
  function clear() {
    strokes = [];
    pen.down = false;
    changed(strokes);
  }
  return { clear };
}
