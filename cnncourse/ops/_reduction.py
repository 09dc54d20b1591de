"""What becomes of the losses of the samples: their mean, their sum, or all of them."""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments


def reduced(losses: np.ndarray, reduction: str, total_weight: float) -> np.ndarray:
    """Return all losses, their sum, or the sum over `total_weight`: NaN for nothing, as in torch."""
    if reduction == "none":
        return losses
    total = losses.sum()
    if reduction == "sum":
        return total
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / losses.dtype.type(total_weight)


def per_sample(
    grad_output: np.ndarray, shape: tuple[int, ...], reduction: str, total_weight: float, dtype: np.dtype
) -> np.ndarray:
    """Turn the gradient of the reduced loss into one number per sample."""
    grad = np.asarray(grad_output, dtype=dtype)
    expected = shape if reduction == "none" else ()
    arguments.same_shape("grad_output", grad, expected, f"the shape of the loss with reduction={reduction!r}")
    if reduction == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            grad = grad / np.asarray(total_weight, dtype)
    return np.broadcast_to(grad, shape)


def check_reduction(reduction: str) -> None:
    """Check the name of a reduction."""
    if reduction not in ("mean", "sum", "none"):
        rule, remedy = "must be 'mean', 'sum' or 'none'", "Use 'mean' for training."
        raise ValueError(message("reduction", repr(reduction), rule, remedy))
