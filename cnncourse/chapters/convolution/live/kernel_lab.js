/**
 * Kernel lab: a picture, a kernel, and what the one makes of the other, at every change.
 * State: `kernel` (rows of weights), `image` (rows of grey levels, 0 to 255), `level` (which picture is to be made,
 * from 1). Result: `output`, the convolution without padding.
 */
import { define } from "../../../course/live/explorer.js";
import { conv2d } from "../../../course/live/ops/conv.js";
import { numbers } from "../../../course/live/ops/tensor.js";
import { isSolved } from "./kernel_lab/levels.js";
import { view } from "./kernel_lab/view.js";

const LARGEST = 7;

/** @param {string} name @param {any} rows */
function checkRows(name, rows) {
  const right =
    Array.isArray(rows) &&
    rows.length > 0 &&
    rows.every((row) => Array.isArray(row) && row.length === rows[0].length && row.length > 0) &&
    rows.every((row) => row.every((value) => Number.isFinite(value)));
  if (!right) throw new Error(`${name} must be rows of numbers, all of one length.`);
}

function check({ kernel, image, level }) {
  checkRows("kernel", kernel);
  if (!seen.has(image)) checkRows("image", image);
  const [height, width] = [kernel.length, kernel[0].length];
  if (Math.max(height, width) > LARGEST)
    throw new Error(`kernel must have at most ${LARGEST} × ${LARGEST} weights, got ${height} × ${width}.`);
  if (image.length < height || image[0].length < width) {
    throw new Error(
      `image must be at least as large as the kernel, got ${image.length} × ${image[0].length} for ${height} × ${width}.`,
    );
  }
  if (!Number.isInteger(level) || level < 1) throw new Error(`level must be a whole number from 1, got ${level}.`);
}

const seen = new WeakMap(); // a picture stays while a weight is dragged

function asTensor(rows, ...leading) {
  if (!seen.has(rows)) seen.set(rows, Float64Array.from(numbers(rows)));
  return { data: seen.get(rows), shape: [...leading, rows.length, rows[0].length] };
}

/** @returns {{ output: import("../../../course/live/ops/tensor.js").Tensor }} of shape (H − kh + 1, W − kw + 1) */
export function compute({ kernel, image }) {
  const output = conv2d(asTensor(image, 1), asTensor(kernel, 1, 1));
  return { output: { data: output.data, shape: output.shape.slice(1) } };
}

export default define({
  name: "kernel_lab",
  keys: ["kernel", "image", "level"],
  check,
  compute,
  solved: (state, constants) => isSolved(state.kernel, constants.levels[state.level - 1]),
  view: (root, explorer) => view(root, explorer, compute),
});
