"""Smooth activations: sigmoid, tanh and the curves between a line and a step.

Each function works number by number, on arrays of any shape. Exponentials are only taken of numbers ≤ 0, so
nothing overflows, however large the input.
"""

from __future__ import annotations

import numpy as np

from cnncourse.ops import _check
from cnncourse.ops._elementwise import deliver, gradient
from cnncourse.ops._erf import erfc


def _logistic(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(−x)), written with exp(−|x|) ≤ 1."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def _as_float(input: np.ndarray) -> np.ndarray:
    """Return floats: whole numbers and truth values become float32, torch's default."""
    _check.array("input", input)
    return input if input.dtype.kind == "f" else input.astype(np.float32)


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
        If `input` is not an array of numbers.

    Notes
    -----
    .. math:: y = \frac{1}{1 + e^{-x}}, \qquad y' = y (1 - y)

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return _logistic(_as_float(input))


def sigmoid_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by y (1 − y), at most 1/4: why deep stacks of sigmoids learn slowly.

    Examples
    --------
    >>> sigmoid_backward(np.array([4.0]), np.array([0.0]))
    array([1.])
    """
    gradient(grad_output, input)
    y = _logistic(input)
    return grad_output * y * (1 - y)


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
        If `input` is not an array of numbers.

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
    """Multiply by 1 − y².

    Examples
    --------
    >>> tanh_backward(np.array([4.0]), np.array([0.0]))
    array([4.])
    """
    gradient(grad_output, input)
    return grad_output * (1 - np.tanh(input) ** 2)


def silu(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Multiply the input by its sigmoid; also called swish.

    Parameters
    ----------
    input : ndarray of any shape
        Floating point.
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
    _check.floating("input", input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return deliver(input * _logistic(input), input, inplace)


def silu_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by σ(x) (1 + x (1 − σ(x))).

    Examples
    --------
    >>> silu_backward(np.array([4.0]), np.array([0.0]))
    array([2.])
    """
    gradient(grad_output, input)
    gate = _logistic(input)
    with np.errstate(invalid="ignore"):
        return grad_output * gate * (1 + input * (1 - gate))


def softplus(input: np.ndarray, beta: float = 1.0, threshold: float = 20.0) -> np.ndarray:
    r"""Round off the corner of `relu`.

    Parameters
    ----------
    input : ndarray of any shape
        Floating point.
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
    _check.floating("input", input)
    z = input * _nonzero_beta(beta)
    curve = (np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))) / beta
    return np.where(z > threshold, input, curve)


def softplus_backward(
    grad_output: np.ndarray, input: np.ndarray, beta: float = 1.0, threshold: float = 20.0
) -> np.ndarray:
    """Multiply by σ(beta · x), the slope of the rounded corner.

    Examples
    --------
    >>> softplus_backward(np.array([4.0, 4.0]), np.array([0.0, 1000.0]))
    array([2., 4.])
    """
    gradient(grad_output, input)
    z = input * _nonzero_beta(beta)
    return np.where(z > threshold, grad_output, grad_output * _logistic(z))


def _nonzero_beta(beta: float) -> float:
    if beta == 0:
        raise ValueError(_check.message("beta", beta, "must not be 0", "Use beta=1 for the usual curve."))
    return beta


def elu(input: np.ndarray, alpha: float = 1.0, inplace: bool = False) -> np.ndarray:
    r"""Keep what is positive, and let the rest approach −alpha.

    Parameters
    ----------
    input : ndarray of any shape
        Floating point.
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
    .. math:: y = x \text{ if } x > 0 \text{ else } \alpha (e^x - 1), \qquad y' = 1 \text{ or } \alpha e^x

    References
    ----------
    Clevert, Unterthiner, Hochreiter (2015), "Fast and accurate deep network learning by exponential linear
    units", §3.

    Examples
    --------
    >>> elu(np.array([-1000.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])
    """
    _check.floating("input", input)
    curve = alpha * np.expm1(np.minimum(input, 0))
    return deliver(np.where(input > 0, input, curve), input, inplace)


def elu_backward(grad_output: np.ndarray, input: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """Multiply by 1 where the input was positive, by alpha · exp(x) elsewhere.

    Examples
    --------
    >>> elu_backward(np.array([4.0, 4.0]), np.array([-1000.0, 3.0]))
    array([0., 4.])
    """
    gradient(grad_output, input)
    return np.where(input <= 0, grad_output * alpha * np.exp(np.minimum(input, 0)), grad_output)


def gelu(input: np.ndarray, approximate: str = "none") -> np.ndarray:
    r"""Multiply the input by the chance that a standard normal number lies below it.

    Parameters
    ----------
    input : ndarray of any shape
        Floating point.
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
    _check.floating("input", input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return input * _gate_and_slope(input, approximate)[0]


def gelu_backward(grad_output: np.ndarray, input: np.ndarray, approximate: str = "none") -> np.ndarray:
    """Multiply by Φ(x) + x Φ'(x).

    Examples
    --------
    >>> gelu_backward(np.array([4.0]), np.array([0.0]))
    array([2.])
    """
    gradient(grad_output, input)
    gate, slope = _gate_and_slope(input, approximate)
    with np.errstate(invalid="ignore"):
        return grad_output * (gate + input * slope)


def _gate_and_slope(x: np.ndarray, approximate: str) -> tuple[np.ndarray, np.ndarray]:
    """Return Φ(x) and its derivative, exactly or by the formula with tanh."""
    if approximate == "none":
        return 0.5 * erfc(-x * 0.5**0.5), np.exp(-0.5 * x * x) * (2 * np.pi) ** -0.5
    if approximate != "tanh":
        rule, remedy = "must be 'none' or 'tanh'", "Use 'none' for the exact form."
        raise ValueError(_check.message("approximate", repr(approximate), rule, remedy))
    scale = (2 / np.pi) ** 0.5
    bend = np.tanh(scale * (x + 0.044715 * x * x * x))
    return 0.5 * (1 + bend), 0.5 * (1 - bend * bend) * scale * (1 + 3 * 0.044715 * x * x)
