"""Overlap of boxes and non-maximum suppression beside torchvision, and refusals."""

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import ops


def some_boxes(rng, number):
    corner = rng.integers(0, 12, (number, 2))
    return np.hstack([corner, corner + rng.integers(1, 9, (number, 2))]).astype(float)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 10_000))
def test_box_iou_is_that_of_torchvision(first, second, seed):
    rng = np.random.default_rng(seed)
    a, b = some_boxes(rng, first), some_boxes(rng, second)
    expected = torchvision.ops.box_iou(torch.from_numpy(a), torch.from_numpy(b)).numpy()
    found = ops.box_iou(a, b)
    assert found.shape == (first, second)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@settings(deadline=None, max_examples=120)
@given(st.integers(0, 25), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]), st.integers(0, 10_000))
def test_nms_is_that_of_torchvision(number, threshold, seed):
    rng = np.random.default_rng(seed)
    boxes, scores = some_boxes(rng, number), rng.permutation(number) / 25  # no two scores are equal
    expected = torchvision.ops.nms(torch.from_numpy(boxes), torch.from_numpy(scores), threshold).numpy()
    np.testing.assert_array_equal(ops.nms(boxes, scores, threshold), expected)


def test_iou_counted_pixel_by_pixel():
    rng = np.random.default_rng(0)
    for a, b in zip(some_boxes(rng, 40), some_boxes(rng, 40)):
        masks = np.zeros((2, 20, 20), bool)
        for mask, (left, top, right, bottom) in zip(masks, np.array([a, b], int)):
            mask[top:bottom, left:right] = True
        expected = (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()
        assert ops.box_iou([a], [b])[0, 0] == pytest.approx(expected)


def test_a_box_without_area_overlaps_nothing():
    assert ops.box_iou([[1, 1, 1, 1]], [[1, 1, 1, 1], [0, 0, 2, 2]]).tolist() == [[0, 0]]


def test_of_equal_scores_the_first_is_kept():
    assert ops.nms([[0, 0, 4, 4], [0, 0, 4, 4], [8, 8, 9, 9]], [0.5, 0.5, 0.5], 0.5).tolist() == [0, 2]


def test_every_object_is_matched_once_and_to_the_box_it_overlaps_most():
    truth = [[0, 0, 10, 10], [8, 0, 18, 10], [40, 40, 50, 50]]
    found = [[7, 0, 17, 10], [1, 0, 11, 10], [0, 0, 10, 10], [41, 40, 51, 50], [80, 80, 90, 90]]
    assert ops.match_boxes(found, truth).tolist() == [1, 0, -1, 2, -1]
    assert ops.match_boxes(found, truth, 0.95).tolist() == [-1, -1, 0, -1, -1]


@pytest.mark.parametrize("found, truth", [([], [[0, 0, 1, 1]]), ([[0, 0, 1, 1]], []), ([], [])])
def test_matching_nothing(found, truth):
    assert ops.match_boxes(found, truth).tolist() == [-1] * len(found)


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: ops.box_iou([0, 0, 1, 1], [[0, 0, 1, 1]]),
            r"boxes1 must have shape \(N, 4\).*got shape \(4,\)",
        ),
        (
            lambda: ops.box_iou([[0, 0, 1, 1]], [[0, 0, 1]]),
            r"boxes2 must have shape \(N, 4\).*got shape \(1, 3\)",
        ),
        (
            lambda: ops.box_iou([[3, 0, 1, 1]], [[0, 0, 1, 1]]),
            r"boxes1\[0\] must not have .*got \[3.* left, top, right, bottom",
        ),
        (
            lambda: ops.nms([[0, 0, 1, 1]], [0.5, 0.2], 0.5),
            r"scores must have shape \(1,\), .*got shape \(2,\)",
        ),
        (lambda: ops.nms([[0, 0, 1, 1]], [0.5], 1.5), "iou_threshold must lie between 0 and 1, .*got 1.5"),
        (
            lambda: ops.match_boxes([[0, 0, 1, 1]], [[0, 0, 1, 1]], 0),
            "iou_threshold must be above 0, .*got 0",
        ),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
