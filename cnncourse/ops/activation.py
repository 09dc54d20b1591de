"""Activations made of straight pieces.

Without an activation between them, a stack of layers would be a single linear map. Each function works
number by number, on arrays of any shape. Its gradient, next to it, multiplies by the slope at the input; at
a corner the slope is that of torch. The curved ones are in `activation_smooth`.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import deliver, gradient
from cnncourse.ops._precision import narrow, wide


def relu(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Keep what is positive, replace the rest by 0: the rectified linear unit.

    Parameters
    ----------
    input : ndarray of any shape
        Whole numbers are taken as well.
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of real numbers.
    ValueError
        If `input` shall be overwritten and is read-only.

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
    arguments.real("input", input)
    return deliver(np.maximum(input, 0), input, inplace)


def relu_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Let the gradient through where the input was positive; arguments as in `relu`.

    Where the input is NaN, nothing passes; in torch it does.

    Examples
    --------
    >>> relu_backward(np.array([5.0, 5.0, 5.0]), np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 5.])
    """
    gradient(grad_output, input)
    return grad_output * (input > 0)


def leaky_relu(input: np.ndarray, negative_slope: float = 0.01, inplace: bool = False) -> np.ndarray:
    r"""Rectify, but let a little of the negative side through, so that no unit stops learning.

    Parameters
    ----------
    input : float ndarray of any shape
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
    .. math:: y = \max(0, x) + a \min(0, x), \qquad y' = 1 \text{ if } x > 0 \text{ else } a

    References
    ----------
    Maas, Hannun, Ng (2013), "Rectifier nonlinearities improve neural network acoustic models".

    Examples
    --------
    >>> leaky_relu(np.array([-2.0, 3.0]), 0.1)
    array([-0.2,  3. ])
    """
    arguments.floating("input", input)
    return deliver(np.maximum(input, 0) + negative_slope * np.minimum(input, 0), input, inplace)


def leaky_relu_backward(
    grad_output: np.ndarray, input: np.ndarray, negative_slope: float = 0.01
) -> np.ndarray:
    """Take `negative_slope` of the gradient where the input was negative; arguments as in `leaky_relu`."""
    gradient(grad_output, input)
    return narrow(np.where(input > 0, grad_output, grad_output * negative_slope), input)


def hardtanh(
    input: np.ndarray, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> np.ndarray:
    r"""Cut off below and above: a tanh of three straight pieces.

    Parameters
    ----------
    input : ndarray of any shape
        Whole numbers are taken as well.
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
        If `input` is not an array of real numbers.
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
    arguments.real("input", input)
    _check_bounds(min_val, max_val)
    low, high = input.dtype.type(min_val), input.dtype.type(max_val)
    return deliver(np.clip(input, low, high), input, inplace)


def hardtanh_backward(
    grad_output: np.ndarray, input: np.ndarray, min_val: float = -1.0, max_val: float = 1.0
) -> np.ndarray:
    """Let the gradient through between the bounds; arguments as in `hardtanh`."""
    gradient(grad_output, input)
    _check_bounds(min_val, max_val)
    return grad_output * ((input > min_val) & (input < max_val))


def _check_bounds(min_val: float, max_val: float) -> None:
    if min_val > max_val:
        rule = f"must not be above max_val ({max_val})"
        raise ValueError(message("min_val", min_val, rule, "Exchange the two."))


def relu6(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Rectify and cut off at 6, which keeps numbers small enough for 8-bit arithmetic.

    Parameters
    ----------
    input, inplace
        As in `relu`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError, ValueError
        As `relu`.

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
    """Let the gradient through between 0 and 6; arguments as in `relu6`."""
    return hardtanh_backward(grad_output, input, 0.0, 6.0)


def hardsigmoid(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Rise from 0 at −3 to 1 at 3 in a straight line: a sigmoid without exponential.

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
    .. math:: y = \min(\max(x / 6 + 1/2, 0), 1), \qquad y' = [-3 < x < 3] / 6

    References
    ----------
    Howard et al. (2019), "Searching for MobileNetV3", §5.2.

    Examples
    --------
    >>> hardsigmoid(np.array([-4.0, 0.0, 3.0]))
    array([0. , 0.5, 1. ])
    """
    arguments.floating("input", input)
    return deliver(np.clip(wide(input) / 6 + 0.5, 0, 1), input, inplace)


def hardsigmoid_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Let a sixth of the gradient through between −3 and 3; arguments as in `hardsigmoid`."""
    gradient(grad_output, input)
    return grad_output / 6 * ((input > -3) & (input < 3))


def hardswish(input: np.ndarray, inplace: bool = False) -> np.ndarray:
    r"""Multiply the input by its `hardsigmoid`: a `silu` without exponential.

    Parameters
    ----------
    input, inplace
        As in `hardsigmoid`.

    Returns
    -------
    ndarray of the shape and dtype of `input`

    Raises
    ------
    TypeError
        If `input` is not an array of floats.

    Notes
    -----
    .. math:: y = x \min(\max(x / 6 + 1/2, 0), 1), \qquad y' = x/3 + 1/2 \text{ for } |x| < 3

    References
    ----------
    Howard et al. (2019), "Searching for MobileNetV3", §5.2.

    Examples
    --------
    >>> hardswish(np.array([-4.0, -1.5, 3.0]))
    array([-0.   , -0.375,  3.   ])
    """
    arguments.floating("input", input)
    x = wide(input)
    with np.errstate(invalid="ignore"):  # −∞ · 0 is NaN, in torch too
        return deliver(x * np.clip(x / 6 + 0.5, 0, 1), input, inplace)


def hardswish_backward(grad_output: np.ndarray, input: np.ndarray) -> np.ndarray:
    """Multiply by 0 up to −3, by 1 from 3 on, and by x/3 + 1/2 between; arguments as in `hardswish`.

    Where the input is NaN, nothing passes; in torch it does.
    """
    gradient(grad_output, input)
    x = wide(input)
    slope = np.where(x < 3, x / 3 + 0.5, 1)
    return narrow(grad_output * slope * (x > -3), input)
