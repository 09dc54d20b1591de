"""Which NumPy operator stands for which layer, function and method of torch.

Most rows need no code: `cnncourse.ops` has the names, arguments and defaults of ``torch.nn.functional``. And
a layer is an operator that keeps some of its arguments, under the same names: ``Conv2d`` keeps `weight`,
`bias`, `stride` and so on for `conv2d`. What only moves numbers about stands in ``arrays.py``.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence

import numpy as np

from cnncourse import ops
from cnncourse.bridge import arrays

# Functions of torch.nn.functional that `ops` has under the same name, with the same arguments.
SAME_IN_OPS = (
    "adaptive_avg_pool2d", "adaptive_max_pool2d", "avg_pool2d", "batch_norm", "conv2d", "conv_transpose2d",
    "elu", "gelu", "group_norm", "hardsigmoid", "hardswish", "hardtanh", "layer_norm", "leaky_relu", "linear",
    "local_response_norm", "max_pool2d", "pad", "relu", "relu6", "silu", "softplus",
)  # fmt: skip
# Python's operators mean the same for arrays.
SAME_IN_PYTHON = ("add", "floordiv", "getitem", "matmul", "mul", "neg", "pow", "sub", "truediv")


def _reshape(input: np.ndarray, *shape: int | Sequence[int]) -> np.ndarray:
    return input.reshape(arrays.sizes(shape))


def _log_sigmoid(input: np.ndarray) -> np.ndarray:
    """log σ(x) = −log(e⁰ + e⁻ˣ), without overflow."""
    return -np.logaddexp(0, -input)


# Functions of torch that are methods of a tensor too, with the same arguments.
SHARED: dict[str, Callable] = {
    "add": np.add,
    "chunk": arrays.chunk,
    "div": np.true_divide,
    "flatten": arrays.flatten,
    "log_softmax": ops.log_softmax,
    "matmul": np.matmul,
    "mean": lambda input, dim=None, keepdim=False: np.mean(input, arrays.axes(dim), keepdims=keepdim),
    "mul": np.multiply,
    "permute": lambda input, *dims: input.transpose(arrays.sizes(dims)),
    "relu": ops.relu,
    "reshape": _reshape,
    "rsqrt": lambda input: 1 / np.sqrt(input),
    "sigmoid": ops.sigmoid,
    "softmax": ops.softmax,
    "split": arrays.split,
    "sqrt": np.sqrt,
    "squeeze": arrays.squeeze,
    "sub": np.subtract,
    "sum": lambda input, dim=None, keepdim=False: np.sum(input, arrays.axes(dim), keepdims=keepdim),
    "tanh": ops.tanh,
    "transpose": lambda input, dim0, dim1: input.swapaxes(dim0, dim1),
    "unsqueeze": lambda input, dim: np.expand_dims(input, dim),
}

METHODS: dict[str, Callable] = SHARED | {
    "contiguous": np.ascontiguousarray,
    "dim": np.ndim,
    "new_tensor": lambda input, data: np.array(data, input.dtype),
    "size": lambda input, dim=None: input.shape if dim is None else input.shape[dim],
    "view": _reshape,
}

# Functions of a library that is not imported here, by their full names.
FOREIGN: dict[str, Callable] = {
    "torchvision.ops.stochastic_depth.stochastic_depth": arrays.stochastic_depth,
}
# Hooks that change no number, by their full names: this one keeps frozen layers in evaluation mode.
HARMLESS_HOOKS = {"cnncourse.transfer.tuning._stay_in_evaluation"}


@functools.cache
def functions() -> dict[Callable, Callable]:
    """Return each function of torch, or of Python's own operators -> the NumPy function for it."""
    import torch
    from torch.nn import functional as F

    table = {getattr(torch, name): function for name, function in SHARED.items()}
    table |= {getattr(F, name): getattr(ops, name) for name in SAME_IN_OPS}
    table |= {getattr(operator, name): getattr(operator, name) for name in SAME_IN_PYTHON}
    return table | {
        F.adaptive_max_pool2d_with_indices: ops.adaptive_max_pool2d,
        F.dropout: arrays.dropout,
        F.dropout2d: arrays.dropout,
        F.log_softmax: arrays.log_softmax,
        F.logsigmoid: _log_sigmoid,
        F.max_pool2d_with_indices: ops.max_pool2d,
        F.softmax: arrays.softmax,
        torch.cat: lambda tensors, dim=0: np.concatenate(tensors, dim),
        torch.channel_shuffle: arrays.channel_shuffle,
        torch.stack: lambda tensors, dim=0: np.stack(tensors, dim),
        getattr: arrays.attribute,
    }


@functools.cache
def layers() -> dict[type, tuple[Callable, tuple[str, ...]]]:
    """Return each layer of torch -> its operator, and the arguments that the layer keeps as attributes."""
    from torch import nn

    convolution = ("weight", "bias", "stride", "padding", "dilation", "groups")
    norm = (arrays.batch_norm, ("running_mean", "running_var", "weight", "bias", "eps"))
    window = ("kernel_size", "stride", "padding", "ceil_mode")
    return {
        nn.AdaptiveAvgPool2d: (ops.adaptive_avg_pool2d, ("output_size",)),
        nn.AdaptiveMaxPool2d: (ops.adaptive_max_pool2d, ("output_size", "return_indices")),
        nn.AvgPool2d: (ops.avg_pool2d, (*window, "count_include_pad", "divisor_override")),
        nn.BatchNorm1d: norm,
        nn.BatchNorm2d: norm,
        nn.ChannelShuffle: (arrays.channel_shuffle, ("groups",)),
        nn.CircularPad2d: (_border("circular"), ("padding",)),
        nn.ConstantPad2d: (_border("constant"), ("padding", "value")),
        nn.Conv2d: (arrays.conv2d, (*convolution, "padding_mode")),
        nn.ConvTranspose2d: (ops.conv_transpose2d, (*convolution, "output_padding")),
        nn.Dropout: (arrays.unchanged, ()),
        nn.Dropout2d: (arrays.unchanged, ()),
        nn.ELU: (ops.elu, ("alpha", "inplace")),
        nn.Flatten: (arrays.flatten, ("start_dim", "end_dim")),
        nn.GELU: (ops.gelu, ("approximate",)),
        nn.GroupNorm: (ops.group_norm, ("num_groups", "weight", "bias", "eps")),
        nn.Hardsigmoid: (ops.hardsigmoid, ("inplace",)),
        nn.Hardswish: (ops.hardswish, ("inplace",)),
        nn.Hardtanh: (ops.hardtanh, ("min_val", "max_val", "inplace")),
        nn.Identity: (arrays.unchanged, ()),
        nn.LayerNorm: (ops.layer_norm, ("normalized_shape", "weight", "bias", "eps")),
        nn.LeakyReLU: (ops.leaky_relu, ("negative_slope", "inplace")),
        nn.Linear: (ops.linear, ("weight", "bias")),
        nn.LocalResponseNorm: (ops.local_response_norm, ("size", "alpha", "beta", "k")),
        nn.LogSigmoid: (_log_sigmoid, ()),
        nn.LogSoftmax: (ops.log_softmax, ("dim",)),
        nn.MaxPool2d: (ops.max_pool2d, (*window, "dilation", "return_indices")),
        nn.ReflectionPad2d: (_border("reflect"), ("padding",)),
        nn.ReLU: (ops.relu, ("inplace",)),
        nn.ReLU6: (ops.relu6, ("inplace",)),
        nn.ReplicationPad2d: (_border("replicate"), ("padding",)),
        nn.Sigmoid: (ops.sigmoid, ()),
        nn.SiLU: (ops.silu, ("inplace",)),
        nn.Softmax: (ops.softmax, ("dim",)),
        nn.Softplus: (ops.softplus, ("beta", "threshold")),
        nn.Tanh: (ops.tanh, ()),
        nn.ZeroPad2d: (_border("constant"), ("padding",)),
    }


def _border(mode: str) -> Callable:
    """Return a padding layer's operator: `ops.pad` with the mode in front of the value."""
    return lambda input, padding, value=None: ops.pad(input, padding, mode, value)
