"""What a convolution's arguments mean in pixels, worked out and checked once for all functions of `conv`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnncourse.ops import _check, shapes


@dataclass(frozen=True)
class Geometry:
    """Where the kernel of a 2-D convolution goes; every pair is (height, width).

    Attributes
    ----------
    size, kernel, stride, dilation, output : (int, int)
        Input size, kernel size, step of the kernel, step of its taps, output size, in pixels.
    pads : ((int, int), (int, int))
        Zeros added (top, bottom) and (left, right).
    groups : int
        Number of channel groups that do not see each other.
    """

    size: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    output: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    groups: int


def conv_geometry(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    stride: int | tuple[int, int],
    padding: int | tuple[int, int] | str,
    dilation: int | tuple[int, int],
    groups: int,
) -> tuple[np.ndarray, Geometry, bool]:
    """Check all arguments of `conv2d`; return the input with a batch axis, the geometry, and if it was batched."""
    batch, batched = _check.images("input", input)
    _check.array("weight", weight, 4, "(out_channels, in_channels / groups, kernel_height, kernel_width)")
    _check.no_bool("input", batch)
    _check.same_dtype("weight", weight, "input", batch)
    groups = _check.integer("groups", groups, 1)
    out_channels, group_channels, *kernel = weight.shape
    if min(weight.shape) < 1:
        remedy = "Give every axis at least one entry."
        raise ValueError(_check.message("weight", f"shape {weight.shape}", "must not be empty", remedy))
    if out_channels % groups:
        rule = f"must have a number of output channels divisible by groups={groups}"
        remedy = "Change weight.shape[0] or groups."
        raise ValueError(_check.message("weight", f"shape {weight.shape}", rule, remedy))
    if batch.shape[1] != groups * group_channels:
        rule = f"must have {groups * group_channels} channels (weight.shape[1] × groups = {group_channels} × {groups})"
        remedy = "The channel axis comes before height and width."
        raise ValueError(_check.message("input", f"{batch.shape[1]} in shape {input.shape}", rule, remedy))
    check_bias(bias, out_channels, batch)
    stride, dilation = _check.pair("stride", stride, 1), _check.pair("dilation", dilation, 1)
    pads = shapes.conv_padding(padding, kernel, stride, dilation)
    size = batch.shape[2:]
    if min(size) < 1:
        rule, remedy = "must have at least one pixel", "Only the batch may be empty."
        raise ValueError(_check.message("input", f"shape {input.shape}", rule, remedy))
    output = shapes.conv_output_size(size, kernel, stride, padding, dilation)
    return batch, Geometry(size, tuple(kernel), stride, dilation, output, pads, groups), batched


def check_bias(bias: np.ndarray | None, channels: int, batch: np.ndarray) -> None:
    """Check that a bias is absent or has one number per output channel, in the dtype of the input."""
    if bias is not None:
        _check.array("bias", bias, 1, "(out_channels,)")
        _check.same_shape("bias", bias, (channels,), "one number per output channel of weight")
        _check.same_dtype("bias", bias, "input", batch)
