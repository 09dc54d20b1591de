"""Pooling as loops: visit every window, look at its pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

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


def max_pool2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: IntPair,
    stride: IntPair | None = None,
    padding: IntPair = 0,
) -> np.ndarray:
    """Gradient of `max_pool2d`; arguments as there: all of it goes to the largest pixel, the first of equals.

    Returns
    -------
    ndarray of the shape of input

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`, and if ``grad_output`` does not have the shape of its result.

    Examples
    --------
    >>> image = np.array([[[[1.0, 2.0], [4.0, 3.0]]]])
    >>> max_pool2d_backward(np.array([[[[10.0]]]]), image, 2)[0, 0]
    array([[ 0.,  0.],
           [10.,  0.]])
    """
    grad_input = np.zeros_like(input)
    for n, c, i, j, rows, columns in _windows(input, kernel_size, stride, padding, grad_output):
        y, x = max(((y, x) for y in rows for x in columns), key=lambda at: input[n, c, at[0], at[1]])
        grad_input[n, c, y, x] += grad_output[n, c, i, j]
    return grad_input


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


def avg_pool2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: IntPair,
    stride: IntPair | None = None,
    padding: IntPair = 0,
) -> np.ndarray:
    """Gradient of `avg_pool2d`; arguments as there: each pixel of the window gets an equal share.

    Returns
    -------
    ndarray of the shape of input

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d`, and if ``grad_output`` does not have the shape of its result.

    Examples
    --------
    >>> avg_pool2d_backward(np.array([[[[8.0]]]]), np.zeros((1, 1, 2, 2)), 2)[0, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    grad_input = np.zeros_like(input)
    kh, kw = arguments.pair("kernel_size", kernel_size, 1)
    for n, c, i, j, rows, columns in _windows(input, kernel_size, stride, padding, grad_output):
        for y in rows:
            for x in columns:
                grad_input[n, c, y, x] += grad_output[n, c, i, j] / (kh * kw)
    return grad_input


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
    kh, kw = arguments.pair("kernel_size", kernel_size, 1)
    output = np.zeros(
        (*input.shape[:2], *pool_output_size(input.shape[2:], kernel_size, stride, padding)), input.dtype
    )
    for n, c, i, j, rows, columns in _windows(input, kernel_size, stride, padding, output):
        output[n, c, i, j] = summary([input[n, c, y, x] for y in rows for x in columns], kh * kw)
    return output


def _windows(
    input: np.ndarray, kernel_size: IntPair, stride: IntPair | None, padding: IntPair, output: np.ndarray
) -> Iterator[tuple[int, int, int, int, range, range]]:
    """Visit every window: which it is (n, c, i, j), and its rows and columns inside the image."""
    arguments.array("input", input, 4, "(N, C, H, W)")
    images, channels, height, width = input.shape
    oh, ow = pool_output_size((height, width), kernel_size, stride, padding)
    arguments.same_shape("grad_output", output, (images, channels, oh, ow), "that of the forward result")
    kh, kw = arguments.pair("kernel_size", kernel_size, 1)
    sh, sw = (kh, kw) if stride is None else arguments.pair("stride", stride, 1)
    ph, pw = arguments.pair("padding", padding, 0)
    for n in range(images):
        for c in range(channels):
            for i in range(oh):
                for j in range(ow):
                    rows = range(max(0, i * sh - ph), min(height, i * sh - ph + kh))
                    columns = range(max(0, j * sw - pw), min(width, j * sw - pw + kw))
                    yield n, c, i, j, rows, columns
