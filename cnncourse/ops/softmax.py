"""Softmax: from scores to probabilities."""

from __future__ import annotations

import warnings

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._precision import narrow, wide


def softmax(input: np.ndarray, dim: int | None = None, *, dtype: np.dtype | None = None) -> np.ndarray:
    r"""Turn scores into probabilities: positive, and of sum 1 along `dim`.

    Parameters
    ----------
    input : float ndarray of any shape
    dim : int
        The axis of the scores. Without it a warning tells which was taken, as in torch.
    dtype : dtype, optional
        Convert the input to it first.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of floats or `dim` is not an int.
    ValueError
        If there is no such axis.

    Notes
    -----
    .. math:: y_i = \frac{e^{x_i}}{\sum_j e^{x_j}}

    Examples
    --------
    >>> softmax(np.array([[0.0, np.log(3.0)]]), dim=1)
    array([[0.25, 0.75]])
    >>> softmax(np.array([1000.0, 1000.0]), dim=0)
    array([0.5, 0.5])
    """
    x, dim = _arguments(input, dim, dtype)
    return narrow(probabilities(x, dim), x)


def probabilities(x: np.ndarray, dim: int) -> np.ndarray:
    """Return the softmax of checked scores, of float16 in float32."""
    powers = np.exp(_shifted(x, dim))
    return powers / powers.sum(axis=dim, keepdims=True)


def _shifted(x: np.ndarray, dim: int) -> np.ndarray:
    """Subtract the largest score, which changes no probability and keeps every exponential at most 1."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is NaN, in torch too
        return wide(x) - x.max(axis=dim, keepdims=True, initial=-np.inf)


def softmax_backward(
    grad_output: np.ndarray, input: np.ndarray, dim: int | None = None, *, dtype: np.dtype | None = None
) -> np.ndarray:
    r"""Return the gradient of `softmax`; every score moves every probability. Arguments as in `softmax`.

    Notes
    -----
    .. math:: \frac{\partial y_i}{\partial x_j} = y_i ([i = j] - y_j), \qquad
              \nabla x = y \odot \Big(g - \textstyle\sum_j g_j y_j\Big)

    Examples
    --------
    >>> softmax_backward(np.array([1.0, 0.0]), np.array([0.0, 0.0]), dim=0)
    array([ 0.25, -0.25])
    """
    x, dim = _arguments(input, dim, dtype)
    _check_gradient(grad_output, x)
    y = probabilities(x, dim)
    weighted = grad_output * y
    return narrow(weighted - y * weighted.sum(axis=dim, keepdims=True), input)


def log_softmax(input: np.ndarray, dim: int | None = None, *, dtype: np.dtype | None = None) -> np.ndarray:
    r"""Return the logarithm of `softmax`, exact also where the probability would round to 0.

    Parameters
    ----------
    input, dim, dtype
        As in `softmax`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `softmax`.

    Notes
    -----
    .. math:: y_i = x_i - \log \textstyle\sum_j e^{x_j}

    Examples
    --------
    >>> log_softmax(np.array([0.0, 1000.0]), dim=0)
    array([-1000.,     0.])
    """
    x, dim = _arguments(input, dim, dtype)
    return narrow(log_probabilities(x, dim), x)


def log_probabilities(x: np.ndarray, dim: int) -> np.ndarray:
    """Return the log-softmax of checked scores, of float16 in float32."""
    shifted = _shifted(x, dim)
    with np.errstate(divide="ignore"):  # an axis without scores has the sum 0
        return shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))


def log_softmax_backward(
    grad_output: np.ndarray, input: np.ndarray, dim: int | None = None, *, dtype: np.dtype | None = None
) -> np.ndarray:
    r"""Return the gradient of `log_softmax`; arguments as in `softmax`.

    Notes
    -----
    .. math:: \nabla x = g - \operatorname{softmax}(x) \textstyle\sum_j g_j
    """
    x, dim = _arguments(input, dim, dtype)
    _check_gradient(grad_output, x)
    total = wide(grad_output).sum(axis=dim, keepdims=True)
    return narrow(grad_output - probabilities(x, dim) * total, input)


def _arguments(input: np.ndarray, dim: int | None, dtype: np.dtype | None) -> tuple[np.ndarray, int]:
    """Check the arguments and return the floats to work on and the axis."""
    arguments.array("input", input)
    if dtype is not None:
        input = input.astype(dtype)
    arguments.floating("input", input)
    if dim is None:
        dim = 0 if input.ndim in (0, 1, 3) else 1
        warnings.warn(f"dim was left out and taken as {dim}. Say which axis holds the scores.", stacklevel=3)
    dim = arguments.integer("dim", dim)
    axes = max(input.ndim, 1)
    if not -axes <= dim < axes:
        rule = f"must lie between {-axes} and {axes - 1} for an input of shape {input.shape}"
        raise ValueError(message("dim", dim, rule, "The classes usually stand along dim=1."))
    return input, dim


def _check_gradient(grad_output: np.ndarray, input: np.ndarray) -> None:
    arguments.floating("grad_output", grad_output)
    arguments.same_shape("grad_output", grad_output, input.shape, "the shape of the output")
    arguments.same_dtype("grad_output", grad_output, "the output", input)
