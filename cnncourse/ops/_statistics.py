"""What the normalisations share: mean, variance, and the way back through both."""

from __future__ import annotations

import math

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments

Gradients = tuple[np.ndarray, np.ndarray | None, np.ndarray | None]


def normalised(x: np.ndarray, axes: tuple[int, ...], eps: float) -> tuple[np.ndarray, ...]:
    """Return x̂ = (x − mean) / √(variance + eps), the mean, the variance, and 1 / √(variance + eps)."""
    count = math.prod(x.shape[a] for a in axes)
    scale = x.dtype.type(1 / count if count else np.nan)
    mean = x.sum(axis=axes, keepdims=True) * scale
    centred = x - mean
    var = (centred * centred).sum(axis=axes, keepdims=True) * scale
    inverse = 1 / np.sqrt(var + x.dtype.type(eps))
    centred *= inverse
    return centred, mean, var, inverse


def normalised_backward(
    grad: np.ndarray, x_hat: np.ndarray, inverse: np.ndarray, axes: tuple[int, ...]
) -> np.ndarray:
    """Send a gradient back through x̂: what moves the mean or the variance of its group is taken out.

    With m numbers in a group, ∇x = (g − Σg/m − x̂ Σ(g x̂)/m) / √(variance + eps).
    """
    count = math.prod(x_hat.shape[a] for a in axes)
    scale = grad.dtype.type(1 / count if count else np.nan)
    mean = grad.sum(axis=axes, keepdims=True) * scale
    along = (grad * x_hat).sum(axis=axes, keepdims=True) * scale
    return (grad - mean - x_hat * along) * inverse


def scaled(x_hat: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None) -> np.ndarray:
    """Return γ x̂ + β, written into x̂."""
    if weight is not None:
        x_hat *= weight
    if bias is not None:
        x_hat += bias
    return x_hat


def per_channel(values: np.ndarray | None, x: np.ndarray) -> np.ndarray | None:
    """Give one number per channel the axes of x: (C,) -> (C, 1, ...)."""
    return None if values is None else values.reshape((-1,) + (1,) * (x.ndim - 2))


def check_eps(eps: float, positive: bool = False) -> None:
    """Check what is added to the variance: at least 0, or above 0."""
    if eps < 0 or (positive and eps == 0):
        rule, remedy = f"must be {'above' if positive else 'at least'} 0", "1e-5 is usual."
        raise ValueError(message("eps", eps, rule, remedy))


def check_parameter(
    argument: str, value: np.ndarray | None, shape: tuple[int, ...], input: np.ndarray
) -> None:
    """Check that a weight, bias or statistic is absent or an array of the right shape and dtype."""
    if value is not None:
        arguments.array(argument, value)
        arguments.same_dtype(argument, value, "input", input)
        arguments.same_shape(argument, value, shape, "one number per normalised channel or entry")
