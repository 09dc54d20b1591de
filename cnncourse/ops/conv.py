r"""Convolution: one small set of weights, used at every position of the image.

The whole of it, for one image, with stride :math:`s`, dilation :math:`d` and padding :math:`p`:

.. math:: y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\; x_{c,\; si+du-p,\; sj+dv-p}

Outside the image x is zero. `cnncourse.ops.naive.conv2d` writes this formula as seven loops. Here the
windows are gathered into the columns of a matrix, so that one matrix product does all the sums
(Chellapilla, Puri and Simard 2006). How that is made fast stands in ``_gemm.py``; this file says what is
computed, and its derivative.

Mathematicians call the formula cross-correlation. Their convolution, `convolve2d`, flips the kernel
first. A network learns its weights, so a flip would only change the order in which they are stored.
"""

from __future__ import annotations

import numpy as np

from cnncourse.ops import _gemm, arguments
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
    r"""Slide a set of kernels over each image (cross-correlation), as ``torch.nn.functional.conv2d``.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
        A batch of images, or one image.
    weight : ndarray of shape (O, C / groups, kh, kw)
        ``O`` kernels. Same dtype as ``input``. Not empty: torch answers 0 channels with none, whatever O is.
    bias : ndarray of shape (O,), optional
        Added to each output channel.
    stride : int or (int, int), default 1
        Step of the kernel in pixels, (down, right).
    padding : int or (int, int) or {"same", "valid"}, default 0
        Zeros added on each side in pixels. ``"valid"`` adds none, ``"same"`` keeps the size (stride 1
        only); an even kernel then gets the spare zero at the bottom and right.
    dilation : int or (int, int), default 1
        Step between the kernel's taps in pixels.
    groups : int, default 1
        Split the channels into so many groups; each group of kernels sees its group of channels only.
        ``groups=C`` is the depthwise convolution.

    Returns
    -------
    ndarray of shape (N, O, oh, ow) or (O, oh, ow)
        Same dtype as ``input``; sizes by `cnncourse.ops.shapes.conv_output_size`.

    Raises
    ------
    TypeError
        If an argument is not an array, dtypes differ, or a number is not whole.
    ValueError
        If shapes do not fit together, or the kernel does not fit into the padded image.

    Notes
    -----
    .. math:: y_{n,o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\; x_{n,\, c,\, si+du-p,\, sj+dv-p}

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998,
    section II.A.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 3, 3)
    >>> conv2d(x, np.array([[[[0.0, 1.0], [2.0, 3.0]]]]))
    array([[[19., 25.],
            [37., 43.]]])
    """
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
    r"""Return the gradients of `conv2d` with respect to input, weight and bias.

    Parameters
    ----------
    grad_output : ndarray of shape (N, O, oh, ow) or (O, oh, ow)
        Gradient of the loss with respect to the result of `conv2d`.
    input, weight, stride, padding, dilation, groups
        As given to `conv2d`.

    Returns
    -------
    grad_input : ndarray of the shape of input
    grad_weight : ndarray of the shape of weight
    grad_bias : ndarray of shape (O,)

    Raises
    ------
    TypeError, ValueError
        As `conv2d`, and if ``grad_output`` does not have the shape and dtype of its result.

    Notes
    -----
    Each response is a sum of products, so each factor's gradient is the other factor times the response's
    gradient, summed over all responses it took part in. With :math:`g = \partial L / \partial y`:

    .. math::
        \frac{\partial L}{\partial w_{o,c,u,v}} = \sum_{n,i,j} g_{n,o,i,j}\; x_{n,c,\, si+du-p,\, sj+dv-p}
        \qquad \frac{\partial L}{\partial b_o} = \sum_{n,i,j} g_{n,o,i,j}

    and :math:`\partial L / \partial x` adds :math:`w_{o,c,u,v}\, g_{n,o,i,j}` to pixel
    :math:`(si+du-p,\, sj+dv-p)`: the transposed convolution of g.

    References
    ----------
    LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989, section 3.

    Examples
    --------
    >>> x, w = np.arange(9.0).reshape(1, 3, 3), np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> grad_input, grad_weight, grad_bias = conv2d_backward(np.ones((1, 2, 2)), x, w)
    >>> grad_input[0]
    array([[0., 1., 1.],
           [2., 6., 4.],
           [2., 5., 3.]])
    >>> grad_weight[0, 0], grad_bias
    (array([[ 8., 12.],
           [20., 24.]]), array([4.]))
    """
    batch, geometry, batched = conv_geometry(input, weight, None, stride, padding, dilation, groups)
    grad = check_grad(grad_output, batch, batched, (len(batch), len(weight), *geometry.output))
    grad_input = _gemm.spread(grad, weight, geometry)
    grad_weight = _gemm.correlate_responses(batch, grad, weight.shape, geometry)
    grad_bias = _sum_per_channel(grad)
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
    r"""Stamp each pixel times the kernel onto a larger image, as ``torch.nn.functional.conv_transpose2d``.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W) or (C, H, W)
        A batch of images, or one image.
    weight : ndarray of shape (C, O / groups, kh, kw)
        Note the order: the channels that come in stand first. Same dtype as ``input``, whole numbers of any
        size included; torch takes int64 alone.
    bias : ndarray of shape (O,), optional
        Added to each output channel.
    stride : int or (int, int), default 1
        Distance of neighbouring stamps in pixels.
    padding : int or (int, int), default 0
        Pixels cut off the result on each side.
    output_padding : int or (int, int), default 0
        Pixels added to the result at the bottom and right; smaller than stride or dilation.
    groups : int, default 1
        As in `conv2d`.
    dilation : int or (int, int), default 1
        As in `conv2d`.

    Returns
    -------
    ndarray of shape (N, O, oh, ow) or (O, oh, ow)
        Sizes by `cnncourse.ops.shapes.conv_transpose_output_size`.

    Raises
    ------
    TypeError
        If an argument is not an array, dtypes differ, or a number is not whole.
    ValueError
        If shapes do not fit together, or nothing is left of the output.

    Notes
    -----
    It is the transpose of the linear map `conv2d` with the same arguments, hence its gradient with
    respect to the input, and not an inverse ("deconvolution" is a misnomer):

    .. math:: y_{o,\; si+du-p,\; sj+dv-p} \mathrel{+}= w_{c,o,u,v}\; x_{c,i,j}

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.
    Zeiler, Krishnan, Taylor and Fergus, "Deconvolutional networks", 2010.

    Examples
    --------
    >>> conv_transpose2d(np.array([[[1.0, 2.0]]]), np.array([[[[1.0, 10.0, 100.0]]]]), stride=2)
    array([[[  1.,  10., 102.,  20., 200.]]])
    """
    batch, geometry, batched = transpose_geometry(
        input, weight, bias, stride, padding, output_padding, groups, dilation
    )
    output = _gemm.spread(batch, weight, geometry)
    if bias is not None:
        output += bias[:, None, None]
    return output if batched else output[0]


def conv_transpose2d_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    weight: np.ndarray,
    stride: IntPair = 1,
    padding: IntPair = 0,
    output_padding: IntPair = 0,
    groups: int = 1,
    dilation: IntPair = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of `conv_transpose2d` with respect to input, weight and bias.

    Parameters
    ----------
    grad_output : ndarray of shape (N, O, oh, ow) or (O, oh, ow)
        Gradient of the loss with respect to the result of `conv_transpose2d`.
    input, weight, stride, padding, output_padding, groups, dilation
        As given to `conv_transpose2d`.

    Returns
    -------
    grad_input : ndarray of the shape of input
    grad_weight : ndarray of the shape of weight
    grad_bias : ndarray of shape (O,)

    Raises
    ------
    TypeError, ValueError
        As `conv_transpose2d`, and if ``grad_output`` does not have the shape and dtype of its result.

    Notes
    -----
    Transposing twice changes nothing: the gradient with respect to the input is `conv2d` of
    ``grad_output``.

    Examples
    --------
    >>> x, w = np.array([[[1.0, 2.0]]]), np.array([[[[1.0, 10.0, 100.0]]]])
    >>> conv_transpose2d_backward(np.ones((1, 1, 5)), x, w, stride=2)
    (array([[[111., 111.]]]), array([[[[3., 3., 3.]]]]), array([5.]))
    """
    batch, geometry, batched = transpose_geometry(
        input, weight, None, stride, padding, output_padding, groups, dilation
    )
    channels = geometry.groups * weight.shape[1]
    grad = check_grad(grad_output, batch, batched, (len(batch), channels, *geometry.size))
    grad_input = _gemm.correlate(grad, weight, geometry)
    grad_weight = _gemm.correlate_responses(grad, batch, weight.shape, geometry)
    grad_bias = _sum_per_channel(grad)
    return (grad_input if batched else grad_input[0]), grad_weight, grad_bias


def convolve2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: IntPair = 1,
    padding: IntPair | str = 0,
    dilation: IntPair = 1,
    groups: int = 1,
) -> np.ndarray:
    r"""Convolve as mathematicians do: `conv2d` with each kernel turned by 180°.

    Parameters
    ----------
    input : ndarray of shape (N, C, H, W), (C, H, W) or (H, W)
        Images; with two axes, one grey image, and ``weight`` has two axes as well.
    weight : ndarray of shape (O, C / groups, kh, kw) or (kh, kw)
        Kernels, before they are turned.
    bias, stride, dilation, groups
        As in `conv2d`.
    padding : int or (int, int) or {"full", "same", "valid"}, default 0
        As in `conv2d`; ``"full"`` visits every position where kernel and image share a pixel.

    Returns
    -------
    ndarray of shape (N, O, oh, ow), (O, oh, ow) or (oh, ow)
        As many axes as ``input``.

    Raises
    ------
    TypeError, ValueError
        As `conv2d`.

    Notes
    -----
    .. math:: (x * w)_{i,j} = \sum_{u,v} w_{u,v}\, x_{i-u,\,j-v}

    With ``padding="full"`` the two factors can change places, which cross-correlation does not allow.

    Examples
    --------
    A single bright pixel shows the difference: convolution stamps the kernel, cross-correlation its mirror
    image.

    >>> x, w = np.zeros((3, 3)), np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> x[1, 1] = 1
    >>> convolve2d(x, w)
    array([[1., 2.],
           [3., 4.]])
    >>> conv2d(x[None], w[None, None])[0]
    array([[4., 3.],
           [2., 1.]])
    """
    if getattr(input, "ndim", None) == 2:
        arguments.array("weight", weight, 2, "(kh, kw) like the input (H, W)")
        return convolve2d(input[None], weight[None, None], bias, stride, padding, dilation, groups)[0]
    arguments.array("weight", weight, 4, "(out_channels, in_channels / groups, kernel_height, kernel_width)")
    if padding == "full":
        steps = arguments.pair("dilation", dilation, 1)
        padding = tuple(d * (k - 1) for k, d in zip(weight.shape[2:], steps))
    return conv2d(input, weight[:, :, ::-1, ::-1], bias, stride, padding, dilation, groups)


def _sum_per_channel(grad: np.ndarray) -> np.ndarray:
    """Add up (N, O, oh, ow) to (O,): each map first, which NumPy adds in pairs, so with little rounding."""
    return grad.sum(axis=(2, 3), dtype=grad.dtype).sum(axis=0, dtype=grad.dtype)
