"""The sizes that convolutions and pools produce: the formulas of every architecture table.

Each function takes one axis as an int, or both as a pair (height, width), and answers in the same form. What
is not a whole number raises a TypeError, what is out of range a ValueError.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnncourse.errors import message
from cnncourse.ops import arguments

Size = int | Sequence[int]


def conv_output_size(
    size: Size, kernel_size: Size, stride: Size = 1, padding: Size | str = 0, dilation: Size = 1
) -> int | tuple[int, int]:
    r"""Return how many positions a convolution kernel visits along an axis.

    Parameters
    ----------
    size, kernel_size : int or (int, int)
        Size of the input and of the kernel in pixels, one axis or (height, width).
    stride : int or (int, int), default 1
        Step between neighbouring positions in pixels.
    padding : int or (int, int) or {"same", "valid"}, default 0
        Pixels added on each side. ``"valid"`` is 0, ``"same"`` keeps the size (stride 1 only).
    dilation : int or (int, int), default 1
        Step between neighbouring kernel taps in pixels.

    Returns
    -------
    int or (int, int), as `size`

    Raises
    ------
    TypeError, ValueError
        If the kernel is larger than the padded input, or an argument is out of range.

    Notes
    -----
    A kernel with :math:`k` taps and dilation :math:`d` covers :math:`d(k-1)+1` pixels, so

    .. math:: o = \left\lfloor \frac{n + 2p - d(k-1) - 1}{s} \right\rfloor + 1

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapters 2 and 5.

    Examples
    --------
    >>> conv_output_size(227, 11, stride=4)
    55
    >>> conv_output_size((32, 30), 5, padding=2)
    (32, 30)
    """
    sizes, kernels = arguments.pair("size", size, 0), arguments.pair("kernel_size", kernel_size, 1)
    strides, dilations = arguments.pair("stride", stride, 1), arguments.pair("dilation", dilation, 1)
    pads = conv_padding(padding, kernels, strides, dilations)
    spans = [d * (k - 1) + 1 for k, d in zip(kernels, dilations)]
    padded = [n + before + after for n, (before, after) in zip(sizes, pads)]
    for extent, span in zip(padded, spans):
        if span > extent:
            got = f"kernel_size={kernel_size} with dilation={dilation}, covering {span} pixels"
            rule = f"must fit into the padded input, here {tuple(padded)} pixels"
            raise ValueError(message("the kernel", got, rule, "Add padding or use a smaller kernel."))
    result = tuple((n - span) // s + 1 for n, span, s in zip(padded, spans, strides))
    return _like(size, result)


def conv_transpose_output_size(
    size: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
) -> int | tuple[int, int]:
    r"""Return the output size of a transposed convolution: the inverse of `conv_output_size`.

    Parameters
    ----------
    size, kernel_size, stride, dilation
        As in `conv_output_size`.
    padding : int or (int, int), default 0
        Pixels cut off on each side of the output.
    output_padding : int or (int, int), default 0
        Pixels added on the bottom and right only, to pick one of the sizes that a stride maps to ``size``.

    Returns
    -------
    int or (int, int), as `size`

    Raises
    ------
    TypeError, ValueError
        If nothing is left of the output, or an argument is out of range.

    Notes
    -----
    .. math:: o = (n - 1)s - 2p + d(k - 1) + p_\mathrm{out} + 1

    Examples
    --------
    >>> conv_transpose_output_size(7, 4, stride=2, padding=1)
    14
    """
    sizes, kernels = arguments.pair("size", size, 1), arguments.pair("kernel_size", kernel_size, 1)
    strides, dilations = arguments.pair("stride", stride, 1), arguments.pair("dilation", dilation, 1)
    pads, extras = arguments.pair("padding", padding, 0), arguments.pair("output_padding", output_padding, 0)
    for extra, s, d in zip(extras, strides, dilations):
        if extra >= max(s, d):
            rule = f"must be smaller than the stride ({s}) or the dilation ({d})"
            remedy = f"Use at most {max(s, d) - 1}."
            raise ValueError(message("output_padding", output_padding, rule, remedy))
    result = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + extra + 1
        for n, k, s, p, d, extra in zip(sizes, kernels, strides, pads, dilations, extras)
    )
    if min(result) < 1:
        rule = f"must leave at least one pixel of the output, here {result}"
        raise ValueError(message("padding", padding, rule, "Use less padding."))
    return _like(size, result)


def pool_output_size(
    size: Size,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> int | tuple[int, int]:
    r"""Return how many windows a pooling layer places along an axis.

    Parameters
    ----------
    size, kernel_size, dilation
        As in `conv_output_size`.
    stride : int or (int, int), optional
        Step between windows in pixels. ``kernel_size`` by default: windows that touch.
    padding : int or (int, int), default 0
        Pixels added on each side, at most half the kernel.
    ceil_mode : bool, default False
        Also count a last window that hangs over the edge, if it starts inside the input or its left padding.

    Returns
    -------
    int or (int, int), as `size`

    Raises
    ------
    TypeError, ValueError
        If no window fits, the padding exceeds half the kernel, or an argument is out of range.

    Notes
    -----
    The formula of `conv_output_size`, rounded up instead of down if ``ceil_mode``.

    Examples
    --------
    >>> pool_output_size(55, 3, stride=2)
    27
    >>> pool_output_size(112, 3, stride=2), pool_output_size(112, 3, stride=2, ceil_mode=True)
    (55, 56)
    """
    sizes, kernels = arguments.pair("size", size, 0), arguments.pair("kernel_size", kernel_size, 1)
    strides = kernels if stride is None else arguments.pair("stride", stride, 1)
    pads, dilations = arguments.pair("padding", padding, 0), arguments.pair("dilation", dilation, 1)
    result = []
    for n, k, s, p, d in zip(sizes, kernels, strides, pads, dilations):
        if 2 * p > k:
            rule = f"must be at most half the kernel size ({k // 2})"
            raise ValueError(message("padding", padding, rule, "Pad with ops.pad first, or use less."))
        room = n + 2 * p - d * (k - 1) - 1
        steps = -(-room // s) if ceil_mode else room // s
        if ceil_mode and steps * s >= n + p:
            steps -= 1  # the last window would see nothing but padding on the right
        if steps < 0:
            got = f"kernel_size={kernel_size} with dilation={dilation}"
            rule = f"must fit at least once into {n + 2 * p} pixels (input and padding)"
            raise ValueError(message("the window", got, rule, "Use a smaller kernel_size or dilation."))
        result.append(steps + 1)
    return _like(size, tuple(result))


def same_padding(kernel_size: Size, dilation: Size = 1) -> tuple:
    """Return the padding (before, after) that keeps the size of an axis at stride 1.

    Parameters
    ----------
    kernel_size, dilation
        As in `conv_output_size`.

    Returns
    -------
    (int, int) or ((int, int), (int, int))
        Pixels before and after, for one axis or for (height, width). An even kernel needs an odd
        number of pixels; the spare one goes after, as in torch.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a whole number of at least 1.

    Examples
    --------
    >>> same_padding(3), same_padding(4), same_padding((3, 5))
    ((1, 1), (1, 2), ((1, 1), (2, 2)))
    """
    kernels, dilations = (
        arguments.pair("kernel_size", kernel_size, 1),
        arguments.pair("dilation", dilation, 1),
    )
    totals = [d * (k - 1) for k, d in zip(kernels, dilations)]
    return _like(kernel_size, tuple((total // 2, total - total // 2) for total in totals))


def conv_padding(
    padding: Size | str, kernel_size: Size, stride: Size = 1, dilation: Size = 1
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return every form of a convolution's ``padding`` as pixels ((top, bottom), (left, right)).

    Parameters
    ----------
    padding : int or (int, int) or {"same", "valid"}
        As in `conv_output_size`.
    kernel_size, stride, dilation
        As in `conv_output_size`.

    Returns
    -------
    (top, bottom), (left, right) : pairs of int

    Raises
    ------
    TypeError, ValueError
        If ``padding`` is negative, of another kind or another word, or is "same" with a stride other than 1.

    Examples
    --------
    >>> conv_padding((1, 2), 3), conv_padding("same", 2)
    (((1, 1), (2, 2)), ((0, 1), (0, 1)))
    """
    if not isinstance(padding, str):
        vertical, horizontal = arguments.pair("padding", padding, 0)
        return (vertical, vertical), (horizontal, horizontal)
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding != "same":
        rule, remedy = 'must be whole numbers, "same" or "valid"', "Check the spelling; lower case counts."
        raise ValueError(message("padding", repr(padding), rule, remedy))
    if arguments.pair("stride", stride, 1) != (1, 1):
        remedy = "Give the padding in pixels; with a stride there is no size to keep."
        raise ValueError(message("stride", stride, 'must be 1 with padding="same"', remedy))
    return same_padding(arguments.pair("kernel_size", kernel_size, 1), dilation)


def receptive_field(layers: Iterable[Sequence[int]]) -> tuple[int, int]:
    r"""Return the receptive field of one output unit of a stack of layers, and the stack's stride.

    Parameters
    ----------
    layers : iterable of (kernel_size, stride) or (kernel_size, stride, dilation)
        Convolutions and pools from the input to the output, along one axis.

    Returns
    -------
    field : int
        Side of the square of input pixels that one output unit can see.
    jump : int
        Distance in input pixels between neighbouring output units.

    Raises
    ------
    TypeError, ValueError
        If a layer has not two or three whole numbers of at least 1.

    Notes
    -----
    Each layer adds :math:`d(k-1)` steps of the size reached so far: :math:`r \leftarrow r + d(k-1)j`, then
    :math:`j \leftarrow js`, from :math:`r = j = 1`.

    References
    ----------
    Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019.

    Examples
    --------
    Two 3×3 layers see as far as one 5×5 layer:

    >>> receptive_field([(3, 1), (3, 1)])
    (5, 1)
    """
    field, jump = 1, 1
    for i, layer in enumerate(layers):
        if not isinstance(layer, (tuple, list)) or len(layer) not in (2, 3):
            rule = "must be (kernel_size, stride) or (kernel_size, stride, dilation)"
            raise ValueError(message(f"layers[{i}]", layer, rule, "Use one tuple a layer."))
        kernel, stride, *rest = (arguments.integer(f"layers[{i}][{j}]", v, 1) for j, v in enumerate(layer))
        field += (rest[0] if rest else 1) * (kernel - 1) * jump
        jump *= stride
    return field, jump


def _like(size: Size, result: tuple) -> object:
    """Return ``result`` for both axes, or one axis if ``size`` was an int."""
    return result if isinstance(size, (tuple, list)) else result[0]
