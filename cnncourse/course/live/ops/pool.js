/** Pooling: the largest or the mean value of each window, and where the gradients go. */
import { expect, images, pair, zeros } from "./tensor.js";

/** @typedef {import("./tensor.js").Tensor} Tensor @typedef {import("./tensor.js").Pair} Pair */

/**
 * @typedef {object} PoolOptions
 * @property {Pair} [stride] step of the window; the window itself, so that windows lie side by side
 * @property {Pair} [padding] 0; −∞ for the maximum, zeros for the mean
 * @property {Pair} [dilation] of the maximum only, 1
 * @property {boolean} [ceil_mode] let the last window hang over the edge
 * @property {boolean} [count_include_pad] of the mean only: padding counts, true
 * @property {number | null} [divisor_override] of the mean only
 */

/** How many windows there are; with `ceil_mode` the last must begin inside the image or its first padding. */
function windows(size, kernel, stride, padding, dilation, ceil) {
  const room = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride;
  const places = (ceil ? Math.ceil(room) : Math.floor(room)) + 1;
  return ceil && (places - 1) * stride >= size + padding ? places - 1 : places;
}

function geometry(input, kernel_size, { stride = null, padding = 0, dilation = 1, ceil_mode = false } = {}) {
  const [data, n, c, h, w, batched] = images(input);
  const [kh, kw] = pair("kernel_size", kernel_size, 1);
  const [sh, sw] = pair("stride", stride ?? [kh, kw], 1);
  const [ph, pw] = pair("padding", padding, 0);
  const [dh, dw] = pair("dilation", dilation, 1);
  if (2 * ph > kh || 2 * pw > kw) throw new Error(`padding must be at most half a window, got ${ph} and ${pw}.`);
  const oh = windows(h, kh, sh, ph, dh, ceil_mode);
  const ow = windows(w, kw, sw, pw, dw, ceil_mode);
  if (oh < 1 || ow < 1) throw new Error(`the window does not fit into ${h} × ${w}.`);
  const shape = batched ? [n, c, oh, ow] : [c, oh, ow];
  return { data, planes: n * c, h, w, kh, kw, sh, sw, ph, pw, dh, dw, oh, ow, shape };
}

/** Calls `visit(output, inputs)` for each window with the places of its samples inside the image. */
function eachWindow(g, visit) {
  const inside = new Int32Array(g.kh * g.kw);
  for (let plane = 0; plane < g.planes; plane += 1) {
    for (let i = 0; i < g.oh; i += 1) {
      for (let j = 0; j < g.ow; j += 1) {
        let found = 0;
        for (let a = 0; a < g.kh; a += 1) {
          const row = i * g.sh - g.ph + a * g.dh;
          if (row < 0 || row >= g.h) continue;
          for (let b = 0; b < g.kw; b += 1) {
            const column = j * g.sw - g.pw + b * g.dw;
            if (column >= 0 && column < g.w) inside[found++] = (plane * g.h + row) * g.w + column;
          }
        }
        visit((plane * g.oh + i) * g.ow + j, inside, found, i, j);
      }
    }
  }
}

/** The place of the first largest sample; a NaN wins. */
function largest(data, inside, found) {
  let best = inside[0];
  for (let k = 1; k < found; k += 1) {
    const value = data[inside[k]];
    if (value > data[best] || (value !== value && data[best] === data[best])) best = inside[k];
  }
  return best;
}

/**
 * Keeps the largest value of each window.
 * @param {Tensor} input @param {Pair} kernel_size @param {PoolOptions & { return_indices?: boolean }} [options]
 * @returns {Tensor | [Tensor, Tensor]} with `return_indices` also `row * W + column` of each maximum
 */
export function max_pool2d(input, kernel_size, options = {}) {
  const g = geometry(input, kernel_size, options);
  const out = zeros(g.shape, input.data);
  const indices = zeros(g.shape, new Float64Array(0));
  eachWindow(g, (to, inside, found) => {
    const best = found > 0 ? largest(g.data, inside, found) : -1;
    out.data[to] = best < 0 ? -Infinity : g.data[best];
    indices.data[to] = best < 0 ? 0 : best % (g.h * g.w);
  });
  return options.return_indices ? [out, indices] : out;
}

/** Sends each output's gradient to the input that was the maximum. @returns {Tensor} */
export function max_pool2d_backward(grad_output, input, kernel_size, options = {}) {
  const g = geometry(input, kernel_size, options);
  expect("grad_output", grad_output, g.shape);
  const grad = zeros(input.shape, input.data);
  eachWindow(g, (to, inside, found) => {
    if (found > 0) grad.data[largest(g.data, inside, found)] += grad_output.data[to];
  });
  return grad;
}

/** What the sum of one window is divided by. */
function divisor(g, found, i, j, { count_include_pad = true, divisor_override = null }) {
  if (divisor_override !== null) return divisor_override;
  if (!count_include_pad) return found;
  // A window that hangs over the edge by `ceil_mode` counts the padding, and not what lies beyond it.
  const rows = Math.min(i * g.sh - g.ph + g.kh, g.h + g.ph) - (i * g.sh - g.ph);
  const columns = Math.min(j * g.sw - g.pw + g.kw, g.w + g.pw) - (j * g.sw - g.pw);
  return rows * columns;
}

/**
 * Averages each window.
 * @param {Tensor} input @param {Pair} kernel_size @param {PoolOptions} [options] @returns {Tensor}
 */
export function avg_pool2d(input, kernel_size, options = {}) {
  const g = geometry(input, kernel_size, { ...options, dilation: 1 });
  const out = zeros(g.shape, input.data);
  eachWindow(g, (to, inside, found, i, j) => {
    let sum = 0;
    for (let k = 0; k < found; k += 1) sum += g.data[inside[k]];
    out.data[to] = sum / divisor(g, found, i, j, options);
  });
  return out;
}

/** Spreads each output's gradient evenly over its window. @returns {Tensor} */
export function avg_pool2d_backward(grad_output, input, kernel_size, options = {}) {
  const g = geometry(input, kernel_size, { ...options, dilation: 1 });
  expect("grad_output", grad_output, g.shape);
  const grad = zeros(input.shape, input.data);
  eachWindow(g, (to, inside, found, i, j) => {
    const share = grad_output.data[to] / divisor(g, found, i, j, options);
    for (let k = 0; k < found; k += 1) grad.data[inside[k]] += share;
  });
  return grad;
}
