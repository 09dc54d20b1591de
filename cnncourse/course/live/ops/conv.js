/** The convolution and its gradients. Rows of the image are the inner loop: they lie side by side in memory. */
import { expect, images, pair, zeros } from "./tensor.js";

/** @typedef {import("./tensor.js").Tensor} Tensor @typedef {import("./tensor.js").Pair} Pair */

/**
 * @typedef {object} ConvOptions
 * @property {Pair} [stride] step of the kernel, 1
 * @property {Pair | "same" | "valid"} [padding] zeros on each side, 0
 * @property {Pair} [dilation] step between the kernel's taps, 1
 * @property {number} [groups] groups of channels that do not see each other, 1
 */

/** How many places a kernel has along one axis: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1. */
export function conv_output_size(size, kernel, stride = 1, padding = 0, dilation = 1) {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Zeros before and after each axis. @returns {[[number, number], [number, number]]} */
function pads(padding, kernel, stride, dilation) {
  if (padding === "same") {
    if (stride[0] !== 1 || stride[1] !== 1) throw new Error('padding="same" needs a stride of 1.');
    return kernel.map((k, axis) => [
      Math.floor((dilation[axis] * (k - 1)) / 2),
      Math.ceil((dilation[axis] * (k - 1)) / 2),
    ]);
  }
  return pair("padding", padding === "valid" ? 0 : padding, 0).map((width) => [width, width]);
}

/** What the arguments mean in pixels; the padded size comes first. */
function geometry(input, weight, { stride = 1, padding = 0, dilation = 1, groups = 1 } = {}) {
  const [data, n, c, h, w, batched] = images(input);
  if (weight.shape.length !== 4)
    throw new Error(`weight must have shape (O, C / groups, kh, kw), got (${weight.shape.join(", ")}).`);
  const [o, cg, kh, kw] = weight.shape;
  if (!Number.isInteger(groups) || groups < 1 || o % groups)
    throw new Error(`groups must divide the ${o} kernels, got ${groups}.`);
  if (c !== cg * groups)
    throw new Error(`input must have ${cg * groups} channels (groups × weight.shape[1]), got ${c}.`);
  const [sh, sw] = pair("stride", stride, 1);
  const [dh, dw] = pair("dilation", dilation, 1);
  const [[top, bottom], [left, right]] = pads(padding, [kh, kw], [sh, sw], [dh, dw]);
  const [ph, pw] = [h + top + bottom, w + left + right];
  const [oh, ow] = [conv_output_size(ph, kh, sh, 0, dh), conv_output_size(pw, kw, sw, 0, dw)];
  if (oh < 1 || ow < 1)
    throw new Error(
      `the kernel covers ${dh * (kh - 1) + 1} × ${dw * (kw - 1) + 1} pixels and does not fit into ${ph} × ${pw}. Pad more, or take a smaller kernel.`,
    );
  return { data, n, c, h, w, batched, o, cg, kh, kw, sh, sw, dh, dw, top, left, ph, pw, oh, ow, og: o / groups };
}

/** Copies the images into a frame of zeros, so that no tap has to ask whether it stands outside. */
function padded(data, g) {
  if (g.ph === g.h && g.pw === g.w) return data;
  const out = new data.constructor(g.n * g.c * g.ph * g.pw);
  for (let plane = 0; plane < g.n * g.c; plane += 1) {
    for (let row = 0; row < g.h; row += 1) {
      const from = (plane * g.h + row) * g.w;
      out.set(data.subarray(from, from + g.w), (plane * g.ph + row + g.top) * g.pw + g.left);
    }
  }
  return out;
}

/** Calls `visit(weightIndex, firstInput, firstOutput)` for each tap and output row; inputs are in the padded image. */
function eachRow(g, visit) {
  for (let n = 0; n < g.n; n += 1) {
    for (let o = 0; o < g.o; o += 1) {
      const first = Math.floor(o / g.og) * g.cg;
      for (let c = 0; c < g.cg; c += 1) {
        const plane = (n * g.c + first + c) * g.ph;
        for (let a = 0; a < g.kh; a += 1) {
          for (let b = 0; b < g.kw; b += 1) {
            const tap = ((o * g.cg + c) * g.kh + a) * g.kw + b;
            for (let row = 0; row < g.oh; row += 1) {
              visit(tap, (plane + row * g.sh + a * g.dh) * g.pw + b * g.dw, ((n * g.o + o) * g.oh + row) * g.ow);
            }
          }
        }
      }
    }
  }
}

/**
 * Slides a set of kernels over each image (cross-correlation).
 * @param {Tensor} input of shape (N, C, H, W) or (C, H, W)
 * @param {Tensor} weight of shape (O, C / groups, kh, kw)
 * @param {Tensor | null} [bias] of shape (O,)
 * @param {ConvOptions} [options]
 * @returns {Tensor} of shape (N, O, oh, ow) or (O, oh, ow)
 */
export function conv2d(input, weight, bias = null, options = {}) {
  const g = geometry(input, weight, options);
  const x = padded(g.data, g);
  const out = zeros(g.batched ? [g.n, g.o, g.oh, g.ow] : [g.o, g.oh, g.ow], input.data);
  const y = out.data;
  const w = weight.data;
  if (bias !== null) {
    expect("bias", bias, [g.o]);
    const size = g.oh * g.ow;
    for (let plane = 0; plane < g.n * g.o; plane += 1)
      y.fill(bias.data[plane % g.o], plane * size, (plane + 1) * size);
  }
  const { ow, sw } = g;
  eachRow(g, (tap, from, to) => {
    const weightHere = w[tap];
    if (weightHere === 0) return;
    for (let j = 0; j < ow; j += 1) y[to + j] += weightHere * x[from + j * sw];
  });
  return out;
}

/**
 * Returns the gradients of `conv2d`, in the order of its inputs.
 * @param {Tensor} grad_output of the shape of the output
 * @param {Tensor} input @param {Tensor} weight @param {ConvOptions} [options]
 * @returns {[Tensor, Tensor, Tensor]} grad_input, grad_weight, grad_bias
 */
export function conv2d_backward(grad_output, input, weight, options = {}) {
  const g = geometry(input, weight, options);
  expect("grad_output", grad_output, g.batched ? [g.n, g.o, g.oh, g.ow] : [g.o, g.oh, g.ow]);
  const x = padded(g.data, g);
  const gy = grad_output.data;
  const w = weight.data;
  const gx = new x.constructor(g.n * g.c * g.ph * g.pw);
  const byWeight = new Float64Array(w.length); // long sums need the digits
  const byBias = new Float64Array(g.o);
  const { ow, sw } = g;
  eachRow(g, (tap, from, to) => {
    const weightHere = w[tap];
    let sum = 0;
    for (let j = 0; j < ow; j += 1) {
      const gradHere = gy[to + j];
      sum += gradHere * x[from + j * sw];
      gx[from + j * sw] += gradHere * weightHere;
    }
    byWeight[tap] += sum;
  });
  const size = g.oh * g.ow;
  for (let i = 0; i < gy.length; i += 1) byBias[Math.floor(i / size) % g.o] += gy[i];
  const like = (sums, shape) => ({ data: x.constructor.from(sums), shape });
  return [cropped(gx, g, input.shape), like(byWeight, [...weight.shape]), like(byBias, [g.o])];
}

/** Takes the frame of padding away again. */
function cropped(data, g, shape) {
  if (g.ph === g.h && g.pw === g.w) return { data, shape: [...shape] };
  const out = zeros(shape, data);
  for (let plane = 0; plane < g.n * g.c; plane += 1) {
    for (let row = 0; row < g.h; row += 1) {
      const from = (plane * g.ph + row + g.top) * g.pw + g.left;
      out.data.set(data.subarray(from, from + g.w), (plane * g.h + row) * g.w);
    }
  }
  return out;
}
