"""Activations made of exponentials: curves without a corner.

As in `activation`, each gradient stands next to its function and multiplies by the slope at the input. No
power overflows, however large the input.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import deliver, gradient, log_one_plus_exp, logistic
from cnncourse.ops._erf import erfc
from cnncourse.ops._precision import narrow, wide


def sigmoid(input: np.ndarray) -> np.ndarray:
    r"""Squash any number into the interval from 0 to 1.

    Parameters
    ----------
    input : ndarray of any shape

    Returns
    -------
    ndarray of the shape and dtype of `input`; float32 for whole numbers

    Raises
    ------
    TypeError
        If `input` is not an array of real numbers.

    Notes
    -----
    .. math:: y = \frac{1}{1 + e^{-x}}, \qquad y' = y (1 - y)

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    x = _as_float(input)
    return narrow(logistic(wide(x)), x)


def sigmoid_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by y (1 − y), at most 1/4, so deep stacks learn slowly; arguments as in `sigmoid`.

    Examples
    --------
    >>> sigmoid_backward(np.array([4.0]), np.array([0.0]))
    array([1.])
    """
    gradient(grad_output, input)
    y = logistic(wide(input))
    return narrow(grad_output * y * (1 - y), input)


def tanh(input: np.ndarray) -> np.ndarray:
    r"""Squash any number into the interval from −1 to 1.

    Parameters
    ----------
    input : ndarray of any shape

    Returns
    -------
    ndarray of the shape and dtype of `input`; float32 for whole numbers

    Raises
    ------
    TypeError
        If `input` is not an array of real numbers.

    Notes
    -----
    .. math:: y = \frac{e^x - e^{-x}}{e^x + e^{-x}}, \qquad y' = 1 - y^2

    References
    ----------
    LeCun, Bottou, Orr, Müller (1998), "Efficient backprop", §4.4.

    Examples
    --------
    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    return np.tanh(_as_float(input))


def tanh_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by 1 − y²; arguments as in `tanh`."""
    gradient(grad_output, input)
    return narrow(grad_output * (1 - np.tanh(wide(input)) ** 2), input)


def _as_float(input: np.ndarray) -> np.ndarray:
    """Return floats: whole numbers and truth values become float32, torch's default."""
    arguments.real("input", input, truth_values=True)
    return input if input.dtype.kind == "f" else input.astype(np.float32)


def silu(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Multiply the input by its sigmoid; also called swish.

    Parameters
    ----------
    input : float ndarray of any shape
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of floats.

    Notes
    -----
    .. math:: y = x\,\sigma(x), \qquad y' = \sigma(x)\,(1 + x (1 - \sigma(x)))

    References
    ----------
    Hendrycks and Gimpel (2016), "Gaussian error linear units", §2.
    Ramachandran, Zoph, Le (2017), "Searching for activation functions".

    Examples
    --------
    >>> silu(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    arguments.floating("input", input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return deliver(input * logistic(wide(input)), input, inplace)


def silu_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by σ(x) (1 + x (1 − σ(x))); arguments as in `silu`."""
    gradient(grad_output, input)
    gate = logistic(wide(input))
    with np.errstate(invalid="ignore"):
        return narrow(grad_output * gate * (1 + input * (1 - gate)), input)


def gelu(input: np.ndarray, approximate: str = "none") -> np.ndarray:
    r"""Multiply the input by the chance that a standard normal number lies below it.

    Parameters
    ----------
    input : float ndarray of any shape
    approximate : {"none", "tanh"}, default "none"
        The exact form, or the formula with tanh that some networks were trained with.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of floats.
    ValueError
        If `approximate` is neither "none" nor "tanh".

    Notes
    -----
    .. math:: y = x\,\Phi(x), \quad \Phi(x) = \tfrac12 \operatorname{erfc}(-x/\sqrt2), \qquad
              y' = \Phi(x) + x\,\frac{e^{-x^2/2}}{\sqrt{2\pi}}

    and approximately :math:`\Phi(x) \approx \tfrac12 (1 + \tanh(\sqrt{2/\pi}\,(x + 0.044715\,x^3)))`.

    References
    ----------
    Hendrycks and Gimpel (2016), "Gaussian error linear units", §2.

    Examples
    --------
    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    arguments.floating("input", input)
    x = wide(input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return narrow(x * _gate(x, approximate), input)


def gelu_backward(grad_output: np.ndarray, input: np.ndarray, approximate: str = "none") -> np.ndarray:
    """Multiply by Φ(x) + x Φ'(x); arguments as in `gelu`."""
    gradient(grad_output, input)
    x = wide(input)
    gate = _gate(x, approximate)
    with np.errstate(invalid="ignore"):
        return narrow(grad_output * (gate + x * _gate_slope(x, gate, approximate)), input)


def _gate(x: np.ndarray, approximate: str) -> np.ndarray:
    """Return Φ(x), exactly or by the formula with tanh."""
    if approximate == "none":
        return 0.5 * erfc(-(0.5**0.5) * x)
    if approximate != "tanh":
        rule, remedy = "must be 'none' or 'tanh'", "Use 'none' for the exact form."
        raise ValueError(message("approximate", repr(approximate), rule, remedy))
    return 0.5 * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x * x * x)))


def _gate_slope(x: np.ndarray, gate: np.ndarray, approximate: str) -> np.ndarray:
    """Return Φ'(x), given Φ(x): with Φ = (1 + tanh s) / 2 it is 2 Φ (1 − Φ) s'."""
    if approximate == "none":
        return np.exp(-0.5 * x * x) * (2 * np.pi) ** -0.5
    return 2 * gate * (1 - gate) * ((2 / np.pi) ** 0.5 * (1 + 3 * 0.044715 * x * x))


def softplus(input: np.ndarray, beta: float = 1.0, threshold: float = 20.0) -> np.ndarray:
    r"""Round off the corner of `relu`.

    Parameters
    ----------
    input : float ndarray of any shape
    beta : float, default 1
        Sharpness of the corner, not 0.
    threshold : float, default 20
        Above ``beta * input > threshold`` the line itself is returned.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of floats.
    ValueError
        If `beta` is 0.

    Notes
    -----
    .. math:: y = \tfrac{1}{\beta} \log(1 + e^{\beta x}), \qquad y' = \sigma(\beta x)

    Examples
    --------
    >>> softplus(np.array([-1000.0, 0.0, 1000.0]))
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    arguments.floating("input", input)
    z = wide(input) * _nonzero_beta(beta)
    return narrow(np.where(z > threshold, input, log_one_plus_exp(z) / beta), input)


def softplus_backward(
    grad_output: np.ndarray, input: np.ndarray, beta: float = 1.0, threshold: float = 20.0
) -> np.ndarray:
    """Multiply by σ(beta · x), the slope of the rounded corner; arguments as in `softplus`."""
    gradient(grad_output, input)
    z = wide(input) * _nonzero_beta(beta)
    return narrow(np.where(z > threshold, grad_output, grad_output * logistic(z)), input)


def _nonzero_beta(beta: float) -> float:
    if beta == 0:
        raise ValueError(message("beta", beta, "must not be 0", "Use beta=1 for the usual curve."))
    return beta


def elu(input: np.ndarray, alpha: float = 1.0, inplace: bool = False) -> np.ndarray:
    r"""Keep what is positive, and let the rest approach −alpha.

    Parameters
    ----------
    input : float ndarray of any shape
    alpha : float, default 1
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of floats.

    Notes
    -----
    .. math:: y = \max(0, x) + \alpha (e^{\min(0, x)} - 1), \qquad
              y' = 1 \text{ if } x > 0 \text{ else } \alpha e^x

    References
    ----------
    Clevert, Unterthiner, Hochreiter (2015), "Fast and accurate deep network learning by exponential linear
    units".

    Examples
    --------
    >>> elu(np.array([-1000.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])
    """
    arguments.floating("input", input)
    x = wide(input)
    return deliver(np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0)), input, inplace)


def elu_backward(grad_output: np.ndarray, input: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """Multiply by 1 where the input was positive, by alpha · exp(x) elsewhere; arguments as in `elu`."""
    gradient(grad_output, input)
    x = wide(input)
    return narrow(grad_output * np.where(x <= 0, alpha * np.exp(np.minimum(x, 0)), 1), input)
