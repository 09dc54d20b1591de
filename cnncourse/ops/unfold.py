r"""Unfold and fold: every window of an image as a column, and back.

`unfold` is half of a convolution: after it, `conv2d` is one matrix product. `fold` is its transpose: it
adds the columns back at the places they came from. Folding what was unfolded is no inverse; it counts
each pixel as often as windows cover it.
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import _im2col, arguments, shapes
from cnncourse.ops._geometry import Geometry, IntPair, check_grad


def unfold(
    input: np.ndarray, kernel_size: IntPair, dilation: IntPair = 1, padding: IntPair = 0, stride: IntPair = 1
) -> np.ndarray:
    """Copy every window of each image into a column, as ``torch.nn.functional.unfold`` (im2col).

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
        A batch of images, or one image, of any numbers; torch takes floats alone.
    kernel_size : int or (int, int)
        Size of the windows in pixels.
    dilation, padding, stride : int or (int, int)
        As in `conv2d`. Mind the order: it is torch's, with ``stride`` last.

    Returns
    -------
    ndarray of shape (N, C * kh * kw, L) or (C * kh * kw, L)
        One column for each of the ``L`` window positions, row by row from the top left.

    Raises
    ------
    TypeError
        If ``input`` is not an array or a number is not whole.
    ValueError
        If ``input`` has not 3 or 4 axes, or no window fits.

    References
    ----------
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document
    processing", 2006.

    Examples
    --------
    >>> unfold(np.arange(9).reshape(1, 3, 3), 2)
    array([[0, 1, 3, 4],
           [1, 2, 4, 5],
           [3, 4, 6, 7],
           [4, 5, 7, 8]])
    """
    batch, batched = arguments.images("input", input)
    arguments.not_empty("input", input, 1 if batched else 0)
    geometry = _window_geometry(batch.shape[2:], kernel_size, dilation, padding, stride)
    n, channels = batch.shape[:2]
    oh, ow = geometry.output
    columns = np.empty((n, channels, *geometry.kernel, oh, ow), batch.dtype)
    _im2col.gather(batch, 0, geometry, out=columns.transpose(2, 3, 0, 1, 4, 5))
    columns = columns.reshape(n, channels * _taps(geometry), oh * ow)
    return columns if batched else columns[0]


def unfold_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    kernel_size: IntPair,
    dilation: IntPair = 1,
    padding: IntPair = 0,
    stride: IntPair = 1,
) -> np.ndarray:
    """Return the gradient of `unfold` with respect to its input: `fold` of ``grad_output``.

    Parameters
    ----------
    grad_output : ndarray of shape (N, C * kh * kw, L) or (C * kh * kw, L)
        Gradient of the loss with respect to the result of `unfold`.
    input, kernel_size, dilation, padding, stride
        As given to `unfold`.

    Returns
    -------
    ndarray of the shape of input

    Raises
    ------
    TypeError, ValueError
        As `unfold`, and if ``grad_output`` does not have the shape and dtype of its result.

    Examples
    --------
    The middle pixel is in all four windows:

    >>> unfold_backward(np.ones((4, 4)), np.zeros((1, 3, 3)), 2)
    array([[[1., 2., 1.],
            [2., 4., 2.],
            [1., 2., 1.]]])
    """
    batch, batched = arguments.images("input", input)
    geometry = _window_geometry(batch.shape[2:], kernel_size, dilation, padding, stride)
    positions = geometry.output[0] * geometry.output[1]
    check_grad(grad_output, batch, batched, (len(batch), batch.shape[1] * _taps(geometry), positions))
    return fold(grad_output, geometry.size, kernel_size, dilation, padding, stride)


def fold(
    input: np.ndarray,
    output_size: IntPair,
    kernel_size: IntPair,
    dilation: IntPair = 1,
    padding: IntPair = 0,
    stride: IntPair = 1,
) -> np.ndarray:
    """Add columns back to the windows they stand for, as ``torch.nn.functional.fold`` (col2im).

    Parameters
    ----------
    input : ndarray of shape (N, C * kh * kw, L) or (C * kh * kw, L)
        Columns in the layout of `unfold`, of any numbers as there.
    output_size : int or (int, int)
        Height and width of the image in pixels.
    kernel_size, dilation, padding, stride
        As in `unfold`.

    Returns
    -------
    ndarray of shape (N, C, H, W) or (C, H, W)
        Where windows overlap, their values are added.

    Raises
    ------
    TypeError
        If ``input`` is not an array or a number is not whole.
    ValueError
        If the rows of ``input`` are no multiple of kh * kw, or its columns are not one for each window.

    Examples
    --------
    >>> fold(np.ones((4, 4)), 3, 2)
    array([[[1., 2., 1.],
            [2., 4., 2.],
            [1., 2., 1.]]])
    """
    arguments.array("input", input, (2, 3), "(C * kh * kw, L) or (N, C * kh * kw, L)")
    batched = input.ndim == 3
    arguments.not_empty("input", input, 1 if batched else 0)
    size = arguments.pair("output_size", output_size, 1, lone=False)
    geometry = _window_geometry(size, kernel_size, dilation, padding, stride)
    rows, positions = input.shape[-2:]
    if rows % _taps(geometry):
        rule = f"must have rows divisible by the {_taps(geometry)} taps of the kernel"
        remedy = "The rows are channels × kernel height × kernel width."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    oh, ow = geometry.output
    if positions != oh * ow:
        rule = f"must have {oh * ow} columns, one for each of the {oh} × {ow} windows in {output_size}"
        remedy = "Use the output_size, kernel_size, dilation, padding and stride of the unfold."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    columns = input.reshape(-1, rows // _taps(geometry), *geometry.kernel, oh, ow)
    image = _im2col.add_back(columns.transpose(2, 3, 0, 1, 4, 5), geometry)
    return image if batched else image[0]


def fold_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    output_size: IntPair,
    kernel_size: IntPair,
    dilation: IntPair = 1,
    padding: IntPair = 0,
    stride: IntPair = 1,
) -> np.ndarray:
    """Return the gradient of `fold` with respect to its input: `unfold` of ``grad_output``.

    Parameters
    ----------
    grad_output : ndarray of shape (N, C, H, W) or (C, H, W)
        Gradient of the loss with respect to the result of `fold`.
    input, output_size, kernel_size, dilation, padding, stride
        As given to `fold`.

    Returns
    -------
    ndarray of the shape of input

    Raises
    ------
    TypeError, ValueError
        As `fold`, and if ``grad_output`` does not have the shape and dtype of its result.

    Examples
    --------
    >>> fold_backward(np.arange(9.0).reshape(1, 3, 3), np.zeros((4, 4)), 3, 2)[0]
    array([0., 1., 3., 4.])
    """
    arguments.array("input", input, (2, 3), "(C * kh * kw, L) or (N, C * kh * kw, L)")
    size = arguments.pair("output_size", output_size, 1, lone=False)
    kh, kw = arguments.pair("kernel_size", kernel_size, 1, lone=False)
    batched = input.ndim == 3
    expected = (len(input) if batched else 1, input.shape[-2] // (kh * kw), *size)
    check_grad(grad_output, input, batched, expected)
    return unfold(grad_output, kernel_size, dilation, padding, stride)


def _window_geometry(
    size: tuple[int, int], kernel_size: IntPair, dilation: IntPair, padding: IntPair, stride: IntPair
) -> Geometry:
    """Check the numbers of an unfold and return where its windows lie."""
    kernel = arguments.pair("kernel_size", kernel_size, 1, lone=False)
    steps = arguments.pair("dilation", dilation, 1, lone=False)
    strides = arguments.pair("stride", stride, 1, lone=False)
    vertical, horizontal = arguments.pair("padding", padding, 0, lone=False)
    output = shapes.conv_output_size(size, kernel, strides, (vertical, horizontal), steps)
    return Geometry(size, kernel, strides, steps, ((vertical, vertical), (horizontal, horizontal)), output)


def _taps(geometry: Geometry) -> int:
    """Return the number of pixels in a window."""
    return geometry.kernel[0] * geometry.kernel[1]
