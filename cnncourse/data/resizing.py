"""Resizing of whole batches in NumPy: two matrix products, one for the rows and one for the columns."""

from __future__ import annotations

import numpy as np

_BLOCK = 1 << 22  # values held in float at once


def image_size(size: int | tuple[int, int], argument: str = "size") -> tuple[int, int]:
    """Return `size` as (height, width); one number means a square, and what is no size is refused."""
    sides = (size, size) if isinstance(size, (int, np.integer)) and not isinstance(size, bool) else size
    is_pair = isinstance(sides, (tuple, list)) and len(sides) == 2
    if not is_pair or not all(isinstance(side, (int, np.integer)) for side in sides):
        raise TypeError(f"{argument} must be a number of pixels or (height, width), got {size!r}")
    if min(sides) < 1:
        raise ValueError(f"{argument} must be at least 1 pixel, got {size!r}")
    return int(sides[0]), int(sides[1])


def resize(images: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """Resize images by bicubic interpolation, without aliasing when they shrink.

    Parameters
    ----------
    images : ndarray of shape (..., H, W)
        Values 0 to 255, of any real dtype.
    size : int or (int, int)
        Side, or height and width, of the result in pixels.

    Returns
    -------
    ndarray of shape (..., height, width), uint8

    Raises
    ------
    TypeError, ValueError
        If `size` is not one or two positive whole numbers.

    Notes
    -----
    Each output pixel is a weighted mean of the input pixels around it. The weights are Keys' cubic kernel
    with a = −1/2, stretched by the factor by which the image shrinks.

    References
    ----------
    Keys, "Cubic convolution interpolation for digital image processing", IEEE ASSP 29, 1981, section III.

    Examples
    --------
    >>> resize(np.full((5, 1, 8, 8), 200, np.uint8), 28).shape
    (5, 1, 28, 28)
    """
    height, width = image_size(size)
    *leading, old_height, old_width = images.shape
    rows, columns = _weights(old_height, height), _weights(old_width, width).T
    flat = images.reshape(-1, old_height, old_width)
    result = np.empty((len(flat), height, width), np.uint8)
    step = max(1, _BLOCK // max(old_height * old_width, height * width))
    for start in range(0, len(flat), step):
        block = flat[start : start + step].astype(np.float32)
        resized = rows @ block @ columns  # (height, H) @ (n, H, W) @ (W, width)
        result[start : start + step] = np.clip(np.rint(resized), 0, 255)
    return result.reshape(*leading, height, width)


def _weights(old: int, new: int) -> np.ndarray:
    """Return the (new, old) matrix that resamples one axis; each row sums to 1."""
    step = old / new
    centre = (np.arange(new)[:, None] + 0.5) * step - 0.5
    distance = np.abs(np.arange(old)[None, :] - centre) / max(step, 1.0)
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    weights = np.where(distance < 1, near, np.where(distance < 2, far, 0))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
