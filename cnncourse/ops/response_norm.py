"""Local response normalisation, the competition between channels of AlexNet."""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import gradient
from cnncourse.ops._precision import narrow, wide


def local_response_norm(
    input: np.ndarray, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> np.ndarray:
    r"""Divide by the activity of neighbouring channels at the same place: the strong dampen the others.

    Parameters
    ----------
    input : float ndarray of shape (N, C, ...)
        Three axes or more. (Torch takes int64 too and answers in float32; here the caller converts it.)
    size : int
        Number of neighbouring channels that count, the channel itself included.
    alpha, beta, k : float, default 1e-4, 0.75 and 1
        Strength, exponent and offset.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of floats.
    ValueError
        If `input` has less than three axes or `size` is below 1.

    Notes
    -----
    .. math:: y_c = x_c \Big/ \Big(k + \frac{\alpha}{n} \sum_{c'} x_{c'}^2\Big)^{\beta}

    over the n = `size` channels from c − ⌊n/2⌋ to c + ⌊(n − 1)/2⌋, as far as they exist. The paper does not
    divide α by n; torch does, so the paper's AlexNet has α = 5 · 10⁻⁴ here.

    References
    ----------
    Krizhevsky, Sutskever, Hinton (2012), "ImageNet classification with deep convolutional neural networks",
    §3.3.

    Examples
    --------
    >>> x = np.array([[[3.0], [4.0]]])
    >>> local_response_norm(x, size=2, alpha=2.0, beta=0.5, k=0.0).round(3)
    array([[[1. ],
            [0.8]]])
    """
    base = _response(input, size, alpha, k)
    return narrow(input / base**beta, input)


def local_response_norm_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> np.ndarray:
    r"""Return the gradient of `local_response_norm`; arguments as there.

    Notes
    -----
    A number acts directly, and through the divisors of its neighbours. With b the bracket of the formula,

    .. math:: \nabla x_c = g_c\, b_c^{-\beta} - \frac{2 \alpha \beta}{n}\, x_c \sum_{c'}
              g_{c'} x_{c'} b_{c'}^{-\beta-1}

    over the channels c′ that have c among their neighbours.
    """
    base = _response(input, size, alpha, k)
    gradient(grad_output, input)
    power = base**-beta
    through = _neighbour_sum(grad_output * input * power / base, (size - 1) // 2, size // 2)
    return narrow(grad_output * power - (2 * alpha * beta / size) * input * through, input)


def _response(input: np.ndarray, size: int, alpha: float, k: float) -> np.ndarray:
    """Check the arguments; return k + α/n · (sum of the neighbours' squares)."""
    arguments.floating("input", input)
    if input.ndim < 3:
        remedy = "Add axes with input[..., None]."
        raise ValueError(message("input", f"shape {input.shape}", "must have shape (N, C, ...)", remedy))
    size = arguments.integer("size", size, 1)
    return k + (alpha / size) * _neighbour_sum(wide(input) ** 2, size // 2, (size - 1) // 2)


def _neighbour_sum(x: np.ndarray, before: int, after: int) -> np.ndarray:
    """Add up, for each channel, the channels from `before` below it to `after` above it."""
    channels = x.shape[1]
    total = np.zeros_like(x)
    for shift in range(-min(before, channels), min(after, channels) + 1):
        low, high = max(0, -shift), min(channels, channels - shift)
        if low < high:
            total[:, low:high] += x[:, low + shift : high + shift]
    return total
