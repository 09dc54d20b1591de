"""Normalisation within one sample: of layers, and of groups of channels.

Unlike `batch_norm` these treat training and prediction alike, and a sample does not depend on its batch.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    input : ndarray whose last axes have `normalized_shape`
        Floating point.
    normalized_shape : sequence of int
        Shape of the last axes, over which mean and variance are taken.
    weight, bias : ndarray of shape `normalized_shape`, optional
        Scale γ and shift β after normalisation.
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
        If a shape does not fit or `eps` is negative.

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
    axes = _check_layer_norm(input, normalized_shape, weight, bias, eps)
    return scaled(normalised(input, axes, eps)[0], weight, bias)


def layer_norm_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    normalized_shape: Sequence[int],
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> Gradients:
    """Return the gradients of `layer_norm`.

    Parameters
    ----------
    grad_output : ndarray of the shape of the output
    input, normalized_shape, weight, bias, eps
        As given to `layer_norm`.

    Returns
    -------
    grad_input : ndarray of the shape of `input`
    grad_weight, grad_bias : ndarray of shape `normalized_shape`, or None where there was none

    Raises
    ------
    TypeError, ValueError
        As `layer_norm`, and if `grad_output` has another shape than the output.

    Notes
    -----
    The formula of `batch_norm_backward`, with means over the last axes.

    Examples
    --------
    >>> x, g = np.array([[1.0, 3.0]]), np.array([[1.0, 0.0]])
    >>> layer_norm_backward(g, x, (2,), np.ones(2), np.ones(2), eps=0.0)[1:]
    (array([-1.,  0.]), array([1., 0.]))
    """
    axes = _check_layer_norm(input, normalized_shape, weight, bias, eps)
    gradient(grad_output, input)
    x_hat, _, _, inverse = normalised(input, axes, eps)
    grad = grad_output if weight is None else grad_output * weight
    others = tuple(range(input.ndim - len(axes)))
    return (
        normalised_backward(grad, x_hat, inverse, axes),
        None if weight is None else (grad_output * x_hat).sum(axis=others),
        None if bias is None else grad_output.sum(axis=others),
    )


def _check_layer_norm(
    input: np.ndarray,
    normalized_shape: Sequence[int],
    weight: np.ndarray | None,
    bias: np.ndarray | None,
    eps: float,
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
    check_parameter("weight", weight, shape, input)
    check_parameter("bias", bias, shape, input)
    check_eps(eps)
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
    input : ndarray of shape (N, C, ...)
        Floating point.
    num_groups : int
        Number of groups, a divisor of C. 1 group is layer normalisation, C groups instance normalisation.
    weight, bias : ndarray of shape (C,), optional
        Scale γ and shift β of each channel, after normalisation.
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
        If C is not divisible by `num_groups`, a shape does not fit, or `eps` is negative.

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
    grouped = _check_group_norm(input, num_groups, weight, bias, eps)
    x_hat = normalised(grouped, (2,), eps)[0].reshape(input.shape)
    return scaled(x_hat, per_channel(weight, input), per_channel(bias, input))


def group_norm_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    num_groups: int,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> Gradients:
    """Return the gradients of `group_norm`.

    Parameters
    ----------
    grad_output : ndarray of the shape of the output
    input, num_groups, weight, bias, eps
        As given to `group_norm`.

    Returns
    -------
    grad_input : ndarray of the shape of `input`
    grad_weight, grad_bias : ndarray of shape (C,), or None where there was none

    Raises
    ------
    TypeError, ValueError
        As `group_norm`, and if `grad_output` has another shape than the output.

    Notes
    -----
    The formula of `batch_norm_backward`, with means over the group.

    Examples
    --------
    >>> x, g = np.array([[[1.0], [3.0]]]), np.array([[[1.0], [0.0]]])
    >>> group_norm_backward(g, x, 1, np.ones(2), np.ones(2), eps=0.0)[1:]
    (array([-1.,  0.]), array([1., 0.]))
    """
    grouped = _check_group_norm(input, num_groups, weight, bias, eps)
    gradient(grad_output, input)
    x_hat, _, _, inverse = normalised(grouped, (2,), eps)
    grad = grad_output if weight is None else grad_output * per_channel(weight, input)
    grad_input = normalised_backward(grad.reshape(grouped.shape), x_hat, inverse, (2,)).reshape(input.shape)
    axes = (0, *range(2, input.ndim))
    return (
        grad_input,
        None if weight is None else (grad_output * x_hat.reshape(input.shape)).sum(axis=axes),
        None if bias is None else grad_output.sum(axis=axes),
    )


def _check_group_norm(
    input: np.ndarray, num_groups: int, weight: np.ndarray | None, bias: np.ndarray | None, eps: float
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
    check_parameter("weight", weight, (channels,), input)
    check_parameter("bias", bias, (channels,), input)
    check_eps(eps)
    values = input[:1].size // groups if input.shape[0] else 0
    if input.shape[0] and values * input.shape[0] < 2:
        rule = "must have more than 1 value to normalise"
        raise ValueError(
            message("input", f"shape {input.shape}", rule, "Use fewer groups or a larger input.")
        )
    return input.reshape(input.shape[0], groups, values)
