"""Pooling as loops: visit every window, look at its pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.ops import arguments
from cnncourse.ops._geometry import IntPair
from cnncourse.ops.shapes import pool_output_size


def max_pool2d(
    input: np.ndarray, kernel_size: IntPair, stride: IntPair | None = None, padding: IntPair = 0
) -> np.ndarray:
    """Keep the largest pixel of each window.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W)
    kernel_size, stride, padding
        As in `cnncourse.ops.max_pool2d`; pixels outside never win.

    Returns
    -------
    ndarray of shape (N, C, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.shapes.pool_output_size`.

    Examples
    --------
    >>> max_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    return _pool(input, kernel_size, stride, padding, lambda pixels, area: max(pixels))


def avg_pool2d(
    input: np.ndarray, kernel_size: IntPair, stride: IntPair | None = None, padding: IntPair = 0
) -> np.ndarray:
    """Average each window; zeros of the padding count.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W)
    kernel_size, stride, padding
        As in `cnncourse.ops.avg_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.shapes.pool_output_size`.

    Examples
    --------
    >>> avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    return _pool(input, kernel_size, stride, padding, lambda pixels, area: sum(pixels) / area)


def sum_pool2d(
    input: np.ndarray, kernel_size: IntPair, stride: IntPair | None = None, padding: IntPair = 0
) -> np.ndarray:
    """Add up each window.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W)
    kernel_size, stride, padding
        As in `cnncourse.ops.sum_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.shapes.pool_output_size`.

    Examples
    --------
    >>> sum_pool2d(np.ones((1, 1, 4, 4)), 2)[0, 0]
    array([[4., 4.],
           [4., 4.]])
    """
    return _pool(input, kernel_size, stride, padding, lambda pixels, area: sum(pixels))


def _pool(
    input: np.ndarray,
    kernel_size: IntPair,
    stride: IntPair | None,
    padding: IntPair,
    summary: Callable[[list, int], float],
) -> np.ndarray:
    """Apply ``summary(pixels, area)`` to the pixels of each window that lie inside the image."""
    arguments.array("input", input, 4, "(N, C, H, W)")
    images, channels, height, width = input.shape
    oh, ow = pool_output_size((height, width), kernel_size, stride, padding)
    kh, kw = arguments.pair("kernel_size", kernel_size, 1)
    sh, sw = (kh, kw) if stride is None else arguments.pair("stride", stride, 1)
    ph, pw = arguments.pair("padding", padding, 0)
    output = np.zeros((images, channels, oh, ow), input.dtype)
    for n in range(images):
        for c in range(channels):
            for i in range(oh):
                for j in range(ow):
                    rows = range(max(0, i * sh - ph), min(height, i * sh - ph + kh))
                    columns = range(max(0, j * sw - pw), min(width, j * sw - pw + kw))
                    pixels = [input[n, c, y, x] for y in rows for x in columns]
                    output[n, c, i, j] = summary(pixels, kh * kw)
    return output
