"""Normalisation within one sample: of layers, and of groups of channels.

Unlike `batch_norm` these treat training and prediction alike, and a sample does not depend on its batch.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def layer_norm(
    input: np.ndarray,
    normalized_shape: Sequence[int],
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> np.ndarray:
    r"""Normalise the last axes of every sample.

    Parameters
    ----------
    input : float ndarray whose last axes have `normalized_shape`
    normalized_shape : sequence of int
        Shape of the last axes, over which mean and variance are taken.
    weight, bias : ndarray of shape `normalized_shape`, optional
        Scale γ and shift β after normalisation; beside a float16 input they may be float32.
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
        If a shape does not fit.

    Notes
    -----
    .. math:: y = \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta

    References
    ----------
    Ba, Kiros, Hinton (2016), "Layer normalization".

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0], [10.0, 30.0]]), (2,), eps=0.0)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    axes = _check_layer_norm(input, normalized_shape, weight, bias)
    return narrow(scaled(normalised(wide(input), axes, eps)[0], weight, bias), input)


def layer_norm_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    normalized_shape: Sequence[int],
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> Gradients:
    """Return the gradients of `layer_norm`; arguments as there.

    The formula is that of `batch_norm_backward`, with means over the last axes.

    Returns
    -------
    grad_input : ndarray of the shape of `input`
    grad_weight, grad_bias : ndarray of shape `normalized_shape`, or None where there was none
    """
    axes = _check_layer_norm(input, normalized_shape, weight, bias)
    gradient(grad_output, input)
    x_hat, _, _, inverse = normalised(wide(input), axes, eps)
    grad = wide(grad_output)
    scaled_grad = grad if weight is None else grad * weight
    grad_input = normalised_backward(scaled_grad, x_hat, inverse, axes)
    others = tuple(range(input.ndim - len(axes)))
    return narrow(grad_input, input), *scaled_backward(grad, x_hat, weight, bias, others)


def _check_layer_norm(
    input: np.ndarray,
    normalized_shape: Sequence[int],
    weight: np.ndarray | None,
    bias: np.ndarray | None,
) -> tuple[int, ...]:
    """Check all arguments; return the axes that a statistic runs over: the last ones."""
    arguments.floating("input", input)
    if not isinstance(normalized_shape, (tuple, list)):
        got, remedy = f"{normalized_shape!r}", "Write normalized_shape=(n,)."
        raise TypeError(message("normalized_shape", got, "must be a tuple or list of ints", remedy))
    shape = tuple(arguments.integer("normalized_shape", n, 0) for n in normalized_shape)
    if not shape or input.shape[-len(shape) :] != shape:
        rule = f"must be the end of the shape of input {input.shape}"
        remedy = f"Use {input.shape[-1:]} for the last axis."
        raise ValueError(message("normalized_shape", shape, rule, remedy))
    check_parameters(input, shape, {"weight": weight, "bias": bias})
    return tuple(range(input.ndim - len(shape), input.ndim))


def group_norm(
    input: np.ndarray,
    num_groups: int,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> np.ndarray:
    r"""Normalise groups of channels within every sample.

    Parameters
    ----------
    input : float ndarray of shape (N, C, ...)
    num_groups : int
        Number of groups, a divisor of C. 1 group is layer normalisation, C groups instance normalisation.
    weight, bias : ndarray of shape (C,), optional
        Scale γ and shift β of each channel; beside a float16 input they may be float32.
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
        If C is not divisible by `num_groups` or a shape does not fit.

    Notes
    -----
    .. math:: y = \gamma_c \frac{x - \mu_{ng}}{\sqrt{\sigma_{ng}^2 + \varepsilon}} + \beta_c

    References
    ----------
    Wu and He (2018), "Group normalization", §3.

    Examples
    --------
    >>> x = np.array([[[1.0], [3.0], [10.0], [30.0]]])
    >>> group_norm(x, 2, eps=0.0).reshape(-1)
    array([-1.,  1., -1.,  1.])
    """
    grouped = _check_group_norm(input, num_groups, weight, bias)
    x_hat = normalised(grouped, (2,), eps)[0].reshape(input.shape)
    return narrow(scaled(x_hat, per_channel(weight, input), per_channel(bias, input)), input)


def group_norm_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    num_groups: int,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> Gradients:
    """Return the gradients of `group_norm`; arguments as there.

    The formula is that of `batch_norm_backward`, with means over the group.

    Returns
    -------
    grad_input : ndarray of the shape of `input`
    grad_weight, grad_bias : ndarray of shape (C,), or None where there was none
    """
    grouped = _check_group_norm(input, num_groups, weight, bias)
    gradient(grad_output, input)
    x_hat, _, _, inverse = normalised(grouped, (2,), eps)
    grad = wide(grad_output)
    scaled_grad = grad if weight is None else grad * per_channel(weight, input)
    grad_input = normalised_backward(scaled_grad.reshape(grouped.shape), x_hat, inverse, (2,))
    axes, x_hat = (0, *range(2, input.ndim)), x_hat.reshape(input.shape)
    grads = scaled_backward(grad, x_hat, weight, bias, axes)
    return narrow(grad_input.reshape(input.shape), input), *grads


def _check_group_norm(
    input: np.ndarray, num_groups: int, weight: np.ndarray | None, bias: np.ndarray | None
) -> np.ndarray:
    """Check all arguments; return the input with one row per group: (N, num_groups, values of the group)."""
    arguments.floating("input", input)
    if input.ndim < 2:
        remedy = "Add a batch axis with input[None]."
        raise ValueError(message("input", f"shape {input.shape}", "must have shape (N, C, ...)", remedy))
    groups, channels = arguments.integer("num_groups", num_groups, 1), input.shape[1]
    if channels % groups:
        rule, remedy = f"must divide the {channels} channels of input", "Use a divisor; 32 is usual."
        raise ValueError(message("num_groups", groups, rule, remedy))
    check_parameters(input, (channels,), {"weight": weight, "bias": bias})
    values = input[:1].size // groups if input.shape[0] else 0
    if input.shape[0] and values * input.shape[0] < 2:
        rule, remedy = "must have more than 1 value to normalise", "Use fewer groups or a larger input."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    return wide(input).reshape(input.shape[0], groups, values)
