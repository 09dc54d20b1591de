"""Normalisation: shift and scale groups of numbers to mean 0 and variance 1.

A learned scale and shift let the network undo what it needs to undo. The functions differ in who belongs to
a group. For an input of shape (N, C, H, W):

============ ============================================== =================
function     a group is                                     statistics
============ ============================================== =================
batch_norm   one channel of the whole batch                 C
layer_norm   the last axes of one sample                    N (or N·H·W, …)
group_norm   some channels of one sample                    N · num_groups
============ ============================================== =================

The last two are in `norm_sample`.
"""

from __future__ import annotations

import math

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import gradient
from cnncourse.ops._statistics import (
    Gradients,
    check_eps,
    check_parameter,
    normalised,
    normalised_backward,
    per_channel,
    scaled,
)


def batch_norm(
    input: np.ndarray,
    running_mean: np.ndarray | None,
    running_var: np.ndarray | None,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> np.ndarray:
    r"""Normalise each channel by the statistics of the batch or, after training, by running ones.

    Parameters
    ----------
    input : ndarray of shape (N, C) or (N, C, ...)
        Floating point.
    running_mean, running_var : ndarray of shape (C,) or None
        Used when `training` is False, **updated in place** when it is True, as in torch. None, both: none
        are kept.
    weight, bias : ndarray of shape (C,), optional
        Scale γ and shift β after normalisation.
    training : bool, default False
        Normalise by the batch, not by the running statistics.
    momentum : float, default 0.1
        Share of the new batch in the running statistics.
    eps : float, default 1e-5
        Added to the variance.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If an array is none, or not of the dtype of `input`, which must be floating.
    ValueError
        If a shape does not fit, statistics are missing, a channel has one value only in training, or `eps` is
        negative (in training: not positive).

    Notes
    -----
    .. math:: y = \gamma \frac{x - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}} + \beta

    The batch is normalised by the variance with 1/m; the running variance collects the one with 1/(m − 1).

    References
    ----------
    Ioffe and Szegedy (2015), "Batch normalization: accelerating deep network training by reducing internal
    covariate shift", §3, algorithms 1 and 2.

    Examples
    --------
    >>> x = np.array([[1.0], [3.0]])
    >>> mean, var = np.zeros(1), np.ones(1)
    >>> batch_norm(x, mean, var, training=True, eps=1e-9).round(3)
    array([[-1.],
           [ 1.]])
    >>> mean, var
    (array([0.2]), array([1.1]))
    """
    axes = _check_batch_norm(input, running_mean, running_var, weight, bias, training, eps)
    if training:
        out, mean, var, _ = normalised(input, axes, eps)
        if running_mean is not None and input.size:
            count = input.size // input.shape[1]
            _update(running_mean, mean, momentum)
            _update(running_var, var * (count / (count - 1)), momentum)
    else:
        out, _ = _by_running(input, running_mean, running_var, eps)
    return scaled(out, per_channel(weight, input), per_channel(bias, input))


def batch_norm_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    running_mean: np.ndarray | None,
    running_var: np.ndarray | None,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Gradients:
    r"""Return the gradients of `batch_norm`; the running statistics are data, read but never changed.

    Parameters
    ----------
    grad_output : ndarray of the shape of the output
    input, running_mean, running_var, weight, bias, training, momentum, eps
        As given to `batch_norm`.

    Returns
    -------
    grad_input : ndarray of the shape of `input`
    grad_weight, grad_bias : ndarray of shape (C,), or None where there was none

    Raises
    ------
    TypeError, ValueError
        As `batch_norm`, and if `grad_output` has another shape than the output.

    Notes
    -----
    In training the mean and the variance depend on x as well. With :math:`\hat g = \gamma g`,

    .. math:: \nabla x = \frac{1}{\sqrt{\sigma^2 + \varepsilon}}
              \Big(\hat g - \overline{\hat g} - \hat x\, \overline{\hat g \hat x}\Big)

    where the bar is the mean over the channel's values in the batch (Ioffe and Szegedy 2015, §3).

    Examples
    --------
    >>> x, g = np.array([[1.0], [3.0]]), np.array([[1.0], [0.0]])
    >>> batch_norm_backward(g, x, np.zeros(1), np.ones(1), np.ones(1), np.ones(1), eps=0.0)
    (array([[1.],
           [0.]]), array([1.]), array([1.]))
    """
    axes = _check_batch_norm(input, running_mean, running_var, weight, bias, training, eps)
    gradient(grad_output, input)
    gamma = per_channel(weight, input)
    grad = grad_output if gamma is None else grad_output * gamma
    if training:
        x_hat, _, _, inverse = normalised(input, axes, eps)
        grad_input = normalised_backward(grad, x_hat, inverse, axes)
    else:
        x_hat, inverse = _by_running(input, running_mean, running_var, eps)
        grad_input = grad * inverse
    grad_weight = None if weight is None else (grad_output * x_hat).sum(axis=axes)
    grad_bias = None if bias is None else grad_output.sum(axis=axes)
    return grad_input, grad_weight, grad_bias


def _update(running: np.ndarray, batch: np.ndarray, momentum: float) -> None:
    running *= 1 - momentum
    running += momentum * batch.reshape(-1)


def _by_running(
    x: np.ndarray, running_mean: np.ndarray, running_var: np.ndarray, eps: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return x̂ by the running statistics, and 1 / √(variance + eps)."""
    inverse = per_channel(1 / np.sqrt(running_var + x.dtype.type(eps)), x)
    return (x - per_channel(running_mean, x)) * inverse, inverse


def _check_batch_norm(
    input: np.ndarray,
    running_mean: np.ndarray | None,
    running_var: np.ndarray | None,
    weight: np.ndarray | None,
    bias: np.ndarray | None,
    training: bool,
    eps: float,
) -> tuple[int, ...]:
    """Check all arguments; return the axes that a statistic runs over: all but the channels."""
    arguments.floating("input", input)
    if input.ndim < 2:
        remedy = "Add a batch axis with input[None]."
        raise ValueError(message("input", f"shape {input.shape}", "must have shape (N, C, ...)", remedy))
    channels = input.shape[1:2]
    parameters = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for argument, value in parameters.items():
        check_parameter(argument, value, channels, input)
    if (running_mean is None) != (running_var is None) or (not training and running_mean is None):
        missing = "running_mean" if running_mean is None else "running_var"
        rule = "must be given unless training without running statistics"
        raise ValueError(message(missing, None, rule, "Give both, or neither with training=True."))
    axes = (0, *range(2, input.ndim))
    if training and math.prod(input.shape[a] for a in axes) == 1:
        rule, remedy = (
            "must have more than 1 value per channel in training",
            "Use a larger batch, or training=False.",
        )
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    check_eps(eps, positive=training)
    return axes
