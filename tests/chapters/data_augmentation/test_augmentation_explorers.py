"""The explorers and the quest of the chapter, against torchvision's transforms."""

import itertools

import numpy as np
import pytest
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as tv

from cnncourse.chapters.data_augmentation.augmentation import (
    relight,
    relit_photo,
    source_matrix,
    warp,
    warped_photo,
)
from cnncourse.chapters.data_augmentation.blending import blend, blended_photos
from cnncourse.chapters.data_augmentation.quest import SECRET, find_transform, transform_solved, transformed
from cnncourse.course.photo import colour_photo, grey_photo


def by_torchvision(image, angle, scale, shear, flip):
    tensor = torch.tensor(np.array(image, dtype=np.float64))
    if flip:
        tensor = tv.horizontal_flip(tensor)
    return tv.affine(
        tensor,
        angle=float(angle),
        translate=[0, 0],
        scale=scale,
        shear=[float(shear), 0.0],
        interpolation=InterpolationMode.BILINEAR,
    ).numpy()


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    "angle, scale, shear", [(0, 1, 0), (15, 1.4, 20), (-45, 0.7, -20), (90, 1, 0), (7, 2, 60)]
)
def test_warp_is_torchvisions_affine(angle, scale, shear, flip):
    for image in (colour_photo("flower", 56), np.random.default_rng(0).random((2, 9, 14))):
        expected = by_torchvision(image, angle, scale, shear, flip)
        np.testing.assert_allclose(warp(image, angle, scale, shear, flip), expected, atol=2e-3 * image.max())


def test_the_matrix_undoes_the_transform():
    angle, scale, shear = 33.0, 1.3, 12.0
    turn = np.radians(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    slant = np.array([[1.0, -np.tan(np.radians(shear))], [0.0, 1.0]])
    np.testing.assert_allclose(
        source_matrix(angle, scale, shear) @ (scale * rotation @ slant), np.eye(2), atol=1e-12
    )


@pytest.mark.parametrize(
    "scale, shear, words", [(0, 0, "scale: got 0"), (-1, 0, "scale: got"), (1, 90, "shear: got 90")]
)
def test_a_transform_without_inverse_is_refused(scale, shear, words):
    with pytest.raises(ValueError, match=words):
        warped_photo(10, scale, shear)


@pytest.mark.parametrize("factors", list(itertools.product([0, 0.5, 1.5], [0.5, 1, 2], [0, 1, 2])))
def test_light_is_torchvisions(factors):
    photo = colour_photo("flower", 56)
    expected = torch.from_numpy(photo / 255)
    for adjust, factor in zip((tv.adjust_brightness, tv.adjust_contrast, tv.adjust_saturation), factors):
        expected = adjust(expected, factor)
    np.testing.assert_allclose(relight(photo, *factors), 255 * expected.numpy(), atol=1e-3)


def test_light_says_its_numbers():
    photo = relight(colour_photo("flower", 56), 1.5, 1, 1)
    text = relit_photo.alt(brightness=1.5, contrast=1, saturation=1)
    assert f"mean {photo.mean():.0f}" in text
    assert f"{100 * (photo == 255).mean():.0f} % at 255" in text


def test_a_negative_factor_is_refused():
    with pytest.raises(ValueError, match="contrast: got -1"):
        relit_photo(1, -1, 1)


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 1])
def test_blending_counts_what_is_seen(share):
    first, second = np.zeros((1, 20, 30)), np.ones((1, 20, 30))
    mixed, label = blend("mixup", share, first, second, 5, 5)
    np.testing.assert_allclose(mixed, 1 - share)
    assert label == (share, 1 - share)
    pasted, label = blend("cutmix", share, first, second, 5, 5)
    np.testing.assert_allclose(label, (1 - pasted.mean(), pasted.mean()))
    blank, label = blend("cutout", share, second, first, 5, 5)
    assert label == (1, 0)
    assert (blank == 1).all()  # the mean colour of an even image is its colour


def test_a_box_in_the_middle_has_the_area_asked_for():
    first, second = np.zeros((1, 40, 40)), np.ones((1, 40, 40))
    assert blend("cutmix", 0.75, first, second, 20, 20)[1] == (0.75, 0.25)


def test_blending_says_its_label():
    _, label = blend("cutmix", 0.5, *(colour_photo(name, 56) for name in ("flower", "pagoda")), 23, 33)
    text = blended_photos.alt(kind="cutmix", share=0.5)
    assert f"{label[0]:.2f} flower and {label[1]:.2f} pagoda" in text


@pytest.mark.parametrize(
    "kind, share, words", [("stir", 0.5, "kind: got 'stir'"), ("mixup", 1.2, "share: got 1.2")]
)
def test_a_blend_that_is_none_is_refused(kind, share, words):
    with pytest.raises(ValueError, match=words):
        blended_photos(kind, share)


def test_only_the_secret_transform_makes_the_goal(shown):
    find_transform()
    goal = by_torchvision(grey_photo("pagoda", 56)[None], *SECRET, False)[0]
    for position in shown[0].positions():
        values = shown[0].values(position)
        yours = by_torchvision(grey_photo("pagoda", 56)[None], *values.values(), False)[0]
        np.testing.assert_allclose(transformed(**values), yours, atol=0.5)
        assert transform_solved(**values)[0] == (np.abs(yours - goal).mean() < 1)


@pytest.mark.parametrize(
    "values, word",
    [
        ((-15, 0.7, 20), "it is larger"),
        ((-30, 1.4, 20), "turn more clockwise"),
        ((15, 1.4, 20), "turn more anticlockwise"),
        ((-15, 1.4, 0), "which way the tower leans"),
    ],
)
def test_the_hints_on_the_way_to_the_transform(values, word):
    solved, hint = transform_solved(*values)
    assert not solved
    assert word in hint
