"""Which NumPy operator stands for which layer, function and method of torch.

Most rows need no code: `cnncourse.ops` has the names, arguments and defaults of ``torch.nn.functional``. And
a layer is an operator that keeps some of its arguments, under the same names: ``Conv2d`` keeps `weight`,
`bias`, `stride` and so on for `conv2d`. What only moves numbers about stands in ``arrays.py``.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from types import ModuleType

import numpy as np

from cnncourse import ops
from cnncourse.bridge import arrays

# Functions of torch that are methods of a tensor too, with the same arguments.
SHARED: dict[str, Callable] = {
    "add": np.add,
    "chunk": arrays.chunk,
    "div": np.true_divide,
    "flatten": arrays.flatten,
    "log_softmax": ops.log_softmax,
    "matmul": np.matmul,
    "mean": arrays.mean,
    "mul": np.multiply,
    "permute": arrays.permute,
    "relu": ops.relu,
    "reshape": arrays.reshape,
    "rsqrt": arrays.rsqrt,
    "sigmoid": ops.sigmoid,
    "softmax": ops.softmax,
    "split": arrays.split,
    "sqrt": np.sqrt,
    "squeeze": arrays.squeeze,
    "sub": np.subtract,
    "sum": arrays.sum,
    "tanh": ops.tanh,
    "transpose": arrays.transpose,
    "unsqueeze": arrays.unsqueeze,
}

METHODS: dict[str, Callable] = SHARED | {
    "contiguous": np.ascontiguousarray,
    "dim": np.ndim,
    "new_tensor": arrays.new_tensor,
    "size": arrays.size,
    "view": arrays.reshape,
}

# Functions of a library that is not imported here, by their full names.
FOREIGN: dict[str, Callable] = {
    "torchvision.ops.stochastic_depth.stochastic_depth": arrays.stochastic_depth,
}


@functools.cache
def functions() -> dict[Callable, Callable]:
    """Return each function of torch, or of Python's own operators -> the NumPy function for it."""
    import torch
    from torch.nn import functional as F

    shared = {getattr(torch, name): function for name, function in SHARED.items()}
    return shared | {
        F.adaptive_avg_pool2d: ops.adaptive_avg_pool2d,
        F.adaptive_max_pool2d: ops.adaptive_max_pool2d,
        F.adaptive_max_pool2d_with_indices: ops.adaptive_max_pool2d,
        F.avg_pool2d: ops.avg_pool2d,
        F.batch_norm: ops.batch_norm,
        F.conv2d: ops.conv2d,
        F.conv_transpose2d: ops.conv_transpose2d,
        F.dropout: arrays.dropout,
        F.dropout2d: arrays.dropout,
        F.elu: ops.elu,
        F.gelu: ops.gelu,
        F.group_norm: ops.group_norm,
        F.hardsigmoid: ops.hardsigmoid,
        F.hardswish: ops.hardswish,
        F.hardtanh: ops.hardtanh,
        F.layer_norm: ops.layer_norm,
        F.leaky_relu: ops.leaky_relu,
        F.linear: ops.linear,
        F.local_response_norm: ops.local_response_norm,
        F.log_softmax: arrays.log_softmax,
        F.logsigmoid: arrays.log_sigmoid,
        F.max_pool2d: ops.max_pool2d,
        F.max_pool2d_with_indices: ops.max_pool2d,
        F.pad: ops.pad,
        F.relu: ops.relu,
        F.relu6: ops.relu6,
        F.silu: ops.silu,
        F.softmax: arrays.softmax,
        F.softplus: ops.softplus,
        torch.cat: arrays.cat,
        torch.channel_shuffle: arrays.channel_shuffle,
        torch.stack: arrays.stack,
        getattr: arrays.attribute,
        operator.add: operator.add,
        operator.floordiv: operator.floordiv,
        operator.getitem: operator.getitem,
        operator.matmul: operator.matmul,
        operator.mul: operator.mul,
        operator.neg: operator.neg,
        operator.pow: operator.pow,
        operator.sub: operator.sub,
        operator.truediv: operator.truediv,
    }


@functools.cache
def layers() -> dict[type, tuple[Callable, tuple[str, ...]]]:
    """Return each layer of torch -> its operator, and the arguments that the layer keeps as attributes."""
    from torch import nn

    return _weighted_layers(nn) | _pooling_layers(nn) | _activation_layers(nn) | _other_layers(nn)


def _weighted_layers(nn: ModuleType) -> dict:
    kept = ("weight", "bias", "stride", "padding", "dilation", "groups")
    norm = (arrays.batch_norm, ("running_mean", "running_var", "weight", "bias", "eps"))
    return {
        nn.BatchNorm1d: norm,
        nn.BatchNorm2d: norm,
        nn.Conv2d: (arrays.conv2d, (*kept, "padding_mode")),
        nn.ConvTranspose2d: (ops.conv_transpose2d, (*kept, "output_padding")),
        nn.GroupNorm: (ops.group_norm, ("num_groups", "weight", "bias", "eps")),
        nn.LayerNorm: (ops.layer_norm, ("normalized_shape", "weight", "bias", "eps")),
        nn.Linear: (ops.linear, ("weight", "bias")),
    }


def _pooling_layers(nn: ModuleType) -> dict:
    window = ("kernel_size", "stride", "padding", "ceil_mode")
    return {
        nn.AdaptiveAvgPool2d: (ops.adaptive_avg_pool2d, ("output_size",)),
        nn.AdaptiveMaxPool2d: (ops.adaptive_max_pool2d, ("output_size", "return_indices")),
        nn.AvgPool2d: (ops.avg_pool2d, (*window, "count_include_pad", "divisor_override")),
        nn.MaxPool2d: (ops.max_pool2d, (*window, "dilation", "return_indices")),
    }


def _activation_layers(nn: ModuleType) -> dict:
    return {
        nn.ELU: (ops.elu, ("alpha", "inplace")),
        nn.GELU: (ops.gelu, ("approximate",)),
        nn.Hardsigmoid: (ops.hardsigmoid, ("inplace",)),
        nn.Hardswish: (ops.hardswish, ("inplace",)),
        nn.Hardtanh: (ops.hardtanh, ("min_val", "max_val", "inplace")),
        nn.LeakyReLU: (ops.leaky_relu, ("negative_slope", "inplace")),
        nn.LogSigmoid: (arrays.log_sigmoid, ()),
        nn.LogSoftmax: (ops.log_softmax, ("dim",)),
        nn.ReLU: (ops.relu, ("inplace",)),
        nn.ReLU6: (ops.relu6, ("inplace",)),
        nn.Sigmoid: (ops.sigmoid, ()),
        nn.SiLU: (ops.silu, ("inplace",)),
        nn.Softmax: (ops.softmax, ("dim",)),
        nn.Softplus: (ops.softplus, ("beta", "threshold")),
        nn.Tanh: (ops.tanh, ()),
    }


def _other_layers(nn: ModuleType) -> dict:
    return {
        nn.ChannelShuffle: (arrays.channel_shuffle, ("groups",)),
        nn.CircularPad2d: (functools.partial(arrays.border, mode="circular"), ("padding",)),
        nn.ConstantPad2d: (functools.partial(arrays.border, mode="constant"), ("padding", "value")),
        nn.Dropout: (arrays.unchanged, ()),
        nn.Dropout2d: (arrays.unchanged, ()),
        nn.Flatten: (arrays.flatten, ("start_dim", "end_dim")),
        nn.Identity: (arrays.unchanged, ()),
        nn.LocalResponseNorm: (ops.local_response_norm, ("size", "alpha", "beta", "k")),
        nn.ReflectionPad2d: (functools.partial(arrays.border, mode="reflect"), ("padding",)),
        nn.ReplicationPad2d: (functools.partial(arrays.border, mode="replicate"), ("padding",)),
        nn.ZeroPad2d: (functools.partial(arrays.border, mode="constant"), ("padding",)),
    }
