"""Drawn scenes: boxes and masks beside the pixels, seeds, and refusals."""

import numpy as np
import pytest
import torch
import torchvision

from cnncourse import data

NAMES = ("circle", "cross", "star")


def test_shapes_types_and_counts():
    some = data.scenes(20, (40, 56), seed=4, classes=NAMES, objects=(0, 3))
    assert (some.images.shape, some.images.dtype) == ((20, 3, 40, 56), np.uint8)
    assert (some.masks.shape, some.masks.dtype) == ((20, 40, 56), np.uint8)
    assert len(some) == len(some.boxes) == len(some.labels) == 20
    counts = [len(boxes) for boxes in some.boxes]
    assert set(counts) == {0, 1, 2, 3}
    assert [len(labels) for labels in some.labels] == counts
    assert (
        repr(some)
        == f"Scenes(20 pictures of 3×40×56, {sum(counts)} objects of 3 classes: circle, cross, star)"
    )


def test_where_nothing_touches_all_pixels_of_a_class_lie_in_its_boxes():
    some = data.scenes(30, 64, seed=1, classes=NAMES, objects=(1, 4), spacing=1.2)
    for mask, boxes, labels in zip(some.masks, some.boxes, some.labels):
        patches = np.stack([(mask == label + 1) for label in labels])
        alone = np.zeros_like(patches)
        for i, (left, top, right, bottom) in enumerate(boxes):
            alone[i, top:bottom, left:right] = True
        assert (mask > 0).sum() == (patches & alone).any(axis=0).sum()


def test_the_box_of_a_single_object_is_the_one_torchvision_finds():
    some = data.scenes(40, 48, seed=2, objects=1)
    for mask, boxes in zip(some.masks, some.boxes):
        found = torchvision.ops.masks_to_boxes(torch.from_numpy(mask > 0)[None])[0].numpy()
        np.testing.assert_array_equal(found + (0, 0, 1, 1), boxes[0])


@pytest.mark.parametrize("paper, sign", [("dark", 1), ("light", -1)])
def test_the_paper_is_as_dark_as_asked(paper, sign):
    some = data.scenes(25, 48, seed=3, paper=paper, objects=1, noise=0)
    for image, mask in zip(some.images, some.masks):
        assert sign * (image[:, mask > 0].mean() - image[:, mask == 0].mean()) > 15


def test_any_paper_is_both():
    some = data.scenes(40, 32, seed=5, objects=1, noise=0)
    lighter = [
        image[:, mask > 0].mean() > image[:, mask == 0].mean() for image, mask in zip(some.images, some.masks)
    ]
    assert 10 < sum(lighter) < 30


@pytest.mark.parametrize("spacing", [0.8, 1.0, 1.5])
def test_centres_keep_their_distance(spacing):
    some = data.scenes(20, 64, seed=6, classes=("circle",), objects=3, radius=0.12, spacing=spacing)
    radius = 0.12 * 64
    for boxes in some.boxes:
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1))[~np.eye(3, dtype=bool)]
        assert apart.min() > 2 * spacing * radius - 1.5  # boxes are whole pixels


def test_noise_has_the_asked_deviation():
    quiet, loud = (data.scenes(10, 64, seed=7, objects=0, noise=noise) for noise in (0.0, 0.1))
    assert all(len(np.unique(channel)) == 1 for image in quiet.images for channel in image)
    middle = [channel for image in loud.images for channel in image if 80 < channel.mean() < 175]
    assert np.mean([channel.std() for channel in middle]) == pytest.approx(25.5, rel=0.05)


def test_the_seed_decides():
    first, again, other = (data.scenes(4, 40, seed=seed) for seed in (8, 8, 9))
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.masks, again.masks)
    assert (first.images != other.images).any()


def test_grey_scenes_have_one_channel():
    assert data.scenes(2, 32, channels=1, objects=1).images.shape == (2, 1, 32, 32)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"number": 0}, "number must be a whole number of at least 1, got 0"),
        ({"classes": ("circle", "dog")}, "classes must be some of circle"),
        ({"channels": 2}, "channels must be 1"),
        ({"objects": (3, 1)}, "the fewest not above the most"),
        ({"radius": 0.6}, "radius must be a number"),
        ({"spacing": -1}, "spacing must lie between 0 and 10"),
        ({"paper": "blue"}, "paper must be one of dark, light, any"),
        ({"noise": 2}, "noise must lie between 0 and 1"),
        ({"objects": 60}, "found no room for 60 .* ask for fewer"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ValueError, match=message):
        data.scenes(**{"number": 1, **arguments})


def test_a_broken_count_is_refused():
    with pytest.raises(TypeError, match=r"objects must be a whole number or \(fewest, most\), got 1.5"):
        data.scenes(1, objects=1.5)


def test_windows_hold_their_object_and_the_empty_ones_none_in_the_middle():
    some = data.scenes(60, 64, seed=9, classes=NAMES, objects=(1, 3), radius=0.16, noise=0)
    windows = data.cut_windows(some, 24, seed=1)
    assert windows.classes == ("nothing", *NAMES)
    assert windows.images.shape[1:] == (3, 24, 24)
    counts = windows.counts()
    labels = np.concatenate(some.labels)
    assert [counts[name] for name in NAMES] == np.bincount(labels, minlength=3).tolist()
    assert 60 < counts["nothing"] <= 180
    paper = {tuple(image[:, mask == 0][:, 0]) for image, mask in zip(some.images, some.masks)}
    middle = windows.images[:, :, 12, 12]
    covered = np.array([tuple(colour) not in paper for colour in middle])
    assert covered[windows.labels > 0].mean() > 0.98
    assert covered[windows.labels == 0].mean() < 0.5


def test_a_window_without_shift_is_the_very_cut():
    some = data.scenes(5, 48, seed=10, objects=1, radius=0.2)
    windows = data.cut_windows(some, 20, jitter=0, empty=0)
    for image, boxes, window in zip(some.images, some.boxes, windows.images):
        left, top = np.clip((boxes[0, :2] + boxes[0, 2:] - 20) // 2, 0, 28)
        np.testing.assert_array_equal(window, image[:, top : top + 20, left : left + 20])


@pytest.mark.parametrize("side", [0, 33])
def test_a_window_that_does_not_fit_is_refused(side):
    with pytest.raises(ValueError, match=f"side must lie between 1 and the size .* 32×40 pixels, got {side}"):
        data.cut_windows(data.scenes(1, (32, 40)), side)
