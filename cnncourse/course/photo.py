"""The two photographs that come with scikit-learn, as small squares.

Both are under CC BY 2.0 (scikit-learn, ``sklearn/datasets/images/README.txt``): *china.jpg* from
flickr.com/photos/danielbuechele, *flower.jpg* from flickr.com/photos/vultilion.
"""

from __future__ import annotations

import functools

import numpy as np

from cnncourse.errors import did_you_mean, message

# Top, left and side of the square that is kept, in pixels of the 427 × 640 original.
CROPS = {"pagoda": ("china.jpg", 18, 38, 336), "flower": ("flower.jpg", 52, 138, 336)}


@functools.cache
def colour_photo(name="flower", side=56):
    """Return a photograph of shape (3, side, side), 0 to 255, whole numbers, read-only; side divides 336."""
    crop, block = _crop(name, side)
    return _frozen(crop.reshape(side, block, side, block, 3).mean(axis=(1, 3)).transpose(2, 0, 1))


@functools.cache
def grey_photo(name="pagoda", side=112):
    """Return a photograph of shape (side, side) as 0.299 R + 0.587 G + 0.114 B, else as `colour_photo`."""
    crop, block = _crop(name, side)
    grey = crop @ np.array([0.299, 0.587, 0.114])
    return _frozen(grey.reshape(side, block, side, block).mean(axis=(1, 3)))


def _crop(name, side):
    """Return the square of the original that is kept, and how many of its pixels make a new one's side."""
    if name not in CROPS:
        raise ValueError(f"name={name!r} is no photograph. {did_you_mean(name, CROPS)}")
    file, top, left, full = CROPS[name]
    if full % side:
        raise ValueError(message("side", side, f"must divide {full}", "Take 168, 112, 84, 56, 48 or 42."))
    from sklearn.datasets import load_sample_image

    return load_sample_image(file)[top : top + full, left : left + full].astype(float), full // side


def _frozen(pixels):
    pixels = np.rint(pixels)
    pixels.setflags(write=False)
    return pixels
