/**
 * When a picture is made. The rule looks at the weights, so that it holds for every picture: two kernels make the same
 * of all pictures only if they are the same. `cnncourse.chapters.convolution.levels` has the same rule.
 */
const SIDE = 5;
const NEAR = 0.02; // of each weight: 0.11 counts as 1/9

/** A kernel in the middle of a larger or smaller square of weights. @param {number[][]} kernel @param {number} side */
export function resized(kernel, side) {
  const [top, left] = [(side - kernel.length) / 2, (side - kernel[0].length) / 2].map(Math.floor);
  return Array.from({ length: side }, (_, i) =>
    Array.from({ length: side }, (_, j) => kernel[i - top]?.[j - left] ?? 0),
  );
}

/** In the middle of 5 × 5 weights; undefined where the kernel has no middle or is too large. @param {number[][]} kernel */
function centred(kernel) {
  const sides = [kernel.length, kernel[0].length];
  return sides.every((side) => side <= SIDE && side % 2 === 1) ? resized(kernel, SIDE) : undefined;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * @param {number[][]} kernel
 * @param {{ rule: "same" | "rows only", kernel: number[][] } | undefined} level "same": the kernel of the level, but for
 *   rounding. "rows only": every column adds up to 0, so that flat places and vertical edges give 0, and some row does
 *   not, so that horizontal edges give something.
 */
export function isSolved(kernel, level) {
  const weights = centred(kernel);
  if (weights === undefined || level === undefined) return false;
  if (level.rule === "rows only") {
    const columns = weights[0].map((_, j) => sum(weights.map((row) => row[j])));
    return columns.every((total) => Math.abs(total) <= NEAR) && weights.some((row) => Math.abs(sum(row)) >= 0.5);
  }
  const goal = centred(level.kernel);
  return weights.every((row, i) => row.every((weight, j) => Math.abs(weight - goal[i][j]) <= NEAR));
}
