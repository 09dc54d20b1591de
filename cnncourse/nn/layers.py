"""Layers with weights: the names, constructor arguments and saved names of `torch.nn`.

``rng`` (a `numpy.random.Generator` or a seed) is the one addition: NumPy has no global seed that every
layer draws from. ``dtype`` is float32 unless said.
"""

from __future__ import annotations

import numpy as np

from cnncourse import ops
from cnncourse.errors import did_you_mean, message
from cnncourse.nn import init
from cnncourse.nn.module import Module, Parameter
from cnncourse.ops import arguments, shapes

Size = int | tuple[int, int]
_PADDING_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


class _Affine(Module):
    """What these layers share: a weight and a bias, either of which may be None."""

    def _draw(self, shape: tuple[int, ...], bias: bool, dtype: np.dtype, rng: init.Rng) -> None:
        self.weight = Parameter(np.empty(shape, dtype))
        self.bias = Parameter(np.empty(shape[0], dtype)) if bias else None
        init.default_(*self._values(), rng=rng)

    def _values(self) -> list[np.ndarray | None]:
        return [None if p is None else p.data for p in (self.weight, self.bias)]

    def _accumulate(self, *grads: np.ndarray | None) -> None:
        for parameter, grad in zip((self.weight, self.bias), grads):
            if parameter is not None:
                parameter.accumulate(grad)


class Conv2d(_Affine):
    """Slide learnt kernels over images: see `ops.conv2d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride : int or (int, int)
    padding : int, (int, int), "same" or "valid", default 0
    dilation : int or (int, int), default 1
    groups : int, default 1
        Divides both numbers of channels.
    bias : bool, default True
    padding_mode : {"zeros", "reflect", "replicate", "circular"}, default "zeros"
    dtype : dtype, default float32
    rng : numpy.random.Generator or int, optional
        For the first values of weight and bias.

    Attributes
    ----------
    weight : Parameter of shape (out_channels, in_channels / groups, kernel_height, kernel_width)
    bias : Parameter of shape (out_channels,), or None

    Raises
    ------
    TypeError, ValueError
        If a number is out of range, the channels are not divisible, or `padding_mode` is unknown.

    Examples
    --------
    >>> conv = Conv2d(1, 6, 5, padding=2, rng=0)
    >>> conv(np.zeros((2, 1, 28, 28), np.float32)).shape
    (2, 6, 28, 28)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        dtype: np.dtype = np.float32,
        rng: init.Rng = None,
    ) -> None:
        self.in_channels = arguments.integer("in_channels", in_channels, 1)
        self.out_channels = arguments.integer("out_channels", out_channels, 1)
        self.kernel_size = arguments.pair("kernel_size", kernel_size, 1)
        self.stride = arguments.pair("stride", stride, 1)
        self.dilation = arguments.pair("dilation", dilation, 1)
        self.groups = arguments.integer("groups", groups, 1)
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                rule = f"must be divisible by groups={groups}"
                raise ValueError(message(name, channels, rule, f"Change {name} or groups."))
        if padding_mode not in _PADDING_MODES:
            remedy = did_you_mean(padding_mode, _PADDING_MODES)
            raise ValueError(message("padding_mode", repr(padding_mode), "must be known", remedy))
        self.padding, self.padding_mode = padding, padding_mode
        rows, columns = shapes.conv_padding(padding, self.kernel_size, self.stride, self.dilation)
        self._border = (*columns, *rows)
        self._draw((out_channels, in_channels // groups, *self.kernel_size), bias, dtype, rng)

    def _options(self) -> tuple:
        """Return stride, padding, dilation, groups for `ops`; other borders than zeros are added before."""
        return self.stride, self.padding if self.padding_mode == "zeros" else 0, self.dilation, self.groups

    def forward(self, input: np.ndarray) -> np.ndarray:
        """(N, in_channels, H, W) -> (N, out_channels, H_out, W_out)."""
        self._input = input
        if self.padding_mode != "zeros":
            input = ops.pad(input, self._border, _PADDING_MODES[self.padding_mode])
        self._padded = input
        return ops.conv2d(input, *self._values(), *self._options())

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        padded = self.recall("_padded")
        grad_input, *grads = ops.conv2d_backward(grad_output, padded, self.weight.data, *self._options())
        self._accumulate(*grads)
        if self.padding_mode != "zeros":
            mode = _PADDING_MODES[self.padding_mode]
            grad_input = ops.pad_backward(grad_input, self._input, self._border, mode)
        return grad_input

    def extra_repr(self) -> str:
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        )
        defaults = {"padding": 0, "dilation": (1, 1), "groups": 1, "padding_mode": "zeros"}
        text += "".join(f", {k}={getattr(self, k)!r}" for k, v in defaults.items() if getattr(self, k) != v)
        return text + ("" if self.bias is not None else ", bias=False")


class Linear(_Affine):
    """Multiply by a learnt matrix: see `ops.linear`.

    Parameters
    ----------
    in_features, out_features : int, at least 1
    bias : bool, default True
    dtype : dtype, default float32
    rng : numpy.random.Generator or int, optional
        For the first values of weight and bias.

    Attributes
    ----------
    weight : Parameter of shape (out_features, in_features)
    bias : Parameter of shape (out_features,), or None

    Examples
    --------
    >>> Linear(3, 2, rng=0)(np.zeros((5, 3), np.float32)).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: np.dtype = np.float32,
        rng: init.Rng = None,
    ) -> None:
        self.in_features = arguments.integer("in_features", in_features, 1)
        self.out_features = arguments.integer("out_features", out_features, 1)
        self._draw((out_features, in_features), bias, dtype, rng)

    def forward(self, input: np.ndarray) -> np.ndarray:
        """(..., in_features) -> (..., out_features)."""
        self._input = input
        return ops.linear(input, *self._values())

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        grad_input, *grads = ops.linear_backward(grad_output, self.recall("_input"), *self._values())
        self._accumulate(*grads)
        return grad_input

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.out_features}" + ("" if self.bias is not None else ", bias=False")


class BatchNorm2d(_Affine):
    """Normalise each channel over the batch: see `ops.batch_norm`.

    Parameters
    ----------
    num_features : int
        Number of channels, at least 1.
    eps : float, default 1e-5
    momentum : float or None, default 0.1
        Share of the new batch in the running statistics; None weighs all batches alike.
    affine : bool, default True
        Learn a scale and a shift for each channel.
    track_running_stats : bool, default True
        Keep running statistics for prediction; otherwise the batch's own are used then as well.
    dtype : dtype, default float32

    Attributes
    ----------
    weight, bias : Parameter of shape (num_features,), or None
    running_mean, running_var : ndarray of shape (num_features,), or None
    num_batches_tracked : int64 ndarray of shape (), or None

    Examples
    --------
    >>> norm = BatchNorm2d(2)
    >>> x = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)
    >>> float(abs(norm(x).mean()).round(6)), int(norm.num_batches_tracked)
    (0.0, 1)
    """

    buffer_names = ("running_mean", "running_var", "num_batches_tracked")

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: np.dtype = np.float32,
    ) -> None:
        self.num_features = arguments.integer("num_features", num_features, 1)
        self.eps, self.momentum = eps, momentum
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine else None
        self.running_mean = np.zeros(num_features, dtype) if track_running_stats else None
        self.running_var = np.ones(num_features, dtype) if track_running_stats else None
        self.num_batches_tracked = np.zeros((), np.int64) if track_running_stats else None

    def _options(self) -> tuple:
        """Return running statistics, weight, bias, and whether to use the batch's own, for `ops`."""
        use_batch = self.training or self.running_mean is None
        return self.running_mean, self.running_var, *self._values(), use_batch

    def forward(self, input: np.ndarray) -> np.ndarray:
        """(N, num_features, H, W) -> the same shape."""
        arguments.array("input", input, 4, "(N, C, H, W)")
        momentum = self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked += 1
            momentum = 1 / int(self.num_batches_tracked) if momentum is None else momentum
        self._saved = (input, self._options())
        return ops.batch_norm(input, *self._options(), momentum or 0.0, self.eps)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        input, options = self.recall("_saved")
        grad_input, *grads = ops.batch_norm_backward(grad_output, input, *options, eps=self.eps)
        self._accumulate(*grads)
        return grad_input

    def extra_repr(self) -> str:
        affine, track = self.weight is not None, self.running_mean is not None
        text = f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"
        return text + f", affine={affine}, track_running_stats={track}"
