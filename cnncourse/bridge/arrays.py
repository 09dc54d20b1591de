"""Layers, functions and methods of torch that need more than a row of ``table.py``.

Each has the argument names, order and defaults of torch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnncourse import nn, ops
from cnncourse.errors import message
from cnncourse.ops import shapes


def unchanged(input: np.ndarray) -> np.ndarray:
    """Return the input: identity, and dropout when nothing is trained."""
    return input


def dropout(input: np.ndarray, p: float = 0.5, training: bool = True, inplace: bool = False) -> np.ndarray:
    """Return the input. Random numbers differ between torch and NumPy, so dropout that is on is refused."""
    return _off(input, training, "F.dropout(x, training=self.training)")


def stochastic_depth(input: np.ndarray, p: float, mode: str, training: bool = True) -> np.ndarray:
    """Return the input: no block is skipped when nothing is trained."""
    return _off(input, training, "stochastic_depth(x, p, mode, training=self.training)")


def _off(input: np.ndarray, training: bool, remedy: str) -> np.ndarray:
    if training:
        raise ValueError(message("training", training, "must be False in prediction", f"Write {remedy}."))
    return input


def conv2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    stride: tuple[int, int],
    padding: tuple[int, int] | str,
    dilation: tuple[int, int],
    groups: int,
    padding_mode: str,
) -> np.ndarray:
    """Run the layer Conv2d: `ops.conv2d`, after a border that is not zero has been added."""
    if padding_mode != "zeros":
        sides = shapes.conv_padding(padding, weight.shape[2:], stride, dilation)
        (top, bottom), (left, right) = sides
        input, padding = ops.pad(input, (left, right, top, bottom), padding_mode), 0
    return ops.conv2d(input, weight, bias, stride, padding, dilation, groups)


def batch_norm(
    input: np.ndarray,
    running_mean: np.ndarray | None,
    running_var: np.ndarray | None,
    weight: np.ndarray | None,
    bias: np.ndarray | None,
    eps: float,
) -> np.ndarray:
    """Run the layer BatchNorm2d; one that keeps no running statistics uses the batch's own."""
    no_statistics = running_mean is None
    return ops.batch_norm(input, running_mean, running_var, weight, bias, training=no_statistics, eps=eps)


def softmax(
    input: np.ndarray, dim: int | None = None, _stacklevel: int = 3, dtype: None = None
) -> np.ndarray:
    """Run `ops.softmax`; torch's function has an argument for warnings in between."""
    return ops.softmax(input, dim, dtype=dtype)


def log_softmax(
    input: np.ndarray, dim: int | None = None, _stacklevel: int = 3, dtype: None = None
) -> np.ndarray:
    """Run `ops.log_softmax`; torch's function has an argument for warnings in between."""
    return ops.log_softmax(input, dim, dtype=dtype)


def channel_shuffle(input: np.ndarray, groups: int) -> np.ndarray:
    """(N, groups · C, H, W): take the channels of the groups in turn (Zhang et al. 2017, ShuffleNet)."""
    n, channels, *size = input.shape
    in_groups = input.reshape(n, groups, channels // groups, *size)
    return in_groups.swapaxes(1, 2).reshape(input.shape)


def flatten(input: np.ndarray, start_dim: int = 0, end_dim: int = -1) -> np.ndarray:
    """Join neighbouring axes into one."""
    return nn.Flatten(start_dim, end_dim)(input)


def sizes(given: tuple) -> tuple[int, ...]:
    """Return (2, 3) from (2, 3) or ((2, 3),): torch takes both forms."""
    return tuple(given[0]) if len(given) == 1 and not isinstance(given[0], int) else given


def axes(dim: int | Sequence[int] | None) -> int | tuple[int, ...] | None:
    """Return the axes as NumPy takes them."""
    return tuple(dim) if isinstance(dim, Sequence) else dim


def squeeze(input: np.ndarray, dim: int | Sequence[int] | None = None) -> np.ndarray:
    """Drop the axes of length 1, or those among `dim`."""
    dims = range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    return input.squeeze(tuple(d for d in dims if input.shape[d] == 1))


def split(
    input: np.ndarray, split_size_or_sections: int | Sequence[int], dim: int = 0
) -> tuple[np.ndarray, ...]:
    """Cut into pieces of one length (the last may be shorter), or of given lengths."""
    length, pieces = input.shape[dim], split_size_or_sections
    cuts = range(pieces, length, pieces) if isinstance(pieces, int) else np.cumsum(pieces)[:-1]
    return tuple(np.split(input, list(cuts), dim))


def chunk(input: np.ndarray, chunks: int, dim: int = 0) -> tuple[np.ndarray, ...]:
    """Cut into so many pieces of one length; the last may be shorter or missing."""
    return split(input, max(1, math.ceil(input.shape[dim] / chunks)), dim)


def attribute(input: np.ndarray, name: str) -> object:
    """Return the shape or the number of axes; other attributes of a tensor mean nothing to NumPy."""
    known = {"shape": input.shape, "ndim": input.ndim}
    if name not in known:
        remedy = "Compute it from the shape."
        raise ValueError(message("attribute", repr(name), f"must be one of {tuple(known)}", remedy))
    return known[name]
