/**
 * Draw a digit, and see every layer of a trained LeNet answer. State: `image` (28 × 28, 0 for paper to 1 for ink, as
 * MNIST has it). Result: `probabilities` of the ten digits.
 */
import { define } from "../../../course/live/explorer.js";
import { makeReader } from "./draw_digit/network.js";
import { view } from "./draw_digit/view.js";

const SIDE = 28;

function check({ image }) {
  const right =
    Array.isArray(image) &&
    image.length === SIDE &&
    image.every(
      (row) => Array.isArray(row) && row.length === SIDE && row.every((value) => value >= 0 && value <= 1),
    );
  if (!right) throw new Error("image must be 28 rows of 28 numbers from 0 to 1.");
}

export default define({
  name: "draw_digit",
  keys: ["image"],
  check,
  compute: ({ image }, constants) => makeReader(constants.network)(image),
  view,
});
