"""The quest: where does a grey square cost a network most of its answer?"""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from cnncourse.chapters.looking_inside.grad_cam import percent, stored_looks
from cnncourse.course.explorers import explorer, quest
from cnncourse.course.pixels import draw_levels
from cnncourse.plots import style


def covered_picture(row, column):
    """Return the picture with the square on one of its 6 × 6 places."""
    squares = stored_looks().squares
    places = len(squares["after"])
    for argument, value in (("row", row), ("column", column)):
        if not 0 <= value < places:
            raise ValueError(f"{argument}: got {value}, but the places are 0 to {places - 1}. Choose one.")
    picture = stored_looks().pictures[squares["picture"]].copy()
    top, left = row * squares["stride"], column * squares["stride"]
    window = squares["window"]
    picture[:, top : top + window, left : left + window] = np.array(squares["colour"])[:, None, None]
    return picture


def _alt(row, column):
    squares = stored_looks().squares
    after = percent(squares["after"][row][column])
    return f"Square in row {row}, column {column} of 6 × 6: {squares['target']} {after}."


@explorer("Hide the evidence", _alt)
def hidden_evidence(row, column):
    """Draw the covered picture and the probability that is left."""
    squares = stored_looks().squares
    fig, ax = style.canvas(480, 296)
    draw_levels(ax, covered_picture(row, column).transpose(1, 2, 0), None, (0, 255), 10, 20, 8)
    ax.text(290, 40, f"Is it an {squares['target']}?", fontsize=11.5, fontweight="bold", va="center")
    bars = (
        ("uncovered", squares["before"], style.BLUE),
        ("covered", squares["after"][row][column], style.RED),
    )
    for place, (name, share, colour) in enumerate(bars):
        y = 76 + 74 * place
        ax.text(290, y, name, fontsize=11.5, va="center")
        ax.add_patch(Rectangle((290, y + 14), 170, 20, facecolor=style.GRID))
        ax.add_patch(Rectangle((290, y + 14), 170 * share, 20, facecolor=colour))
        ax.text(460, y, percent(share), fontsize=12, va="center", ha="right", fontweight="bold")
    return fig


def evidence_solved(row, column):
    """Return whether the square costs most here, and a hint."""
    squares = stored_looks().squares
    after = np.array(squares["after"])
    best = tuple(int(n) for n in np.unravel_index(after.argmin(), after.shape))
    left = percent(after[row, column])
    if (row, column) == best:
        return True, f"Only {left} is left. No other of the 36 places costs the network more."
    if abs(row - best[0]) <= 1 and abs(column - best[1]) <= 1:
        return False, f"{left} is left. Very near: try the places around."
    if after[row, column] < 0.9 * squares["before"]:
        return False, f"{left} is left. A part is hidden, but not the best."
    return (
        False,
        f"{left} is left. What is hidden here is hardly missed.",
    )


def hide_the_evidence():
    """Show the quest: put the grey square where it costs the network most."""
    quest(
        hidden_evidence,
        evidence_solved,
        prompt=(
            "An airplane flies at the upper left, an automobile stands at the lower right. Put the grey "
            "square where the network loses most of its belief in the automobile."
        ),
        row=range(6),
        column=range(6),
    )
