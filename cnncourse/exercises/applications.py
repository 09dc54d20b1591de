"""Exercises of chapter 18_applications."""

import numpy as np

from .answers import applications as answers
from .exercise import Case, Exercise, Mistake


def _count_cases() -> list[Case]:
    return [Case(args) for args in ((4, 3, 2), (4, 4, 2), (3, 2, 2), (5, 3, 1), (3, 5, 2))]


def _transpose_cases() -> list[Case]:
    rng = np.random.default_rng(18)
    small = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]])
    sizes = ((3, 4), (3, 3), 2, 1), ((2, 3), (4, 4), 2, 1), ((3, 2), (2, 3), 3, 0), ((4, 4), (5, 5), 1, 2)
    more = [Case((rng.normal(size=image), rng.normal(size=kernel), *rest)) for image, kernel, *rest in sizes]
    return [Case((*small, 2, 0)), *more]


def _box_cases() -> list[Case]:
    pairs = (
        ((0, 0, 10, 10), (5, 2, 15, 12)),
        ((0, 0, 4, 4), (6, 6, 9, 9)),
        ((2.5, 1.0, 8.5, 4.0), (2.5, 1.0, 8.5, 4.0)),
        ((1, 1, 9, 5), (3, 2, 6, 4)),
        ((0, 0, 4, 4), (4, 0, 8, 4)),
    )
    return [Case(pair) for pair in pairs]


def _mask_cases() -> list[Case]:
    rng = np.random.default_rng(19)
    small = np.array([[0, 1, 1], [0, 1, 0]]), np.array([[0, 1, 0], [1, 1, 0]])
    empty, some = np.zeros((4, 5), int), rng.integers(0, 2, (4, 5))
    large = rng.random((2, 12, 15)) < 0.3
    return [
        Case(small),
        Case((some, empty)),
        Case((empty, some)),
        Case((empty, empty)),
        Case((large[0], large[1])),
    ]


def _suppress_cases() -> list[Case]:
    chain = np.array([[1.0, 0.6, 0.1], [0.6, 1.0, 0.6], [0.1, 0.6, 1.0]])
    cases = [Case((np.array([0.9, 0.8, 0.7]), chain, 0.5)), Case((np.array([0.3, 0.9, 0.5]), chain, 0.5))]
    just = np.array([[1.0, 0.5, 0.75], [0.5, 1.0, 0.25], [0.75, 0.25, 1.0]])
    cases.append(Case((np.array([0.4, 0.7, 0.2]), just, 0.5)))
    rng = np.random.default_rng(20)
    for number, limit in ((6, 0.3), (8, 0.1), (5, 0.6)):
        overlap = np.triu(rng.random((number, number)).round(2), 1)
        cases.append(Case((rng.permutation(number) / number, overlap + overlap.T + np.eye(number), limit)))
    return cases


EXERCISES = (
    Exercise(
        name="applications.stamp_counts",
        title="Where the checkerboard comes from",
        prompt=(
            "Write `stamp_counts(size, kernel_size, stride)` for one axis without padding: an array with a "
            "number for each output cell, which says how many stamps fall on it. Compare kernels of 3 and "
            "of 4 cells at a stride of 2: which of them gives the same count to all inner cells?"
        ),
        reference=answers.stamp_counts,
        cases=_count_cases,
        mistakes=(
            Mistake(
                answers.stamps_side_by_side,
                "Stamps overlap when the kernel is wider than the stride. Add them up.",
            ),
            Mistake(
                answers.stride_forgotten, "Your stamps begin at neighbouring cells. They lie a stride apart."
            ),
            Mistake(
                answers.one_stamp_short, "One stamp is missing: there is one for each of the `size` inputs."
            ),
            Mistake(
                answers.counted_in_the_input,
                "You count how often a convolution reads an input cell. Count what falls on the output.",
            ),
        ),
    ),
    Exercise(
        name="applications.transpose_by_hand",
        title="Stamps with the edge cut off",
        prompt=(
            "Write `transpose_by_hand(image, kernel, stride, padding)`: the transposed convolution of one "
            "channel, as `ops.conv_transpose2d` computes it. Its padding cuts that many rows and columns "
            "off at each side of the sum of the stamps. Do not call `ops.conv_transpose2d`."
        ),
        reference=answers.transpose_by_hand,
        cases=_transpose_cases,
        mistakes=(
            Mistake(
                answers.overwritten, "A stamp replaces what was there. Where stamps overlap, they add up."
            ),
            Mistake(answers.kernel_turned, "Your kernel is turned by 180 degrees. It is stamped as it is."),
            Mistake(answers.nothing_cut, "The padding is not used: cut it off at all four sides."),
            Mistake(answers.zeros_put_around, "You added a frame. Here padding takes cells away."),
            Mistake(
                answers.an_ordinary_convolution,
                "That is a convolution: it makes the image smaller. Each input cell gives a whole stamp.",
            ),
        ),
    ),
    Exercise(
        name="applications.box_iou",
        title="How well two boxes agree",
        prompt=(
            "Write `box_iou(box, other)` for two boxes (left, top, right, bottom): the area they have in "
            "common, divided by the area they cover together."
        ),
        reference=answers.box_iou,
        cases=_box_cases,
        mistakes=(
            Mistake(
                answers.overlap_not_clipped,
                "For boxes apart from each other the width in common comes out negative. It is then 0.",
            ),
            Mistake(
                answers.common_counted_twice,
                "The union counts the common part once. The sum of both areas counts it twice.",
            ),
            Mistake(
                answers.over_the_first_box, "You divide by the area of the first box. Divide by the union."
            ),
            Mistake(
                answers.dice_of_boxes,
                "That is another measure, Dice: twice the common area over the sum of both. Divide the "
                "common area by the union.",
            ),
            Mistake(
                answers.corner_and_size,
                "The last two numbers are the right and the bottom edge, not width and height.",
            ),
        ),
    ),
    Exercise(
        name="applications.mask_iou",
        title="How well two masks agree",
        prompt=(
            "Write `mask_iou(mask, truth)` for two masks of one shape, with 1 (or True) where the object is. "
            "Two empty masks agree: their value is 1."
        ),
        reference=answers.mask_iou,
        cases=_mask_cases,
        mistakes=(
            Mistake(
                answers.pixels_that_agree,
                "That is the pixel accuracy: it counts agreeing background too. Look at the object only.",
            ),
            Mistake(answers.over_the_truth, "You divide by the true area: a mask of all ones would get 1."),
            Mistake(
                answers.over_both_areas,
                "That is the Dice score: it divides by the sum of both areas. Divide by the union.",
            ),
            Mistake(answers.empty_is_nothing, "Two empty masks agree fully. Give 1 there."),
        ),
    ),
    Exercise(
        name="applications.suppress",
        title="One box for each object",
        prompt=(
            "Write `suppress(scores, iou, limit)`: non-maximum suppression. `iou[i, j]` is the overlap of "
            "box i and box j. Return the indices of the boxes to keep, the best first: a box is kept "
            "unless it overlaps one that is already kept by more than `limit`. No two scores are equal."
        ),
        reference=answers.suppress,
        cases=_suppress_cases,
        mistakes=(
            Mistake(
                answers.in_the_order_given,
                "You go through the boxes as they come. Begin with the best score.",
            ),
            Mistake(answers.worst_first, "You begin with the lowest score. `np.argsort` sorts upwards."),
            Mistake(
                answers.dropped_boxes_still_suppress,
                "A box that was dropped must not drop others. Compare with the boxes that are kept.",
            ),
            Mistake(answers.sorted_by_index, "The boxes are right. Their order is to be: best score first."),
            Mistake(
                answers.keeps_those_that_overlap, "You keep the boxes that overlap. Keep those that do not."
            ),
            Mistake(
                answers.dropped_at_the_limit,
                "You drop a box whose overlap is exactly the limit. Only more than that drops it.",
            ),
            Mistake(
                answers.best_box_alone,
                "You stop at the best box. Others that do not overlap it are kept too.",
            ),
            Mistake(
                answers.nothing_suppressed, "All boxes are still there. `iou` and `limit` decide which go."
            ),
        ),
    ),
)
