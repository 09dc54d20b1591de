"""Layers that do one thing in training and another in prediction: see `Module.train` and `Module.eval`."""

from __future__ import annotations

import numpy as np

from cnncourse import ops
from cnncourse.errors import message
from cnncourse.nn import init
from cnncourse.nn.module import Module, Parameter
from cnncourse.ops import arguments


class BatchNorm2d(Module):
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
        affine = (None, None) if self.weight is None else (self.weight.data, self.bias.data)
        return self.running_mean, self.running_var, *affine, self.training or self.running_mean is None

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
        grad_input, grad_weight, grad_bias = ops.batch_norm_backward(
            grad_output, input, *options, eps=self.eps
        )
        if self.weight is not None:
            self.weight.accumulate(grad_weight)
            self.bias.accumulate(grad_bias)
        return grad_input

    def extra_repr(self) -> str:
        affine, track = self.weight is not None, self.running_mean is not None
        text = f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"
        return text + f", affine={affine}, track_running_stats={track}"


class Dropout(Module):
    """Switch numbers off at random while training: see `ops.dropout`.

    Parameters
    ----------
    p : float from 0 to 1, default 0.5
        Probability of zero.
    inplace : bool, default False
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        Where the random numbers come from, or a seed.

    Raises
    ------
    ValueError
        If `p` is not a probability.

    Examples
    --------
    >>> Dropout(0.5, rng=0)(np.ones(6))
    array([2., 2., 2., 0., 0., 0.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False, *, rng: init.Rng = None) -> None:
        if not 0 <= p <= 1:
            raise ValueError(message("p", p, "must lie between 0 and 1", "0.5 is usual."))
        self.p, self.inplace, self.rng = p, inplace, np.random.default_rng(rng)

    def forward(self, input: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        out, mask = ops.dropout(input, self.p, self.training, self.inplace, rng=self.rng, return_mask=True)
        self._saved = (input, mask, self.training)
        return out

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        input, mask, training = self.recall("_saved")
        return ops.dropout_backward(grad_output, input, self.p, training, mask=mask)

    def extra_repr(self) -> str:
        return f"p={self.p}"
