"""What the normalisations share: mean, variance, and the way back through both."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from cnncourse.ops import arguments
from cnncourse.ops._precision import wide

Gradients = tuple[np.ndarray, np.ndarray | None, np.ndarray | None]


def normalised(x: np.ndarray, axes: tuple[int, ...], eps: float) -> tuple[np.ndarray, ...]:
    """Return x̂ = (x − mean) / √(variance + eps), the mean, the variance, and 1 / √(variance + eps)."""
    mean = _mean(x, axes)
    centred = x - mean
    var = _mean(centred * centred, axes)
    inverse = 1 / np.sqrt(var + float(eps))
    centred *= inverse
    return centred, mean, var, inverse


def normalised_backward(
    grad: np.ndarray, x_hat: np.ndarray, inverse: np.ndarray, axes: tuple[int, ...]
) -> np.ndarray:
    """Send a gradient back through x̂: what moves the mean or the variance of its group is taken out."""
    return (grad - _mean(grad, axes) - x_hat * _mean(grad * x_hat, axes)) * inverse


def _mean(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return the mean along axes, which stay with length 1; of nothing it is 0, without NumPy's warning."""
    return x.sum(axis=axes, keepdims=True) / max(1, math.prod(x.shape[a] for a in axes))


def scaled(x_hat: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None) -> np.ndarray:
    """Return γ x̂ + β, written into x̂."""
    if weight is not None:
        x_hat *= weight
    if bias is not None:
        x_hat += bias
    return x_hat


def scaled_backward(
    grad: np.ndarray,
    x_hat: np.ndarray,
    weight: np.ndarray | None,
    bias: np.ndarray | None,
    axes: tuple[int, ...],
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return the gradients of γ and β: sums over the axes that share one of them."""
    return (
        None if weight is None else (grad * x_hat).sum(axis=axes).astype(weight.dtype, copy=False),
        None if bias is None else grad.sum(axis=axes).astype(bias.dtype, copy=False),
    )


def per_channel(values: np.ndarray | None, x: np.ndarray) -> np.ndarray | None:
    """Give one number per channel the axes of x: (C,) -> (C, 1, ...)."""
    return None if values is None else wide(values).reshape((-1,) + (1,) * (x.ndim - 2))


def check_parameters(
    input: np.ndarray, shape: tuple[int, ...], parameters: Mapping[str, np.ndarray | None]
) -> None:
    """Check that weights, biases and statistics are absent or of the right shape and dtype.

    The dtype is that of the input; beside float16 it may be float32, for all of them.
    """
    given = {argument: value for argument, value in parameters.items() if value is not None}
    for argument, value in given.items():
        arguments.array(argument, value)
        arguments.same_shape(argument, value, shape, "one number per normalised channel or entry")
    if input.dtype == np.float16 and all(value.dtype == np.float32 for value in given.values()):
        return
    for argument, value in given.items():
        arguments.same_dtype(argument, value, "input", input)
