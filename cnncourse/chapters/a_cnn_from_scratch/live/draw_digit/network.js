/** LeNet with weights of 8 bits, as `cnncourse.chapters.a_cnn_from_scratch.digit_reader` has it. */
import { relu } from "../../../../course/live/ops/activations.js";
import { conv2d } from "../../../../course/live/ops/conv.js";
import { linear } from "../../../../course/live/ops/linear.js";
import { max_pool2d } from "../../../../course/live/ops/pool.js";
import { softmax } from "../../../../course/live/ops/softmax.js";
import { numbers } from "../../../../course/live/ops/tensor.js";

const readers = new WeakMap(); // by the stored network: unpacked once

/** @param {{ shape: number[], scale: number[], bytes: string, bias: number[] }} layer */
function unpacked({ shape, scale, bytes, bias }) {
  const text = atob(bytes);
  const size = text.length / shape[0];
  const data = Float64Array.from(
    text,
    (letter, i) => ((letter.charCodeAt(0) << 24) >> 24) * scale[Math.floor(i / size)],
  );
  return [
    { data, shape },
    { data: Float64Array.from(bias), shape: [bias.length] },
  ];
}

/**
 * @param {{ mean: number, std: number, layers: object[] }} stored
 * @returns {(image: number[][]) => { probabilities: any, layers: Record<string, any> }} `layers`: what each one gives
 */
export function makeReader(stored) {
  if (!readers.has(stored)) {
    const layers = stored.layers.map(unpacked);
    readers.set(stored, (image) => read(image, stored, layers));
  }
  return readers.get(stored);
}

function read(image, { mean, std }, layers) {
  let x = { data: Float64Array.from(numbers(image), (value) => (value - mean) / std), shape: [1, 28, 28] };
  const maps = {};
  for (const [i, padding] of [
    [0, 2],
    [1, 0],
  ]) {
    x = maps[`convolution ${i + 1}`] = relu(conv2d(x, ...layers[i], { padding }));
    x = maps[`pooling ${i + 1}`] = max_pool2d(x, 2);
  }
  x = { data: x.data, shape: [x.data.length] };
  for (const i of [1, 2]) x = maps[`dense ${i}`] = relu(linear(x, ...layers[i + 1]));
  maps.scores = linear(x, ...layers[4]);
  return { probabilities: softmax(maps.scores, 0), layers: maps };
}
