"""Soft rectifiers: `relu` without its corner, or with a curve below zero.

Exponentials are only taken of numbers ≤ 0, so nothing overflows, however large the input.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import deliver, gradient, logistic


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
    arguments.floating("input", input)
    z = input * _nonzero_beta(beta)
    curve = (np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))) / beta
    return np.where(z > threshold, input, curve)


def softplus_backward(
    grad_output: np.ndarray, input: np.ndarray, beta: float = 1.0, threshold: float = 20.0
) -> np.ndarray:
    """Multiply by σ(beta · x), the slope of the rounded corner.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input, beta, threshold
        As given to `softplus`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `softplus`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> softplus_backward(np.array([4.0, 4.0]), np.array([0.0, 1000.0]))
    array([2., 4.])
    """
    gradient(grad_output, input)
    z = input * _nonzero_beta(beta)
    return np.where(z > threshold, grad_output, grad_output * logistic(z))


def _nonzero_beta(beta: float) -> float:
    if beta == 0:
        raise ValueError(message("beta", beta, "must not be 0", "Use beta=1 for the usual curve."))
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
    units".

    Examples
    --------
    >>> elu(np.array([-1000.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])
    """
    arguments.floating("input", input)
    curve = alpha * np.expm1(np.minimum(input, 0))
    return deliver(np.where(input > 0, input, curve), input, inplace)


def elu_backward(grad_output: np.ndarray, input: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """Multiply by 1 where the input was positive, by alpha · exp(x) elsewhere.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input, alpha
        As given to `elu`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `elu`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> elu_backward(np.array([4.0, 4.0]), np.array([-1000.0, 3.0]))
    array([0., 4.])
    """
    gradient(grad_output, input)
    return np.where(input <= 0, grad_output * alpha * np.exp(np.minimum(input, 0)), grad_output)
