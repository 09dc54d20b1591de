/** From scores to probabilities. */
import { count, expect, zeros } from "./tensor.js";

/** @typedef {import("./tensor.js").Tensor} Tensor */

/** Calls `visit(first, step, size)` for each line of entries along an axis. */
function eachLine(x, dim, visit) {
  const axis = dim < 0 ? dim + x.shape.length : dim;
  if (!(axis >= 0 && axis < x.shape.length))
    throw new Error(`dim must name one of the ${x.shape.length} axes, got ${dim}.`);
  const size = x.shape[axis];
  const step = count(x.shape.slice(axis + 1));
  for (let outer = 0; outer < count(x.shape.slice(0, axis)); outer += 1) {
    for (let inner = 0; inner < step; inner += 1) visit(outer * size * step + inner, step, size);
  }
}

/** log Σ exp, without overflow: the largest score is taken out first. */
function log_total(data, first, step, size) {
  let most = -Infinity;
  for (let k = 0; k < size; k += 1) most = Math.max(most, data[first + k * step]);
  let sum = 0;
  for (let k = 0; k < size; k += 1) sum += Math.exp(data[first + k * step] - most);
  return most + Math.log(sum);
}

/** @param {Tensor} input @param {number} dim the axis whose entries compete @returns {Tensor} */
export function log_softmax(input, dim) {
  const out = zeros(input.shape, input.data);
  eachLine(input, dim, (first, step, size) => {
    const total = log_total(input.data, first, step, size);
    for (let place = first, k = 0; k < size; k += 1, place += step) out.data[place] = input.data[place] - total;
  });
  return out;
}

/** @param {Tensor} input @param {number} dim @returns {Tensor} */
export function softmax(input, dim) {
  const out = log_softmax(input, dim);
  for (let i = 0; i < out.data.length; i += 1) out.data[i] = Math.exp(out.data[i]);
  return out;
}

/** y ⊙ (g − Σ g y). @returns {Tensor} */
export function softmax_backward(grad_output, input, dim) {
  expect("grad_output", grad_output, input.shape);
  const y = softmax(input, dim);
  const grad = zeros(input.shape, input.data);
  eachLine(input, dim, (first, step, size) => {
    let sum = 0;
    for (let place = first, k = 0; k < size; k += 1, place += step) sum += grad_output.data[place] * y.data[place];
    for (let place = first, k = 0; k < size; k += 1, place += step)
      grad.data[place] = y.data[place] * (grad_output.data[place] - sum);
  });
  return grad;
}

/** g − y Σ g. @returns {Tensor} */
export function log_softmax_backward(grad_output, input, dim) {
  expect("grad_output", grad_output, input.shape);
  const y = softmax(input, dim);
  const grad = zeros(input.shape, input.data);
  eachLine(input, dim, (first, step, size) => {
    let sum = 0;
    for (let place = first, k = 0; k < size; k += 1, place += step) sum += grad_output.data[place];
    for (let place = first, k = 0; k < size; k += 1, place += step)
      grad.data[place] = grad_output.data[place] - y.data[place] * sum;
  });
  return grad;
}
