"""Losses number by number: distances to a target, and yes-or-no questions.

As in `loss`, each `*_backward` returns the gradient of `input` alone: targets and weights are data.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._reduction import check_reduction, per_sample, reduced
from cnncourse.ops.activation_sigmoid import sigmoid


def mse_loss(
    input: np.ndarray, target: np.ndarray, *, reduction: str = "mean", weight: np.ndarray | None = None
) -> np.ndarray:
    r"""Mean squared error.

    Parameters
    ----------
    input : ndarray of any shape
        Floating point.
    target : ndarray of the same shape
        Torch would stretch a target of another shape; (N,) against (N, 1) then compares all pairs. Refused
        here.
    reduction : {"mean", "sum", "none"}, default "mean"
        The mean divides by the sum of the weights.
    weight : ndarray of the same shape, optional

    Returns
    -------
    float, or ndarray of the shape of `input` with ``reduction="none"``

    Raises
    ------
    TypeError
        If `input` is not an array of floats.
    ValueError
        If the shapes differ or `reduction` is unknown.

    Notes
    -----
    .. math:: \ell_n = w_n (x_n - t_n)^2

    Examples
    --------
    >>> float(mse_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """
    difference, weight, total_weight = _squared_error_arguments(input, target, reduction, weight)
    losses = difference * difference
    return reduced(losses if weight is None else losses * weight, reduction, total_weight)


def mse_loss_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    target: np.ndarray,
    *,
    reduction: str = "mean",
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """Return twice the weighted difference, divided as the loss was.

    Parameters
    ----------
    grad_output : float, or ndarray of the shape of the loss
    input, target, reduction, weight
        As given to `mse_loss`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `mse_loss`, and if `grad_output` has another shape than the loss.

    Examples
    --------
    >>> mse_loss_backward(1.0, np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    array([ 0., -2.])
    """
    difference, weight, total_weight = _squared_error_arguments(input, target, reduction, weight)
    grad = per_sample(grad_output, input.shape, reduction, total_weight, difference.dtype)
    grad_input = 2 * difference * grad
    return (grad_input if weight is None else grad_input * weight).astype(input.dtype, copy=False)


def _squared_error_arguments(
    input: np.ndarray, target: np.ndarray, reduction: str, weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None, float]:
    """Check the arguments of `mse_loss`; return the difference, the weights, and what the mean divides by."""
    check_reduction(reduction)
    arguments.floating("input", input)
    arguments.array("target", target)
    arguments.same_shape("target", target, input.shape, "the shape of input")
    if weight is not None:
        arguments.array("weight", weight)
        arguments.same_shape("weight", weight, input.shape, "the shape of input")
    target = target if target.dtype.kind == "f" else target.astype(input.dtype)
    return input - target, weight, input.size if weight is None else weight.sum()


def binary_cross_entropy_with_logits(
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    reduction: str = "mean",
    pos_weight: np.ndarray | None = None,
) -> np.ndarray:
    r"""Cross-entropy of yes-or-no questions, from scores: sigmoid and loss in one, so that nothing overflows.

    Parameters
    ----------
    input : ndarray of any shape
        Scores (logits).
    target : float ndarray of the same shape
        1 for yes, 0 for no, or a probability.
    weight : ndarray, optional
        Weight of each loss; any shape that stretches to that of `input`.
    reduction : {"mean", "sum", "none"}, default "mean"
        The mean divides by the number of losses.
    pos_weight : ndarray, optional
        Weight of the answer yes; any shape that stretches to that of `input`, often one number per class.

    Returns
    -------
    float, or ndarray of the shape of `input` with ``reduction="none"``

    Raises
    ------
    TypeError
        If `input` or `target` is not an array of floats.
    ValueError
        If the shapes do not agree or `reduction` is unknown.

    Notes
    -----
    .. math:: \ell_n = -w_n \big( p\, t_n \log \sigma(x_n) + (1 - t_n) \log (1 - \sigma(x_n)) \big)

    with p = `pos_weight`. Since log σ(x) = −softplus(−x), this is computed as (1 − t) x + (1 + (p − 1) t)
    softplus(−x).

    Examples
    --------
    >>> scores, answers = np.array([0.0, 1000.0]), np.array([1.0, 1.0])
    >>> float(binary_cross_entropy_with_logits(scores, answers, reduction="sum").round(4))
    0.6931
    """
    weight, yes = _binary_arguments(input, target, weight, reduction, pos_weight)
    log_loss = np.maximum(-input, 0) + np.log1p(np.exp(-np.abs(input)))
    with np.errstate(invalid="ignore"):
        losses = (1 - target) * input + yes * log_loss
    return reduced(losses if weight is None else losses * weight, reduction, input.size)


def binary_cross_entropy_with_logits_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    reduction: str = "mean",
    pos_weight: np.ndarray | None = None,
) -> np.ndarray:
    """Return sigmoid minus target, weighted: (1 − t) − (1 + (p − 1) t) σ(−x).

    Parameters
    ----------
    grad_output : float, or ndarray of the shape of the loss
    input, target, weight, reduction, pos_weight
        As given to `binary_cross_entropy_with_logits`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `binary_cross_entropy_with_logits`, and if `grad_output` has another shape than the loss.

    Examples
    --------
    >>> binary_cross_entropy_with_logits_backward(1.0, np.array([0.0]), np.array([1.0]))
    array([-0.5])
    """
    weight, yes = _binary_arguments(input, target, weight, reduction, pos_weight)
    slope = (1 - target) - yes * sigmoid(-input)
    grad = per_sample(grad_output, input.shape, reduction, input.size, slope.dtype) * slope
    return (grad if weight is None else grad * weight).astype(input.dtype, copy=False)


def _binary_arguments(
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None,
    reduction: str,
    pos_weight: np.ndarray | None,
) -> tuple[np.ndarray | None, np.ndarray]:
    """Check all arguments; return the weights in the shape of input, and 1 + (pos_weight − 1)·target."""
    check_reduction(reduction)
    arguments.floating("input", input)
    arguments.floating("target", target)
    arguments.same_shape("target", target, input.shape, "the shape of input")
    weight = _stretched("weight", weight, input)
    pos_weight = _stretched("pos_weight", pos_weight, input)
    yes = np.ones_like(target) if pos_weight is None else 1 + (pos_weight - 1) * target
    return weight, yes


def _stretched(argument: str, value: np.ndarray | None, input: np.ndarray) -> np.ndarray | None:
    if value is None:
        return None
    arguments.array(argument, value)
    try:
        return np.broadcast_to(value, input.shape)
    except ValueError:
        rule, remedy = f"must stretch to the shape of input {input.shape}", "Add axes of size 1."
        raise ValueError(message(argument, f"shape {value.shape}", rule, remedy)) from None
