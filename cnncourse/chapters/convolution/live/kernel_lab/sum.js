/** One window: its numbers, times the kernel, gives the products, and their sum. The kernel's numbers can be changed. */
import { make, numberField } from "../../../../course/live/dom.js";
import { cellStyle, greyStyle, numberText } from "../../../../course/live/draw.js";

/** A square of cells with a heading. */
function block(title, cells) {
  const grid = make("div", { class: "cnl-grid" }, ...cells);
  return make("div", { class: "kl-block" }, make("p", { class: "cnl-label" }, title), grid);
}

/** @param {(row: number, column: number, weight: number) => void} changed */
export function makeSum(changed) {
  const element = make("div", {
    class: "kl-sum",
    role: "group",
    "aria-label": "Window, kernel and their products",
  });
  const line = make("p", { class: "kl-total" });
  const blocks = make("div", { class: "kl-blocks" });
  element.append(blocks);
  let shape = "";
  let [seen, fields, products] = [[], [], []];
  const sum = { element, value: 0, show };

  function build(rows, columns) {
    const places = Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
    seen = places.map(() => make("div", { class: "cnl-cell" }));
    products = places.map(() => make("div", { class: "cnl-cell" }));
    fields = places.map(([row, column]) =>
      numberField(`Kernel, row ${row + 1}, column ${column + 1}`, (weight) => changed(row, column, weight)),
    );
    const weights = fields.map(({ element: input }) => make("div", { class: "cnl-cell kl-weight" }, input));
    const sign = (text) => make("span", { class: "kl-sign", "aria-hidden": "true" }, text);
    blocks.replaceChildren(
      block("Window", seen),
      sign("×"),
      block("Kernel: type or drag", weights),
      sign("="),
      block("Products", products),
      line,
    );
    blocks.style.setProperty("--columns", String(columns));
    shape = `${rows},${columns}`;
  }

  /** @param {number[][]} kernel @param {number[][]} window @param {import("../../../../course/live/draw.js").Palette} colours */
  function show(kernel, window, colours, at) {
    if (shape !== `${kernel.length},${kernel[0].length}`) build(kernel.length, kernel[0].length);
    const weights = kernel.flat();
    const levels = window.flat();
    const most = Math.max(...weights.map(Math.abs));
    weights.forEach((weight, i) => {
      seen[i].textContent = numberText(levels[i], 0);
      Object.assign(seen[i].style, greyStyle(levels[i]));
      fields[i].show(weight);
      Object.assign(fields[i].element.parentElement.style, cellStyle(weight, most, colours));
      products[i].textContent = numberText(weight * levels[i], 0);
      Object.assign(products[i].style, cellStyle(weight * levels[i], 255, colours));
    });
    sum.value = weights.reduce((total, weight, i) => total + weight * levels[i], 0);
    line.replaceChildren(
      make("span", { class: "cnl-label" }, `Sum of the ${weights.length}`),
      make("strong", {}, numberText(sum.value)),
      make("span", { class: "cnl-label" }, `row ${at.row + 1}, column ${at.column + 1}`),
    );
  }

  return sum;
}
