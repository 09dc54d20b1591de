"""The reference solutions of the chapter against torchvision; other right answers."""

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as tv
from torchvision.transforms import InterpolationMode

from cnncourse.chapters.data_augmentation import exercises as augmentation
from cnncourse.chapters.data_augmentation import more_exercises as more
from cnncourse.course import check


def test_flip_and_crop():
    images = torch.randint(0, 256, (5, 3, 6, 8), generator=torch.Generator().manual_seed(0))
    flips = np.array([True, False, True, True, False])
    expected = [tv.horizontal_flip(image) if flip else image for image, flip in zip(images, flips)]
    np.testing.assert_array_equal(
        augmentation.flip_some(images.numpy(), flips), torch.stack(expected).numpy()
    )
    top, left = [0, 1, 2, 3, 4], [4, 0, 2, 1, 3]
    expected = [tv.crop(tv.pad(image, [2]), y, x, 6, 8) for image, y, x in zip(images, top, left)]
    found = augmentation.crop_padded(images.numpy(), 2, np.array(top), np.array(left))
    np.testing.assert_array_equal(found, torch.stack(expected).numpy())


@pytest.mark.parametrize("angle", [0, 30, -45, 90, 170])
def test_source_pixel_is_where_torchvision_looks(angle):
    width, height = 11, 8
    places = torch.tensor(np.mgrid[:height, :width].astype(float))  # row and column of each pixel
    rotated = tv.rotate(places, -angle, interpolation=InterpolationMode.BILINEAR).numpy()
    inside = (
        tv.rotate(torch.ones(1, height, width), -angle, interpolation=InterpolationMode.BILINEAR)[0] > 0.9999
    )
    for y, x in np.argwhere(inside.numpy()):
        from_x, from_y = more.source_pixel(x, y, angle, width, height)
        np.testing.assert_allclose((from_y, from_x), rotated[:, y, x], atol=1e-3)


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 1.7, 3.0])
def test_brighten(factor):
    image = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    expected = tv.adjust_brightness(torch.from_numpy(image), factor).numpy()
    np.testing.assert_array_equal(more.brighten(image, factor), expected)


def test_normalise_both_and_cutout():
    rng = np.random.default_rng(0)
    training, validation = rng.normal(9, 3, (6, 2, 4, 5)), rng.normal(7, 2, (3, 2, 4, 5))
    mean, std = (f(training.transpose(1, 0, 2, 3).reshape(2, -1), axis=1) for f in (np.mean, np.std))
    for found, plain in zip(more.normalise_both(training, validation), (training, validation)):
        expected = tv.normalize(torch.from_numpy(plain), mean.tolist(), std.tolist())
        np.testing.assert_allclose(found, expected.numpy(), atol=1e-12)
    images = rng.random((2, 3, 9, 9))
    found = more.cutout(images, np.array([4, 5]), np.array([3, 6]), 4)
    for image, got, y, x in zip(images, found, (2, 3), (1, 4)):
        expected = tv.erase(torch.from_numpy(image), y, x, 4, 4, torch.zeros(3, 1, 1, dtype=torch.float64))
        np.testing.assert_array_equal(got, expected.numpy())


def crop_by_index(images, padding, top, left):
    """Look each output pixel up, as `cnncourse.train.augment` does."""
    n, _, height, width = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns = top[:, None] + np.arange(height), left[:, None] + np.arange(width)
    picked = padded.transpose(0, 2, 3, 1)[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None]]
    return picked.transpose(0, 3, 1, 2)


def cutout_by_mask(images, row, column, side):
    y, x = np.mgrid[: images.shape[2], : images.shape[3]]
    top, left = (np.reshape(place - side // 2, (-1, 1, 1)) for place in (row, column))
    hole = (y >= top) & (y < top + side) & (x >= left) & (x < left + side)
    return np.where(hole[:, None], 0, images)


def flip_in_a_loop(images, flips):
    return [image[..., ::-1] if flip else image for image, flip in zip(images, flips)]


def source_by_complex_numbers(x, y, angle, width, height):
    centre = complex((width - 1) / 2, (height - 1) / 2)
    place = (complex(x, y) - centre) * np.exp(-1j * np.radians(angle)) + centre
    return place.real, place.imag


@pytest.mark.parametrize(
    "name, answer",
    [
        ("augmentation.crop_padded", crop_by_index),
        ("augmentation.cutout", cutout_by_mask),
        ("augmentation.flip_some", flip_in_a_loop),
        ("augmentation.source_pixel", source_by_complex_numbers),
    ],
)
def test_other_right_answers_pass(name, answer):
    assert check(name, answer), str(check(name, answer))
