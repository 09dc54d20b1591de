"""Explorer of invariance: what stays of a pooled digit when the digit moves."""

from __future__ import annotations

import functools

import numpy as np

from cnncourse import ops
from cnncourse.course.explorers import explorer
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, frame_cells, number_text, shade

# Which of scikit-learn's digits, and where its 8 × 8 pixels stand before it moves.
_DIGIT, _TOP, _LEFT, _SIDE = 7, 2, 1, 12


@functools.lru_cache(maxsize=4)
def moved_digit(dx):
    """Return a handwritten seven on an empty field, moved to the right."""
    from sklearn.datasets import load_digits

    digit = load_digits().images[_DIGIT]
    room = _SIDE - _LEFT - digit.shape[1]
    if not 0 <= dx <= room:
        raise ValueError(f"dx: got {dx}, but the digit has room for 0 to {room} pixels. Choose one of them.")
    field = np.zeros((_SIDE, _SIDE))
    left = _LEFT + int(dx)
    field[_TOP : _TOP + digit.shape[0], left : left + digit.shape[1]] = digit
    field.setflags(write=False)
    return field


def unchanged(dx, window):
    """Max-pool the digit before and after it moves, and count what is the same."""
    before, after = (ops.max_pool2d(moved_digit(step)[None, None], window)[0, 0] for step in (0, dx))
    equal, live = before == after, (before != 0) | (after != 0)
    return before, after, int(equal.sum()), int(live.sum()), int((equal & live).sum())


def _alt(dx, window):
    before, after, same, live, live_same = unchanged(dx, window)
    rows = "; ".join(" ".join(number_text(value) for value in row) for row in after)
    numbers = f" They are now {rows}." if after.size <= 16 else ""
    return (
        f"A handwritten 7 moved by {dx} pixels to the right, max pooled over {window} × {window}: {same} of "
        f"{before.size} outputs are unchanged; of the {live} that are not empty, {live_same} are "
        f"unchanged.{numbers}"
    )


@explorer(
    "Move the digit, compare the pooled maps",
    _alt,
    start={"dx": 1, "window": 2},
    dx=[0, 1, 2, 3],
    window=[1, 2, 3, 4, 6, 12],
)
def pooling_shift(dx, window):
    """Draw a moved digit, its pooled map before and after, and frame each output that changed."""
    before, after, same, live, live_same = unchanged(dx, window)
    fig, ax = style.canvas(480, 304)
    moved = moved_digit(dx)
    _grid(ax, moved, 12, 192, "Digit, moved" if dx else "Digit")
    _grid(ax, before, 222, 120, "Before")
    cell = _grid(ax, after, 352, 120, "After")
    for row, column in zip(*np.nonzero(before != after)):
        frame_cells(ax, row, column, 1, 1, x=352, y=40, size=cell, colour=style.RED, linewidth=1.8)
    key = "The largest of each window.\nRed frame: it has changed."
    ax.text(222, 182, key, fontsize=11, va="top", color=style.MUTED, linespacing=1.4)
    ax.plot([12, 468], [248, 248], color=style.GRID, linewidth=1)
    ax.text(12, 268, f"{same} of {before.size} outputs are unchanged,", fontsize=12.5, va="center")
    text = f"{live_same} of the {live} that are not empty."
    ax.text(12, 290, text, fontsize=12.5, va="center", fontweight="bold")
    return fig


def _grid(ax, values, x, room, title):
    cell = room / len(values)
    ax.text(x, 20, title, fontsize=11.5, fontweight="bold", va="center")
    # Numbers only where they can be read.
    shown = values if cell >= 19 else np.full(values.shape, np.nan)
    fontsize = fitting_fontsize(values, cell, 12)
    draw_cells(ax, shown, x=x, y=40, size=cell, fills=shade(values, "signed", 16), fontsize=fontsize)
    return cell
