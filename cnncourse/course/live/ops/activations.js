/** Functions of one number each, with their slopes: `f(x)` and `f_backward(grad_output, x) = grad_output · f′(x)`. */
import { expect, zeros } from "./tensor.js";

/** @typedef {import("./tensor.js").Tensor} Tensor */

/** @param {Tensor} x @param {(value: number) => number} f @returns {Tensor} */
function each(x, f) {
  const out = zeros(x.shape, x.data);
  for (let i = 0; i < x.data.length; i += 1) out.data[i] = f(x.data[i]);
  return out;
}

/** @param {Tensor} grad @param {Tensor} x @param {(value: number) => number} slope @returns {Tensor} */
function chain(grad, x, slope) {
  expect("grad_output", grad, x.shape);
  const out = zeros(x.shape, x.data);
  for (let i = 0; i < x.data.length; i += 1) out.data[i] = grad.data[i] * slope(x.data[i]);
  return out;
}

// Of the two equal forms the one whose exponential cannot overflow.
const logistic = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** @param {Tensor} input */
export function relu(input) {
  return each(input, (x) => (x > 0 || x !== x ? x : 0));
}
export function relu_backward(grad_output, input) {
  return chain(grad_output, input, (x) => (x > 0 ? 1 : 0));
}

/** @param {Tensor} input @param {number} [negative_slope] */
export function leaky_relu(input, negative_slope = 0.01) {
  return each(input, (x) => (x > 0 ? x : negative_slope * x));
}
export function leaky_relu_backward(grad_output, input, negative_slope = 0.01) {
  return chain(grad_output, input, (x) => (x > 0 ? 1 : negative_slope));
}

/** @param {Tensor} input @param {number} [alpha] */
export function elu(input, alpha = 1) {
  return each(input, (x) => (x > 0 ? x : alpha * Math.expm1(x)));
}
export function elu_backward(grad_output, input, alpha = 1) {
  return chain(grad_output, input, (x) => (x > 0 ? 1 : alpha * Math.exp(x)));
}

/** @param {Tensor} input */
export function sigmoid(input) {
  return each(input, logistic);
}
export function sigmoid_backward(grad_output, input) {
  return chain(grad_output, input, (x) => logistic(x) * logistic(-x));
}

/** @param {Tensor} input */
export function tanh(input) {
  return each(input, Math.tanh);
}
export function tanh_backward(grad_output, input) {
  // 4 s(2x) s(−2x): where tanh is nearly 1, 1 − tanh² would have lost its digits.
  return chain(grad_output, input, (x) => 4 * logistic(2 * x) * logistic(-2 * x));
}

/** @param {Tensor} input */
export function silu(input) {
  return each(input, (x) => x * logistic(x));
}
export function silu_backward(grad_output, input) {
  return chain(grad_output, input, (x) => logistic(x) * (1 + x * logistic(-x)));
}

/** @param {Tensor} input @param {number} [beta] @param {number} [threshold] */
export function softplus(input, beta = 1, threshold = 20) {
  return each(input, (x) =>
    beta * x > threshold ? x : (Math.max(beta * x, 0) + Math.log1p(Math.exp(-Math.abs(beta * x)))) / beta,
  );
}
export function softplus_backward(grad_output, input, beta = 1, threshold = 20) {
  return chain(grad_output, input, (x) => (beta * x > threshold ? 1 : logistic(beta * x)));
}

/**
 * Φ(x), the share of a normal distribution below x. JavaScript has no error function: near 0 its series, further
 * out its continued fraction, both to the last digits of a double.
 */
function normal_below(x) {
  const z = Math.abs(x) / Math.SQRT2;
  let tail;
  if (z < 2.5) {
    let [term, sum] = [z, z];
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n += 1) {
      term *= (2 * z * z) / (2 * n + 1);
      sum += term;
    }
    tail = 0.5 - (sum * Math.exp(-z * z)) / Math.sqrt(Math.PI);
  } else {
    let fraction = z;
    for (let n = 60; n > 0; n -= 1) fraction = z + n / 2 / fraction;
    tail = Math.exp(-z * z) / (2 * Math.sqrt(Math.PI) * fraction);
  }
  return x > 0 ? 1 - tail : tail;
}
const normal_density = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const ROOT = Math.sqrt(2 / Math.PI);
const gate = (x) => logistic(2 * ROOT * (x + 0.044715 * x ** 3));

/** @param {Tensor} input @param {"none" | "tanh"} [approximate] */
export function gelu(input, approximate = "none") {
  return each(
    input,
    approximate === "tanh" ? (x) => x * gate(x) : (x) => (x === -Infinity ? 0 : x * normal_below(x)),
  );
}
export function gelu_backward(grad_output, input, approximate = "none") {
  if (approximate === "tanh") {
    return chain(
      grad_output,
      input,
      (x) => gate(x) * (1 + x * (1 - gate(x)) * 2 * ROOT * (1 + 3 * 0.044715 * x * x)),
    );
  }
  return chain(grad_output, input, (x) => normal_below(x) + x * normal_density(x));
}
