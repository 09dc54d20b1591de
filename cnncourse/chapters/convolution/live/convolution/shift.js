/** The shift test: move the input, and see whether the output moves with it. */
import { make, switches } from "../../../../course/live/dom.js";
import { numberText } from "../../../../course/live/draw.js";
import { plainCell, shading, table } from "./grids.js";

const columnsText = (number) => `${numberText(number)} column${number === 1 ? "" : "s"}`;

/** Moves rows to the right; what comes in from the left is the old edge, so that nothing new appears. */
const moved = (rows, by) => rows.map((row) => row.map((_, j) => row[Math.max(0, j - by)]));

/** How many outputs are equal when the first output is moved by a whole number of columns. */
function agreement(before, after, by) {
  const [rows, columns] = before.shape;
  let [equal, compared] = [0, 0];
  for (let i = 0; i < rows; i += 1) {
    for (let j = by; j < columns; j += 1) {
      compared += 1;
      equal += Number(Math.abs(after.data[i * columns + j] - before.data[i * columns + j - by]) < 1e-9);
    }
  }
  return { equal, compared };
}

/** @param {{ channels: Function, compute: Function }} rules */
export function makeShift({ channels, compute }) {
  const after = table("Output of the moved input");
  const words = make("p", { "aria-live": "polite" });
  const amounts = switches(
    "Move the input to the right",
    [0, 1, 2, 3].map((by) => [String(by), String(by)]),
    (value) => {
      by = Number(value);
      draw();
    },
  );
  const element = make(
    "section",
    { class: "cw-shift", "aria-label": "Shift test" },
    make(
      "div",
      { class: "cnl-head" },
      make("p", { class: "cnl-label" }, "Shift test: move the input to the right by"),
      amounts.element,
    ),
    make("div", { class: "cw-shifted" }, after.element, words),
  );
  let [by, state, output, colours] = [0, null, null, null];

  function verdict(shifted) {
    const steps = by / state.stride;
    if (!Number.isInteger(steps)) {
      const best = Array.from({ length: output.shape[1] }, (_, k) => agreement(output, shifted, k)).filter(
        ({ compared }) => compared > 0,
      );
      const whole = best.some(({ equal, compared }) => equal === compared && compared > output.shape[0]);
      return `${columnsText(by)} are ${numberText(steps)} steps of ${state.stride}. ${whole ? "Here the numbers agree by chance: try an input with more in it." : "No move of the first output gives this one: the stride has broken the rule."}`;
    }
    const { equal, compared } = agreement(output, shifted, steps);
    if (compared === 0) return "The output is too small to compare.";
    const all = equal === compared ? "The same numbers" : `${equal} of ${compared} numbers are the same`;
    const edge =
      equal === compared ? "" : " The others see the edge of the picture, where the padding does not move along.";
    return `${all}, ${columnsText(steps)} further right.${edge}`;
  }

  function draw() {
    amounts.show(String(by));
    element.querySelector(".cw-shifted").hidden = by === 0;
    if (by === 0) return;
    const input = channels(state.input).map((rows) => moved(rows, by));
    const shifted = compute({ ...state, input, kernel: channels(state.kernel) }).output;
    const [rows, columns] = shifted.shape;
    after.build(rows, columns, () => plainCell());
    const shade = shading([...output.data, ...shifted.data], colours);
    const steps = by / state.stride;
    after.each((cell, i, j) => {
      const value = shifted.data[i * columns + j];
      const from = j - steps;
      const same = Number.isInteger(from) && from >= 0 && Math.abs(output.data[i * columns + from] - value) < 1e-9;
      cell.show(numberText(value));
      Object.assign(cell.element.style, shade(value));
      cell.element.classList.toggle("cw-on", same);
    });
    words.textContent = verdict(shifted);
  }

  return {
    element,
    show(...given) {
      [state, output, colours] = given;
      draw();
    },
  };
}
