"""The numbers of the chapter's explorers and quest, against torch and against counting by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision

from cnncourse.chapters.applications.star_hunt import (
    detections,
    precision_recall,
    star_boxes,
    star_threshold,
    stars_found,
    stored_hunt,
)
from cnncourse.chapters.applications.transposed import STAMP_INPUT, STAMP_KERNEL, stamped, transposed_step
from cnncourse.course import stored

THRESHOLDS = [0.1, 0.5, 0.95, 0.995]
OVERLAPS = [0.0, 0.1, 0.3, 0.5, 0.7, 1.0]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("position", range(4))
def test_the_stamps_so_far_are_those_of_torch(stride, position):
    done = torch.tensor(STAMP_INPUT).flatten() * (torch.arange(4) <= position)
    kernel = torch.tensor(STAMP_KERNEL)[None, None]
    expected = F.conv_transpose2d(done.view(1, 1, 2, 2), kernel, stride=stride)[0, 0].numpy()
    output, stamps = stamped(stride, position)
    np.testing.assert_allclose(output, expected)
    counted = np.zeros_like(stamps)
    for row in range(2):
        for column in range(2):
            counted[row * stride : row * stride + 3, column * stride : column * stride + 3] += 1
    np.testing.assert_array_equal(stamps, counted)


def test_the_stamp_says_its_numbers():
    text = transposed_step.alt(stride=2, position=1)
    assert "2 times the kernel, at row 0, column 2 of 5 × 5" in text
    assert "now 3 4 2; 0 2 0; 4 0 4." in text
    assert "up to 4 stamps" in text


@pytest.mark.parametrize("position", [-1, 4])
def test_an_input_cell_that_is_not_there_is_refused(position):
    with pytest.raises(ValueError, match=f"position: got {position}, but the input has 4 cells"):
        stamped(2, position)


def windows_above(threshold):
    hunt = stored_hunt()
    found = [
        (hunt.scores[r, c], [4 * c, 4 * r, 4 * c + 24, 4 * r + 24])
        for r in range(19)
        for c in range(19)
        if hunt.scores[r, c] >= threshold
    ]
    return np.array([score for score, _ in found]), np.array([box for _, box in found]).reshape(-1, 4)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("overlap", OVERLAPS)
def test_the_boxes_are_those_that_torchvision_keeps(threshold, overlap):
    scores, corners = windows_above(threshold)
    boxes, matched = detections(threshold, overlap)
    kept = torchvision.ops.nms(
        torch.tensor(corners, dtype=torch.float64), torch.tensor(scores), overlap
    ).numpy()
    assert sorted(map(tuple, boxes)) == sorted(map(tuple, corners[kept])) or len(set(scores)) < len(scores)
    iou = torchvision.ops.box_iou(
        torch.tensor(boxes).double(), torch.tensor(stored_hunt().stars).double()
    ).numpy()
    for i, star in enumerate(matched):
        if star >= 0:
            assert iou[i, star] >= 0.5
        else:
            taken = set(matched[:i].tolist())
            assert all(iou[i, other] < 0.5 or other in taken for other in range(len(stored_hunt().stars)))
    given = matched[matched >= 0].tolist()
    assert len(set(given)) == len(given)
    found, alarms = len(given), len(boxes) - len(given)
    text = star_boxes.alt(threshold=threshold, overlap=overlap)
    assert f"{found + alarms} boxes; {found} of 5 stars found, {alarms} false alarms" in text
    assert stars_found(threshold, overlap)[0] == (found == 5 and alarms == 0)


def test_precision_and_recall_are_those_of_the_stored_counts():
    runs = stored("scenes")["stars"]
    column = runs["overlaps"].index(0.3)
    precision, recall = precision_recall()
    for row, threshold in enumerate(runs["thresholds"]):
        hits, alarms = runs["hits"][row][column], runs["false_alarms"][row][column]
        assert precision[row] == hits / (hits + alarms)
        assert recall[row] == hits / runs["stars"]
        text = star_threshold.alt(threshold=threshold)
        assert f"precision {100 * precision[row]:.0f} %, recall {100 * recall[row]:.1f} %" in text


def test_a_threshold_that_was_not_counted_is_refused():
    with pytest.raises(ValueError, match=r"threshold: got 0\.42, but those that were counted are"):
        star_threshold(threshold=0.42)


@pytest.mark.parametrize(
    "threshold, overlap, word",
    [
        (0.95, 0.0, "dropped for its neighbour"),
        (0.995, 1.0, "scores below the threshold"),
        (0.95, 1.0, "found twice"),
        (0.1, 0.3, "no star is"),
    ],
)
def test_the_hints_on_the_way_to_the_stars(threshold, overlap, word):
    solved, hint = stars_found(threshold, overlap)
    assert not solved
    assert word in hint
