"""The reference solutions of the chapter against torch, torchvision and scikit-learn; other right answers."""

import numpy as np
import sklearn.metrics
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.applications import exercises as answers
from cnncourse.course import check


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 4))
def test_stamp_counts(size, kernel_size, stride):
    ones = torch.ones(1, 1, size), torch.ones(1, 1, kernel_size)
    expected = torch.nn.functional.conv_transpose1d(*ones, stride=stride)[0, 0].numpy()
    np.testing.assert_array_equal(answers.stamp_counts(size, kernel_size, stride), expected)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(2, 5),
    st.integers(2, 5),
    st.integers(2, 4),
    st.integers(1, 3),
    st.integers(0, 1),
    st.integers(0, 99),
)
def test_transpose_by_hand(height, width, kernel_size, stride, padding, seed):
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(height, width)), rng.normal(size=(kernel_size, kernel_size))
    tensors = (torch.from_numpy(array)[None, None] for array in (image, kernel))
    expected = torch.nn.functional.conv_transpose2d(*tensors, stride=stride, padding=padding)[0, 0].numpy()
    np.testing.assert_allclose(
        answers.transpose_by_hand(image, kernel, stride, padding), expected, atol=1e-12
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 9999))
def test_box_iou(seed):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 8, (2, 2))
    boxes = np.hstack([corners, corners + rng.integers(1, 9, (2, 2))]).astype(float)
    expected = torchvision.ops.box_iou(*torch.from_numpy(boxes)[:, None]).item()
    np.testing.assert_allclose(answers.box_iou(*boxes), expected, rtol=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 9999))
def test_mask_iou(seed):
    masks = np.random.default_rng(seed).integers(0, 2, (2, 30))
    masks[:, 0] = 1
    np.testing.assert_allclose(answers.mask_iou(*masks), sklearn.metrics.jaccard_score(*masks))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 12), st.sampled_from([0.1, 0.3, 0.6]), st.integers(0, 9999))
def test_suppress(number, limit, seed):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 8, (number, 2))
    boxes = torch.from_numpy(np.hstack([corners, corners + rng.integers(2, 9, (number, 2))]).astype(float))
    scores = rng.permutation(number) / number
    expected = torchvision.ops.nms(boxes, torch.from_numpy(scores), limit).tolist()
    assert answers.suppress(scores, torchvision.ops.box_iou(boxes, boxes).numpy(), limit) == expected


def test_other_ways_to_write_it_pass():
    def by_a_matrix(image, kernel, stride, padding):
        rows, columns = ((n - 1) * stride + k for n, k in zip(image.shape, kernel.shape))
        spread = np.zeros(((image.shape[0] - 1) * stride + 1, (image.shape[1] - 1) * stride + 1))
        spread[::stride, ::stride] = image
        wide = np.pad(spread, [(k - 1, k - 1) for k in kernel.shape])
        windows = np.lib.stride_tricks.sliding_window_view(wide, kernel.shape)
        full = np.einsum("ijab,ab->ij", windows, kernel[::-1, ::-1])
        return full[padding : rows - padding, padding : columns - padding].tolist()

    def by_counting(mask, truth):
        pairs = list(zip(np.ravel(mask), np.ravel(truth)))
        union = sum(bool(a or b) for a, b in pairs)
        return np.float32(sum(bool(a and b) for a, b in pairs) / union) if union else 1

    def by_deleting(scores, iou, limit):
        left, kept = list(range(len(scores))), []
        while left:
            best = max(left, key=lambda i: scores[i])
            kept.append(best)
            left = [i for i in left if i != best and iou[best, i] <= limit]
        return np.array(kept)

    def by_intervals(box, other):
        sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
        common = np.prod(np.clip(sides, 0, None))
        return common / (sum(np.prod(np.subtract(b[2:], b[:2])) for b in (box, other)) - common)

    assert check("applications.transpose_by_hand", by_a_matrix)
    assert check("applications.mask_iou", by_counting)
    assert check("applications.suppress", by_deleting)
    assert check("applications.box_iou", by_intervals)
    assert check("applications.stamp_counts", lambda n, k, s: [
        sum(0 <= cell - i * s < k for i in range(n)) for cell in range((n - 1) * s + k)
    ])  # fmt: skip
