"""Gated activations: the input times a gate between 0 and 1 that opens as the input grows."""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import deliver, gradient, keep, logistic
from cnncourse.ops._erf import erfc


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
    arguments.floating("input", input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return deliver(input * logistic(input), input, inplace)


def silu_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by σ(x) (1 + x (1 − σ(x))).

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input
        As given to `silu`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `silu`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> silu_backward(np.array([4.0]), np.array([0.0]))
    array([2.])
    """
    gradient(grad_output, input)
    gate = logistic(input)
    with np.errstate(invalid="ignore"):
        return grad_output * gate * (1 + input * (1 - gate))


def hardswish(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Multiply the input by its `hardsigmoid`: a `silu` without exponential.

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
    .. math:: y = x \min(\max(x + 3, 0), 6) / 6, \qquad y' = x/3 + 1/2 \text{ for } |x| < 3

    References
    ----------
    Howard et al. (2019), "Searching for MobileNetV3", §5.2.

    Examples
    --------
    >>> hardswish(np.array([-4.0, -1.5, 3.0]))
    array([-0.   , -0.375,  3.   ])
    """
    arguments.floating("input", input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return deliver(input * np.clip(input + 3, 0, 6) / 6, input, inplace)


def hardswish_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by 0 below −3, by 1 above 3, and by x/3 + 1/2 between.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input
        As given to `hardswish`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `hardswish`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> hardswish_backward(np.array([6.0, 6.0, 6.0]), np.array([-4.0, 0.0, 4.0]))
    array([0., 3., 6.])
    """
    gradient(grad_output, input)
    slope = np.where(input < 3, input / 3 + 0.5, 1)
    return keep(grad_output * slope, ~(input <= -3))


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
    arguments.floating("input", input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return input * _gate(input, approximate)


def gelu_backward(grad_output: np.ndarray, input: np.ndarray, approximate: str = "none") -> np.ndarray:
    """Multiply by Φ(x) + x Φ'(x).

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input, approximate
        As given to `gelu`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `gelu`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> gelu_backward(np.array([4.0]), np.array([0.0]))
    array([2.])
    """
    gradient(grad_output, input)
    gate = _gate(input, approximate)
    with np.errstate(invalid="ignore"):
        return grad_output * (gate + input * _gate_slope(input, gate, approximate))


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
