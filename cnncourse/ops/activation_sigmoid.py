"""Squashing activations: from any number to a bounded one."""

from __future__ import annotations

import numpy as np

from cnncourse.ops import arguments
from cnncourse.ops._elementwise import deliver, gradient, keep, logistic


def _as_float(input: np.ndarray) -> np.ndarray:
    """Return floats: whole numbers and truth values become float32, torch's default."""
    arguments.array("input", input)
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
    return logistic(_as_float(input))


def sigmoid_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by y (1 − y), at most 1/4: why deep stacks of sigmoids learn slowly.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input
        As given to `sigmoid`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `sigmoid`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> sigmoid_backward(np.array([4.0]), np.array([0.0]))
    array([1.])
    """
    gradient(grad_output, input)
    y = logistic(input)
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

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input
        As given to `tanh`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `tanh`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> tanh_backward(np.array([4.0]), np.array([0.0]))
    array([4.])
    """
    gradient(grad_output, input)
    return grad_output * (1 - np.tanh(input) ** 2)


def hardsigmoid(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Rise from 0 at −3 to 1 at 3 in a straight line: a sigmoid without exponential.

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
    .. math:: y = \min(\max(x + 3, 0), 6) / 6, \qquad y' = [-3 < x < 3] / 6

    References
    ----------
    Howard et al. (2019), "Searching for MobileNetV3", §5.2.

    Examples
    --------
    >>> hardsigmoid(np.array([-4.0, 0.0, 3.0]))
    array([0. , 0.5, 1. ])
    """
    arguments.floating("input", input)
    return deliver(np.clip(input + 3, 0, 6) / 6, input, inplace)


def hardsigmoid_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Let a sixth of the gradient through between −3 and 3.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input
        As given to `hardsigmoid`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `hardsigmoid`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> hardsigmoid_backward(np.array([6.0, 6.0]), np.array([-4.0, 0.0]))
    array([0., 1.])
    """
    gradient(grad_output, input)
    return keep(grad_output / 6, (input > -3) & (input < 3))
