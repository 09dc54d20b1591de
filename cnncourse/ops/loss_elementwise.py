"""Losses number by number: distances to a target, and yes-or-no questions.

As in `loss`, each `*_backward` returns the gradient of `input` alone: targets and weights are data.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import log_one_plus_exp, logistic
from cnncourse.ops._precision import narrow, wide
from cnncourse.ops._reduction import check_reduction, loss_dtype, per_sample, reduced


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
    total_weight = _check_squared_error(input, target, reduction, weight)
    difference = wide(input) - wide(target)
    losses = difference * difference if weight is None else difference * difference * weight
    return reduced(losses, reduction, total_weight, loss_dtype(input, target, weight))


def mse_loss_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    target: np.ndarray,
    *,
    reduction: str = "mean",
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """Return twice the weighted difference, divided as the loss was; arguments as in `mse_loss`.

    Examples
    --------
    >>> mse_loss_backward(1.0, np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    array([ 0., -2.])
    """
    total_weight = _check_squared_error(input, target, reduction, weight)
    dtype = loss_dtype(input, target, weight)
    grad = per_sample(grad_output, input.shape, reduction, total_weight, dtype)
    grad_input = 2 * (wide(input) - wide(target)) * grad
    return narrow(grad_input if weight is None else grad_input * weight, input)


def _check_squared_error(
    input: np.ndarray, target: np.ndarray, reduction: str, weight: np.ndarray | None
) -> float:
    """Check the arguments of `mse_loss`; return what the mean divides by."""
    check_reduction(reduction)
    arguments.floating("input", input)
    arguments.real("target", target, truth_values=True)
    arguments.same_shape("target", target, input.shape, "the shape of input")
    if weight is not None:
        arguments.real("weight", weight, truth_values=True)
        arguments.same_shape("weight", weight, input.shape, "the shape of input")
    return input.size if weight is None else wide(weight).sum()


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
    float of the dtype of `target`, or ndarray of the shape of `input` with ``reduction="none"``

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
    x = wide(input)
    with np.errstate(invalid="ignore"):
        losses = (1 - wide(target)) * x + yes * log_one_plus_exp(-x)
    losses = losses if weight is None else losses * weight
    return reduced(losses, reduction, input.size, target.dtype)


def binary_cross_entropy_with_logits_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    reduction: str = "mean",
    pos_weight: np.ndarray | None = None,
) -> np.ndarray:
    """Return sigmoid minus target, weighted: (1 − t) − (1 + (p − 1) t) σ(−x); arguments as in the forward.

    Examples
    --------
    >>> binary_cross_entropy_with_logits_backward(1.0, np.array([0.0]), np.array([1.0]))
    array([-0.5])
    """
    weight, yes = _binary_arguments(input, target, weight, reduction, pos_weight)
    slope = (1 - wide(target)) - yes * logistic(-wide(input))
    grad = per_sample(grad_output, input.shape, reduction, input.size, target.dtype) * slope
    return narrow(grad if weight is None else grad * weight, input)


def _binary_arguments(
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None,
    reduction: str,
    pos_weight: np.ndarray | None,
) -> tuple[np.ndarray | None, np.ndarray | int]:
    """Check all arguments; return the weights in the shape of input, and 1 + (pos_weight − 1)·target."""
    check_reduction(reduction)
    arguments.floating("input", input)
    arguments.floating("target", target)
    arguments.same_shape("target", target, input.shape, "the shape of input")
    weight = _stretched("weight", weight, input)
    pos_weight = _stretched("pos_weight", pos_weight, input)
    yes = 1 if pos_weight is None else 1 + (pos_weight - 1) * wide(target)
    return weight, yes


def _stretched(argument: str, value: np.ndarray | None, input: np.ndarray) -> np.ndarray | None:
    if value is None:
        return None
    arguments.real(argument, value, truth_values=True)
    try:
        return np.broadcast_to(wide(value), input.shape)
    except ValueError:
        rule, remedy = f"must stretch to the shape of input {input.shape}", "Add axes of size 1."
        raise ValueError(message(argument, f"shape {value.shape}", rule, remedy)) from None
