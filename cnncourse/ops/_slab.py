"""Slabs: a block of padded images laid out so that all windows of one tap are one run of memory.

Let the padded rows of an image follow each other in memory, and the images each other. Then the pixels under
one tap of the kernel, for all positions of the window, are neighbours: a run that starts at the tap's offset.
A matrix product takes the run as it lies there, or a copy of it, made in one stroke. The price are the
positions between the rows, where a window begins at the end of a row and goes on in the next: what they yield
is thrown away.

With stride s the pixels of a tap are s apart; so the slab holds s × s slices of the images, each with every
s-th row and column, and each tap has its run in one of them.

Zeros at the end of a row serve as the zeros before the next row, too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import gcd, prod

import numpy as np

from cnncourse.ops._geometry import Geometry

CACHE = 1 << 20  # numbers that a block should need at most: 4 MiB of float32
SMALLEST = 1 << 17  # numbers of a block below which calling NumPy costs more than computing
WIDE = 512  # columns that a matrix product should have to run at full speed
PARTS = 4  # blocks wanted, so that every core gets some
STRANDS = 16  # partial sums of a gradient of weights, at most
LONG, SHORT = 512, 64  # positions of an image that make a long run, and those that make a short one


class Workspace:
    """Arrays by name, used again for every block and every call: fresh memory costs more than a copy.

    Each thread keeps its own, one for each dtype; none larger than 32 MiB of float32.
    """

    kept = threading.local()

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype
        self.arrays: dict[str, np.ndarray] = self.kept.__dict__.setdefault(dtype.str, {})

    def __call__(self, name: str, *shape: int) -> np.ndarray:
        """Return an array of this shape with whatever numbers are in it."""
        size = prod(shape)
        if size > 8 * CACHE:
            return np.empty(shape, self.dtype)
        if name not in self.arrays or self.arrays[name].size < size:
            self.arrays.pop(name, None)  # before there are two
            self.arrays[name] = np.empty(size, self.dtype)
        return self.arrays[name][:size].reshape(shape)


@dataclass(frozen=True)
class Block:
    """Some images, some output rows (all, if there are several images) and some groups of channels."""

    images: slice
    rows: slice
    groups: slice

    @property
    def shape(self) -> tuple[int, int, int]:
        """The number of images, rows and groups."""
        return tuple(part.stop - part.start for part in (self.images, self.rows, self.groups))

    def of(self, batch: np.ndarray, groups: int) -> np.ndarray:
        """Return the view of the block's images and channels of (N, C, H, W)."""
        each = batch.shape[1] // groups
        return batch[self.images, self.groups.start * each : self.groups.stop * each]


def blocks(images: int, geometry: Geometry, per_position: int, budget: int = CACHE) -> list[Block]:
    """Cut a batch into blocks of nearly equal size that need at most ``budget`` numbers, if a row can.

    ``per_position`` numbers are needed for one position of one group.
    """
    (rows, columns), groups = geometry.output, geometry.groups
    row = per_position * (columns + sum(geometry.pads[1]))
    budget = min(budget, max(SMALLEST, WIDE * per_position, images * groups * rows * row // PARTS))
    fitting = max(1, budget // row)  # rows
    some_groups = _cuts(groups, max(1, fitting // rows))
    some_images = _cuts(images, max(1, fitting // (rows * -(-groups // len(some_groups)))))
    some_rows = _cuts(rows, min(rows, fitting))
    return [Block(i, r, g) for i in some_images for r in some_rows for g in some_groups]


def strands(todo: list[Block], room: int, size: int) -> list[list[Block]]:
    """Cut the blocks of a sum of ``size`` numbers into several sums, in ``room`` numbers of memory."""
    count = max(1, min(STRANDS, len(todo), room // size))
    return [todo[part] for part in _cuts(len(todo), -(-len(todo) // count))] or [[]]


def _cuts(total: int, limit: int) -> list[slice]:
    """Cut ``total`` things into as few parts as ``limit`` allows, all nearly equal, the larger ones first."""
    parts = -(-total // limit) if total else 0
    ends = [-(-total * i // parts) for i in range(parts + 1)] if parts else []
    return [slice(a, b) for a, b in pairwise(ends)]


class Slab:
    """The layout of one block.

    Attributes
    ----------
    apart : bool
        Whether each image has its own run. Joined, images of few pixels make one long run, but the rows
        between them are wasted.
    runs : int
        Number of runs for each tap and channel: images of the block if apart, else 1.
    pitch, width : int
        Rows from one image to the next and numbers from one row to the next.
    exact : bool
        Whether columns hold the real positions only, at the price of short copies: first the first rows of
        all images, then the second rows. It pays where many ``kernels`` take these columns.
    line : int
        Positions from one row to the next.
    positions : int
        Length of a run: from the first window's position to the last one's.
    size : int
        Numbers that a channel needs, for the runs of all taps.
    """

    def __init__(self, geometry: Geometry, block: Block, kernels: int = 0, exact: bool = False) -> None:
        (kh, kw), (sh, sw), (dh, dw) = geometry.kernel, geometry.stride, geometry.dilation
        (self.n, self.rows, self.groups), self.columns = block.shape, geometry.output[1]
        (top, _), (left, _) = geometry.pads
        before = top - block.rows.start * sh
        self.pitch, self.down = _along(geometry.size[0], before, sh, kh, dh, self.rows)
        self.width, self.across = _along(geometry.size[1], left, sw, kw, dw, self.columns)
        self.geometry, self.block, alone = geometry, block, self.rows * self.width
        exact = exact or kernels * (self.width - self.columns) >= 8 * self.columns
        self.exact = exact and kh * kw > 1
        wasted = 8 * (self.pitch - self.rows) > self.rows
        self.apart = not self.exact and (alone >= LONG or (wasted and alone >= SHORT))
        self.runs, self.joined = (self.n, 1) if self.apart else (1, self.n)
        lines = (self.joined - 1) * self.pitch + self.rows
        self.line = self.n * self.columns if self.exact else self.width
        self.positions = self.rows * self.line if self.exact else (lines - 1) * self.line + self.columns
        last = (kh - 1) * dh // sh * self.width + (kw - 1) * dw // sw
        self.size = max(self.joined * self.pitch, lines) * self.width + last

    def tap(self, u: int, v: int) -> tuple[tuple[int, int], int]:
        """Return in which slice tap (u, v) has its run, and where it begins."""
        (sh, sw), (dh, dw) = self.geometry.stride, self.geometry.dilation
        return (u * dh % sh, v * dw % sw), u * dh // sh * self.width + v * dw // sw

    def run(self, pixels: np.ndarray, u: int, v: int, length: int, start: int = 0) -> np.ndarray:
        """Return the view (runs, G, C/G, length) of a slab: the pixels under a tap from a position on."""
        (p, q), offset = self.tap(u, v)
        channels = pixels[p, q].reshape(self.runs, self.groups, -1, self.size)
        return channels[..., offset + start : offset + start + length]

    def gather(self, pixels: np.ndarray, take: Workspace) -> np.ndarray:
        """Copy the runs of all taps to columns (runs, G, C/G·taps, positions).

        Taps in the same slice are equally far apart, so that one view holds them all.
        """
        (kh, kw), (sh, sw), (dh, dw) = self.geometry.kernel, self.geometry.stride, self.geometry.dilation
        if kh * kw == 1:
            return self.run(pixels, 0, 0, self.positions)  # as it lies there
        channels, (down, across) = pixels.shape[3] // self.groups, (sh // gcd(sh, dh), sw // gcd(sw, dw))
        out = columns = take("columns", self.runs, self.groups, channels, kh, kw, self.positions)
        run, channel, item = pixels.strides[2:]
        apart = (down * dh // sh * self.width * item, across * dw // sw * item)
        strides = (run, channels * channel, channel, *apart, item)
        if self.exact:
            out = columns.reshape(*columns.shape[:-1], self.rows, self.n, self.columns)
            strides = (*strides[:-1], self.width * item, self.pitch * self.width * item, item)
        for u in range(min(down, kh)):
            for v in range(min(across, kw)):
                (p, q), offset = self.tap(u, v)
                part = out[:, :, :, u::down, v::across]
                start = p * pixels.strides[0] + q * pixels.strides[1] + offset * item
                part[...] = np.ndarray(part.shape, pixels.dtype, pixels, start, strides)
        return columns.reshape(self.runs, self.groups, -1, self.positions)

    def zeros(self, channels: int, take: Workspace) -> np.ndarray:
        """Return an empty slab of shape (sh, sw, runs, C, size)."""
        slab = take("slab", *self.geometry.stride, self.runs, channels, self.size)
        slab.fill(0)
        return slab

    def fill(self, batch: np.ndarray, take: Workspace) -> np.ndarray:
        """Copy the block's pixels of (N, C, H, W) into a slab."""
        pixels = self.block.of(batch, self.geometry.groups)
        slab = self.zeros(pixels.shape[1], take)
        for part, rows, columns in self._parts(slab):
            part[...] = pixels[:, :, rows, columns]
        return slab

    def empty_out(self, slab: np.ndarray, batch: np.ndarray) -> None:
        """Copy the block's pixels back out of a slab: the opposite of `fill`."""
        pixels = self.block.of(batch, self.geometry.groups)
        for part, rows, columns in self._parts(slab):
            pixels[:, :, rows, columns] = part

    def _parts(self, slab: np.ndarray) -> Iterator[tuple[np.ndarray, slice, slice]]:
        """Yield where pixels lie in each slice, (n, C, rows, columns), and which pixels they are."""
        joined, channels = self.joined, slab.shape[3]
        for p, rows, row_places in self.down:
            for q, columns, places in self.across:
                grid = slab[p, q, :, :, : joined * self.pitch * self.width]
                grid = grid.reshape(self.runs, channels, joined, self.pitch, self.width).swapaxes(1, 2)
                grid = grid[:, 0] if self.apart else grid[0]
                yield grid[:, :, row_places, places], rows, columns

    def grid(self, runs: np.ndarray) -> np.ndarray:
        """Return the view (n, K, rows, columns) of (runs, K, positions) that holds the real positions."""
        run, each, step = runs.strides
        row = self.line * step
        image = self.columns * step if self.exact else run if self.apart else self.pitch * row
        strides = (image, each, row, step)
        shape = (self.n, runs.shape[1], self.rows, self.columns)
        return np.ndarray(shape, runs.dtype, runs, 0, strides)

    def spread_out(self, responses: np.ndarray, take: Workspace) -> np.ndarray:
        """Copy the block's responses of (N, O, oh, ow) into (runs, G, O/G, positions), zeros in between."""
        part = self.block.of(responses, self.geometry.groups)[:, :, self.block.rows]
        runs = take("responses", self.runs, part.shape[1], self.positions)
        runs.fill(0)
        self.grid(runs)[...] = part
        return runs.reshape(self.runs, self.groups, -1, self.positions)


def _along(
    size: int, before: int, stride: int, kernel: int, dilation: int, count: int
) -> tuple[int, list[tuple[int, slice, slice]]]:
    """Lay out one axis: return its length in a slice of the slab; of each slice, number, pixels and places.

    Parameters
    ----------
    size, before : int
        Pixels, and zeros before the first; negative where the block begins inside the image.
    stride, kernel, dilation, count : int
        Of the windows: their step, taps, step of these, their number.

    Examples
    --------
    Five pixels, one zero in front, three windows of three taps, two apart: the even slice holds zero, pixel
    1 and pixel 3, and its zero at the end is the next row's at the front. The odd slice holds pixels 0, 2, 4.

    >>> _along(5, before=1, stride=2, kernel=3, dilation=1, count=3)
    (3, [(0, slice(1, 4, 2), slice(1, 3, None)), (1, slice(0, 5, 2), slice(0, 3, None))])
    """
    last = (count - 1) * stride + (kernel - 1) * dilation  # the last padded pixel that a window meets
    start, end = max(before, 0), min(before + size, last + 1)
    length = max(count, (last - start) // stride + 1, -(-end // stride))
    slices = []
    for phase in sorted({k * dilation % stride for k in range(kernel)}):  # those with a tap
        first = start + (phase - start) % stride
        n = max(0, -(-(end - first) // stride))
        pixels = (
            slice(first - before, first - before + max(0, (n - 1) * stride + 1), stride) if n else slice(0)
        )
        slices.append((phase, pixels, slice(first // stride, first // stride + n)))
    return length, slices
