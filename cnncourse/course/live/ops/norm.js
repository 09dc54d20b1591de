/** Batch normalisation of a trained network: by the running statistics, which do not change. */
import { count, expect, zeros } from "./tensor.js";

/** @typedef {import("./tensor.js").Tensor} Tensor */

/** Calls `visit(place, channel)` for each entry of (N, C, ...). */
function eachEntry(input, visit) {
  const [, channels] = input.shape;
  const size = count(input.shape.slice(2));
  for (let place = 0; place < input.data.length; place += 1) visit(place, Math.floor(place / size) % channels);
}

/**
 * (x − mean) / √(var + eps) · weight + bias, per channel.
 * @param {Tensor} input of shape (N, C, ...) @param {Tensor} running_mean of shape (C,) @param {Tensor} running_var
 * @param {Tensor | null} [weight] @param {Tensor | null} [bias] @param {{ eps?: number }} [options] @returns {Tensor}
 */
export function batch_norm(input, running_mean, running_var, weight = null, bias = null, { eps = 1e-5 } = {}) {
  expect("running_mean", running_mean, [input.shape[1]]);
  expect("running_var", running_var, [input.shape[1]]);
  const out = zeros(input.shape, input.data);
  const scale = Array.from(
    running_var.data,
    (v, c) => (weight === null ? 1 : weight.data[c]) / Math.sqrt(v + eps),
  );
  const shift = scale.map((s, c) => (bias === null ? 0 : bias.data[c]) - s * running_mean.data[c]);
  eachEntry(input, (place, c) => {
    out.data[place] = input.data[place] * scale[c] + shift[c];
  });
  return out;
}

/** @returns {[Tensor, Tensor, Tensor]} grad_input, grad_weight, grad_bias */
export function batch_norm_backward(
  grad_output,
  input,
  running_mean,
  running_var,
  weight = null,
  { eps = 1e-5 } = {},
) {
  expect("grad_output", grad_output, input.shape);
  const channels = input.shape[1];
  const grads = [zeros(input.shape, input.data), zeros([channels], input.data), zeros([channels], input.data)];
  const [byWeight, byBias] = [new Float64Array(channels), new Float64Array(channels)]; // long sums need the digits
  const spread = Array.from(running_var.data, (v) => Math.sqrt(v + eps));
  eachEntry(input, (place, c) => {
    const g = grad_output.data[place];
    grads[0].data[place] = (g * (weight === null ? 1 : weight.data[c])) / spread[c];
    byWeight[c] += (g * (input.data[place] - running_mean.data[c])) / spread[c];
    byBias[c] += g;
  });
  grads[1].data.set(byWeight);
  grads[2].data.set(byBias);
  return grads;
}
