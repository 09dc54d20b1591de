"""Max pooling: the largest number of each window, without parameters.

Two observations make it fast. A maximum (or a sum) over a K×K window is the maximum over columns of the
maximum over rows, so two passes with K steps replace one with K². And one step, "the k-th sample of every
window", is a strided view of the image (a *tap*, see `_windows`). No loop runs over pixels, images or
channels.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._windows import (
    Axis,
    Size,
    grad_batch,
    pool_geometry,
    reduce,
    scatter,
    share_planes,
    taps2d,
)


def max_pool2d(
    input: np.ndarray,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    r"""Keep the largest value of each window.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
    kernel_size : int or (int, int)
        Height and width of the window.
    stride : int or (int, int), optional
        Step from one window to the next; default `kernel_size`, windows side by side.
    padding : int or (int, int), default 0
        Rows and columns of −∞ on each side, at most half a window.
    dilation : int or (int, int), default 1
        Distance between neighbouring samples of a window.
    ceil_mode : bool, default False
        Round the number of windows up: the last may hang over the edge.
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
        If `input` is not an array of numbers, or a size is not an int.
    ValueError
        If an axis is empty, a window does not fit, or `padding` exceeds half a window.

    Notes
    -----
    .. math:: y_{ncij} = \max_{u,v} x_{n,\,c,\;is - p + ud,\;js - p + vd}

    with stride s, padding p, dilation d; `shapes.pool_output_size` counts the windows. A NaN in a window
    wins.

    References
    ----------
    Ranzato, Huang, Boureau, LeCun (2007), "Unsupervised learning of invariant feature hierarchies".
    Krizhevsky, Sutskever, Hinton (2012), §3.4, for windows that overlap (kernel 3, stride 2).

    Examples
    --------
    >>> image = np.arange(16.0).reshape(1, 4, 4)
    >>> max_pool2d(image, 2)
    array([[[ 5.,  7.],
            [13., 15.]]])
    """
    batch, batched, rows, columns = pool_geometry(input, kernel_size, stride, padding, dilation, ceil_mode)
    if batch.dtype.kind not in "fiu":
        remedy = "Convert it with .astype(np.float32)."
        raise TypeError(message("input", f"dtype {batch.dtype}", "must be floats or integers", remedy))
    lowest = _lowest(batch.dtype)
    if return_indices:
        out, indices = _max_and_indices(batch, rows, columns)
        return (out, indices) if batched else (out[0], indices[0])
    out = np.empty((*batch.shape[:2], rows.windows, columns.windows), batch.dtype)

    def work(part: tuple[slice, slice]) -> None:
        # Rows first: their samples lie side by side in memory, so the larger of the two passes runs at full
        # speed.
        highest = reduce(batch[part], rows, -2, np.maximum, lowest)
        out[part] = reduce(highest, columns, -1, np.maximum, lowest)

    share_planes(work, batch)
    return out if batched else out[0]


def _lowest(dtype: np.dtype) -> float:
    """Return the number that any other beats, to start a tournament with."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _max_and_indices(batch: np.ndarray, rows: Axis, columns: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Return the maximum of every window and where it stood."""
    shape = batch.shape[:2] + (rows.windows, columns.windows)
    best, indices = np.empty(shape, batch.dtype), np.empty(shape, np.int64)

    def work(part: tuple[slice, slice]) -> None:
        best[part], indices[part] = _tournament(batch[part], rows, columns)

    share_planes(work, batch)
    return best, indices


def _tournament(batch: np.ndarray, rows: Axis, columns: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Hold a tournament in every window, tap by tap in reading order; return winners and places.

    On the way only the number of the winning tap is kept, in one byte when it fits: that is what makes it
    fast.
    """
    shape = batch.shape[:2] + (rows.windows, columns.windows)
    best = np.full(shape, _lowest(batch.dtype), batch.dtype)
    winner = np.empty(shape, np.min_scalar_type(rows.kernel * columns.kernel))
    winner[...] = rows.first_inside()[:, None] * columns.kernel + columns.first_inside()
    for number, windows, samples in taps2d(rows, columns):
        sample, held = batch[samples], best[windows]
        wins = sample > held
        np.maximum(sample, held, out=held)
        # Later taps have larger numbers, so "replace where this tap wins" is a maximum of small integers.
        np.maximum(winner[windows], wins * winner.dtype.type(number), out=winner[windows])
    if best.dtype.kind == "f" and np.isnan(best).any():
        for number, windows, samples in taps2d(
            rows, columns
        ):  # no comparison is true of NaN: the last NaN wins
            np.copyto(winner[windows], winner.dtype.type(number), where=np.isnan(batch[samples]))
    corner = rows.starts()[:, None] * columns.size + columns.starts()
    down, right = np.arange(rows.kernel) * rows.dilation, np.arange(columns.kernel) * columns.dilation
    step = (down[:, None] * columns.size + right).reshape(-1)
    return best, corner + np.take(step, winner)


def max_pool2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
    *,
    indices: np.ndarray | None = None,
) -> np.ndarray:
    """Gradient of `max_pool2d`; arguments as there.

    Parameters
    ----------
    indices : int64 ndarray of the shape of the output, optional
        What `max_pool2d` returned with ``return_indices=True``: saves looking for the maxima again.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`, and if `grad_output` or `indices` does not have the shape of the output.

    Notes
    -----
    A maximum has slope 1 in the winner and 0 elsewhere. Of equal maxima the first in reading order takes
    all, as in torch. Where windows overlap, a winner of several collects the sum.

    Examples
    --------
    >>> image = np.array([[[1.0, 2.0], [4.0, 3.0]]])
    >>> max_pool2d_backward(np.array([[[10.0]]]), image, 2)
    array([[[ 0.,  0.],
            [10.,  0.]]])
    """
    arguments.floating("input", input)
    batch, batched, rows, columns = pool_geometry(input, kernel_size, stride, padding, dilation, ceil_mode)
    grad = grad_batch(grad_output, batch, batched, (rows.windows, columns.windows))
    if indices is None:
        _, indices = _max_and_indices(batch, rows, columns)
    else:
        indices = _check_indices(indices, grad_output, batch).reshape(grad.shape)
    grad_input = np.empty(batch.shape, grad.dtype)

    def work(part: tuple[slice, slice]) -> None:
        grad_input[part] = scatter(grad[part], indices[part], batch[part].shape)

    share_planes(work, batch)
    return grad_input if batched else grad_input[0]


def _check_indices(indices: np.ndarray, grad_output: np.ndarray, batch: np.ndarray) -> np.ndarray:
    arguments.array("indices", indices)
    arguments.same_shape("indices", indices, grad_output.shape, "the shape of the output")
    pixels = batch.shape[2] * batch.shape[3]
    if indices.dtype != np.int64 or (indices.size and not 0 <= indices.min() <= indices.max() < pixels):
        rule = f"must be int64 numbers from 0 to {pixels - 1}, row * W + column"
        remedy = "Pass what max_pool2d(..., return_indices=True) returned for this input."
        raise ValueError(message("indices", f"others of dtype {indices.dtype}", rule, remedy))
    return indices
