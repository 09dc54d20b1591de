"""Exercises of the chapter applications."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _over_union(box, other, common):
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return common / (area + other_area - common)


def _common(box, other):
    width = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    return width * max(0, min(box[3], other[3]) - max(box[1], other[1]))


def _count_cases() -> list[Case]:
    return [Case(args) for args in ((4, 3, 2), (4, 4, 2), (3, 2, 2), (5, 3, 1), (3, 5, 2))]


@exercise(
    "applications.stamp_counts",
    "Where the checkerboard comes from",
    """
    Write `stamp_counts(size, kernel_size, stride)` for one axis without padding: an array with a number
    for each output cell, which says how many stamps fall on it. Compare kernels of 3 and of 4 cells at a
    stride of 2: which of them gives the same count to all inner cells?
    """,
    cases=_count_cases,
)
def stamp_counts(size, kernel_size, stride):
    """How many stamps each output cell of a transposed convolution gets, along one axis."""
    counts = np.zeros((size - 1) * stride + kernel_size, dtype=int)
    for i in range(size):
        counts[i * stride : i * stride + kernel_size] += 1
    return counts


stamp_counts.mistake(
    "Stamps overlap when the kernel is wider than the stride. Add them up.",
    lambda size, kernel_size, stride: np.ones((size - 1) * stride + kernel_size, dtype=int),
)


@stamp_counts.mistake("Your stamps begin at neighbouring cells. They lie a stride apart.")
def stride_forgotten(size, kernel_size, stride):
    counts = np.zeros((size - 1) * stride + kernel_size, dtype=int)
    for i in range(size):
        counts[i : i + kernel_size] += 1
    return counts


@stamp_counts.mistake("One stamp is missing: there is one for each of the `size` inputs.")
def one_stamp_short(size, kernel_size, stride):
    counts = np.zeros((size - 1) * stride + kernel_size, dtype=int)
    for i in range(size - 1):
        counts[i * stride : i * stride + kernel_size] += 1
    return counts


@stamp_counts.mistake(
    "You count how often a convolution reads an input cell. Count what falls on the output."
)
def counted_in_the_input(size, kernel_size, stride):
    counts = np.zeros(size, dtype=int)
    for start in range(0, max(size - kernel_size, 0) + 1, stride):
        counts[start : start + kernel_size] += 1
    return counts


def _transpose_cases() -> list[Case]:
    rng = np.random.default_rng(18)
    small = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]])
    sizes = ((3, 4), (3, 3), 2, 1), ((2, 3), (4, 4), 2, 1), ((3, 2), (2, 3), 3, 0), ((4, 4), (5, 5), 1, 2)
    more = [Case((rng.normal(size=image), rng.normal(size=kernel), *rest)) for image, kernel, *rest in sizes]
    return [Case((*small, 2, 0)), *more]


@exercise(
    "applications.transpose_by_hand",
    "Stamps with the edge cut off",
    """
    Write `transpose_by_hand(image, kernel, stride, padding)`: the transposed convolution of one channel,
    as `ops.conv_transpose2d` computes it. Its padding cuts that many rows and columns off at each side of
    the sum of the stamps. Do not call `ops.conv_transpose2d`.
    """,
    cases=_transpose_cases,
)
def transpose_by_hand(image, kernel, stride, padding):
    """Transposed convolution of an image of shape (H, W) with a kernel of shape (KH, KW)."""
    rows = (image.shape[0] - 1) * stride + kernel.shape[0]
    columns = (image.shape[1] - 1) * stride + kernel.shape[1]
    out = np.zeros((rows, columns))
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            top, left = i * stride, j * stride
            out[top : top + kernel.shape[0], left : left + kernel.shape[1]] += image[i, j] * kernel
    return out[padding : rows - padding, padding : columns - padding]


@transpose_by_hand.mistake("A stamp replaces what was there. Where stamps overlap, they add up.")
def overwritten(image, kernel, stride, padding):
    rows, columns = ((n - 1) * stride + k for n, k in zip(image.shape, kernel.shape))
    out = np.zeros((rows, columns))
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            top, left = i * stride, j * stride
            out[top : top + kernel.shape[0], left : left + kernel.shape[1]] = image[i, j] * kernel
    return out[padding : rows - padding, padding : columns - padding]


transpose_by_hand.mistake(
    "Your kernel is turned by 180 degrees. It is stamped as it is.",
    lambda image, kernel, stride, padding: transpose_by_hand(image, kernel[::-1, ::-1], stride, padding),
)
transpose_by_hand.mistake(
    "The padding is not used: cut it off at all four sides.",
    lambda image, kernel, stride, padding: transpose_by_hand(image, kernel, stride, 0),
)
transpose_by_hand.mistake(
    "You added a frame. Here padding takes cells away.",
    lambda image, kernel, stride, padding: np.pad(transpose_by_hand(image, kernel, stride, 0), padding),
)


@transpose_by_hand.mistake(
    "That is a convolution: it makes the image smaller. Each input cell gives a whole stamp."
)
def an_ordinary_convolution(image, kernel, stride, padding):
    padded = np.pad(image, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    return (windows * kernel).sum(axis=(2, 3))


def _box_cases() -> list[Case]:
    pairs = (
        ((0, 0, 10, 10), (5, 2, 15, 12)),
        ((0, 0, 4, 4), (6, 6, 9, 9)),
        ((2.5, 1.0, 8.5, 4.0), (2.5, 1.0, 8.5, 4.0)),
        ((1, 1, 9, 5), (3, 2, 6, 4)),
        ((0, 0, 4, 4), (4, 0, 8, 4)),
    )
    return [Case(pair) for pair in pairs]


@exercise(
    "applications.box_iou",
    "How well two boxes agree",
    """
    Write `box_iou(box, other)` for two boxes (left, top, right, bottom): the area they have in common,
    divided by the area they cover together.
    """,
    cases=_box_cases,
)
def box_iou(box, other):
    """Intersection over union of two boxes (left, top, right, bottom)."""
    width = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    height = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    common = width * height
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return common / (area + other_area - common)


@box_iou.mistake("For boxes apart from each other the width in common comes out negative. It is then 0.")
def overlap_not_clipped(box, other):
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return _over_union(box, other, width * height)


@box_iou.mistake("The union counts the common part once. The sum of both areas counts it twice.")
def common_counted_twice(box, other):
    common = _common(box, other)
    return common / (common / box_iou(box, other) + common) if common else 0.0


box_iou.mistake(
    "You divide by the area of the first box. Divide by the union.",
    lambda box, other: _common(box, other) / ((box[2] - box[0]) * (box[3] - box[1])),
)


@box_iou.mistake(
    "That is another measure, Dice: twice the common area over the sum of both. Divide the common area by "
    "the union."
)
def dice_of_boxes(box, other):
    overlap = box_iou(box, other)
    return 2 * overlap / (1 + overlap)


@box_iou.mistake("The last two numbers are the right and the bottom edge, not width and height.")
def corner_and_size(box, other):
    box, other = ((b[0], b[1], b[0] + b[2], b[1] + b[3]) for b in (box, other))
    return box_iou(box, other)


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


@exercise(
    "applications.mask_iou",
    "How well two masks agree",
    """
    Write `mask_iou(mask, truth)` for two masks of one shape, with 1 (or True) where the object is. Two
    empty masks agree: their value is 1.
    """,
    cases=_mask_cases,
)
def mask_iou(mask, truth):
    """Intersection over union of two masks of 0 and 1; two empty masks agree."""
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    union = (mask | truth).sum()
    if union == 0:
        return 1.0
    return (mask & truth).sum() / union


mask_iou.mistake(
    "That is the pixel accuracy: it counts agreeing background too. Look at the object only.",
    lambda mask, truth: np.mean(np.asarray(mask, dtype=bool) == np.asarray(truth, dtype=bool)),
)


@mask_iou.mistake("You divide by the true area: a mask of all ones would get 1.")
def over_the_truth(mask, truth):
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    return (mask & truth).sum() / truth.sum() if truth.any() else 1.0


@mask_iou.mistake("That is the Dice score: it divides by the sum of both areas. Divide by the union.")
def over_both_areas(mask, truth):
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    both = mask.sum() + truth.sum()
    return 2 * (mask & truth).sum() / both if both else 1.0


@mask_iou.mistake("Two empty masks agree fully. Give 1 there.")
def empty_is_nothing(mask, truth):
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    return (mask & truth).sum() / max((mask | truth).sum(), 1)


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


@exercise(
    "applications.suppress",
    "One box for each object",
    """
    Write `suppress(scores, iou, limit)`: non-maximum suppression. `iou[i, j]` is the overlap of box i and
    box j. Return the indices of the boxes to keep, the best first: a box is kept unless it overlaps one
    that is already kept by more than `limit`. No two scores are equal.
    """,
    cases=_suppress_cases,
)
def suppress(scores, iou, limit):
    """Indices that non-maximum suppression keeps, the best first; iou has shape (N, N)."""
    kept = []
    for i in np.argsort(-np.asarray(scores)):
        if all(iou[i][j] <= limit for j in kept):
            kept.append(int(i))
    return kept


@suppress.mistake("You go through the boxes as they come. Begin with the best score.")
def in_the_order_given(scores, iou, limit):
    kept = []
    for i in range(len(scores)):
        if all(iou[i][j] <= limit for j in kept):
            kept.append(i)
    return kept


@suppress.mistake("You begin with the lowest score. `np.argsort` sorts upwards.")
def worst_first(scores, iou, limit):
    kept = []
    for i in np.argsort(scores):
        if all(iou[i][j] <= limit for j in kept):
            kept.append(int(i))
    return kept


@suppress.mistake("A box that was dropped must not drop others. Compare with the boxes that are kept.")
def dropped_boxes_still_suppress(scores, iou, limit):
    order = np.argsort(-np.asarray(scores))
    return [int(i) for n, i in enumerate(order) if all(iou[i][j] <= limit for j in order[:n])]


suppress.mistake(
    "The boxes are right. Their order is to be: best score first.",
    lambda scores, iou, limit: sorted(suppress(scores, iou, limit)),
)


@suppress.mistake("You keep the boxes that overlap. Keep those that do not.")
def keeps_those_that_overlap(scores, iou, limit):
    kept = []
    for i in np.argsort(-np.asarray(scores)):
        if all(iou[i][j] > limit for j in kept):
            kept.append(int(i))
    return kept


suppress.mistake(
    "You drop a box whose overlap is exactly the limit. Only more than that drops it.",
    lambda scores, iou, limit: suppress(scores, iou, np.nextafter(limit, 0)),
)
suppress.mistake(
    "You stop at the best box. Others that do not overlap it are kept too.",
    lambda scores, iou, limit: suppress(scores, iou, limit)[:1],
)
suppress.mistake(
    "All boxes are still there. `iou` and `limit` decide which go.",
    lambda scores, iou, limit: np.argsort(-scores),
)
