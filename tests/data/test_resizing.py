"""`resize` against Pillow's bicubic filter."""

import numpy as np
import pytest
from PIL import Image

from cnncourse.data import resize


@pytest.mark.parametrize("old", [(8, 8), (28, 28), (17, 40), (1, 1), (2, 9)])
@pytest.mark.parametrize("new", [(28, 28), (32, 32), (7, 5), (1, 3), (64, 20)])
def test_like_pillow(old, new):
    images = np.random.default_rng(0).integers(0, 256, (3, 2, *old), np.uint8)
    resized = resize(images, new)
    assert resized.shape == (3, 2, *new)
    assert resized.dtype == np.uint8
    for index in np.ndindex(3, 2):
        # as floats: with bytes Pillow rounds and clips between rows and columns
        picture = Image.fromarray(images[index].astype(np.float32))
        expected = np.asarray(picture.resize(new[::-1], Image.Resampling.BICUBIC)).clip(0, 255)
        assert np.abs(resized[index] - expected).max() <= 0.501


def test_same_size_changes_nothing():
    images = np.random.default_rng(0).integers(0, 256, (2, 1, 9, 9), np.uint8)
    assert np.array_equal(resize(images, 9), images)


def test_blocks_do_not_show(monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (9, 1, 8, 8), np.uint8)
    whole = resize(images, 28)
    monkeypatch.setattr("cnncourse.data.resizing._BLOCK", 1000)
    assert np.array_equal(resize(images, 28), whole)


@pytest.mark.parametrize(
    ("size", "error"),
    [(0, ValueError), ((3, -1), ValueError), (2.5, TypeError), ((1, 2, 3), TypeError), (True, TypeError)],
)
def test_refuses_a_wrong_size(size, error):
    with pytest.raises(error, match="size must be"):
        resize(np.zeros((1, 1, 4, 4), np.uint8), size)
