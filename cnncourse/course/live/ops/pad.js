/** What stands outside an image, and images of another size. */
import { expect, images, zeros } from "./tensor.js";

/** @typedef {import("./tensor.js").Tensor} Tensor */

const MODES = ["constant", "reflect", "replicate", "circular"];

/** For each place of a padded axis the place it is copied from, −1 for the fill. */
function sources(size, before, after, mode) {
  if (!MODES.includes(mode))
    throw new Error(`mode must be one of ${MODES.join(", ")}, got ${JSON.stringify(mode)}.`);
  const limit = { reflect: size - 1, circular: size }[mode];
  if (limit !== undefined && Math.max(before, after) > limit) {
    throw new Error(
      `pad must be at most ${limit} along an axis of size ${size} in mode "${mode}", got ${Math.max(before, after)}.`,
    );
  }
  if (size + before + after < 0) throw new Error(`pad must not crop more than the ${size} pixels there are.`);
  return Array.from({ length: size + before + after }, (_, place) => {
    const i = place - before;
    if (i >= 0 && i < size) return i;
    if (mode === "constant") return -1;
    if (mode === "reflect") return i < 0 ? -i : 2 * (size - 1) - i;
    if (mode === "replicate") return i < 0 ? 0 : size - 1;
    return (i + size) % size;
  });
}

function geometry(input, [left, right, top = 0, bottom = 0], mode) {
  const [data, n, c, h, w, batched] = images(input);
  const rows = sources(h, top, bottom, mode);
  const columns = sources(w, left, right, mode);
  const shape = [...(batched ? [n, c] : [c]), rows.length, columns.length];
  return { data, planes: n * c, h, w, rows, columns, shape };
}

/** Calls `visit(place in the padded image, place in the image)`, −1 for the fill. */
function eachPlace(g, visit) {
  let to = 0;
  for (let plane = 0; plane < g.planes; plane += 1) {
    for (const row of g.rows) {
      for (const column of g.columns) {
        visit(to, row < 0 || column < 0 ? -1 : (plane * g.h + row) * g.w + column);
        to += 1;
      }
    }
  }
}

/**
 * Widens rows and columns of images, or crops them where a width is negative.
 * @param {Tensor} input of shape (N, C, H, W) or (C, H, W)
 * @param {number[]} widths left, right, top, bottom: the last axis first, as torch counts
 * @param {"constant" | "reflect" | "replicate" | "circular"} [mode] @param {number} [value] fill of "constant"
 * @returns {Tensor}
 */
export function pad(input, widths, mode = "constant", value = 0) {
  const g = geometry(input, widths, mode);
  const out = zeros(g.shape, input.data);
  eachPlace(g, (to, from) => {
    out.data[to] = from < 0 ? value : g.data[from];
  });
  return out;
}

/** Adds each gradient to the pixel it was copied from. @returns {Tensor} */
export function pad_backward(grad_output, input, widths, mode = "constant") {
  const g = geometry(input, widths, mode);
  expect("grad_output", grad_output, g.shape);
  const grad = zeros(input.shape, input.data);
  eachPlace(g, (to, from) => {
    if (from >= 0) grad.data[from] += grad_output.data[to];
  });
  return grad;
}

/**
 * For each output place its two neighbours and how much the second counts: pixel centres lie at i + ½, as in
 * torch's `interpolate(mode="bilinear", align_corners=False)`.
 */
function neighbours(old, size) {
  return Array.from({ length: size }, (_, place) => {
    const centre = Math.max(0, ((place + 0.5) * old) / size - 0.5);
    const first = Math.min(Math.floor(centre), old - 1);
    return [first, Math.min(first + 1, old - 1), centre - first];
  });
}

/**
 * Resizes images, reading each new pixel between its four nearest old ones.
 * @param {Tensor} input of shape (N, C, H, W) or (C, H, W) @param {[number, number]} size height and width
 * @returns {Tensor}
 */
export function resize_bilinear(input, [height, width]) {
  const [data, n, c, h, w, batched] = images(input);
  const out = zeros([...(batched ? [n, c] : [c]), height, width], data);
  const columns = neighbours(w, width);
  let to = 0;
  for (let plane = 0; plane < n * c; plane += 1) {
    for (const [above, below, down] of neighbours(h, height)) {
      const first = (plane * h + above) * w;
      const second = (plane * h + below) * w;
      for (const [left, right, along] of columns) {
        const upper = data[first + left] * (1 - along) + data[first + right] * along;
        const lower = data[second + left] * (1 - along) + data[second + right] * along;
        out.data[to++] = upper * (1 - down) + lower * down;
      }
    }
  }
  return out;
}
