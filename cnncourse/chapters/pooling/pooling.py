"""Explorer of pooling: what the largest, the mean and the sum of each window keep of an image."""

from __future__ import annotations

import numpy as np

from cnncourse import ops
from cnncourse.course.explorers import explorer
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, frame_cells, number_text, shade

POOL_IMAGE = np.array(
    [
        [1.0, 3.0, 2.0, 1.0, 0.0, 4.0],
        [2.0, 9.0, 1.0, 1.0, 2.0, 0.0],
        [1.0, 3.0, 2.0, 3.0, 8.0, 1.0],
        [5.0, 6.0, 1.0, 2.0, 1.0, 2.0],
        [0.0, 2.0, 7.0, 4.0, 0.0, 0.0],
        [4.0, 2.0, 1.0, 0.0, 3.0, 1.0],
    ]
)
_POOLS = {"max": ops.max_pool2d, "average": ops.avg_pool2d, "sum": ops.sum_pool2d}


def pooled(kind, image=POOL_IMAGE):
    """Return an image pooled over 2 × 2 windows with stride 2."""
    if kind not in _POOLS:
        raise ValueError(f"kind: got {kind!r}, but the kinds are {', '.join(_POOLS)}. Choose one of them.")
    return _POOLS[kind](np.asarray(image, dtype=float)[None, None], 2)[0, 0]


def _at(kind, position, image):
    output = pooled(kind, image)
    if not 0 <= position < output.size:
        raise ValueError(
            f"position: got {position}, but the output has {output.size} cells, numbered from 0. "
            f"Choose from range({output.size})."
        )
    row, column = divmod(int(position), output.shape[1])
    window = np.asarray(image, dtype=float)[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    return output, row, column, window


def _worked(kind, window, value):
    numbers = [number_text(number) for number in window.ravel()]
    if kind == "max":
        return f"the largest of {', '.join(numbers)} is {number_text(value)}"
    if kind == "sum":
        return f"{' + '.join(numbers)} = {number_text(value)}"
    return f"({' + '.join(numbers)}) / 4 = {number_text(value)}"


def _alt(kind, position, image=POOL_IMAGE):
    output, row, column, window = _at(kind, position, image)
    return (
        f"{kind.capitalize()} pooling, window {position + 1} of {output.size}, output row {row}, "
        f"column {column}: "
        f"{_worked(kind, window, output[row, column])}."
    )


@explorer("Pooling: four numbers become one", _alt, kind=["max", "average", "sum"], position=range(9))
def pooling_step(kind, position, image=POOL_IMAGE):
    """Draw one step of 2 × 2 pooling with stride 2: window, arithmetic, and the output so far."""
    output, row, column, window = _at(kind, position, image)
    fig, ax = style.canvas(480, 344)
    done = np.where(np.arange(output.size).reshape(output.shape) <= position, output, np.nan)
    cell, side = 240 / max(np.shape(image)), 150 / max(output.shape)
    ax.text(12, 20, "Input 6 × 6" if np.shape(image) == (6, 6) else "Input", fontsize=11.5, fontweight="bold",
            va="center")  # fmt: skip
    draw_cells(ax, image, x=12, y=36, size=cell, fills=shade(image, "signed"), fontsize=12)
    frame_cells(ax, 2 * row, 2 * column, 2, 2, x=12, y=36, size=cell, colour=style.GREEN)
    ax.text(282, 156, "→", fontsize=17, ha="center", va="center", color=style.MUTED)
    ax.text(314, 65, f"{kind.capitalize()} pooled", fontsize=11.5, fontweight="bold", va="center")
    fontsize = fitting_fontsize(output, side, 12)
    fills = shade(done, "signed", np.abs(output).max())
    draw_cells(ax, done, x=314, y=81, size=side, fills=fills, fontsize=fontsize)
    frame_cells(ax, row, column, 1, 1, x=314, y=81, size=side, colour=style.GREEN)
    ax.plot([12, 468], [292, 292], color=style.GRID, linewidth=1)
    text = _worked(kind, window, output[row, column])
    ax.text(240, 318, text[0].upper() + text[1:], fontsize=12.5, ha="center", va="center")
    return fig
