r"""Convolution: one small set of weights, applied at every position of the image.

The whole of it, for one image, one group, stride :math:`s` and dilation :math:`d`:

.. math:: y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\; x_{c,\; si+du-p,\; sj+dv-p}

with zeros outside the image. Mathematicians call this cross-correlation; the convolution of mathematics flips the
kernel first (`convolve2d`). A network learns its weights, so the flip would change nothing but their order.
`cnncourse.ops.naive.conv2d` writes the sums as seven loops. Here each function gathers the windows into the columns
of a matrix and leaves the sums to one matrix product (im2col; Chellapilla, Puri and Simard 2006, section 3).
"""

from __future__ import annotations

import numpy as np

from cnncourse.ops import _gemm
from cnncourse.ops._geometry import conv_geometry

IntPair = int | tuple[int, int]


def conv2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: IntPair = 1,
    padding: IntPair | str = 0,
    dilation: IntPair = 1,
    groups: int = 1,
) -> np.ndarray:
    batch, geometry, batched = conv_geometry(input, weight, bias, stride, padding, dilation, groups)
    output = _gemm.correlate(batch, weight, geometry)
    if bias is not None:
        output += bias[:, None, None]
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
    batch, geometry, batched = conv_geometry(input, weight, None, stride, padding, dilation, groups)
    grad = grad_output if batched else grad_output[None]
    grad_input = _gemm.scatter(grad, weight, geometry)
    grad_weight = _gemm.correlate_with_grad(batch, grad, weight.shape, geometry)
    return (grad_input if batched else grad_input[0]), grad_weight, grad.sum(axis=(0, 2, 3))
