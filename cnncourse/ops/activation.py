"""Rectifiers: activations made of straight pieces, which leave positive numbers as they are.

Without an activation between them, a stack of layers would be a single linear map. Each function works
number by number, on arrays of any shape. Each gradient multiplies by the slope at the input; at a corner
the slope is that of torch. The other activations: `activation_soft`, `activation_sigmoid`,
`activation_gated`.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import deliver, gradient, keep, real


def relu(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Keep what is positive, replace the rest by 0: the rectified linear unit.

    Parameters
    ----------
    input : ndarray of any shape
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of numbers.

    Notes
    -----
    .. math:: y = \max(0, x), \qquad y' = [x > 0]

    References
    ----------
    Nair and Hinton (2010), "Rectified linear units improve restricted Boltzmann machines".
    Krizhevsky, Sutskever, Hinton (2012), §3.1.

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    return deliver(np.maximum(real(input), 0), input, inplace)


def relu_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Let the gradient through where the input was positive.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input
        As given to `relu`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `relu`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> relu_backward(np.array([5.0, 5.0, 5.0]), np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 5.])
    """
    gradient(grad_output, input)
    return keep(grad_output, ~(input <= 0))


def leaky_relu(input: np.ndarray, negative_slope: float = 0.01, inplace: bool = False) -> np.ndarray:
    r"""Rectify, but let a little of the negative side through, so that no unit stops learning.

    Parameters
    ----------
    input : ndarray of any shape
        Floating point.
    negative_slope : float, default 0.01
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
    .. math:: y = x \text{ if } x > 0 \text{ else } a x, \qquad y' = 1 \text{ or } a

    References
    ----------
    Maas, Hannun, Ng (2013), "Rectifier nonlinearities improve neural network acoustic models".

    Examples
    --------
    >>> leaky_relu(np.array([-2.0, 3.0]), 0.1)
    array([-0.2,  3. ])
    """
    arguments.floating("input", input)
    return deliver(np.where(input > 0, input, input * negative_slope), input, inplace)


def leaky_relu_backward(
    grad_output: np.ndarray, input: np.ndarray, negative_slope: float = 0.01
) -> np.ndarray:
    """Let the gradient through where the input was positive, and `negative_slope` of it elsewhere.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input, negative_slope
        As given to `leaky_relu`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `leaky_relu`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> leaky_relu_backward(np.array([5.0, 5.0]), np.array([-2.0, 3.0]), 0.1)
    array([0.5, 5. ])
    """
    gradient(grad_output, input)
    return np.where(input > 0, grad_output, grad_output * negative_slope)


def hardtanh(
    input: np.ndarray, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> np.ndarray:
    r"""Cut off below and above: a tanh of three straight pieces.

    Parameters
    ----------
    input : ndarray of any shape
    min_val, max_val : float, default -1 and 1
        Bounds of the output.
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of numbers.
    ValueError
        If `min_val` is above `max_val`.

    Notes
    -----
    .. math:: y = \min(\max(x, m), M), \qquad y' = [m < x < M]

    Examples
    --------
    >>> hardtanh(np.array([-2.0, 0.5, 3.0]))
    array([-1. ,  0.5,  1. ])
    """
    real(input)
    _check_bounds(min_val, max_val)
    low, high = input.dtype.type(min_val), input.dtype.type(max_val)
    return deliver(np.clip(input, low, high), input, inplace)


def hardtanh_backward(
    grad_output: np.ndarray, input: np.ndarray, min_val: float = -1.0, max_val: float = 1.0
) -> np.ndarray:
    """Let the gradient through between the bounds.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input, min_val, max_val
        As given to `hardtanh`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `hardtanh`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> hardtanh_backward(np.array([5.0, 5.0, 5.0]), np.array([-2.0, 0.5, 1.0]))
    array([0., 5., 0.])
    """
    gradient(grad_output, input)
    _check_bounds(min_val, max_val)
    return keep(grad_output, (input > min_val) & (input < max_val))


def _check_bounds(min_val: float, max_val: float) -> None:
    if min_val > max_val:
        rule = f"must not be above max_val ({max_val})"
        raise ValueError(message("min_val", min_val, rule, "Exchange the two."))


def relu6(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Rectify and cut off at 6, which keeps numbers small enough for 8-bit arithmetic.

    Parameters
    ----------
    input : ndarray of any shape
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of numbers.

    Notes
    -----
    .. math:: y = \min(\max(x, 0), 6), \qquad y' = [0 < x < 6]

    References
    ----------
    Howard et al. (2017), "MobileNets: efficient convolutional neural networks for mobile vision
    applications".

    Examples
    --------
    >>> relu6(np.array([-2.0, 3.0, 9.0]))
    array([0., 3., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


def relu6_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Let the gradient through between 0 and 6.

    Parameters
    ----------
    grad_output : ndarray of the shape of `input`
    input
        As given to `relu6`.

    Returns
    -------
    ndarray of the shape of `input`

    Raises
    ------
    TypeError, ValueError
        As `relu6`, and if `grad_output` has another shape or dtype than `input`.

    Examples
    --------
    >>> relu6_backward(np.array([5.0, 5.0, 5.0]), np.array([-2.0, 3.0, 9.0]))
    array([0., 5., 0.])
    """
    return hardtanh_backward(grad_output, input, 0.0, 6.0)
