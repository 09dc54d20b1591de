/** The dense layer. */
import { count, expect, zeros } from "./tensor.js";

/** @typedef {import("./tensor.js").Tensor} Tensor */

function sizes(input, weight) {
  const [outputs, inputs] = weight.shape;
  if (weight.shape.length !== 2 || input.shape.at(-1) !== inputs) {
    throw new Error(
      `input must have a last axis of ${inputs} and weight two axes, got (${input.shape.join(", ")}) and (${weight.shape.join(", ")}).`,
    );
  }
  const leading = input.shape.slice(0, -1);
  return { outputs, inputs, samples: count(leading), shape: [...leading, outputs] };
}

/**
 * y = x Wᵀ + b.
 * @param {Tensor} input of shape (..., inputs) @param {Tensor} weight of shape (outputs, inputs)
 * @param {Tensor | null} [bias] of shape (outputs,) @returns {Tensor} of shape (..., outputs)
 */
export function linear(input, weight, bias = null) {
  const { outputs, inputs, samples, shape } = sizes(input, weight);
  const out = zeros(shape, input.data);
  const [x, w] = [input.data, weight.data];
  for (let n = 0; n < samples; n += 1) {
    for (let o = 0; o < outputs; o += 1) {
      let sum = bias === null ? 0 : bias.data[o];
      for (let i = 0; i < inputs; i += 1) sum += x[n * inputs + i] * w[o * inputs + i];
      out.data[n * outputs + o] = sum;
    }
  }
  return out;
}

/** @returns {[Tensor, Tensor, Tensor]} grad_input, grad_weight, grad_bias */
export function linear_backward(grad_output, input, weight) {
  const { outputs, inputs, samples, shape } = sizes(input, weight);
  expect("grad_output", grad_output, shape);
  const grads = [zeros(input.shape, input.data), zeros(weight.shape, input.data), zeros([outputs], input.data)];
  const [gx, gw, gb] = grads.map((grad) => grad.data);
  for (let n = 0; n < samples; n += 1) {
    for (let o = 0; o < outputs; o += 1) {
      const g = grad_output.data[n * outputs + o];
      gb[o] += g;
      for (let i = 0; i < inputs; i += 1) {
        gx[n * inputs + i] += g * weight.data[o * inputs + i];
        gw[o * inputs + i] += g * input.data[n * inputs + i];
      }
    }
  }
  return grads;
}
