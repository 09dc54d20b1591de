/** Losses: how wrong the scores of a batch are, and which way they should move. */
import { expect, zeros } from "./tensor.js";
import { log_softmax, softmax } from "./softmax.js";

/** @typedef {import("./tensor.js").Tensor} Tensor */
/** @typedef {{ label_smoothing?: number, reduction?: "mean" | "sum" }} LossOptions */

/** The scores in double precision: p − 1 has few digits left where p is nearly 1. */
function precise(input) {
  return { data: Float64Array.from(input.data), shape: input.shape };
}

/** The wanted probabilities of class `c` for sample `n`. */
function wanted(target, n, c, classes, label_smoothing) {
  const share = Array.isArray(target) ? Number(target[n] === c) : target.data[n * classes + c];
  return (1 - label_smoothing) * share + label_smoothing / classes;
}

function check(input, target) {
  const [samples, classes] = input.shape;
  if (input.shape.length !== 2) throw new Error(`input must have shape (N, C), got (${input.shape.join(", ")}).`);
  if (!Array.isArray(target)) expect("target", target, input.shape);
  else if (target.length !== samples || target.some((c) => !(Number.isInteger(c) && c >= 0 && c < classes))) {
    throw new Error(`target must hold ${samples} class numbers from 0 to ${classes - 1}.`);
  }
  return [samples, classes];
}

/**
 * Cross-entropy between the softmax of the scores and the target.
 * @param {Tensor} input scores of shape (N, C)
 * @param {number[] | Tensor} target class numbers, or probabilities of the shape of `input`
 * @param {LossOptions} [options] @returns {number}
 */
export function cross_entropy(input, target, { label_smoothing = 0, reduction = "mean" } = {}) {
  const [samples, classes] = check(input, target);
  const log_p = log_softmax(precise(input), 1).data;
  let sum = 0;
  for (let n = 0; n < samples; n += 1) {
    for (let c = 0; c < classes; c += 1) {
      const share = wanted(target, n, c, classes, label_smoothing);
      if (share !== 0) sum -= share * log_p[n * classes + c];
    }
  }
  return reduction === "sum" ? sum : sum / samples;
}

/** Softmax minus target. @param {number} grad_output @returns {Tensor} */
export function cross_entropy_backward(
  grad_output,
  input,
  target,
  { label_smoothing = 0, reduction = "mean" } = {},
) {
  const [samples, classes] = check(input, target);
  const p = softmax(precise(input), 1).data;
  const grad = zeros(input.shape, input.data);
  const scale = reduction === "sum" ? grad_output : grad_output / samples;
  for (let n = 0; n < samples; n += 1) {
    let total = 0;
    for (let c = 0; c < classes; c += 1) total += wanted(target, n, c, classes, label_smoothing);
    for (let c = 0; c < classes; c += 1) {
      const place = n * classes + c;
      grad.data[place] = scale * (total * p[place] - wanted(target, n, c, classes, label_smoothing));
    }
  }
  return grad;
}

/** Mean of the squared errors. @param {Tensor} input @param {Tensor} target @returns {number} */
export function mse_loss(input, target) {
  expect("target", target, input.shape);
  let sum = 0;
  for (let i = 0; i < input.data.length; i += 1) sum += (input.data[i] - target.data[i]) ** 2;
  return sum / input.data.length;
}

/** @param {number} grad_output @returns {Tensor} */
export function mse_loss_backward(grad_output, input, target) {
  expect("target", target, input.shape);
  const grad = zeros(input.shape, input.data);
  const scale = (2 * grad_output) / input.data.length;
  for (let i = 0; i < input.data.length; i += 1) grad.data[i] = scale * (input.data[i] - target.data[i]);
  return grad;
}
