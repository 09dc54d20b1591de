"""Layers without windows as loops: linear, ReLU, softmax and the cross-entropy."""

from __future__ import annotations

import math

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments


def linear(input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """Weigh all inputs for each output: ``y[o] = b[o] + Σ w[o, i] x[i]``.

    Parameters
    ----------
    input : ndarray of shape (N, I)
    weight : ndarray of shape (O, I)
    bias : ndarray of shape (O,), optional

    Returns
    -------
    ndarray of shape (N, O)

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of two axes, or the numbers of inputs differ.

    Examples
    --------
    >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    array([[11., 17.]])
    """
    arguments.array("input", input, 2, "(N, in_features)")
    arguments.array("weight", weight, 2, "(out_features, in_features)")
    arguments.same_shape("weight", weight, (len(weight), input.shape[1]), "one number per column of input")
    if bias is not None:
        arguments.same_shape(
            "bias", arguments.array("bias", bias, 1), (len(weight),), "one number per row of weight"
        )
    output = np.zeros((len(input), len(weight)), input.dtype)
    for n in range(len(input)):
        for o in range(len(weight)):
            total = 0 if bias is None else bias[o]
            for i in range(input.shape[1]):
                total += weight[o, i] * input[n, i]
            output[n, o] = total
    return output


def linear_backward(
    grad_output: np.ndarray, input: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `linear`; arguments as there. The same loops: what each product got, its factors get.

    Returns
    -------
    grad_input, grad_weight : ndarray of the shapes of input and weight
    grad_bias : ndarray of shape (O,)

    Raises
    ------
    TypeError, ValueError
        As `linear`, and if ``grad_output`` does not have the shape (N, O).

    Examples
    --------
    >>> linear_backward(np.array([[1.0]]), np.array([[2.0, 3.0]]), np.array([[4.0, 5.0]]))
    (array([[4., 5.]]), array([[2., 3.]]), array([1.]))
    """
    output = linear(input, weight)
    arguments.same_shape("grad_output", arguments.array("grad_output", grad_output), output.shape, "(N, O)")
    grad_input, grad_weight = np.zeros_like(input), np.zeros_like(weight)
    grad_bias = np.zeros(len(weight), input.dtype)
    for n in range(len(input)):
        for o in range(len(weight)):
            g = grad_output[n, o]
            grad_bias[o] += g
            for i in range(input.shape[1]):
                grad_weight[o, i] += g * input[n, i]
                grad_input[n, i] += g * weight[o, i]
    return grad_input, grad_weight, grad_bias


def relu(input: np.ndarray) -> np.ndarray:
    """Replace negative numbers by zero.

    Parameters
    ----------
    input : ndarray of any shape

    Returns
    -------
    ndarray of the same shape

    Raises
    ------
    TypeError
        If ``input`` is not an array of numbers.

    Examples
    --------
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    output = arguments.array("input", input).copy()
    for index in np.ndindex(*output.shape):
        if output[index] < 0:
            output[index] = 0
    return output


def softmax(input: np.ndarray) -> np.ndarray:
    """Turn each row of scores into probabilities: ``exp(x[k])``, divided by their sum.

    Parameters
    ----------
    input : ndarray of shape (N, K)
        Scores (logits).

    Returns
    -------
    ndarray of shape (N, K)
        Rows of positive numbers that add up to 1.

    Raises
    ------
    TypeError, ValueError
        If ``input`` is not an array of two axes.

    Notes
    -----
    The row's maximum is taken off first. It cancels in the fraction, and keeps ``exp`` from overflowing.

    Examples
    --------
    >>> softmax(np.log(np.array([[1.0, 3.0]])))
    array([[0.25, 0.75]])
    """
    arguments.array("input", input, 2, "(N, K)")
    output = np.zeros_like(input)
    for n in range(len(input)):
        powers = [math.exp(score - max(input[n])) for score in input[n]]
        for k, power in enumerate(powers):
            output[n, k] = power / sum(powers)
    return output


def cross_entropy(input: np.ndarray, target: np.ndarray) -> float:
    """Average the surprise at the true class: ``-log softmax(x)[true class]``.

    Parameters
    ----------
    input : ndarray of shape (N, K)
        Scores (logits).
    target : int ndarray of shape (N,)
        True classes, 0 to K - 1.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If ``input`` is not an array of two axes, or ``target`` has not one class for each row.

    Examples
    --------
    >>> round(cross_entropy(np.log(np.array([[1.0, 3.0]])), np.array([0])), 6)  # -log(1/4)
    1.386294
    """
    probabilities = softmax(input)
    arguments.array("target", target, 1, "(N,)")
    arguments.same_shape("target", target, (len(input),), "one class per row of input")
    if target.size and not 0 <= target.min() <= target.max() < input.shape[1]:
        rule = f"must hold classes from 0 to {input.shape[1] - 1}, one for each column of input"
        raise ValueError(message("target", target, rule, "Count the classes from 0."))
    total = 0.0
    for n in range(len(input)):
        total -= math.log(probabilities[n, target[n]])
    return total / len(input)
