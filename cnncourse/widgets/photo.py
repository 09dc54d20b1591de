"""The two photographs that come with scikit-learn, as small grey images."""

from __future__ import annotations

import functools

import numpy as np

# Top, left and side of the square that is kept, in pixels of the 427 × 640 original.
CROPS = {"pagoda": ("china.jpg", 18, 38, 336), "flower": ("flower.jpg", 52, 138, 336)}


@functools.lru_cache(maxsize=8)
def grey_photo(name="pagoda", side=112):
    """Return a square grey photograph.

    Parameters
    ----------
    name : {"pagoda", "flower"}, default "pagoda"
        Which of scikit-learn's two sample images.
    side : {168, 112, 84, 56, 48, 42}, default 112
        Side of the result in pixels; the 336 of the crop must be a multiple of it.

    Returns
    -------
    ndarray of shape (side, side)
        Grey levels from 0 to 255, rounded to whole numbers, read-only.

    Raises
    ------
    ValueError
        If there is no such photograph, or ``side`` does not divide 336.

    Notes
    -----
    Grey is 0.299 R + 0.587 G + 0.114 B; each pixel is the mean of a block of the original.

    References
    ----------
    scikit-learn, ``sklearn/datasets/images/README.txt``: both pictures are under CC BY 2.0; *china.jpg* from
    flickr.com/photos/danielbuechele, *flower.jpg* from flickr.com/photos/vultilion.
    """
    if name not in CROPS:
        raise ValueError(f"name: got {name!r}, but the photographs are {', '.join(CROPS)}. Choose one.")
    file, top, left, full = CROPS[name]
    if full % side:
        raise ValueError(f"side: got {side}, but it must divide {full}. Take 168, 112, 84, 56, 48 or 42.")
    from sklearn.datasets import load_sample_image

    colour = load_sample_image(file)[top : top + full, left : left + full].astype(float)
    grey = colour @ np.array([0.299, 0.587, 0.114])
    block = full // side
    small = np.rint(grey.reshape(side, block, side, block).mean(axis=(1, 3)))
    small.setflags(write=False)
    return small
