"""Convolution and pooling by columns: every window becomes a column, then one line does the arithmetic.

The middle tier. `cnncourse.ops.naive` has a loop for each index; here the loops over images, channels and
positions are gone, because NumPy takes all windows at once, and what is left is short enough to read. The
operators of `cnncourse.ops` give the same numbers faster, and in little memory.

`windows` is a view: it lays out the same pixels again and again without copying one. Read through it to
gather windows; add through it, one tap at a time, to bring gradients back to the pixels they belong to.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse.ops import arguments, shapes
from cnncourse.ops._geometry import Geometry, IntPair, check_grad, conv_geometry


def windows(images: np.ndarray, where: Geometry) -> np.ndarray:
    """Return all windows of padded images (N, C, H, W) as a view of shape (N, C, kh, kw, oh, ow)."""
    (kh, kw), (sh, sw), (dh, dw) = where.kernel, where.stride, where.dilation
    span = ((kh - 1) * dh + 1, (kw - 1) * dw + 1)  # pixels from the first tap to the last
    view = sliding_window_view(images, span, axis=(2, 3), writeable=True)  # (N, C, all y, all x, span, span)
    return view[:, :, ::sh, ::sw, ::dh, ::dw].transpose(0, 1, 4, 5, 2, 3)


def add_back(columns: np.ndarray, where: Geometry) -> np.ndarray:
    """Add columns (N, C, kh, kw, oh, ow) to the pixels that they were read from. Returns (N, C, H, W)."""
    (height, width), ((top, bottom), (left, right)) = where.size, where.pads
    image = np.zeros((*columns.shape[:2], top + height + bottom, left + width + right), columns.dtype)
    taps = windows(image, where)
    for u, v in np.ndindex(where.kernel):  # windows overlap, the pixels under one tap do not
        taps[:, :, u, v] += columns[:, :, u, v]
    return image[:, :, top : top + height, left : left + width]


def conv2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: IntPair = 1,
    padding: IntPair | str = 0,
    dilation: IntPair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide the kernels over each image; `cnncourse.ops.conv2d` as one matrix product.

    Parameters
    ----------
    input, weight, bias, stride, padding, dilation, groups
        As in `cnncourse.ops.conv2d`.

    Returns
    -------
    ndarray of shape (N, O, oh, ow) or (O, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.conv2d`.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv2d(x, np.array([[[[0.0, 1.0], [2.0, 3.0]]]]))[0, 0]
    array([[19., 25.],
           [37., 43.]])
    """
    batch, where, batched = conv_geometry(input, weight, bias, stride, padding, dilation, groups)
    padded = np.pad(batch, ((0, 0), (0, 0), *where.pads))
    columns = _by_group(windows(padded, where), groups)  # (N, G, C/G·kh·kw, oh·ow)
    matrix = weight.reshape(groups, len(weight) // groups, -1)  # (G, O/G, C/G·kh·kw)
    output = matrix @ columns  # (N, G, O/G, oh·ow)
    output = output.reshape(len(batch), len(weight), *where.output)  # (N, O, oh, ow)
    if bias is not None:
        output += bias[:, None, None]
    return output if batched else output[0]


def conv2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    weight: np.ndarray,
    stride: IntPair = 1,
    padding: IntPair | str = 0,
    dilation: IntPair = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `conv2d`; arguments as there.

    Returns
    -------
    grad_input, grad_weight : ndarray of the shapes of input and weight
    grad_bias : ndarray of shape (O,)

    Raises
    ------
    TypeError, ValueError
        As `conv2d`, and if ``grad_output`` does not have the shape and dtype of its result.
    """
    batch, where, batched = conv_geometry(input, weight, None, stride, padding, dilation, groups)
    grad = check_grad(grad_output, batch, batched, (len(batch), len(weight), *where.output))
    taps = windows(np.pad(batch, ((0, 0), (0, 0), *where.pads)), where)  # (N, C, kh, kw, oh, ow)
    columns = _by_group(taps, groups)  # (N, G, C/G·kh·kw, oh·ow)
    matrix = weight.reshape(groups, len(weight) // groups, -1)  # (G, O/G, C/G·kh·kw)
    grad_products = grad.reshape(len(batch), *matrix.shape[:2], columns.shape[3])  # (N, G, O/G, oh·ow)
    # The gradient of each factor is the gradient of the product times the other factor.
    grad_weight = (grad_products @ columns.swapaxes(2, 3)).sum(axis=0)  # (G, O/G, C/G·kh·kw)
    grad_columns = matrix.swapaxes(1, 2) @ grad_products  # (N, G, C/G·kh·kw, oh·ow)
    grad_input = add_back(grad_columns.reshape(taps.shape), where)
    grad_bias = grad.sum(axis=(0, 2, 3))
    return (grad_input if batched else grad_input[0]), grad_weight.reshape(weight.shape), grad_bias


def max_pool2d(
    input: np.ndarray,
    kernel_size: IntPair,
    stride: IntPair | None = None,
    padding: IntPair = 0,
    dilation: IntPair = 1,
) -> np.ndarray:
    """Keep the largest pixel of each window; `cnncourse.ops.max_pool2d` in one line.

    Parameters
    ----------
    input, kernel_size, stride, padding, dilation
        As in `cnncourse.ops.max_pool2d`; the input must be floating point.

    Returns
    -------
    ndarray of shape (N, C, oh, ow) or (C, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.max_pool2d`, and for integers, which have no −∞ to pad with.

    Examples
    --------
    >>> max_pool2d(np.arange(16.0).reshape(1, 4, 4), 2)
    array([[[ 5.,  7.],
            [13., 15.]]])
    """
    batch, where, batched = _pool_geometry(input, kernel_size, stride, padding, dilation)
    padded = np.pad(batch, ((0, 0), (0, 0), *where.pads), constant_values=-np.inf)
    output = windows(padded, where).max(axis=(2, 3))  # (N, C, oh, ow)
    return output if batched else output[0]


def max_pool2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: IntPair,
    stride: IntPair | None = None,
    padding: IntPair = 0,
    dilation: IntPair = 1,
) -> np.ndarray:
    """Gradient of `max_pool2d`; arguments as there.

    Returns
    -------
    ndarray of the shape of input
        Each output's gradient, at the place of its maximum (the first of equals).

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`, and if ``grad_output`` does not have the shape and dtype of its result.
    """
    batch, where, batched = _pool_geometry(input, kernel_size, stride, padding, dilation)
    grad = check_grad(grad_output, batch, batched, (*batch.shape[:2], *where.output))
    padded = np.pad(batch, ((0, 0), (0, 0), *where.pads), constant_values=-np.inf)
    taps = windows(padded, where)  # (N, C, kh, kw, oh, ow)
    n, channels, kh, kw, oh, ow = taps.shape
    winner = taps.reshape(n, channels, kh * kw, oh, ow).argmax(axis=2)  # (N, C, oh, ow)
    is_winner = np.arange(kh * kw).reshape(kh, kw, 1, 1) == winner[:, :, None, None]  # as taps
    grad_input = add_back(grad[:, :, None, None] * is_winner, where)
    return grad_input if batched else grad_input[0]


def avg_pool2d(
    input: np.ndarray, kernel_size: IntPair, stride: IntPair | None = None, padding: IntPair = 0
) -> np.ndarray:
    """Average each window, zeros of the padding included; `cnncourse.ops.avg_pool2d` in one line.

    Parameters
    ----------
    input, kernel_size, stride, padding
        As in `cnncourse.ops.avg_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, oh, ow) or (C, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.avg_pool2d`.

    Examples
    --------
    >>> avg_pool2d(np.arange(16.0).reshape(1, 4, 4), 2)
    array([[[ 2.5,  4.5],
            [10.5, 12.5]]])
    """
    batch, where, batched = _pool_geometry(input, kernel_size, stride, padding)
    padded = np.pad(batch, ((0, 0), (0, 0), *where.pads))
    output = windows(padded, where).mean(axis=(2, 3))  # (N, C, oh, ow)
    return output if batched else output[0]


def avg_pool2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: IntPair,
    stride: IntPair | None = None,
    padding: IntPair = 0,
) -> np.ndarray:
    """Gradient of `avg_pool2d`; arguments as there.

    Returns
    -------
    ndarray of the shape of input
        Each output's gradient, spread evenly over its window.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d`, and if ``grad_output`` does not have the shape and dtype of its result.
    """
    batch, where, batched = _pool_geometry(input, kernel_size, stride, padding)
    grad = check_grad(grad_output, batch, batched, (*batch.shape[:2], *where.output))
    kh, kw = where.kernel
    share = grad[:, :, None, None] / grad.dtype.type(kh * kw)  # (N, C, 1, 1, oh, ow)
    grad_input = add_back(np.broadcast_to(share, (*batch.shape[:2], kh, kw, *where.output)), where)
    return grad_input if batched else grad_input[0]


def _by_group(taps: np.ndarray, groups: int) -> np.ndarray:
    """Copy windows (N, C, kh, kw, oh, ow) to columns, (N, G, C/G·kh·kw, oh·ow)."""
    n, channels, kh, kw, oh, ow = taps.shape
    return taps.reshape(n, groups, channels // groups * kh * kw, oh * ow)


def _pool_geometry(
    input: np.ndarray,
    kernel_size: IntPair,
    stride: IntPair | None,
    padding: IntPair,
    dilation: IntPair = 1,
) -> tuple[np.ndarray, Geometry, bool]:
    """Check the arguments of a pooling operator; return as `conv_geometry` does."""
    arguments.floating("input", input)
    batch, batched = arguments.images("input", input)
    arguments.not_empty("input", input, 1 if batched else 0)
    output = shapes.pool_output_size(batch.shape[2:], kernel_size, stride, padding, dilation)
    kernel, steps = arguments.pair("kernel_size", kernel_size), arguments.pair("dilation", dilation)
    strides = kernel if stride is None else arguments.pair("stride", stride)
    pads = tuple((n, n) for n in arguments.pair("padding", padding))
    return batch, Geometry(batch.shape[2:], kernel, strides, steps, pads, output), batched
