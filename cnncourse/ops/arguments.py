"""Argument checks shared by all operators.

Each raises a TypeError or a ValueError that names the argument, what came, the rule and what to do.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np

from cnncourse.errors import message


def array(
    argument: str, value: object, ndims: int | Sequence[int] | None = None, layout: str = ""
) -> np.ndarray:
    """Check that ``value`` is a NumPy array of numbers, and return it, never a copy.

    ``ndims`` are the allowed numbers of axes, any by default; ``layout`` says in words what the axes mean,
    such as ``"(N, C, H, W)"``.

    >>> array("input", np.zeros((2, 3)), 2).shape
    (2, 3)
    """
    if not isinstance(value, np.ndarray):
        remedy = "Call its .numpy()." if hasattr(value, "numpy") else "Convert it with np.asarray(...)."
        raise TypeError(message(argument, f"a {type(value).__name__}", "must be a NumPy array", remedy))
    if value.dtype.kind not in "biufc":
        raise _wrong_dtype(argument, value, "numbers")
    allowed = (ndims,) if isinstance(ndims, int) else ndims
    if allowed is not None and value.ndim not in allowed:
        axes = " or ".join(str(n) for n in allowed)
        rule = f"must have {axes} axes" + (f", {layout}" if layout else "")
        raise ValueError(message(argument, f"shape {value.shape}", rule, "Use reshape or [None]."))
    return value


def _wrong_dtype(argument: str, value: np.ndarray, kind: str) -> TypeError:
    remedy = "Convert it with .astype(np.float32)."
    return TypeError(message(argument, f"dtype {value.dtype}", f"must be an array of {kind}", remedy))


def floating(
    argument: str, value: object, ndims: int | Sequence[int] | None = None, layout: str = ""
) -> np.ndarray:
    """Check like `array`, and that the numbers are floats: integers have no gradient, in torch either."""
    checked = array(argument, value, ndims, layout)
    if checked.dtype.kind != "f":
        raise _wrong_dtype(argument, checked, "floats")
    return checked


def real(argument: str, value: object, truth_values: bool = False) -> np.ndarray:
    """Check like `array`, and that the numbers are floats or whole numbers, or truth values where allowed."""
    checked = array(argument, value)
    if checked.dtype.kind not in ("biuf" if truth_values else "iuf"):
        raise _wrong_dtype(argument, checked, "real numbers")
    return checked


def no_bool(argument: str, value: np.ndarray) -> None:
    """Check that an array holds numbers, not truth values, where sums of products are taken."""
    if value.dtype.kind == "b":
        raise _wrong_dtype(argument, value, "numbers")


def not_empty(argument: str, value: np.ndarray, first_axis: int = 0) -> None:
    """Check that no axis from ``first_axis`` on has length 0 (a batch may be empty, a picture may not)."""
    if 0 in value.shape[first_axis:]:
        rule = "must not be empty" + (" except along the batch axis" if first_axis else "")
        remedy = "Give every other axis at least one entry."
        raise ValueError(message(argument, f"shape {value.shape}", rule, remedy))


def same_dtype(argument: str, value: np.ndarray, reference: str, other: np.ndarray) -> None:
    """Check that two arrays have one dtype, as torch demands; mixing them would hide a slow conversion."""
    if value.dtype != other.dtype:
        remedy = f"Convert one of them: {argument}.astype({reference}.dtype)."
        rule = f"must have the dtype of {reference} ({other.dtype})"
        raise TypeError(message(argument, value.dtype, rule, remedy))


def same_shape(argument: str, value: np.ndarray, expected: Sequence[int], because: str) -> None:
    """Check the exact shape of an array; ``because`` says where the expected shape comes from."""
    if value.shape != tuple(expected):
        rule = f"must have shape {tuple(int(n) for n in expected)}, {because}"
        raise ValueError(message(argument, f"shape {value.shape}", rule, "Check the shapes of both arrays."))


def integer(argument: str, value: object, minimum: int | None = None) -> int:
    """Check one whole number and return it as a Python int; a bool is none.

    >>> integer("groups", np.int64(2), minimum=1)
    2
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        got = f"{value!r} of type {type(value).__name__}"
        raise TypeError(message(argument, got, "must be an int", "Round it or convert it with int(...)."))
    number = operator.index(value)
    if minimum is not None and number < minimum:
        remedy = f"Use {minimum} or more."
        raise ValueError(message(argument, number, f"must be at least {minimum}", remedy))
    return number


def pair(argument: str, value: object, minimum: int | None = None, lone: bool = True) -> tuple[int, int]:
    """Check an int or a (height, width) pair and return the pair.

    A sequence of one number counts for both axes if ``lone``: torch allows it in some operators only.

    >>> pair("stride", 2), pair("stride", (1, 2))
    ((2, 2), (1, 2))
    """
    if isinstance(value, (tuple, list)):
        if len(value) not in ((1, 2) if lone else (2,)):
            rule, remedy = "must be an int or a pair (height, width)", "Give one number per spatial axis."
            raise ValueError(message(argument, value, rule, remedy))
        numbers = [integer(f"{argument}[{i}]", v, minimum) for i, v in enumerate(value)]
        return numbers[0], numbers[-1]
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        got, rule = (
            f"{value!r} of type {type(value).__name__}",
            "must be an int or a pair (height, width) of ints",
        )
        raise TypeError(message(argument, got, rule, f"Write {argument}=2 or {argument}=(2, 3)."))
    number = integer(argument, value, minimum)
    return number, number


def images(argument: str, value: object) -> tuple[np.ndarray, bool]:
    """Check one image or a batch of images; return it as a batch, a view, and whether it came as one.

    Without a batch axis of its own, N is 1, and the caller drops the axis again at the end.

    >>> batch, batched = images("input", np.zeros((3, 8, 8)))
    >>> batch.shape, batched
    ((1, 3, 8, 8), False)
    """
    checked = array(argument, value, (3, 4), "(C, H, W) or (N, C, H, W)")
    batched = checked.ndim == 4
    return (checked if batched else checked[None]), batched
