"""What the arguments of a convolution mean in pixels: worked out and checked in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments, shapes

IntPair = int | tuple[int, int]


@dataclass(frozen=True)
class Geometry:
    """Where a kernel goes on an image. Every pair is (height, width), every number is pixels.

    Attributes
    ----------
    size : (int, int)
        The image that the kernel slides over.
    kernel, stride, dilation : (int, int)
        Number of taps, step of the kernel, step of its taps.
    pads : ((int, int), (int, int))
        Zeros added (top, bottom) and (left, right).
    output : (int, int)
        Number of positions.
    groups : int
        Number of groups of channels that do not see each other.
    """

    size: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    output: tuple[int, int]
    groups: int = 1


def conv_geometry(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    stride: IntPair,
    padding: IntPair | str,
    dilation: IntPair,
    groups: int,
) -> tuple[np.ndarray, Geometry, bool]:
    """Check the arguments of `conv2d`; return the input with a batch axis, the geometry, "was batched"."""
    batch, batched, groups = _check_arrays(input, weight, groups)
    out_channels, group_channels, *kernel = weight.shape
    channels = groups * group_channels
    if batch.shape[1] != channels:
        rule = f"must have {channels} channels (groups × weight.shape[1] = {groups} × {group_channels})"
        remedy = "The channel axis stands before height and width."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    check_bias(bias, out_channels, batch)
    stride, dilation = arguments.pair("stride", stride, 1), arguments.pair("dilation", dilation, 1)
    pads = shapes.conv_padding(padding, kernel, stride, dilation)
    output = shapes.conv_output_size(batch.shape[2:], kernel, stride, padding, dilation)
    return batch, Geometry(batch.shape[2:], tuple(kernel), stride, dilation, pads, output, groups), batched


def transpose_geometry(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    stride: IntPair,
    padding: IntPair,
    output_padding: IntPair,
    groups: int,
    dilation: IntPair,
) -> tuple[np.ndarray, Geometry, bool]:
    """Check the arguments of `conv_transpose2d`; return as `conv_geometry` does.

    The geometry is that of the convolution run backwards: its image is the result, its positions are the
    pixels of the input.
    """
    batch, batched, groups = _check_arrays(input, weight, groups)
    in_channels, group_channels, *kernel = weight.shape
    if batch.shape[1] != in_channels:
        rule = f"must have {in_channels} channels (weight.shape[0])"
        remedy = "A transposed convolution has weights of shape (in_channels, out_channels / groups, kh, kw)."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))
    check_bias(bias, groups * group_channels, batch)
    stride, dilation = arguments.pair("stride", stride, 1), arguments.pair("dilation", dilation, 1)
    vertical, horizontal = arguments.pair("padding", padding, 0)
    size = shapes.conv_transpose_output_size(
        batch.shape[2:], kernel, stride, padding, output_padding, dilation
    )
    pads = ((vertical, vertical), (horizontal, horizontal))
    return batch, Geometry(size, tuple(kernel), stride, dilation, pads, batch.shape[2:], groups), batched


def check_grad(
    grad_output: np.ndarray, batch: np.ndarray, batched: bool, expected: tuple[int, ...]
) -> np.ndarray:
    """Check that a gradient has the shape and dtype of the forward's result; give it a batch axis."""
    arguments.array("grad_output", grad_output)
    arguments.same_shape(
        "grad_output", grad_output, expected if batched else expected[1:], "that of the forward result"
    )
    arguments.same_dtype("grad_output", grad_output, "input", batch)
    return grad_output if batched else grad_output[None]


def check_bias(bias: np.ndarray | None, channels: int, batch: np.ndarray) -> None:
    """Check that a bias is absent, or has one number per output channel in the dtype of the input."""
    if bias is not None:
        arguments.array("bias", bias, 1, "(out_channels,)")
        arguments.same_shape("bias", bias, (channels,), "one number per output channel")
        arguments.same_dtype("bias", bias, "input", batch)


def _check_arrays(input: np.ndarray, weight: np.ndarray, groups: int) -> tuple[np.ndarray, bool, int]:
    """Check what the two convolutions have in common: arrays, dtypes, nothing empty but the batch, groups."""
    batch, batched = arguments.images("input", input)
    arguments.array("weight", weight, 4, "with height and width of the kernel last")
    arguments.no_bool("input", batch)
    arguments.same_dtype("weight", weight, "input", batch)
    arguments.not_empty("weight", weight, 0)
    arguments.not_empty("input", input, 1 if batched else 0)
    groups = arguments.integer("groups", groups, 1)
    if len(weight) % groups:
        rule, remedy = (
            f"must have a first axis divisible by groups={groups}",
            "Change weight.shape[0] or groups.",
        )
        raise ValueError(message("weight", f"shape {weight.shape}", rule, remedy))
    return batch, batched, groups
