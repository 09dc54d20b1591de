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

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cnncourse.ops._geometry import Geometry

CACHE = 1 << 18  # numbers that a block should need at most: 1 MiB of float32
STRANDS = 16  # partial sums of a gradient of weights, at most


class Workspace:
    """Arrays by name, made once and used again for every block: fresh memory costs more than a copy."""

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype, self.arrays = dtype, {}

    def __call__(self, name: str, *shape: int) -> np.ndarray:
        """Return an array of this shape with whatever numbers are in it."""
        size = int(np.prod(shape))
        if name not in self.arrays or self.arrays[name].size < size:
            self.arrays[name] = np.empty(size, self.dtype)
        return self.arrays[name][:size].reshape(shape)


@dataclass(frozen=True)
class Block:
    """Some images, and some output rows of them (all rows, if there are several images)."""

    images: slice
    rows: slice

    @property
    def shape(self) -> tuple[int, int]:
        """The number of images and of rows."""
        return self.images.stop - self.images.start, self.rows.stop - self.rows.start


def blocks(images: int, geometry: Geometry, per_position: int, budget: int = CACHE) -> list[Block]:
    """Cut a batch into blocks of nearly equal size that need at most ``budget`` numbers, if rows can."""
    rows, columns = geometry.output
    fitting = max(1, budget // max(1, per_position * (columns + sum(geometry.pads[1]))))  # rows
    image_step, row_step = _even(images, max(1, fitting // rows)), _even(rows, min(rows, fitting))
    return [
        Block(slice(n, min(n + image_step, images)), slice(r, min(r + row_step, rows)))
        for n in range(0, images, image_step)
        for r in range(0, rows, row_step)
    ]


def strands(todo: list[Block], room: int, size: int) -> list[list[Block]]:
    """Cut the blocks of a sum of ``size`` numbers into several sums, in ``room`` numbers of memory."""
    count = max(1, min(STRANDS, len(todo), room // size))
    cuts = [len(todo) * i // count for i in range(count + 1)]
    return [todo[a:b] for a, b in pairwise(cuts)]


def _even(total: int, limit: int) -> int:
    """Return the step that cuts ``total`` into as few parts as ``limit`` allows, all nearly equal."""
    parts = -(-total // limit)
    return -(-total // parts) if parts else 1


class Slab:
    """The layout of one block.

    Attributes
    ----------
    pitch, width : int
        Rows from one image to the next and numbers from one row to the next, in a slice.
    positions : int
        Length of a run: from the first window's position to the last one's.
    """

    def __init__(self, geometry: Geometry, block: Block) -> None:
        (kh, kw), (sh, sw), (dh, dw) = geometry.kernel, geometry.stride, geometry.dilation
        (self.n, self.rows), self.columns, self.block = block.shape, geometry.output[1], block
        (top, _), (left, _) = geometry.pads
        before = top - block.rows.start * sh
        self.pitch, self.down = _along(geometry.size[0], before, sh, (kh - 1) * dh, self.rows)
        self.width, self.across = _along(geometry.size[1], left, sw, (kw - 1) * dw, self.columns)
        self.positions = ((self.n - 1) * self.pitch + self.rows - 1) * self.width + self.columns
        self.geometry = geometry
        last = (kh - 1) * dh // sh * self.width + (kw - 1) * dw // sw
        self.size = max(self.n * self.pitch * self.width, self.positions + last)

    def tap(self, u: int, v: int) -> tuple[tuple[int, int], int]:
        """Return in which slice tap (u, v) has its run, and where it begins."""
        (sh, sw), (dh, dw) = self.geometry.stride, self.geometry.dilation
        return (u * dh % sh, v * dw % sw), u * dh // sh * self.width + v * dw // sw

    def run(self, pixels: np.ndarray, groups: int, u: int, v: int, length: int, start: int = 0) -> np.ndarray:
        """Return the view (G, C/G, length) of a filled slab: the pixels under a tap from a position on."""
        (p, q), offset = self.tap(u, v)
        channels = pixels[p, q].reshape(groups, -1, self.size)
        return channels[:, :, offset + start : offset + start + length]

    def reach(self, phase: int) -> int:
        """Return where the run of the lowest tap in slices of this phase begins."""
        (kh, _), (sh, _), (dh, _) = self.geometry.kernel, self.geometry.stride, self.geometry.dilation
        return max(self.tap(u, 0)[1] for u in range(kh) if u * dh % sh == phase)

    def fill(self, batch: np.ndarray, take: Workspace) -> np.ndarray:
        """Copy the block's pixels of (N, C, H, W) into a slab of shape (sh, sw, C, size)."""
        pixels = batch[self.block.images].swapaxes(0, 1)
        slab = take("slab", *self.geometry.stride, batch.shape[1], self.size)
        slab.fill(0)
        for part, rows, columns in self._parts(slab):
            part[...] = pixels[:, :, rows, columns]
        return slab

    def empty_out(self, slab: np.ndarray, batch: np.ndarray) -> None:
        """Copy the block's pixels back out of a slab: the opposite of `fill`."""
        pixels = batch[self.block.images].swapaxes(0, 1)
        for part, rows, columns in self._parts(slab):
            pixels[:, :, rows, columns] = part

    def _parts(self, slab: np.ndarray) -> Iterator[tuple[np.ndarray, slice, slice]]:
        """Yield where pixels lie in each slice, (C, n, rows, columns), and which pixels they are."""
        for p, (rows, row_places) in enumerate(self.down):
            for q, (columns, places) in enumerate(self.across):
                grid = slab[p, q, :, : self.n * self.pitch * self.width]
                grid = grid.reshape(-1, self.n, self.pitch, self.width)
                yield grid[:, :, row_places, places], rows, columns

    def grid(self, runs: np.ndarray) -> np.ndarray:
        """Return the view (K, n, rows, columns) of runs (K, positions) that holds the real positions."""
        each, step = runs.strides
        strides = (each, self.pitch * self.width * step, self.width * step, step)
        return np.ndarray((len(runs), self.n, self.rows, self.columns), runs.dtype, runs, 0, strides)

    def spread_out(self, responses: np.ndarray, take: Workspace) -> np.ndarray:
        """Copy the block's responses of (N, O, oh, ow) into runs (O, positions), zeros in between."""
        runs = take("responses", responses.shape[1], self.positions)
        runs.fill(0)
        self.grid(runs)[...] = responses[self.block.images, :, self.block.rows].swapaxes(0, 1)
        return runs


def _along(
    size: int, before: int, stride: int, span: int, count: int
) -> tuple[int, list[tuple[slice, slice]]]:
    """Lay out one axis: return its length in a slice of the slab, and pixels and places of each slice.

    Parameters
    ----------
    size, before : int
        Pixels, and zeros before the first; negative where the block begins inside the image.
    stride, span, count : int
        Of the windows: their step, the distance of their last tap from the first, their number.

    Examples
    --------
    Five pixels, one zero in front, three windows of three taps, two apart: the even slice holds zero, pixel
    1 and pixel 3, and its zero at the end is the next row's at the front. The odd slice holds pixels 0, 2, 4.

    >>> _along(5, before=1, stride=2, span=2, count=3)
    (3, [(slice(1, 4, 2), slice(1, 3, None)), (slice(0, 5, 2), slice(0, 3, None))])
    """
    last = (count - 1) * stride + span  # the last padded pixel that a window meets
    start, end = max(before, 0), min(before + size, last + 1)
    length = max(count, (last - start) // stride + 1, -(-end // stride))
    slices = []
    for phase in range(stride):
        first = start + (phase - start) % stride
        n = max(0, -(-(end - first) // stride))
        pixels = (
            slice(first - before, first - before + max(0, (n - 1) * stride + 1), stride) if n else slice(0)
        )
        slices.append((pixels, slice(first // stride, first // stride + n)))
    return length, slices
