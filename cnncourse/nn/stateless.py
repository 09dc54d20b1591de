"""Layers without weights: pooling, activations, flattening, and dropout."""

from __future__ import annotations

import numpy as np

from cnncourse import ops
from cnncourse.errors import message
from cnncourse.nn import init
from cnncourse.nn.module import Module

Size = int | tuple[int, int]


class _Pool(Module):
    """What pools share: the text of their most used arguments."""

    def extra_repr(self) -> str:
        stride = self.kernel_size if self.stride is None else self.stride
        return f"kernel_size={self.kernel_size}, stride={stride}, padding={self.padding}"


class MaxPool2d(_Pool):
    """Keep the largest value of each window: see `ops.max_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode
        As in `ops.max_pool2d`.
    return_indices : bool, default False
        Return (output, indices).

    Examples
    --------
    >>> MaxPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.dilation, self.return_indices, self.ceil_mode = dilation, return_indices, ceil_mode

    def _options(self) -> tuple:
        return self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode

    def forward(self, input: np.ndarray) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """(N, C, H, W) -> (N, C, H_out, W_out)."""
        if not (self.training or self.return_indices):
            self._saved = (input, None)
            return ops.max_pool2d(input, *self._options())
        # Where the maxima stood is found at little cost now and needed on the way back.
        out, indices = ops.max_pool2d(input, *self._options(), return_indices=True)
        self._saved = (input, indices)
        return (out, indices) if self.return_indices else out

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        input, indices = self.recall("_saved")
        return ops.max_pool2d_backward(grad_output, input, *self._options(), indices=indices)


class AvgPool2d(_Pool):
    """Average each window: see `ops.avg_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        As in `ops.avg_pool2d`.

    Examples
    --------
    >>> AvgPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 2.5,  4.5],
             [10.5, 12.5]]]])
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad
        self.divisor_override = divisor_override

    def _options(self) -> tuple:
        shape = self.kernel_size, self.stride, self.padding, self.ceil_mode
        return *shape, self.count_include_pad, self.divisor_override

    def forward(self, input: np.ndarray) -> np.ndarray:
        """(N, C, H, W) -> (N, C, H_out, W_out)."""
        self._input = input
        return ops.avg_pool2d(input, *self._options())

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        return ops.avg_pool2d_backward(grad_output, self.recall("_input"), *self._options())


class ReLU(Module):
    """Keep what is positive: see `ops.relu`.

    Parameters
    ----------
    inplace : bool, default False
        Write the result into the input.
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, input: np.ndarray) -> np.ndarray:
        # The output is remembered: positive at the same places as the input, also when written in place.
        self._output = ops.relu(input, self.inplace)
        return self._output

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        return ops.relu_backward(grad_output, self.recall("_output"))

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """Squash into 0 … 1: see `ops.sigmoid`."""

    def forward(self, input: np.ndarray) -> np.ndarray:
        self._input = input
        return ops.sigmoid(input)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        return ops.sigmoid_backward(grad_output, self.recall("_input"))


class Tanh(Module):
    """Squash into −1 … 1: see `ops.tanh`."""

    def forward(self, input: np.ndarray) -> np.ndarray:
        self._input = input
        return ops.tanh(input)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        return ops.tanh_backward(grad_output, self.recall("_input"))


class Flatten(Module):
    """Join axes into one, by default all but the batch.

    Parameters
    ----------
    start_dim, end_dim : int, default 1 and -1
        First and last axis to join. An input without them raises a ValueError.

    Examples
    --------
    >>> Flatten()(np.zeros((2, 16, 5, 5))).shape
    (2, 400)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: np.ndarray) -> np.ndarray:
        """(N, C, H, W) -> (N, C·H·W)."""
        axes = range(input.ndim)
        try:
            start, end = axes[self.start_dim], axes[self.end_dim]
        except IndexError:
            start, end = 1, 0
        if start > end:
            got = f"shape {input.shape}"
            rule = f"must have the axes start_dim={self.start_dim} to end_dim={self.end_dim}, in this order"
            raise ValueError(message("input", got, rule, "Add a batch axis, or change the dims.")) from None
        self._shape = input.shape
        length = int(np.prod(input.shape[start : end + 1]))  # written out, for -1 fails on empty batches
        return input.reshape(input.shape[:start] + (length,) + input.shape[end + 1 :])

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        return grad_output.reshape(self.recall("_shape"))


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
