/** What the convolution explorer shows: the tables, where each output comes from, the size, guesses and the shift test. */
import { choice, make, switches } from "../../../../course/live/dom.js";
import { numberText, palette } from "../../../../course/live/draw.js";
import { fieldCell, plainCell, shading, sumText, table } from "./grids.js";
import { makeGuess } from "./guess.js";
import { makeShift } from "./shift.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const MODES = [
  ["zeros", "zeros"],
  ["replicate", "the edge again"],
  ["reflect", "a mirror"],
  ["circular", "the other side"],
];
const counts = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => [String(from + i), String(from + i)]);

/** Rows of another size: what was there stays, what is new continues the edge (an input) or is 0 (a kernel). */
const fitted = (rows, side, edge) =>
  Array.from({ length: side }, (_, i) =>
    Array.from({ length: side }, (_, j) => {
      const row = rows[edge ? Math.min(i, rows.length - 1) : i];
      return row?.[edge ? Math.min(j, row.length - 1) : j] ?? 0;
    }),
  );

/** @param {HTMLElement} root @param {import("../../../../course/live/explorer.js").Explorer} explorer */
export function view(root, explorer, rules) {
  const { channels, compute, margins } = rules;
  const at = { row: 0, column: 1 };
  let channel = 0;
  let seen = { output: null, padded: null, sides: null };
  const set = (partial) => explorer.set(partial).catch((error) => explorer.complain(error.message));
  const plain = (planes) => (planes.length === 1 ? planes[0] : planes);

  const [input, kernel, output] = [table("Input"), table("Kernel"), table("Output")];
  const sum = make("p", { class: "cw-sum" });
  const size = make("p", { class: "cw-size cnl-muted" });
  const guess = makeGuess(
    (text) => explorer.say(text),
    () => showOutput(),
  );
  const shift = makeShift(rules);
  const whole = (value) => (Number.isNaN(Number(value)) ? value : Number(value));
  const pick = (label, key, options) => choice(label, options, (value) => set({ [key]: whole(value) }));
  const resize = (label, key, from, to) =>
    choice(label, counts(from, to), (value) =>
      set({
        [key]: plain(channels(explorer.now[key]).map((rows) => fitted(rows, Number(value), key === "input"))),
      }),
    );
  const controls = {
    input: resize("Input size", "input", 3, 9),
    kernel: resize("Kernel size", "kernel", 1, 5),
    stride: pick("Stride", "stride", counts(1, 4)),
    padding: pick("Padding", "padding", [...counts(0, 4), ["same", "same"], ["valid", "valid"]]),
    dilation: pick("Dilation", "dilation", counts(1, 4)),
    padding_mode: pick("Border", "padding_mode", MODES),
  };
  const count = switches("Channels", counts(1, 3), (value) => setChannels(Number(value)));
  const shown = switches(
    "Channel shown",
    [
      ["0", "first"],
      ["1", "second"],
      ["2", "third"],
    ],
    (value) => {
      channel = Number(value);
      explorer.touch("channel");
    },
  );
  output.grid.setAttribute("tabindex", "0");
  output.grid.setAttribute("role", "application");
  output.grid.setAttribute("aria-label", "Output. The arrow keys walk from number to number.");
  root.append(
    make("p", { class: "cnl-title" }, explorer.constants.title),
    make("div", { class: "cw-controls" }, ...Object.values(controls).map(({ element }) => element)),
    make(
      "div",
      { class: "cw-channels" },
      make("span", { class: "cnl-label" }, "Channels"),
      count.element,
      shown.element,
    ),
    make("div", { class: "cw-tables" }, input.element, kernel.element, output.element),
    sum,
    size,
    guess.element,
    shift.element,
  );
  output.grid.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    walk(at.row + move[0], at.column + move[1]);
    explorer.say(
      `Output row ${at.row + 1}, column ${at.column + 1}: ${guess.hides(at) ? "hidden until you have guessed" : sum.textContent}`,
    );
  });

  function setChannels(wanted) {
    const grown = (planes, make) =>
      plain(
        Array.from(
          { length: wanted },
          (_, c) => planes[c] ?? planes[0].map((row, i) => row.map((value, j) => make(value, i, j))),
        ),
      );
    channel = Math.min(channel, wanted - 1);
    set({
      input: grown(channels(explorer.now.input), (value, i, j) => ((i + j) % 2 ? 100 : 0)),
      kernel: grown(channels(explorer.now.kernel), (value, i, j) => Number(i === j)),
    });
  }

  /** Changes one number of the channel that is shown. */
  function edit(key, row, column, value) {
    const planes = structuredClone(channels(explorer.now[key]));
    planes[channel][row][column] = value;
    set({ [key]: plain(planes) });
  }

  function walk(row, column) {
    const [rows, columns] = seen.output.shape;
    Object.assign(at, {
      row: Math.max(0, Math.min(rows - 1, row)),
      column: Math.max(0, Math.min(columns - 1, column)),
    });
    light();
  }

  /** The places of the padded input under the kernel, with their numbers and weights, all channels. */
  function taps() {
    const { stride, dilation } = explorer.now;
    const [, , width] = seen.padded.shape;
    const plane = seen.padded.shape[1] * width;
    return channels(explorer.now.kernel).flatMap((rows, c) =>
      rows.flatMap((line, a) =>
        line.map((weight, b) => {
          const [row, column] = [at.row * stride + a * dilation, at.column * stride + b * dilation];
          return { row, column, weight, value: seen.padded.data[c * plane + row * width + column] };
        }),
      ),
    );
  }

  /** Lights the window of the chosen output and writes its sum. */
  function light() {
    const window = taps();
    const places = new Set(window.map(({ row, column }) => `${row},${column}`));
    input.each((cell, i, j) => cell.element.classList.toggle("cw-on", places.has(`${i},${j}`)));
    output.each((cell, i, j) => cell.element.classList.toggle("cw-on", i === at.row && j === at.column));
    const value = seen.output.data[at.row * seen.output.shape[1] + at.column];
    guess.show(at, value);
    sum.replaceChildren(
      make("span", { class: "cnl-label" }, `Row ${at.row + 1}, column ${at.column + 1}: `),
      `${sumText(window)} = `,
      make("strong", {}, guess.hides(at) ? "?" : numberText(value)),
    );
  }

  /** Lights every output that a place of the input takes part in. */
  function lightUses(row, column) {
    const { stride, dilation } = explorer.now;
    const [rows] = channels(explorer.now.kernel);
    const uses = (place, first, side) => {
      const tap = (place - first * stride) / dilation;
      return Number.isInteger(tap) && tap >= 0 && tap < side;
    };
    let found = 0;
    output.each((cell, i, j) => {
      const on = uses(row, i, rows.length) && uses(column, j, rows[0].length);
      found += Number(on);
      cell.element.classList.toggle("cw-on", on);
    });
    input.each((cell, i, j) => cell.element.classList.toggle("cw-on", i === row && j === column));
    sum.replaceChildren(
      make(
        "span",
        { class: "cnl-label" },
        `This place takes part in ${found} of the ${seen.output.data.length} sums.`,
      ),
    );
  }

  function buildInput() {
    const [[top], [left]] = seen.sides;
    const [rows] = channels(explorer.now.input);
    const [, height, width] = seen.padded.shape;
    input.build(height, width, (i, j) => {
      const [row, column] = [i - top, j - left];
      const inside = row >= 0 && row < rows.length && column >= 0 && column < rows[0].length;
      const cell = inside
        ? fieldCell(`Input, row ${row + 1}, column ${column + 1}`, (value) => edit("input", row, column, value))
        : plainCell();
      cell.element.classList.toggle("cw-outside", !inside);
      cell.element.addEventListener("pointerenter", () => lightUses(i, j));
      cell.element.addEventListener("pointerleave", light);
      return cell;
    });
  }

  function showOutput() {
    const [rows, columns] = seen.output.shape;
    const colours = palette(root);
    output.build(rows, columns, (i, j) => plainCell({ pointerenter: () => walk(i, j), click: () => walk(i, j) }));
    const shade = shading([...seen.output.data], colours);
    output.each((cell, i, j) => {
      const value = seen.output.data[i * columns + j];
      const hidden = guess.hides({ row: i, column: j });
      cell.show(hidden ? "?" : numberText(value));
      Object.assign(cell.element.style, hidden ? { background: "transparent", color: "inherit" } : shade(value));
    });
    walk(at.row, at.column);
  }

  function sizeText() {
    const [planes, { stride, dilation }] = [channels(explorer.now.input), explorer.now];
    const [rows] = channels(explorer.now.kernel);
    const line = (name, n, k, [before, after], out) =>
      `${name} ⌊(${n} + ${before} + ${after} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ${out}`;
    const [high, wide] = [
      line("Rows:", planes[0].length, rows.length, seen.sides[0], seen.output.shape[0]),
      line("Columns:", planes[0][0].length, rows[0].length, seen.sides[1], seen.output.shape[1]),
    ];
    return high.replace("Rows:", "") === wide.replace("Columns:", "")
      ? high.replace("Rows:", "Size:")
      : `${high}; ${wide.toLowerCase()}`;
  }

  return (changed) => {
    const state = explorer.now;
    const [planes, weights] = [channels(state.input), channels(state.kernel)];
    seen = { ...compute(state), sides: margins(state) };
    channel = Math.min(channel, planes.length - 1);
    if (changed.size > 0 && !changed.has("theme") && !changed.has("channel")) guess.reset();
    for (const [key, { select }] of Object.entries(controls)) {
      select.value = String(
        key === "input" ? planes[0].length : key === "kernel" ? weights[0].length : state[key],
      );
    }
    count.show(String(planes.length));
    shown.show(String(channel));
    [...shown.element.children].forEach((button, i) => {
      button.hidden = i >= planes.length || planes.length === 1;
    });
    if (["input", "padding", "kernel", "dilation"].some((key) => changed.has(key))) {
      const size = JSON.stringify([seen.sides, planes[0].length, planes[0][0].length]);
      if (input.layout !== size) input.forget();
      input.layout = size;
    }
    buildInput();
    const colours = palette(root);
    const [, , width] = seen.padded.shape;
    const here = seen.padded.data.subarray(channel * seen.padded.shape[1] * width);
    const shade = shading(planes[channel].flat(), colours);
    input.each((cell, i, j) => {
      const value = here[i * width + j];
      cell.show(cell.element.classList.contains("cw-outside") ? numberText(value) : value);
      Object.assign(cell.element.style, shade(value));
    });
    kernel.build(weights[0].length, weights[0][0].length, (i, j) =>
      fieldCell(`Kernel, row ${i + 1}, column ${j + 1}`, (value) => edit("kernel", i, j, value)),
    );
    const weigh = shading(weights[channel].flat(), colours);
    kernel.each((cell, i, j) => {
      cell.show(weights[channel][i][j]);
      Object.assign(cell.element.style, weigh(weights[channel][i][j]));
    });
    input.heading.textContent = `${planes[0].length} × ${planes[0][0].length}`;
    output.heading.textContent = seen.output.shape.join(" × ");
    size.textContent = sizeText();
    showOutput();
    shift.show(state, seen.output, colours);
    explorer.say(`The output is ${seen.output.shape.join(" by ")}. ${sizeText()}`);
  };
}
