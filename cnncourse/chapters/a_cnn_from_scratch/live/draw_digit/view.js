/** What "draw a digit" shows: the pad, what the network gets, the ten answers, and every map on the way. */
import { make, slider } from "../../../../course/live/dom.js";
import { numberText, paint } from "../../../../course/live/draw.js";
import { drawn, inkOf, listen, pictureOf } from "./pad.js";

const percent = (share) => `${Math.round(100 * share)} %`;

// Of each layer with maps: how far apart the windows of two neighbours are in the picture, and how large they are.
const FIELDS = {
  "convolution 1": { step: 1, size: 5 },
  "pooling 1": { step: 2, size: 6 },
  "convolution 2": { step: 2, size: 14 },
  "pooling 2": { step: 4, size: 16 },
};

/** A map of a layer; hovering or tapping it lights the window that one of its numbers has seen. */
function mapCanvas(name, number, lit) {
  const canvas = make("canvas", { class: "dd-map", role: "img" });
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
    const row = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
    if (row >= 0 && column >= 0 && row < canvas.height && column < canvas.width)
      lit({ name, number, row, column });
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointerleave", () => lit(null));
  return canvas;
}

/** @param {HTMLElement} root @param {import("../../../../course/live/explorer.js").Explorer} explorer */
export function view(root, explorer) {
  const how = { turn: 0, width: 2.4, across: 0, down: 0, invert: false, prepare: true };
  let strokes = null; // none yet: the picture is the stored digit, or what Python has sent
  let base = explorer.now.image;
  let own = null; // the picture that was made of the strokes, or of that one
  const pad = make("canvas", {
    tabindex: 0,
    role: "application",
    class: "dd-pad",
    "aria-label":
      "Drawing pad. The arrow keys move the pen, the space bar puts it down and lifts it, Delete clears the pad.",
  });
  const seen = make("canvas", { role: "img" });
  const frame = make("div", { class: "cnl-frame", hidden: true });
  const bars = make("div", { class: "dd-bars" });
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = make("span", { class: "dd-bar" });
    const share = make("span", { class: "dd-share" });
    const row = make(
      "div",
      { class: "dd-row" },
      make("span", {}, String(digit)),
      make("span", { class: "dd-track" }, bar),
      share,
    );
    bars.append(row);
    return { row, bar, share };
  });
  const answer = make("p", { class: "dd-answer" });
  const note = make("p", { class: "cnl-muted dd-note" });
  const layers = make("div", { class: "dd-layers" });
  const maps = {};

  const redraw = () => {
    own = pictureOf(strokes === null ? inkOf(base, how.turn) : drawn(strokes, how), how);
    explorer.set({ image: own });
  };
  const { clear } = listen(
    pad,
    (lines) => {
      strokes = lines;
      redraw();
    },
    (text) => explorer.say(text),
  );
  const change = (key) => (value) => {
    how[key] = value;
    redraw();
  };
  const box = (label, key) =>
    make(
      "label",
      { class: "dd-check" },
      make("input", {
        type: "checkbox",
        ...(how[key] && { checked: true }),
        change: (event) => change(key)(event.target.checked),
      }),
      ` ${label}`,
    );
  const sliders = [
    slider("Turn", { min: -45, max: 45, step: 1, value: 0, unit: "°" }, change("turn")),
    slider("Thickness", { min: 1, max: 6, step: 0.2, value: 2.4, unit: " px" }, change("width")),
    slider("Move across", { min: -8, max: 8, step: 1, value: 0, unit: " px" }, change("across")),
    slider("Move down", { min: -8, max: 8, step: 1, value: 0, unit: " px" }, change("down")),
  ];
  root.append(
    make("p", { class: "cnl-title" }, explorer.constants.title),
    make(
      "div",
      { class: "dd-top" },
      make(
        "figure",
        {},
        make(
          "figcaption",
          {},
          "Draw here",
          make("button", { type: "button", class: "cnl-button dd-clear", click: clear }, "Clear"),
        ),
        make("div", { class: "cnl-stage" }, pad),
      ),
      make(
        "figure",
        {},
        make("figcaption", {}, "The network gets"),
        make("div", { class: "cnl-stage" }, seen, frame),
      ),
      make("div", {}, answer, bars),
    ),
    make(
      "div",
      { class: "dd-sliders" },
      ...sliders,
      box("Swap black and white", "invert"),
      box("Fit into the middle, as MNIST does", "prepare"),
    ),
    layers,
    note,
  );

  function light(place) {
    const { layers: values } = explorer.values;
    frame.hidden = place === null;
    if (place === null) {
      note.textContent = "Point at a map: the frame shows what one of its numbers has seen of the picture.";
      return;
    }
    const { step, size } = FIELDS[place.name];
    const clipped = (index) => [Math.max(0, index * step - 2), Math.min(28, index * step - 2 + size)];
    const [[top, bottom], [left, right]] = [clipped(place.row), clipped(place.column)];
    const share = (length) => `${(100 * length) / 28}%`;
    Object.assign(frame.style, {
      top: share(top),
      left: share(left),
      height: share(bottom - top),
      width: share(right - left),
    });
    const [, height, width] = values[place.name].shape;
    const value = values[place.name].data[(place.number * height + place.row) * width + place.column];
    note.textContent = `${place.name}, map ${place.number + 1}, row ${place.row + 1}, column ${place.column + 1}: ${numberText(value)}. It has seen ${bottom - top} × ${right - left} pixels.`;
  }

  function showLayers() {
    for (const [name, { data, shape }] of Object.entries(explorer.values.layers)) {
      if (name === "scores") continue;
      const flat = shape.length === 1;
      const [count, height, width] = flat ? [1, 4, shape[0] / 4] : shape;
      if (!(name in maps)) {
        maps[name] = Array.from({ length: count }, (_, number) =>
          flat ? make("canvas", { class: "dd-strip", role: "img" }) : mapCanvas(name, number, light),
        );
        const title = flat ? `${name}: ${shape[0]} numbers` : `${name}: ${count} maps of ${height} × ${width}`;
        layers.append(
          make(
            "div",
            { class: "dd-layer" },
            make("p", { class: "cnl-label" }, title),
            make("div", { class: `dd-maps dd-${count}` }, ...maps[name]),
          ),
        );
      }
      const most = Math.max(...data, 1e-9);
      maps[name].forEach((canvas, i) => {
        const part = data.subarray(i * height * width, (i + 1) * height * width);
        paint(
          canvas,
          part.map((value) => (255 * value) / most),
          height,
          width,
        );
        canvas.setAttribute(
          "aria-label",
          `${name}${flat ? "" : `, map ${i + 1}`}: strongest ${numberText(Math.max(...part))}`,
        );
      });
    }
  }

  light(null);
  return () => {
    const { image } = explorer.now;
    if (own === null || JSON.stringify(image) !== JSON.stringify(own)) [strokes, base] = [null, image];
    sliders[1].querySelector("input").disabled = strokes === null; // only lines have a thickness
    const levels = image.flat().map((value) => 255 * value);
    paint(seen, levels, 28, 28);
    if (strokes === null)
      paint(
        pad,
        base.flat().map((value) => 255 * value),
        28,
        28,
      );
    else
      paint(
        pad,
        drawn(strokes, { turn: 0, width: how.width }).map((value) => 255 * value),
        140,
        140,
      );
    const { probabilities } = explorer.values;
    const best = probabilities.data.indexOf(Math.max(...probabilities.data));
    const empty = levels.every((level) => level === 0);
    rows.forEach(({ row, bar, share }, digit) => {
      bar.style.width = `${100 * probabilities.data[digit]}%`;
      share.textContent = percent(probabilities.data[digit]);
      row.classList.toggle("dd-best", digit === best && !empty);
    });
    answer.textContent = empty ? "Draw a digit." : `I read ${best}, ${percent(probabilities.data[best])}`;
    seen.setAttribute(
      "aria-label",
      empty ? "An empty picture" : "The picture that the network gets, 28 by 28 pixels",
    );
    showLayers();
    explorer.say(answer.textContent);
  };
}
