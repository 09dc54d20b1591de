/** The three tables of numbers: input with its padding, kernel, output. Built anew when a size changes, else filled. */
import { make, numberField } from "../../../../course/live/dom.js";
import { cellStyle, greyStyle, numberText } from "../../../../course/live/draw.js";

/** A table with a heading; `cellAt(row, column)` makes a cell. */
export function table(title) {
  const grid = make("div", { class: "cnl-grid cw-grid" });
  const heading = make("span");
  const element = make(
    "figure",
    { class: "cw-table" },
    make("figcaption", {}, title, heading),
    make("div", { class: "cw-room" }, grid),
  );
  let [cells, shape] = [[], ""];
  return {
    element,
    grid,
    heading,
    /** @param {(row: number, column: number) => any} cellAt */
    build(rows, columns, cellAt) {
      if (shape === `${rows},${columns}`) return false;
      shape = `${rows},${columns}`;
      grid.style.setProperty("--columns", String(columns));
      cells = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => cellAt(i, j)));
      grid.replaceChildren(...cells.flat().map((cell) => cell.element));
      return true;
    },
    forget() {
      shape = "";
    },
    at: (row, column) => cells[row][column],
    each(visit) {
      cells.forEach((line, i) => line.forEach((cell, j) => visit(cell, i, j)));
    },
  };
}

/** A cell to read. */
export function plainCell(attributes = {}) {
  const element = make("div", { class: "cnl-cell", ...attributes });
  return {
    element,
    show: (text) => {
      element.textContent = text;
    },
  };
}

/** A cell whose number can be changed. */
export function fieldCell(label, changed) {
  const field = numberField(label, changed);
  const element = make("div", { class: "cnl-cell cw-field" }, field.element);
  return { element, show: field.show };
}

/** Colours for a table: grey levels where the numbers are such, else blue to red. */
export function shading(values, colours) {
  const most = Math.max(...values.map(Math.abs), 0);
  const grey = Math.min(...values) >= 0 && most > 20 && most <= 255;
  return (value) => (grey ? greyStyle(value) : cellStyle(value, most, colours));
}

/** "255 × −1" for each tap, joined; long sums leave out what is zero. @param {{ value: number, weight: number }[]} taps */
export function sumText(taps) {
  const shown = taps.length <= 9 ? taps : taps.filter(({ value, weight }) => value * weight !== 0);
  if (shown.length === 0) return "0";
  const bracket = (number) => (number < 0 ? `(${numberText(number)})` : numberText(number));
  return shown.map(({ value, weight }) => `${bracket(value)}·${bracket(weight)}`).join(" + ");
}
