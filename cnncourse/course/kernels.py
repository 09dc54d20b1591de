"""Kernels with names: those of image processing that the gallery shows."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import numpy as np

from cnncourse.errors import did_you_mean, message


def _frozen(rows, divisor=1):
    kernel = np.array(rows, dtype=float) / divisor
    kernel.setflags(write=False)
    return kernel


KERNELS = {
    "identity": _frozen([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "box blur": _frozen([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
    "Gaussian blur": _frozen([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
    "sharpen": _frozen([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "Sobel x": _frozen([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "Sobel y": _frozen([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "Laplacian": _frozen([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "emboss": _frozen([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
}

# What each does to a picture, in one line of the gallery.
EFFECTS = {
    "identity": "Copies the middle pixel:\nnothing changes.",
    "box blur": "The mean of nine pixels:\nsmooth, a little blocky.",
    "Gaussian blur": "A mean that trusts the\nmiddle most: a soft blur.",
    "sharpen": "The pixel, pushed away\nfrom its four neighbours.",
    "Sobel x": "Right minus left: responds\nto vertical edges.",
    "Sobel y": "Below minus above: responds\nto horizontal edges.",
    "Laplacian": "Neighbours minus middle:\nresponds to any edge.",
    "emboss": "Light from one corner:\nedges look raised.",
}


def whole_numbers(kernel):
    """Return ``(whole, divisor)`` with ``kernel = whole / divisor``, the smallest divisor up to 64.

    Examples
    --------
    >>> whole, divisor = whole_numbers(KERNELS["Gaussian blur"])
    >>> divisor
    16
    >>> whole
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    divisor = lcm(*(Fraction(float(weight)).limit_denominator(64).denominator for weight in kernel.ravel()))
    return np.rint(kernel * divisor), divisor


def kernel_numbers(kernel):
    """Return a kernel of shape (KH, KW), given by its name in `KERNELS` or as numbers.

    Examples
    --------
    >>> kernel_numbers("Sobel x")
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    if isinstance(kernel, str):
        if kernel not in KERNELS:
            remedy = f"{did_you_mean(kernel, KERNELS)} Numbers do as well."
            raise ValueError(message("kernel", repr(kernel), "must be a name that is known", remedy))
        return KERNELS[kernel]
    numbers = np.asarray(kernel, dtype=float)
    if numbers.ndim != 2:
        raise ValueError(
            message("kernel", f"shape {numbers.shape}", "must have rows and columns", "Pass two axes.")
        )
    return numbers
