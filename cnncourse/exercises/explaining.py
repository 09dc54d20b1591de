"""Exercises of chapter 16_looking_inside."""

import numpy as np

from .answers import explaining as answers
from .exercise import Case, Exercise, Mistake


def _heat_cases() -> list[Case]:
    rng = np.random.default_rng(16)
    small = np.array([[2.0, 4.0], [3.0, 6.0]])
    maps = small, np.full((3, 3), 7.0), np.zeros((2, 4)), rng.normal(size=(4, 5)), -rng.random((3, 2)) - 1
    return [Case((heat,)) for heat in maps]


def _gradient_cases() -> list[Case]:
    rng = np.random.default_rng(17)
    small = np.array([[[1.0, -5.0, 0.0]], [[-3.0, 4.0, 0.5]]]), np.array([0.5, 0.25])
    shapes = (3, 4, 5), (1, 3, 3)
    return [Case(small), *(Case((rng.normal(size=s), 0.2 + 0.3 * rng.random(s[0]))) for s in shapes)]


def _cover_cases() -> list[Case]:
    rng = np.random.default_rng(18)
    small = np.arange(1.0, 10.0).reshape(3, 3), np.eye(3), 2, 0.5
    sizes = ((4, 6), 3, -1.0), ((5, 5), 1, 2.0), ((6, 4), 2, 0.25)
    return [
        Case(small),
        *(Case((rng.normal(size=s), rng.normal(size=s), k, value)) for s, k, value in sizes),
    ]


def _layer_cases() -> list[Case]:
    rng = np.random.default_rng(19)
    small = (
        np.array([[[[1.0, 0.0], [0.0, 2.0]], [[0.0, 3.0], [1.0, 0.0]]]]),
        np.array([[[[1.0, 2.0], [3.0, 2.0]], [[-1.0, -1.0], [-2.0, 0.0]]]]),
    )
    shapes = (2, 4, 3, 5), (3, 8, 4, 4), (1, 3, 2, 6)
    return [Case(small), *(Case((rng.normal(size=s), rng.normal(size=s))) for s in shapes)]


def _nudge_cases() -> list[Case]:
    rng = np.random.default_rng(21)
    small = np.array([[0.5, 0.95], [0.02, 0.3]]), np.array([[0.001, 4.0], [-2.0, 0.0]]), 0.1
    cases = [Case((rng.random(s), rng.normal(size=s), eps)) for s, eps in (((3, 4, 4), 0.03), ((2, 5), 0.25))]
    return [Case(small), *cases]


def _pair_cases() -> list[Case]:
    rng = np.random.default_rng(22)
    small = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 30.0], [20.0, 900.0]])
    a, b = rng.normal(size=(2, 5, 6))
    curved = rng.random((4, 4))
    return [Case(small), Case((a, b)), Case((curved, np.exp(5 * curved))), Case((a, a + b))]


EXERCISES = (
    Exercise(
        name="explaining.to_unit",
        title="A map that can be drawn",
        prompt=(
            "Maps come in all ranges. Write `to_unit(heat)`: the least value becomes 0 and the greatest 1. "
            "A map that is the same everywhere has nothing to show: it becomes 0 everywhere."
        ),
        reference=answers.to_unit,
        cases=_heat_cases,
        mistakes=(
            Mistake(
                answers.only_divided,
                "You divide, but the least value does not become 0. Take it off first.",
            ),
            Mistake(
                answers.constant_divided_by_zero,
                "A constant map divides 0 by 0, which is no number. Treat it before you divide.",
            ),
            Mistake(answers.constant_becomes_one, "A constant map is to become 0 everywhere, not 1."),
            Mistake(answers.shifted_only, "The least value is 0 now. Divide by the span as well."),
            Mistake(
                answers.negative_cut,
                "You cut negative values off. The least value becomes 0 whatever its sign.",
            ),
        ),
    ),
    Exercise(
        name="explaining.saliency",
        title="One number per pixel",
        prompt=(
            "A network takes `x = (pixel - mean) / std`, with one `mean` and one `std` for each channel. "
            "`gradient`, of shape (C, H, W), is the derivative of a score with respect to x; `std` has shape "
            "(C,). Write `saliency(gradient, std)` of shape (H, W): for each place the largest size, over "
            "the channels, of the derivative with respect to the *pixel*. The size of -5 is 5."
        ),
        reference=answers.saliency,
        cases=_gradient_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.std_forgotten,
                "That is the map with respect to x. How far does x move when a pixel moves by 1?",
            ),
            Mistake(
                answers.multiplied_by_std,
                "You multiply by `std`. When a pixel moves by 1, x moves by 1 / `std`: the smaller `std`, "
                "the steeper.",
            ),
            Mistake(
                answers.divided_afterwards,
                "Each channel has a `std` of its own. Which channel is the largest may depend on it.",
            ),
            Mistake(answers.sign_kept, "A strongly negative slope matters as much as a positive one."),
            Mistake(
                answers.abs_after_max,
                "Take the size first and the maximum after it. The other way round, -5 loses against 1.",
            ),
            Mistake(
                answers.mean_of_channels, "You took the mean over the channels. The largest is asked for."
            ),
            Mistake(answers.last_axis, "You reduced the columns. The channels are axis 0."),
        ),
    ),
    Exercise(
        name="explaining.occlusion",
        title="Cover and ask again",
        prompt=(
            "The score of a grey image is `(weights * image).sum()`. Write "
            "`occlusion(image, weights, size, value)`: for each place of a square of `size` × `size` inside "
            "the image, how much the score falls when the square has the grey level `value`. Move the square "
            "by one pixel at a time. Entry (i, j) of the array belongs to the square whose upper left pixel "
            "is (i, j). The image stays as it is."
        ),
        reference=answers.occlusion,
        cases=_cover_cases,
        mistakes=(
            Mistake(answers.score_left, "That is the score that is left. The fall is asked for."),
            Mistake(answers.rise, "The sign is turned: a fall is the score before minus the score after."),
            Mistake(
                answers.squares_pile_up,
                "The squares pile up: each place must begin with the uncovered image.",
            ),
            Mistake(answers.covered_with_zero, "The square is always 0. Its grey level is `value`."),
            Mistake(answers.side_by_side, "Your squares lie side by side. Move by one pixel at a time."),
        ),
    ),
    Exercise(
        name="explaining.grad_cam",
        title="Grad-CAM of a batch",
        prompt=(
            "Several images at once: write `grad_cam(activations, gradients)`. Both have shape (N, C, H, W): "
            "for each image the maps of a layer, and the gradient of its score with respect to them. Return "
            "one map for each image, together (N, H, W). No image has a say in the map of another."
        ),
        reference=answers.grad_cam,
        cases=_layer_cases,
        exact_shape=True,
        mistakes=(
            Mistake(answers.no_relu, "Negative places are left. What speaks against the class is cut off."),
            Mistake(
                answers.relu_too_early,
                "You cut before you sum. Sum all maps with their weights, and cut the result.",
            ),
            Mistake(
                answers.gradient_of_each_place,
                "Each place has a weight of its own here. In Grad-CAM a whole map shares one.",
            ),
            Mistake(answers.summed_gradient, "A map's weight is the mean of its gradients, not their sum."),
            Mistake(answers.weighted_by_maps, "The two are swapped: gradients weigh, maps are summed."),
            Mistake(
                answers.one_weight_for_all,
                "You took the mean over the images too. Each image has weights of its own.",
            ),
            Mistake(answers.mean_of_maps, "You took the mean of the weighted maps. Grad-CAM sums them."),
        ),
    ),
    Exercise(
        name="explaining.nudge",
        title="A small step uphill",
        prompt=(
            "Write `nudge(pixels, gradient, epsilon)` for pixels from 0 (black) to 1 (white) and the "
            "gradient of the loss: each pixel moves by `epsilon` so that the loss grows, and none leaves the "
            "range. "
            "A pixel whose gradient is 0 stays."
        ),
        reference=answers.nudge,
        cases=_nudge_cases,
        mistakes=(
            Mistake(answers.not_clipped, "Some pixels are brighter than white or darker than black."),
            Mistake(answers.downhill, "That makes the loss smaller. It shall grow."),
            Mistake(
                answers.along_the_gradient,
                "You used the gradient itself. Only its sign counts: all pixels move equally far.",
            ),
            Mistake(
                answers.step_clipped,
                "You clip the step, so no pixel can become darker. Clip the result.",
            ),
            Mistake(answers.never_zero, "A pixel whose gradient is 0 has moved. It stays."),
        ),
    ),
    Exercise(
        name="explaining.rank_correlation",
        title="Do two maps agree?",
        prompt=(
            "Write `rank_correlation(a, b)` for two maps of one shape: replace each value by its rank in its "
            "own map (the least value has rank 0, the next rank 1, and so on), and return the correlation of "
            "the ranks, one number. No map holds a value twice."
        ),
        reference=answers.rank_correlation,
        cases=_pair_cases,
        mistakes=(
            Mistake(
                answers.plain_correlation,
                "You correlate the values. One very bright pixel then decides. Rank them first.",
            ),
            Mistake(
                answers.sorted_once,
                "`argsort` says which pixel comes first, not which rank a pixel has. Apply it twice.",
            ),
            Mistake(
                answers.equal_ranks, "You count equal ranks. Ranks that are near count too: correlate them."
            ),
            Mistake(answers.correlation_table, "That is a 2 × 2 table. One of its entries is asked for."),
        ),
    ),
)
