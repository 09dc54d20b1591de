"""Convolution and its transpose as loops: one loop for each index of the formula."""

from __future__ import annotations

import numpy as np

from cnncourse.ops._geometry import IntPair, check_grad, conv_geometry, transpose_geometry


def conv2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: IntPair = 1,
    padding: IntPair | str = 0,
    dilation: IntPair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide the kernels over each image; `cnncourse.ops.conv2d` as seven loops.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W)
    weight : ndarray of shape (O, C / groups, kh, kw)
    bias : ndarray of shape (O,), optional
    stride, padding, dilation, groups
        As in `cnncourse.ops.conv2d`.

    Returns
    -------
    ndarray of shape (N, O, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.conv2d`.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv2d(x, np.array([[[[0.0, 1.0], [2.0, 3.0]]]]))[0, 0]
    array([[19., 25.],
           [37., 43.]])
    """
    batch, where, batched = conv_geometry(input, weight, bias, stride, padding, dilation, groups)
    (height, width), (kh, kw), (oh, ow) = where.size, where.kernel, where.output
    (sh, sw), (dh, dw), ((top, _), (left, _)) = where.stride, where.dilation, where.pads
    out_channels, group_channels = weight.shape[:2]
    output = np.zeros((len(batch), out_channels, oh, ow), batch.dtype)
    for n in range(len(batch)):
        for o in range(out_channels):
            first = o // (out_channels // groups) * group_channels  # the first channel that kernel o sees
            for i in range(oh):
                for j in range(ow):
                    total = 0 if bias is None else bias[o]
                    for c in range(group_channels):
                        for u in range(kh):
                            for v in range(kw):
                                y, x = i * sh + u * dh - top, j * sw + v * dw - left
                                if 0 <= y < height and 0 <= x < width:  # outside is zero
                                    total += weight[o, c, u, v] * batch[n, first + c, y, x]
                    output[n, o, i, j] = total
    return output if batched else output[0]


def conv2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    weight: np.ndarray,
    stride: IntPair = 1,
    padding: IntPair | str = 0,
    dilation: IntPair = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `conv2d`; arguments as there. The same loops: what each product got, its factors get.

    Returns
    -------
    grad_input, grad_weight : ndarray of the shapes of input and weight
    grad_bias : ndarray of shape (O,)

    Raises
    ------
    TypeError, ValueError
        As `conv2d`, and if ``grad_output`` does not have the shape and dtype of its result.

    Examples
    --------
    >>> x, w = np.arange(4.0).reshape(1, 1, 2, 2), np.array([[[[5.0]]]])
    >>> conv2d_backward(np.ones((1, 1, 2, 2)), x, w)[1:]
    (array([[[[6.]]]]), array([4.]))
    """
    batch, where, batched = conv_geometry(input, weight, None, stride, padding, dilation, groups)
    (height, width), (kh, kw), (oh, ow) = where.size, where.kernel, where.output
    (sh, sw), (dh, dw), ((top, _), (left, _)) = where.stride, where.dilation, where.pads
    out_channels, group_channels = weight.shape[:2]
    grad = check_grad(grad_output, batch, batched, (len(batch), out_channels, oh, ow))
    grad_input, grad_weight = np.zeros_like(batch), np.zeros_like(weight)
    grad_bias = np.zeros(out_channels, batch.dtype)
    for n in range(len(batch)):
        for o in range(out_channels):
            first = o // (out_channels // groups) * group_channels  # the first channel that kernel o sees
            for i in range(oh):
                for j in range(ow):
                    g = grad[n, o, i, j]
                    grad_bias[o] += g
                    for c in range(group_channels):
                        for u in range(kh):
                            for v in range(kw):
                                y, x = i * sh + u * dh - top, j * sw + v * dw - left
                                if 0 <= y < height and 0 <= x < width:  # outside is zero
                                    grad_weight[o, c, u, v] += g * batch[n, first + c, y, x]
                                    grad_input[n, first + c, y, x] += g * weight[o, c, u, v]
    return (grad_input if batched else grad_input[0]), grad_weight, grad_bias


def conv_transpose2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: IntPair = 1,
    padding: IntPair = 0,
    output_padding: IntPair = 0,
    groups: int = 1,
    dilation: IntPair = 1,
) -> np.ndarray:
    """Stamp each pixel times the kernel onto the output; `cnncourse.ops.conv_transpose2d` as loops.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W)
    weight : ndarray of shape (C, O / groups, kh, kw)
    bias : ndarray of shape (O,), optional
    stride, padding, output_padding, groups, dilation
        As in `cnncourse.ops.conv_transpose2d`.

    Returns
    -------
    ndarray of shape (N, O, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As `cnncourse.ops.conv_transpose2d`.

    Examples
    --------
    >>> conv_transpose2d(np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 10.0, 100.0]]]]), stride=2)
    array([[[[  1.,  10., 102.,  20., 200.]]]])
    """
    batch, where, batched = transpose_geometry(
        input, weight, bias, stride, padding, output_padding, groups, dilation
    )
    (height, width), (kh, kw), (ih, iw) = where.size, where.kernel, where.output
    (sh, sw), (dh, dw), ((top, _), (left, _)) = where.stride, where.dilation, where.pads
    in_channels, group_outputs = weight.shape[:2]
    output = np.zeros((len(batch), groups * group_outputs, height, width), batch.dtype)
    if bias is not None:
        output += bias[:, None, None]
    for n in range(len(batch)):
        for c in range(in_channels):
            first = c // (in_channels // groups) * group_outputs  # the first output channel of this group
            for i in range(ih):
                for j in range(iw):
                    for o in range(group_outputs):
                        for u in range(kh):
                            for v in range(kw):
                                y, x = i * sh + u * dh - top, j * sw + v * dw - left
                                if 0 <= y < height and 0 <= x < width:  # the rest is cut off
                                    output[n, first + o, y, x] += weight[c, o, u, v] * batch[n, c, i, j]
    return output if batched else output[0]
