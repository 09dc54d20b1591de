"""Where the windows of a pooling operator lie, worked out and checked once for all functions of `pool`.

One step of a pooling loop, "the k-th sample of every window", is a strided view of the image: a *tap*. A
K×K window has K² taps, whatever the size of the image, so the only loop left in Python runs over taps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments, shapes, threads

Size = int | tuple[int, int]

_BLOCK = 1 << 17  # pixels that one thread looks at together: they stay in its cache


@dataclass(frozen=True)
class Axis:
    """How the windows lie along one axis, in samples.

    Attributes
    ----------
    size, kernel, stride, padding, dilation : int
        Length of the image, samples of a window, step between windows, padding on each side, step between
        samples.
    windows : int
        Number of windows.
    """

    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    windows: int

    def starts(self) -> np.ndarray:
        """Return where each window begins; negative in the padding."""
        return np.arange(self.windows) * self.stride - self.padding

    def first_inside(self) -> np.ndarray:
        """Return the number of each window's first sample that lies inside the image."""
        return np.maximum(0, -(self.starts() // self.dilation))

    def counts(self, count_include_pad: bool) -> np.ndarray:
        """Return how many samples each window averages over; padding counts if asked, overhang never."""
        start = self.starts()
        if count_include_pad:
            return np.minimum(start + self.kernel, self.size + self.padding) - start
        return np.minimum(start + self.kernel, self.size) - np.maximum(start, 0)

    def taps(self) -> Iterator[tuple[int, slice, slice]]:
        """Yield k, the windows whose k-th sample lies inside the image, and those samples.

        The k-th sample of window i stands at ``i * stride - padding + k * dilation``. Leaving out the
        windows for which this falls into the padding does the work of padding without a copy.
        """
        for k in range(self.kernel):
            offset = k * self.dilation - self.padding
            first = max(0, -(offset // self.stride))
            last = min(self.windows, -((offset - self.size) // self.stride))
            if first < last:
                start = first * self.stride + offset
                stop = (last - 1) * self.stride + offset + 1
                yield k, slice(first, last), slice(start, stop, self.stride)


def taps2d(rows: Axis, columns: Axis) -> Iterator[tuple[int, tuple, tuple]]:
    """Yield (number, windows, samples) for the taps of a two-dimensional window in reading order."""
    for u, row_windows, row_samples in rows.taps():
        for v, column_windows, column_samples in columns.taps():
            yield (
                u * columns.kernel + v,
                (..., row_windows, column_windows),
                (..., row_samples, column_samples),
            )


def pool_geometry(
    input: np.ndarray, kernel_size: Size, stride: Size | None, padding: Size, dilation: Size, ceil_mode: bool
) -> tuple[np.ndarray, bool, Axis, Axis]:
    """Check a pooling operator's arguments; return the batch, whether it came as one, and both axes."""
    batch, batched = arguments.images("input", input)
    no_empty_axis(batch, input)
    kernels = arguments.pair("kernel_size", kernel_size, 1)
    strides = kernels if stride is None or stride in ((), []) else arguments.pair("stride", stride, 1)
    paddings, dilations = arguments.pair("padding", padding, 0), arguments.pair("dilation", dilation, 1)
    sizes = batch.shape[2:]
    windows = shapes.pool_output_size(sizes, kernels, strides, paddings, dilations, ceil_mode)
    rows, columns = (Axis(*numbers) for numbers in zip(sizes, kernels, strides, paddings, dilations, windows))
    for axis in (rows, columns):
        if np.any(axis.starts() + axis.first_inside() * axis.dilation >= axis.size):
            rule = f"must leave every window a sample inside the image, of {axis.size} samples here"
            remedy = "Use a smaller dilation or padding."
            raise ValueError(message("dilation", dilation, rule, remedy))
    return batch, batched, rows, columns


def no_empty_axis(batch: np.ndarray, input: np.ndarray) -> None:
    """Check that an image has channels, rows and columns; only the batch may be empty."""
    if 0 in batch.shape[1:]:
        rule, remedy = "must have no empty axis", "Only the batch axis of a four-axis input may be empty."
        raise ValueError(message("input", f"shape {input.shape}", rule, remedy))


def grad_batch(
    grad_output: np.ndarray, batch: np.ndarray, batched: bool, windows: tuple[int, int]
) -> np.ndarray:
    """Check the gradient that comes back to a pooling operator and return it with a batch axis."""
    grad = arguments.floating("grad_output", grad_output)
    expected = batch.shape[:2] + tuple(windows)
    arguments.same_shape(
        "grad_output", grad, expected if batched else expected[1:], "the shape of the output"
    )
    arguments.same_dtype("grad_output", grad, "input", batch)
    return grad if batched else grad[None]


def scatter(grad: np.ndarray, indices: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Add each gradient at its index ``row * W + column`` in its own plane: the adjoint of reading there.

    Parameters
    ----------
    grad, indices : ndarray of shape (N, C, H_out, W_out)
    shape : (N, C, H, W)

    Returns
    -------
    ndarray of shape (N, C, H, W)
    """
    grad_input = np.zeros(shape, grad.dtype)
    planes = np.arange(shape[0] * shape[1]).reshape(shape[0], shape[1], 1, 1) * (shape[2] * shape[3])
    np.add.at(grad_input.reshape(-1), (indices + planes).reshape(-1), grad.reshape(-1))
    return grad_input


def share_planes(work: Callable[[tuple[slice, slice]], None], batch: np.ndarray) -> None:
    """Call ``work`` for parts of a batch, some images and some channels that fit the cache, on all cores."""
    images, channels, height, width = batch.shape
    planes = max(1, _BLOCK // (height * width))
    step, channel_step = max(1, planes // channels), min(planes, channels)
    parts = [
        (slice(n, n + step), slice(c, c + channel_step))
        for n in range(0, images, step)
        for c in range(0, channels, channel_step)
    ]

    def some_parts(some: Iterator[tuple[slice, slice]]) -> None:
        for part in some:
            work(part)

    threads.share(some_parts, parts, products=False)


def along_axis(axis: int, where: slice) -> tuple:
    """Return the index that applies `where` along axis -2 (rows) or -1 (columns)."""
    return (..., where, slice(None)) if axis == -2 else (..., where)


def reduce(x: np.ndarray, along: Axis, axis: int, combine: np.ufunc, start: float) -> np.ndarray:
    """Combine the samples of every window along one axis: (…, size, …) -> (…, windows, …)."""
    shape = list(x.shape)
    shape[axis] = along.windows
    out = np.full(shape, start, x.dtype)
    for _, windows, samples in along.taps():
        part = out[along_axis(axis, windows)]
        combine(part, x[along_axis(axis, samples)], out=part)
    return out


def spread(grad: np.ndarray, along: Axis, axis: int) -> np.ndarray:
    """Add each window's gradient to all its samples: (…, windows, …) -> (…, size, …)."""
    shape = list(grad.shape)
    shape[axis] = along.size
    out = np.zeros(shape, grad.dtype)
    for _, windows, samples in along.taps():
        part = out[along_axis(axis, samples)]
        np.add(part, grad[along_axis(axis, windows)], out=part)
    return out
