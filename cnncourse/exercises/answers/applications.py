"""Answers to the exercises of chapter 18_applications: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def stamp_counts(size, kernel_size, stride):
    """How many stamps each output cell of a transposed convolution gets, along one axis."""
    counts = np.zeros((size - 1) * stride + kernel_size, dtype=int)
    for i in range(size):
        counts[i * stride : i * stride + kernel_size] += 1
    return counts


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


def box_iou(box, other):
    """Intersection over union of two boxes (left, top, right, bottom)."""
    width = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    height = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    common = width * height
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return common / (area + other_area - common)


def mask_iou(mask, truth):
    """Intersection over union of two masks of 0 and 1; two empty masks agree."""
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    union = (mask | truth).sum()
    if union == 0:
        return 1.0
    return (mask & truth).sum() / union


def suppress(scores, iou, limit):
    """Indices that non-maximum suppression keeps, the best first; iou has shape (N, N)."""
    kept = []
    for i in np.argsort(-np.asarray(scores)):
        if all(iou[i][j] <= limit for j in kept):
            kept.append(int(i))
    return kept


# Wrong answers


def dice_of_boxes(box, other):
    overlap = box_iou(box, other)
    return 2 * overlap / (1 + overlap)


def dropped_at_the_limit(scores, iou, limit):
    return suppress(scores, iou, np.nextafter(limit, 0))


def best_box_alone(scores, iou, limit):
    return suppress(scores, iou, limit)[:1]


def nothing_suppressed(scores, iou, limit):
    return np.argsort(-scores)


def stamps_side_by_side(size, kernel_size, stride):
    return np.ones((size - 1) * stride + kernel_size, dtype=int)


def stride_forgotten(size, kernel_size, stride):
    counts = np.zeros((size - 1) * stride + kernel_size, dtype=int)
    for i in range(size):
        counts[i : i + kernel_size] += 1
    return counts


def one_stamp_short(size, kernel_size, stride):
    counts = np.zeros((size - 1) * stride + kernel_size, dtype=int)
    for i in range(size - 1):
        counts[i * stride : i * stride + kernel_size] += 1
    return counts


def counted_in_the_input(size, kernel_size, stride):
    counts = np.zeros(size, dtype=int)
    for start in range(0, max(size - kernel_size, 0) + 1, stride):
        counts[start : start + kernel_size] += 1
    return counts


def overwritten(image, kernel, stride, padding):
    rows, columns = ((n - 1) * stride + k for n, k in zip(image.shape, kernel.shape))
    out = np.zeros((rows, columns))
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            top, left = i * stride, j * stride
            out[top : top + kernel.shape[0], left : left + kernel.shape[1]] = image[i, j] * kernel
    return out[padding : rows - padding, padding : columns - padding]


def kernel_turned(image, kernel, stride, padding):
    return transpose_by_hand(image, kernel[::-1, ::-1], stride, padding)


def nothing_cut(image, kernel, stride, padding):
    return transpose_by_hand(image, kernel, stride, 0)


def zeros_put_around(image, kernel, stride, padding):
    return np.pad(transpose_by_hand(image, kernel, stride, 0), padding)


def an_ordinary_convolution(image, kernel, stride, padding):
    padded = np.pad(image, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    return (windows * kernel).sum(axis=(2, 3))


def overlap_not_clipped(box, other):
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return _over_union(box, other, width * height)


def _over_union(box, other, common):
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return common / (area + other_area - common)


def _common(box, other):
    width = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    return width * max(0, min(box[3], other[3]) - max(box[1], other[1]))


def common_counted_twice(box, other):
    common = _common(box, other)
    return common / (common / box_iou(box, other) + common) if common else 0.0


def over_the_first_box(box, other):
    return _common(box, other) / ((box[2] - box[0]) * (box[3] - box[1]))


def corner_and_size(box, other):
    box, other = ((b[0], b[1], b[0] + b[2], b[1] + b[3]) for b in (box, other))
    return box_iou(box, other)


def pixels_that_agree(mask, truth):
    return np.mean(np.asarray(mask, dtype=bool) == np.asarray(truth, dtype=bool))


def over_the_truth(mask, truth):
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    return (mask & truth).sum() / truth.sum() if truth.any() else 1.0


def over_both_areas(mask, truth):
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    both = mask.sum() + truth.sum()
    return 2 * (mask & truth).sum() / both if both else 1.0


def empty_is_nothing(mask, truth):
    mask, truth = np.asarray(mask, dtype=bool), np.asarray(truth, dtype=bool)
    return (mask & truth).sum() / max((mask | truth).sum(), 1)


def in_the_order_given(scores, iou, limit):
    kept = []
    for i in range(len(scores)):
        if all(iou[i][j] <= limit for j in kept):
            kept.append(i)
    return kept


def worst_first(scores, iou, limit):
    kept = []
    for i in np.argsort(scores):
        if all(iou[i][j] <= limit for j in kept):
            kept.append(int(i))
    return kept


def dropped_boxes_still_suppress(scores, iou, limit):
    order = np.argsort(-np.asarray(scores))
    return [int(i) for n, i in enumerate(order) if all(iou[i][j] <= limit for j in order[:n])]


def sorted_by_index(scores, iou, limit):
    return sorted(suppress(scores, iou, limit))


def keeps_those_that_overlap(scores, iou, limit):
    kept = []
    for i in np.argsort(-np.asarray(scores)):
        if all(iou[i][j] > limit for j in kept):
            kept.append(int(i))
    return kept
