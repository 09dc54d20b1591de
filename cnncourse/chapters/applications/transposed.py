"""Explorer of the transposed convolution: every input number stamps a copy of the kernel."""

from __future__ import annotations

import numpy as np

from cnncourse import ops
from cnncourse.course.explorers import explorer
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, frame_cells, number_text, shade

STAMP_INPUT = np.array([[1.0, 2.0], [3.0, 4.0]])
STAMP_KERNEL = np.array([[1.0, 2.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 2.0]])


def stamped(stride, position):
    """Return the output of a transposed convolution after some of its stamps."""
    if not 0 <= position < STAMP_INPUT.size:
        raise ValueError(
            f"position: got {position}, but the input has {STAMP_INPUT.size} cells, numbered from 0. "
            f"Choose from range({STAMP_INPUT.size})."
        )
    done = np.arange(STAMP_INPUT.size).reshape(STAMP_INPUT.shape) <= position
    output = ops.conv_transpose2d((STAMP_INPUT * done)[None, None], STAMP_KERNEL[None, None], stride=stride)
    ones = np.ones_like(STAMP_INPUT), np.ones_like(STAMP_KERNEL)
    stamps = ops.conv_transpose2d(*(array[None, None] for array in ones), stride=stride)
    return output[0, 0], stamps[0, 0]


def _alt(stride, position):
    output, stamps = stamped(stride, position)
    row, column = divmod(position, STAMP_INPUT.shape[1])
    window = output[stride * row : stride * row + 3, stride * column : stride * column + 3]
    rows = "; ".join(" ".join(number_text(value) for value in line) for line in window)
    return (
        f"Stride {stride}, stamp {position + 1} of {STAMP_INPUT.size}: "
        f"{number_text(STAMP_INPUT[row, column])} times the kernel, at row {stride * row}, column "
        f"{stride * column} of {len(output)} × {len(output)}. "
        f"There the output is now {rows}. Cells get up to {stamps.max():.0f} stamps."
    )


@explorer(
    "Transposed convolution: one stamp after the other",
    _alt,
    start={"stride": 2},
    stride=[1, 2, 3],
    position=range(4),
)
def transposed_step(stride, position):
    """Draw one step of a transposed convolution: the stamp, where it lands, and the sum so far."""
    output, stamps = stamped(stride, position)
    row, column = divmod(int(position), STAMP_INPUT.shape[1])
    factor = STAMP_INPUT[row, column]
    fig, ax = style.canvas(480, 424)
    _title(ax, 12, 20, "Input")
    draw_cells(ax, STAMP_INPUT, x=12, y=52, size=40, fills=shade(STAMP_INPUT, "signed"), fontsize=13)
    frame_cells(ax, row, column, 1, 1, x=12, y=52, size=40, colour=style.GREEN)
    ax.text(115, 92, "×", fontsize=17, ha="center", va="center", color=style.MUTED)
    _title(ax, 138, 20, "Kernel")
    draw_cells(ax, STAMP_KERNEL, x=138, y=36, size=36, fontsize=13)
    ax.text(279, 90, "=", fontsize=17, ha="center", va="center", color=style.MUTED)
    _title(ax, 304, 20, f"Stamp: {number_text(factor)} × kernel")
    stamp = factor * STAMP_KERNEL
    draw_cells(ax, stamp, x=304, y=36, size=36, fills=shade(stamp, "signed", 10), fontsize=13)
    side = len(output)
    cell = 204 / side
    _title(ax, 12, 170, f"Output so far, {side} × {side}")
    fontsize = fitting_fontsize(output, cell, 13)
    draw_cells(ax, output, x=12, y=186, size=cell, fills=shade(output, "signed", 14), fontsize=fontsize)
    frame_cells(ax, stride * row, stride * column, 3, 3, x=12, y=186, size=cell, colour=style.GREEN)
    _title(ax, 260, 170, "Stamps on each cell")
    draw_cells(ax, stamps, x=260, y=186, size=cell, fills=shade(stamps, "signed", 5), fontsize=fontsize)
    where = f"row {stride * row}, column {stride * column}"
    ax.text(12, 408, f"Stride {stride}: this stamp begins in output {where}.", fontsize=11.5, va="center")
    return fig


def _title(ax, x, y, text):
    ax.text(x, y, text, fontsize=11.5, fontweight="bold", va="center")
