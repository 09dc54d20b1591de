"""Padding: rows and columns around an array, so that a kernel can stand at the edge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments

_MODES = ("constant", "reflect", "replicate", "circular")


def pad(
    input: np.ndarray, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> np.ndarray:
    """Widen the last axes of an array, or crop them where a width is negative.

    Parameters
    ----------
    input : ndarray of any shape
        Other modes than "constant" take 2 to 5 axes and pad the last one, two or three, all but the first
        or the first two: (N, C, L) or (C, L), (N, C, H, W) or (C, H, W), (N, C, D, H, W) or (C, D, H, W).
        Truth values and arrays without channels pass in every mode; torch refuses them in some of its own.
    pad : sequence of int
        Widths ``(left, right, top, bottom, ...)``: the last axis first, as torch counts. Negative widths
        crop.
    mode : {"constant", "reflect", "replicate", "circular"}, default "constant"
        What stands outside: `value`, the mirror image without the edge itself, the edge, or the opposite
        side.
    value : float, optional
        Fill of mode "constant", default 0.

    Returns
    -------
    ndarray
        With ``n + left + right`` entries along each padded axis.

    Raises
    ------
    TypeError
        If `input` is not an array of numbers or a width is not an int.
    ValueError
        If the number of widths does not suit, `mode` is unknown, `value` is given without use or does not
        fit the dtype, a width exceeds what the mode can supply, or cropping removes more than there is.

    Notes
    -----
    The four modes are four ways to answer an index i outside 0 … n − 1:

    ========== ============================== ==================
    mode       answer                         [1 2 3] padded by 2
    ========== ============================== ==================
    constant   value                          0 0 1 2 3 0 0
    reflect    −i, or 2(n − 1) − i            3 2 1 2 3 2 1
    replicate  0, or n − 1                    1 1 1 2 3 3 3
    circular   i mod n                        2 3 1 2 3 1 2
    ========== ============================== ==================

    Examples
    --------
    >>> pad(np.array([[1, 2, 3]]), (2, 2), mode="reflect")
    array([[3, 2, 1, 2, 3, 2, 1]])
    >>> pad(np.array([[1, 2, 3]]), (-1, 1))
    array([[2, 3, 0]])
    """
    widths = _widths(input, pad, mode, value)
    if mode == "constant":
        inside, outside = _overlap(input.shape, widths)
        shape = [n + before + after for n, (before, after) in zip(input.shape, widths)]
        out = np.full(shape, _fill(value, input.dtype), input.dtype)
        out[outside] = input[inside]
        return out
    out = input
    for axis, (before, after) in enumerate(widths):
        if before or after:
            out = np.take(out, _source(input.shape[axis], before, after, mode), axis)
    return out.copy() if out is input else out


def pad_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    pad: Sequence[int],
    mode: str = "constant",
    value: float | None = None,
) -> np.ndarray:
    """Return to each entry the sum of the gradients of all its copies.

    Parameters
    ----------
    grad_output : ndarray of the shape of the output
    input, pad, mode, value
        As given to `pad`; of `input` only the shape matters.

    Returns
    -------
    ndarray of the shape of `input`
        Cropped entries get 0; the gradient of a constant border goes nowhere.

    Raises
    ------
    TypeError, ValueError
        As `pad`, and if `grad_output` has another shape than the output.

    Examples
    --------
    >>> pad_backward(np.ones((1, 7)), np.zeros((1, 3)), (2, 2), mode="replicate")
    array([[3., 1., 3.]])
    """
    arguments.floating("input", input)
    widths = _widths(input, pad, mode, value)
    grad = arguments.floating("grad_output", grad_output)
    expected = [n + before + after for n, (before, after) in zip(input.shape, widths)]
    arguments.same_shape("grad_output", grad, expected, "the shape of the output")
    if mode == "constant":
        inside, outside = _overlap(input.shape, widths)
        grad_input = np.zeros(input.shape, grad.dtype)
        grad_input[inside] = grad[outside]
        return grad_input
    for axis, (before, after) in enumerate(widths):
        if before or after:
            source = _source(input.shape[axis], before, after, mode)
            grad = _gather_copies(grad, source, input.shape[axis], axis)
    return grad.copy() if grad is grad_output else grad


def _gather_copies(grad: np.ndarray, source: np.ndarray, size: int, axis: int) -> np.ndarray:
    """Add up, for each of `size` entries along an axis, the gradients of the places that copied it."""
    order = np.argsort(source, kind="stable")  # copies of one entry become neighbours
    entries, first = np.unique(source[order], return_index=True)
    shape = list(grad.shape)
    shape[axis] = size
    grad_input = np.zeros(shape, grad.dtype)
    at = (slice(None),) * axis + (entries,)
    grad_input[at] = np.add.reduceat(np.take(grad, order, axis), first, axis)
    return grad_input


def _source(size: int, before: int, after: int, mode: str) -> np.ndarray:
    """Return which entry of an axis each place of the padded axis copies."""
    place = np.arange(-before, size + after)
    if mode == "replicate":
        return np.clip(place, 0, size - 1)
    if mode == "reflect":
        return (size - 1) - np.abs((size - 1) - np.abs(place))
    low, high = max(0, -before), min(size, size + after)  # what cropping leaves is the period
    return low + (place - low) % (high - low)


def _overlap(
    shape: tuple[int, ...], widths: list[tuple[int, int]]
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return the part of the input that survives cropping, and where it stands in the output."""
    inside = tuple(slice(max(0, -before), n - max(0, -after)) for n, (before, after) in zip(shape, widths))
    outside = tuple(
        slice(max(0, before), max(0, before) + part.stop - part.start)
        for part, (before, _) in zip(inside, widths)
    )
    return inside, outside


def _fill(value: float | None, dtype: np.dtype) -> object:
    """Check the constant and turn it into the dtype: whole numbers drop the fraction, as torch does."""
    if value is None:
        return 0
    limits = np.iinfo(dtype) if dtype.kind in "iu" else None
    if limits is not None and not limits.min <= value <= limits.max:
        remedy = "Convert the input to float first, or choose another value."
        raise ValueError(message("value", value, f"must fit the input's dtype {dtype}", remedy))
    return dtype.type(value)


def _widths(input: np.ndarray, pad: Sequence[int], mode: str, value: float | None) -> list[tuple[int, int]]:
    """Check all arguments and return (before, after) for every axis of the input, the first axis first."""
    arguments.array("input", input)
    if mode not in _MODES:
        raise ValueError(message("mode", repr(mode), f"must be one of {_MODES}", "Choose one of them."))
    if not isinstance(pad, (tuple, list)):
        got, remedy = f"a {type(pad).__name__}", "Write pad=(left, right) or (left, right, top, bottom)."
        raise TypeError(message("pad", got, "must be a tuple or list of ints", remedy))
    numbers = [arguments.integer(f"pad[{i}]", width) for i, width in enumerate(pad)]
    if len(numbers) % 2 or len(numbers) > 2 * input.ndim:
        rule = f"must hold two widths for each padded axis of the input's {input.ndim}"
        raise ValueError(message("pad", tuple(pad), rule, "Write (left, right, top, bottom, ...)."))
    widths = list(zip(numbers[::2], numbers[1::2]))[::-1]
    widths = [(0, 0)] * (input.ndim - len(widths)) + widths
    for axis, (size, (before, after)) in enumerate(zip(input.shape, widths)):
        if max(0, -before) + max(0, -after) > size:
            rule = f"must not crop more than the {size} entries of axis {axis}"
            raise ValueError(message("pad", tuple(pad), rule, "Use smaller negative widths."))
    if mode != "constant":
        _check_border(input, numbers, widths, mode, value)
    return widths


def _check_border(
    input: np.ndarray, numbers: list[int], widths: list[tuple[int, int]], mode: str, value: float | None
) -> None:
    """Check what only the modes that copy the input demand."""
    padded, pad = len(numbers) // 2, tuple(numbers)
    if value:
        remedy = "Leave it out, or use mode='constant'."
        raise ValueError(message("value", value, f"must not be given with mode {mode!r}", remedy))
    if not 1 <= padded <= 3 or input.ndim - padded not in (1, 2):
        rule = f"must name all axes but the first one or two, three at most, in mode {mode!r}"
        got = f"{len(pad)} widths for an input of shape {input.shape}"
        raise ValueError(message("pad", got, rule, "Add axes to the input, or widths of 0."))
    for axis, (size, (before, after)) in enumerate(zip(input.shape, widths)):
        if axis < input.ndim - padded:
            continue
        left = size - max(0, -before) - max(0, -after)
        limit = {"reflect": size - 1, "circular": left}.get(mode)
        if limit is not None and max(before, after) > max(limit, 0):
            rule = f"must be at most {limit} along axis {axis} of size {size} in mode {mode!r}"
            raise ValueError(message("pad", pad, rule, "Pad less, or use mode='replicate'."))
        if mode != "circular" and (size == 0 or size + before + after < 1):
            rule = f"must leave an entry along axis {axis} of size {size}"
            raise ValueError(message("pad", pad, rule, "Crop less, or use mode='constant'."))
