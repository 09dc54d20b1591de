"""What becomes of the losses of the samples: their mean, their sum, or all of them."""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._precision import wide


def reduced(losses: np.ndarray, reduction: str, total_weight: float, dtype: np.dtype) -> np.ndarray:
    """Return all losses, their sum, or the sum over `total_weight`: NaN for nothing, as in torch."""
    if reduction != "none":
        losses = losses.sum()
    if reduction == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            losses = np.divide(losses, total_weight)
    return losses.astype(dtype, copy=False)


def per_sample(
    grad_output: np.ndarray, shape: tuple[int, ...], reduction: str, total_weight: float, dtype: np.dtype
) -> np.ndarray:
    """Turn the gradient of the reduced loss into one number per sample, in float32 for float16."""
    grad = wide(np.asarray(grad_output, dtype))
    expected = shape if reduction == "none" else ()
    arguments.same_shape("grad_output", grad, expected, f"the shape of the loss with reduction={reduction!r}")
    if reduction == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            grad = grad / np.asarray(total_weight, grad.dtype)
    return np.broadcast_to(grad, shape)


def loss_dtype(*arrays: np.ndarray | None) -> np.dtype:
    """Return the widest of the float dtypes that take part in a loss; whole numbers have no say."""
    return np.result_type(*(x.dtype for x in arrays if x is not None and x.dtype.kind == "f"))


def check_reduction(reduction: str) -> None:
    """Check the name of a reduction."""
    if reduction not in ("mean", "sum", "none"):
        rule, remedy = "must be 'mean', 'sum' or 'none'", "Use 'mean' for training."
        raise ValueError(message("reduction", repr(reduction), rule, remedy))
