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
from cnncourse.ops._precision import narrow, wide
from cnncourse.ops._statistics import (
    Gradients,
    check_parameters,
    normalised,
    normalised_backward,
    per_channel,
    scaled,
    scaled_backward,
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
    input : float ndarray of shape (N, C) or (N, C, ...)
    running_mean, running_var : ndarray of shape (C,) or None
        Used when `training` is False, **updated in place** when it is True, as in torch. None, both: none
        are kept. An empty batch changes nothing.
    weight, bias : ndarray of shape (C,), optional
        Scale γ and shift β after normalisation. Beside a float16 input these and the statistics may be
        float32.
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
    _check_batch_norm(input, running_mean, running_var, weight, bias, training, eps)
    if input.size == 0:
        return input.copy()
    x = wide(input)
    if training:
        out, mean, var, _ = normalised(x, _all_but_channels(x), eps)
        if running_mean is not None:
            count = x.size // x.shape[1]
            _update(running_mean, mean, momentum)
            _update(running_var, var * (count / (count - 1)), momentum)
    else:
        out, _ = _by_running(x, running_mean, running_var, eps)
    return narrow(scaled(out, per_channel(weight, x), per_channel(bias, x)), input)


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
    r"""Return the gradients of `batch_norm`, whose running statistics are data; arguments as there.

    Returns
    -------
    grad_input : ndarray of the shape of `input`
    grad_weight, grad_bias : ndarray of shape (C,), or None where there was none

    Notes
    -----
    In training the mean and the variance depend on x as well. With :math:`\hat g = \gamma g`,

    .. math:: \nabla x = \frac{1}{\sqrt{\sigma^2 + \varepsilon}}
              \Big(\hat g - \overline{\hat g} - \hat x\, \overline{\hat g \hat x}\Big)

    where the bar is the mean over the channel's values in the batch (Ioffe and Szegedy 2015, §3).
    """
    _check_batch_norm(input, running_mean, running_var, weight, bias, training, eps)
    gradient(grad_output, input)
    if input.size == 0:
        zeros = [None if p is None else np.zeros_like(p) for p in (weight, bias)]
        return input.copy(), *zeros
    x, axes = wide(input), _all_but_channels(input)
    grad = grad_output if weight is None else grad_output * per_channel(weight, x)
    if training:
        x_hat, _, _, inverse = normalised(x, axes, eps)
        grad_input = normalised_backward(wide(grad), x_hat, inverse, axes)
    else:
        x_hat, inverse = _by_running(x, running_mean, running_var, eps)
        grad_input = grad * inverse
    return narrow(grad_input, input), *scaled_backward(wide(grad_output), x_hat, weight, bias, axes)


def _all_but_channels(x: np.ndarray) -> tuple[int, ...]:
    return (0, *range(2, x.ndim))


def _update(running: np.ndarray, batch: np.ndarray, momentum: float) -> None:
    running[...] = (1 - momentum) * wide(running) + momentum * batch.reshape(-1)


def _by_running(
    x: np.ndarray, running_mean: np.ndarray, running_var: np.ndarray, eps: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return x̂ by the running statistics, and 1 / √(variance + eps)."""
    inverse = 1 / np.sqrt(per_channel(running_var, x) + float(eps))
    return (x - per_channel(running_mean, x)) * inverse, inverse


def _check_batch_norm(
    input: np.ndarray,
    running_mean: np.ndarray | None,
    running_var: np.ndarray | None,
    weight: np.ndarray | None,
    bias: np.ndarray | None,
    training: bool,
    eps: float,
) -> None:
    arguments.floating("input", input)
    if training and math.prod(input.shape[:1] + input.shape[2:]) == 1:
        rule, remedy = "must have more than 1 value per channel in training", "Use a larger batch."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    if eps < 0 or (training and eps == 0):
        rule = "must be above 0 in training" if training else "must be at least 0"
        raise ValueError(message("eps", eps, rule, "1e-5 is usual."))
    if input.size == 0:
        return  # torch asks no more of it
    if input.ndim < 2:
        remedy = "Add a batch axis with input[None]."
        raise ValueError(message("input", f"shape {input.shape}", "must have shape (N, C, ...)", remedy))
    statistics = {"running_mean": running_mean, "running_var": running_var}
    check_parameters(input, input.shape[1:2], statistics | {"weight": weight, "bias": bias})
    missing = [name for name, value in statistics.items() if value is None]
    if len(missing) == 1 or (missing and not training):
        rule = "must be given unless training without running statistics"
        raise ValueError(message(missing[0], None, rule, "Give both, or neither with training=True."))
