/**
 * Convolution, window by window: every number can be changed, every output shows where it comes from.
 * State: `input` (rows, or channels of rows), `kernel` (likewise), `stride`, `padding`, `dilation`, `padding_mode`.
 * Result: `output` (rows).
 */
import { define } from "../../../course/live/explorer.js";
import { conv2d } from "../../../course/live/ops/conv.js";
import { pad } from "../../../course/live/ops/pad.js";
import { numbers } from "../../../course/live/ops/tensor.js";
import { view } from "./convolution/view.js";

const MOST = { channels: 3, input: 9, kernel: 5, step: 4 };
const MODES = { zeros: "constant", reflect: "reflect", replicate: "replicate", circular: "circular" };

/** Channels of rows, whichever form the array has. @returns {number[][][]} */
export const channels = (array) => (Array.isArray(array[0][0]) ? array : [array]);

function checkArray(name, array, most) {
  const words = `${name} must be rows of numbers, up to ${most} × ${most}, or up to ${MOST.channels} channels of such rows.`;
  if (!Array.isArray(array) || !Array.isArray(array[0])) throw new Error(words);
  const planes = channels(array);
  const columns = planes[0][0]?.length;
  const right =
    planes.length <= MOST.channels &&
    planes.every(
      (rows) =>
        rows.length === planes[0].length &&
        rows.length <= most &&
        rows.every(
          (row) =>
            Array.isArray(row) &&
            row.length === columns &&
            columns >= 1 &&
            columns <= most &&
            row.every(Number.isFinite),
        ),
    );
  if (!right) throw new Error(words);
}

/** Places added before and after rows and columns. @returns {[[number, number], [number, number]]} */
export function margins({ kernel, padding, dilation, stride }) {
  if (padding === "same" && stride !== 1) throw new Error('padding="same" needs a stride of 1.');
  const [rows] = channels(kernel);
  return [rows.length, rows[0].length].map((side) => {
    const reach = dilation * (side - 1);
    if (padding === "same") return [Math.floor(reach / 2), Math.ceil(reach / 2)];
    return padding === "valid" ? [0, 0] : [padding, padding];
  });
}

function check(state) {
  const { input, kernel, stride, padding, dilation, padding_mode } = state;
  checkArray("input", input, MOST.input);
  checkArray("kernel", kernel, MOST.kernel);
  if (channels(input).length !== channels(kernel).length)
    throw new Error(`kernel must have as many channels as the input, ${channels(input).length}.`);
  for (const [name, value] of [
    ["stride", stride],
    ["dilation", dilation],
  ]) {
    if (!Number.isInteger(value) || value < 1 || value > MOST.step)
      throw new Error(`${name} must be a whole number from 1 to ${MOST.step}, got ${value}.`);
  }
  const known =
    padding === "same" ||
    padding === "valid" ||
    (Number.isInteger(padding) && padding >= 0 && padding <= MOST.step);
  if (!known)
    throw new Error(`padding must be a whole number from 0 to ${MOST.step}, "same" or "valid", got ${padding}.`);
  if (!(padding_mode in MODES))
    throw new Error(`padding_mode must be one of ${Object.keys(MODES).join(", ")}, got ${padding_mode}.`);
  compute(state); // says what does not fit
}

const asTensor = (array, ...leading) => {
  const planes = channels(array);
  return {
    data: Float64Array.from(numbers(planes)),
    shape: [...leading, planes.length, planes[0].length, planes[0][0].length],
  };
};

/** @returns {{ output: any, padded: any }} `output` of shape (OH, OW); `padded`: the input with what stands around it */
export function compute(state) {
  const [[top, bottom], [left, right]] = margins(state);
  const padded = pad(asTensor(state.input), [left, right, top, bottom], MODES[state.padding_mode]);
  const { data, shape } = conv2d(padded, asTensor(state.kernel, 1), null, {
    stride: state.stride,
    dilation: state.dilation,
  });
  return { output: { data, shape: shape.slice(1) }, padded };
}

export default define({
  name: "convolution",
  keys: ["input", "kernel", "stride", "padding", "dilation", "padding_mode"],
  check,
  compute: (state) => ({ output: compute(state).output }),
  view: (root, explorer) => view(root, explorer, { channels, compute, margins }),
});
