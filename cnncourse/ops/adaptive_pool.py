"""Adaptive pooling: ask for an output size, and the windows arrange themselves.

Window i of O over an axis of H samples runs from ⌊i·H/O⌋ to ⌈(i+1)·H/O⌉ (exclusive). When O divides H the
windows lie side by side; otherwise neighbours share a sample.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._precision import narrow, wide
from cnncourse.ops._windows import Axis, grad_batch, no_empty_axis, reduce, scatter

OutputSize = int | tuple[int | None, int | None]


def _output_size(output_size: OutputSize, size: tuple[int, int]) -> tuple[int, int]:
    """Check `output_size` and fill in None, which keeps the input's size along that axis."""
    pair = (output_size, output_size) if not isinstance(output_size, (tuple, list)) else tuple(output_size)
    if len(pair) != 2:
        rule, remedy = "must be an int or a pair (height, width)", "Give one number per spatial axis."
        raise ValueError(message("output_size", output_size, rule, remedy))
    height, width = (n if o is None else arguments.integer("output_size", o, 0) for o, n in zip(pair, size))
    return height, width


def _windows(size: int, windows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where each window starts and ends."""
    i = np.arange(windows)
    return i * size // windows, -(-(i + 1) * size // windows)


def _sum_windows(x: np.ndarray, windows: int) -> np.ndarray:
    """Add up the adaptive windows of the last axis: (…, size) -> (…, windows)."""
    size = x.shape[-1]
    if windows and size % windows == 0:  # side by side, the windows of `avg_pool2d`
        step = size // windows
        return reduce(x, Axis(size, step, step, 0, 1, windows), -1, np.add, 0)
    start, end = _windows(size, windows)
    total = np.zeros(x.shape[:-1] + (windows,), x.dtype)
    for k in range((end - start).max(initial=0)):
        # The k-th sample of every window. Windows that have no k-th sample add 0.
        total += np.where(start + k < end, x[..., np.minimum(start + k, size - 1)], 0)
    return total


def _sum_windows2d(x: np.ndarray, output_size: tuple[int, int]) -> np.ndarray:
    """Add up the adaptive windows of the last two axes: columns first, then rows."""
    in_rows = _sum_windows(x, output_size[1])
    return np.swapaxes(_sum_windows(np.swapaxes(in_rows, -1, -2), output_size[0]), -1, -2)


def _area(size: tuple[int, int], output_size: tuple[int, int]) -> np.ndarray:
    """Return how many samples each window holds, of shape `output_size`."""
    (top, bottom), (left, right) = (_windows(n, o) for n, o in zip(size, output_size))
    return np.multiply.outer(bottom - top, right - left).astype(np.float32)


def adaptive_avg_pool2d(input: np.ndarray, output_size: OutputSize) -> np.ndarray:
    r"""Average windows chosen such that the output has a given size, whatever the input's.

    With ``output_size=1`` this is global average pooling: one number per channel.

    Parameters
    ----------
    input : float ndarray of shape (N, C, H, W) or (C, H, W)
    output_size : int or (int or None, int or None)
        Height and width of the output; None keeps the input's.

    Returns
    -------
    ndarray of shape (N, C, H_out, W_out) or (C, H_out, W_out)

    Raises
    ------
    TypeError
        If `input` is not an array of floats, or a size is not an int.
    ValueError
        If height or width is empty, or a size is negative.

    Notes
    -----
    .. math:: y_{ncij} = \operatorname{mean}\;
              x_{n,\,c,\;\lfloor iH/O \rfloor : \lceil (i+1)H/O \rceil,\;\dots}

    References
    ----------
    Lin, Chen, Yan (2013), "Network in network", §3.2, for global average pooling.

    Examples
    --------
    >>> image = np.arange(16.0).reshape(1, 4, 4)
    >>> adaptive_avg_pool2d(image, 1)
    array([[[7.5]]])
    >>> adaptive_avg_pool2d(image, (2, 1))
    array([[[ 3.5],
            [11.5]]])
    """
    arguments.floating("input", input)
    batch, batched = arguments.images("input", input)
    if 0 in batch.shape[2:]:
        remedy = "Pool an image of at least one pixel."
        raise ValueError(message("input", f"shape {input.shape}", "must have rows and columns", remedy))
    output_size = _output_size(output_size, batch.shape[2:])
    mean = _sum_windows2d(wide(batch), output_size) / _area(batch.shape[2:], output_size)
    mean = np.ascontiguousarray(narrow(mean, input))
    return mean if batched else mean[0]


def adaptive_avg_pool2d_backward(
    grad_output: np.ndarray, input: np.ndarray, output_size: OutputSize
) -> np.ndarray:
    """Spread each output's gradient evenly over its window; arguments as in `adaptive_avg_pool2d`.

    Notes
    -----
    Sample h lies in the windows ⌊h·O/H⌋ to ⌈(h+1)·O/H⌉: the forward's formula with H and O exchanged. So the
    gradient is the same sum with the two sizes exchanged.
    """
    arguments.floating("input", input)
    batch, batched = arguments.images("input", input)
    size = batch.shape[2:]
    output_size = _output_size(output_size, size)
    grad = grad_batch(grad_output, batch, batched, output_size)
    grad_input = narrow(_sum_windows2d(wide(grad) / _area(size, output_size), size), input)
    return grad_input if batched else grad_input[0]


def adaptive_max_pool2d(
    input: np.ndarray, output_size: OutputSize, return_indices: bool = False
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """Keep the largest value of windows chosen such that the output has a given size.

    Parameters
    ----------
    input : float ndarray of shape (N, C, H, W) or (C, H, W)
    output_size : int or (int or None, int or None)
        Height and width of the output; None keeps the input's.
    return_indices : bool, default False
        Return also where each maximum stood.

    Returns
    -------
    output : ndarray of shape (N, C, H_out, W_out) or (C, H_out, W_out)
    indices : int64 ndarray of the same shape, only with `return_indices`
        ``row * W + column`` of the maximum, the first one of equals.

    Raises
    ------
    TypeError
        If `input` is not an array of floats, or a size is not an int.
    ValueError
        If an axis other than the batch is empty, or a size is negative.

    Examples
    --------
    >>> image = np.arange(16.0).reshape(1, 4, 4)
    >>> adaptive_max_pool2d(image, (2, 1))
    array([[[ 7.],
            [15.]]])
    """
    batch, batched, output_size = _max_arguments(input, output_size)
    out, indices = _max_and_indices(batch, output_size)
    if not batched:
        out, indices = out[0], indices[0]
    return (out, indices) if return_indices else out


def _max_arguments(input: np.ndarray, output_size: OutputSize) -> tuple[np.ndarray, bool, tuple[int, int]]:
    """Check the arguments of `adaptive_max_pool2d`; only the first axis may be empty."""
    arguments.floating("input", input)
    batch, batched = arguments.images("input", input)
    if 0 in input.shape[1:]:
        no_empty_axis(batch, input)
    return batch, batched, _output_size(output_size, batch.shape[2:])


def _max_and_indices(batch: np.ndarray, output_size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Compare the k-th samples of all windows, for each k in reading order; the last NaN wins."""
    height, width = batch.shape[2:]
    (top, bottom), (left, right) = _windows(height, output_size[0]), _windows(width, output_size[1])
    best = np.full(batch.shape[:2] + output_size, -np.inf, batch.dtype)
    indices = np.empty(best.shape, np.int64)
    indices[...] = top[:, None] * width + left
    for u in range((bottom - top).max(initial=0)):
        # A window without a u-th sample meets its last one again, which changes nothing.
        row = np.minimum(top + u, bottom - 1)[:, None]
        for v in range((right - left).max(initial=0)):
            column = np.minimum(left + v, right - 1)
            sample = batch[..., row, column]
            np.copyto(indices, row * width + column, where=(sample > best) | np.isnan(sample))
            np.maximum(best, sample, out=best)
    return best, indices


def adaptive_max_pool2d_backward(
    grad_output: np.ndarray, input: np.ndarray, output_size: OutputSize, return_indices: bool = False
) -> np.ndarray:
    """Send each gradient to the maximum of its window, 0 elsewhere; arguments as in `adaptive_max_pool2d`.

    Examples
    --------
    >>> image = np.array([[[1.0, 2.0], [4.0, 3.0]]])
    >>> adaptive_max_pool2d_backward(np.array([[[10.0]]]), image, 1)
    array([[[ 0.,  0.],
            [10.,  0.]]])
    """
    batch, batched, output_size = _max_arguments(input, output_size)
    grad = grad_batch(grad_output, batch, batched, output_size)
    _, indices = _max_and_indices(batch, output_size)
    grad_input = narrow(scatter(wide(grad), indices, batch.shape), input)
    return grad_input if batched else grad_input[0]
