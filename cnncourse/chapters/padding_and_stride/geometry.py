"""Explorers of padding, stride and dilation: which pixels each output pixel sees, and the quest on them."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.collections import PolyCollection

from cnncourse.course.explorers import explorer, quest
from cnncourse.ops.shapes import conv_output_size
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, frame_cells


@dataclass(frozen=True)
class Geometry:
    """Where a square kernel lands on a square image.

    Attributes
    ----------
    size, kernel_size, padding, stride, dilation : int
        In pixels, the same in both directions.
    output : int
        Side of the output in pixels.
    reads : ndarray of shape (size, size)
        How many windows see each input pixel.
    multiplications : int
        For one input and one output channel; those with padded zeros are counted.
    """

    size: int
    kernel_size: int
    padding: int
    stride: int
    dilation: int
    output: int
    reads: np.ndarray
    multiplications: int

    @property
    def span(self):
        """Pixels from the first to the last that one window covers, in one direction."""
        return self.dilation * (self.kernel_size - 1) + 1


def window_geometry(padding=0, stride=1, dilation=1, size=7, kernel_size=3):
    """Return where a kernel lands, and how often each pixel is seen."""
    output = conv_output_size(size, kernel_size, stride=stride, padding=padding, dilation=dilation)
    taps = np.arange(output)[:, None] * stride + np.arange(kernel_size) * dilation - padding
    along = np.bincount(taps[(taps >= 0) & (taps < size)], minlength=size)
    count = output * output * kernel_size * kernel_size
    return Geometry(
        size, kernel_size, padding, stride, dilation, output, along[:, None] * along[None, :], count
    )


def _geometry_alt(padding, stride, dilation, size=7, kernel_size=3):
    geometry = window_geometry(padding, stride, dilation, size, kernel_size)
    return (
        f"Input {size} × {size}, kernel {kernel_size} × {kernel_size}, padding {padding}, stride {stride}, "
        f"dilation {dilation}: output {geometry.output} × {geometry.output}. A window spans {geometry.span} "
        f"pixels. A pixel is seen by {geometry.reads.min()} to {geometry.reads.max()} windows; "
        f"{int((geometry.reads == 0).sum())} of {size * size} pixels are never seen."
    )


@explorer("Padding, stride and dilation", _geometry_alt, padding=[0, 1, 2], stride=[1, 2, 3], dilation=[1, 2])
def padding_stride_dilation(padding, stride, dilation, size=7, kernel_size=3):
    """Draw the first and the last window on the padded image, the output, and the formula of its size."""
    geometry = window_geometry(padding, stride, dilation, size, kernel_size)
    fig, ax = style.canvas(480, 432)
    _headings(ax, geometry)
    _draw_input(ax, geometry, x=10, y=40, room=286, numbers=True)
    _draw_output(ax, geometry, x=316, y=40, room=154)
    unseen = int((geometry.reads == 0).sum())
    note = f"{unseen} pixels are\nnever seen." if unseen else "Every pixel\nis seen."
    key = "Number in a cell:\nhow many windows\nsee it."
    ax.text(316, 212, key, fontsize=11, va="top", color=style.MUTED, linespacing=1.4)
    ax.text(316, 292, note, fontsize=11, va="top", linespacing=1.4, fontweight="bold" if unseen else "normal")
    ax.plot([10, 470], [344, 344], color=style.GRID, linewidth=1)
    ax.text(
        10, 366, "output = ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1", fontsize=12, va="center", color=style.MUTED
    )
    room = size + 2 * padding - geometry.span
    worked = (
        f"⌊({size} + 2·{padding} − {dilation}·{kernel_size - 1} − 1) / {stride}⌋ + 1 "
        f"= ⌊{room} / {stride}⌋ + 1 = {geometry.output}"
    )
    ax.text(10, 400, worked, fontsize=12, va="center", fontweight="bold")
    return fig


def _headings(ax, geometry):
    padded = f", padding {geometry.padding}" if geometry.padding else ""
    text = f"Input {geometry.size} × {geometry.size}{padded}"
    ax.text(10, 20, text, fontsize=11.5, fontweight="bold", va="center")
    text = f"Output {geometry.output} × {geometry.output}"
    ax.text(316, 20, text, fontsize=11.5, fontweight="bold", va="center")


def _draw_input(ax, geometry, x, y, room, numbers):
    padded = geometry.size + 2 * geometry.padding
    cell = room / max(padded, 11)
    offset = x + (room - padded * cell) / 2, y + (room - padded * cell) / 2
    inner = [corner + geometry.padding * cell for corner in offset]
    _draw_padding(ax, geometry, *offset, cell)
    fills = _read_fills(geometry.reads)
    values = geometry.reads if numbers else np.full(geometry.reads.shape, np.nan)
    draw_cells(ax, values, x=inner[0], y=inner[1], size=cell, fills=fills, fontsize=10.5)
    last = (geometry.output - 1) * geometry.stride
    for start, colour in ((last, style.RED), (0, style.GREEN)):
        _draw_window(ax, geometry, start, *offset, cell, colour)


def _draw_padding(ax, geometry, x, y, cell):
    padded, p = geometry.size + 2 * geometry.padding, geometry.padding
    inside = range(p, padded - p)
    corners = [
        [(x + (j + a) * cell, y + (i + b) * cell) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
        for i in range(padded)
        for j in range(padded)
        if i not in inside or j not in inside
    ]
    if corners:
        cells = PolyCollection(corners, facecolors=style.PAPER, edgecolors="#b9b5aa", linewidths=0.8)
        cells.set_linestyle((0, (2, 2)))
        ax.add_collection(cells, autolim=False)


def _read_fills(reads):
    # Light to mid blue, so that the number in ink stays legible; never seen is plainly different.
    levels = reads / max(reads.max(), 1)
    fills = matplotlib.colormaps["Blues"](0.06 + 0.44 * levels)[..., :3]
    fills[reads == 0] = matplotlib.colors.to_rgb("#f6c9a8")
    return fills


def _draw_window(ax, geometry, start, x, y, cell, colour):
    k, d = geometry.kernel_size, geometry.dilation
    if d == 1 or k == 1:
        frame_cells(ax, start, start, k, k, x=x, y=y, size=cell, colour=colour)
        return
    for i in range(k):
        for j in range(k):
            at = start + i * d, start + j * d
            frame_cells(ax, *at, 1, 1, x=x, y=y, size=cell, colour=colour, linewidth=2.4)


def _draw_output(ax, geometry, x, y, room):
    cell = min(room / geometry.output, room / 4)
    empty = np.full((geometry.output, geometry.output), np.nan)
    draw_cells(ax, empty, x=x, y=y, size=cell)
    last = geometry.output - 1
    for at, colour in ((last, style.RED), (0, style.GREEN)):
        frame_cells(ax, at, at, 1, 1, x=x, y=y, size=cell, colour=colour, linewidth=2.4)


# The quest.
_SIDE, _GOAL, _BEST = 28, 14, 784


def _economy_alt(kernel_size, padding, stride):
    geometry = window_geometry(padding, stride, 1, _SIDE, kernel_size)
    return (
        f"Input 28 × 28, kernel {kernel_size} × {kernel_size}, padding {padding}, stride {stride}: "
        f"output {geometry.output} × {geometry.output}, {geometry.multiplications:,} multiplications, "
        f"{int((geometry.reads == 0).sum())} of 784 pixels never seen."
    )


@explorer("Fourteen by fourteen", _economy_alt)
def economy(kernel_size, padding, stride):
    """Draw how a kernel covers a 28 × 28 image, with the size and the price of the output."""
    geometry = window_geometry(padding, stride, 1, _SIDE, kernel_size)
    fig, ax = style.canvas(480, 336)
    _headings(ax, geometry)
    _draw_input(ax, geometry, x=10, y=40, room=286, numbers=False)
    _draw_output(ax, geometry, x=316, y=40, room=154)
    unseen = int((geometry.reads == 0).sum())
    rows = [(f"{geometry.multiplications:,}", "multiplications"), (f"{unseen}", "pixels never seen")]
    for y, (number, words) in zip((222, 278), rows):
        ax.text(316, y, number, fontsize=17, fontweight="bold", va="center")
        ax.text(316, y + 24, words, fontsize=11, va="center", color=style.MUTED)
    return fig


def economy_solved(kernel_size, padding, stride):
    """Return whether the output is 14 × 14 at the least price with every pixel seen, and a hint."""
    geometry = window_geometry(padding, stride, 1, _SIDE, kernel_size)
    size = f"{geometry.output} × {geometry.output}"
    unseen = int((geometry.reads == 0).sum())
    if geometry.output > _GOAL:
        return False, f"{size} is too large. A larger stride takes fewer positions."
    if geometry.output < _GOAL:
        return False, f"{size} is too small. Padding or a smaller stride adds positions."
    if unseen:
        return (
            False,
            f"The size is right, but {unseen} pixels are never seen: the kernel is smaller than its step.",
        )
    if geometry.multiplications > _BEST:
        price = f"{geometry.multiplications:,} multiplications"
        return False, f"The size is right, but {price} can be beaten. Do the windows overlap?"
    return True, "784 multiplications, one for each pixel: the windows touch and do not overlap."


def reach_14():
    """Show the quest: a 14 × 14 output with the fewest multiplications."""
    quest(
        economy,
        economy_solved,
        prompt="Turn a 28 × 28 image into a 14 × 14 output with the fewest multiplications. "
        "Every pixel must be seen.",
        kernel_size=[1, 2, 3, 5],
        padding=[0, 1, 2],
        stride=[1, 2, 3],
        start={"kernel_size": 3},
    )
