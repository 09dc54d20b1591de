/**
 * Arrays with a shape. Everything computes in the type of its data: Float32Array, or Float64Array for checks.
 *
 * @typedef {Float32Array | Float64Array} Numbers
 * @typedef {{ data: Numbers, shape: number[] }} Tensor  rows first, as NumPy lays them out
 * @typedef {number | [number, number]} Pair  (height, width), or one number for both
 */

/** @param {number[]} shape @param {Numbers} [like] an array of the wanted type @returns {Tensor} */
export function zeros(shape, like) {
  const Type = like === undefined ? Float32Array : like.constructor;
  return { data: new Type(count(shape)), shape: [...shape] };
}

/** The number of entries of a shape. @param {number[]} shape */
export function count(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Makes a tensor of nested lists of numbers, as JSON has them.
 * @param {any} lists @param {Float32ArrayConstructor | Float64ArrayConstructor} [Type] @returns {Tensor}
 */
export function tensor(lists, Type = Float32Array) {
  const shape = [];
  for (let part = lists; Array.isArray(part); part = part[0]) shape.push(part.length);
  const flat = shape.length === 0 ? [lists] : lists.flat(Infinity);
  if (flat.length !== count(shape))
    throw new Error(`the rows have different lengths: ${flat.length} numbers do not fill ${shape.join(" × ")}.`);
  return { data: Type.from(flat), shape };
}

/** Makes nested lists of a tensor. @param {Tensor} x @returns {any} */
export function nested(x) {
  let level = Array.from(x.data);
  for (const size of x.shape.slice(1).reverse()) {
    const rows = [];
    for (let start = 0; start < level.length; start += size) rows.push(level.slice(start, start + size));
    level = rows;
  }
  return x.shape.length === 0 ? level[0] : level;
}

/** Makes a flat list of nested ones. @param {any} lists @returns {number[]} */
export function numbers(lists) {
  return lists.flat(Infinity);
}

/** @param {string} name @param {Pair} value @param {number} least @returns {[number, number]} */
export function pair(name, value, least) {
  const both = Array.isArray(value) ? value : [value, value];
  const right = both.length === 2 && both.every((one) => Number.isInteger(one) && one >= least);
  if (!right)
    throw new Error(
      `${name} must be one or two whole numbers of at least ${least}, got ${JSON.stringify(value)}.`,
    );
  return [both[0], both[1]];
}

/**
 * Gives an image a batch axis, as torch takes both forms.
 * @param {Tensor} x of shape (N, C, H, W) or (C, H, W)
 * @returns {[Numbers, number, number, number, number, boolean]} data, N, C, H, W, and whether it had a batch
 */
export function images(x, name = "input") {
  const batched = x.shape.length === 4;
  if (!batched && x.shape.length !== 3)
    throw new Error(`${name} must have shape (N, C, H, W) or (C, H, W), got (${x.shape.join(", ")}).`);
  const [n, c, h, w] = batched ? x.shape : [1, ...x.shape];
  return [x.data, n, c, h, w, batched];
}

/** @param {string} name @param {Tensor} x @param {number[]} shape */
export function expect(name, x, shape) {
  if (x.shape.join() !== shape.join())
    throw new Error(`${name} must have shape (${shape.join(", ")}), got (${x.shape.join(", ")}).`);
}
