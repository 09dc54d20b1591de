"""Average and sum pooling: the mean of each window, without parameters.

As in `pool`, the sum over a window is the sum over its columns of the sums over its rows.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._precision import narrow, wide
from cnncourse.ops._windows import Axis, Size, grad_batch, pool_geometry, reduce, spread


def avg_pool2d(
    input: np.ndarray,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> np.ndarray:
    r"""Average each window.

    Parameters
    ----------
    input : float ndarray of shape (N, C, H, W) or (C, H, W)
        Torch takes int64 as well and cuts off the fraction; refused here, for such a mean is wrong.
    kernel_size, stride, padding, ceil_mode
        As in `max_pool2d`, with zeros as padding.
    count_include_pad : bool, default True
        Divide by the whole window, zeros of the padding included; otherwise by the samples inside the image.
    divisor_override : int, optional
        Divide by this number instead, anything but 0.

    Returns
    -------
    ndarray of shape (N, C, H_out, W_out) or (C, H_out, W_out)

    Raises
    ------
    TypeError
        If `input` is not an array of floats, or a size is not an int.
    ValueError
        If an axis is empty, a window does not fit, `padding` exceeds half a window, or the divisor is 0.

    Notes
    -----
    .. math:: y_{ncij} = \frac{1}{D_{ij}} \sum_{u,v} x_{n,\,c,\;is - p + u,\;js - p + v}

    where D is K², the part of the window inside the image, or `divisor_override`. It is a convolution of
    every channel with a constant kernel.

    References
    ----------
    LeCun, Bottou, Bengio, Haffner (1998), §II.B, "sub-sampling layers".

    Examples
    --------
    >>> image = np.arange(16.0).reshape(1, 4, 4)
    >>> avg_pool2d(image, 2)
    array([[[ 2.5,  4.5],
            [10.5, 12.5]]])
    """
    arguments.floating("input", input)
    batch, batched, rows, columns = pool_geometry(input, kernel_size, stride, padding, 1, ceil_mode)
    total = reduce(reduce(wide(batch), rows, -2, np.add, 0), columns, -1, np.add, 0)
    total /= _divisor(rows, columns, count_include_pad, divisor_override).astype(total.dtype)
    return narrow(total if batched else total[0], input)


def _divisor(rows: Axis, columns: Axis, count_include_pad: bool, divisor_override: int | None) -> np.ndarray:
    """Return what the sum of each window is divided by, of shape (H_out, W_out) or ()."""
    if divisor_override is None:
        return np.multiply.outer(rows.counts(count_include_pad), columns.counts(count_include_pad))
    divisor = arguments.integer("divisor_override", divisor_override)
    if divisor == 0:
        raise ValueError(message("divisor_override", 0, "must not be 0", "Use None for the window's size."))
    return np.array(divisor)


def avg_pool2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> np.ndarray:
    """Spread each output's gradient evenly over its window; arguments as in `avg_pool2d`.

    Examples
    --------
    >>> avg_pool2d_backward(np.array([[[8.0]]]), np.zeros((1, 2, 2)), 2)
    array([[[2., 2.],
            [2., 2.]]])
    """
    arguments.floating("input", input)
    batch, batched, rows, columns = pool_geometry(input, kernel_size, stride, padding, 1, ceil_mode)
    grad = wide(grad_batch(grad_output, batch, batched, (rows.windows, columns.windows)))
    grad = grad / _divisor(rows, columns, count_include_pad, divisor_override).astype(grad.dtype)
    grad_input = narrow(spread(spread(grad, columns, -1), rows, -2), input)
    return grad_input if batched else grad_input[0]


def sum_pool2d(
    input: np.ndarray,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
) -> np.ndarray:
    """Add up each window: `avg_pool2d` without the division.

    Parameters
    ----------
    input, kernel_size, stride, padding, ceil_mode
        As in `avg_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, H_out, W_out) or (C, H_out, W_out)

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d`.

    Notes
    -----
    Torch writes it ``avg_pool2d(..., divisor_override=1)``.

    Examples
    --------
    >>> sum_pool2d(np.ones((1, 4, 4)), 2)
    array([[[4., 4.],
            [4., 4.]]])
    """
    return avg_pool2d(input, kernel_size, stride, padding, ceil_mode, divisor_override=1)


def sum_pool2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
) -> np.ndarray:
    """Copy each output's gradient to its whole window; arguments as in `sum_pool2d`."""
    return avg_pool2d_backward(
        grad_output, input, kernel_size, stride, padding, ceil_mode, divisor_override=1
    )
