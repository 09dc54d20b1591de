"""The fully connected layer: every output is a weighted sum of all inputs."""

from __future__ import annotations

import math

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._precision import narrow, wide


def linear(input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    r"""Multiply by the transposed weight and add the bias.

    Parameters
    ----------
    input : ndarray of shape (..., in_features)
    weight : ndarray of shape (out_features, in_features) or (in_features,)
        One row per output; the dtype of `input`.
    bias : ndarray of shape (out_features,) or (), optional

    Returns
    -------
    ndarray of shape (..., out_features), or (...) when `weight` has one axis

    Raises
    ------
    TypeError
        If an argument is not an array of numbers, or the dtypes differ.
    ValueError
        If the numbers of features do not agree.

    Notes
    -----
    .. math:: y = x W^\top + b

    One matrix product does the whole batch.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0]])
    >>> W = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> linear(x, W, bias=np.array([0.0, 0.0, 10.0]))
    array([[ 1.,  2., 13.]])
    """
    _check_linear(input, weight, bias)
    out = wide(input) @ wide(weight).T  # (…, in) @ (in, out) -> (…, out)
    return narrow(out if bias is None else out + bias, input)


def linear_backward(
    grad_output: np.ndarray, input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    r"""Return the gradients of `linear`; arguments as there.

    Returns
    -------
    grad_input : ndarray of the shape of `input`
    grad_weight : ndarray of the shape of `weight`
    grad_bias : ndarray of the shape of `bias`, or None without one

    Notes
    -----
    .. math:: \nabla x = g W, \qquad \nabla W = g^\top x, \qquad \nabla b = \textstyle\sum_n g_n

    The shapes leave no other choice: only these products have the shapes of x, W and b.

    Examples
    --------
    >>> x, W = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])
    >>> linear_backward(np.array([[10.0]]), x, W)
    (array([[30., 40.]]), array([[10., 20.]]), None)
    """
    _check_linear(input, weight, bias)
    grad = arguments.floating("grad_output", grad_output)
    expected = input.shape[:-1] + weight.shape[:-1]
    arguments.same_shape("grad_output", grad, expected, "the shape of the output")
    arguments.same_dtype("grad_output", grad, "input", input)
    matrix = wide(weight if weight.ndim == 2 else weight[None])
    count = math.prod(input.shape[:-1])
    rows = wide(grad).reshape(count, matrix.shape[0])
    inputs = wide(input).reshape(count, matrix.shape[1])
    grad_input = (rows @ matrix).reshape(input.shape)  # (count, out) @ (out, in)
    grad_weight = (rows.T @ inputs).reshape(weight.shape)  # (out, count) @ (count, in)
    grad_bias = None
    if bias is not None:
        grad_bias = narrow(rows.sum(axis=0 if bias.ndim else None).reshape(bias.shape), bias)
    return narrow(grad_input, input), narrow(grad_weight, weight), grad_bias


def _check_linear(input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None) -> None:
    arguments.array("input", input)
    arguments.no_bool("input", input)
    arguments.array("weight", weight, (1, 2), "(out_features, in_features)")
    arguments.same_dtype("weight", weight, "input", input)
    if input.ndim == 0 or input.shape[-1] != weight.shape[-1]:
        rule = f"must end in {weight.shape[-1]} features, the last axis of weight {weight.shape}"
        remedy = "Flatten the images first, or change in_features."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    if bias is not None:
        arguments.array("bias", bias)
        arguments.same_dtype("bias", bias, "input", input)
        if weight.ndim == 1 or bias.shape not in ((), weight.shape[:1]):
            rule = f"must have shape {weight.shape[:-1]}, one number per row of weight"
            raise ValueError(message("bias", f"shape {bias.shape}", rule, "Pass bias=None for none."))
