"""The quest: which kernel made this picture?"""

from __future__ import annotations

import numpy as np

from cnncourse.course.explorers import explorer, quest
from cnncourse.course.photo import grey_photo
from cnncourse.course.pixels import draw_levels
from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, shade

SECRET = (1, 0, -1)
# All pictures of the quest share one scale, so that their colours can be compared.
_REACH = 400


def column_kernel(left, middle, right):
    """Return the 3 × 3 kernel whose columns hold these three weights."""
    return np.tile(np.array([left, middle, right], dtype=float), (3, 1))


def column_answer(left, middle, right):
    """Return what the kernel of these columns makes of the photograph: ndarray of shape (82, 82)."""
    return conv2d(grey_photo("pagoda", 84)[None, None], column_kernel(left, middle, right)[None, None])[0, 0]


def _difference(left, middle, right):
    return float(np.abs(column_answer(left, middle, right) - column_answer(*SECRET)).mean())


def _alt(left, middle, right):
    return (
        f"The goal: a photograph of a pagoda after an unknown kernel, its left edges red and blue lines. "
        f"Your kernel has columns {left}, {middle}, {right}. The two pictures differ by "
        f"{_difference(left, middle, right):.0f} grey levels a pixel."
    )


@explorer("Which kernel made this picture?", _alt)
def mystery_kernel(left, middle, right):
    """Draw the picture to match, the one made with these column weights, and the kernel."""
    fig, ax = style.canvas(480, 264)
    kernel = column_kernel(left, middle, right)
    pictures = ((10, "The goal", SECRET), (184, "Yours", (left, middle, right)))
    for x, title, columns in pictures:
        ax.text(x, 20, title, fontsize=11.5, fontweight="bold", va="center")
        levels = np.rint(np.clip(column_answer(*columns) / _REACH, -1, 1) * 16) / 16
        draw_levels(ax, levels, style.DIVERGING, (-1, 1), x, 36, 2)
    ax.text(360, 20, "Your kernel", fontsize=11.5, fontweight="bold", va="center")
    draw_cells(ax, kernel, x=360, y=36, size=36, fills=shade(kernel, "signed", 2), fontsize=11.5)
    difference = f"{_difference(left, middle, right):.0f}"
    ax.text(360, 172, difference, fontsize=17, fontweight="bold", va="center")
    ax.text(360, 190, "grey levels of\ndifference", fontsize=11, va="top", color=style.MUTED)
    text = "White is 0, red is above, blue is below."
    ax.text(10, 236, text, fontsize=11, va="center", color=style.MUTED)
    return fig


def mystery_solved(left, middle, right):
    """Return whether these are the columns that made the goal, and a hint."""
    columns = (left, middle, right)
    if columns == SECRET:
        return True, "Left minus right: red where the left side is lighter, blue where the right side is."
    if columns == (0, 0, 0):
        return False, "With all weights 0 nothing comes out."
    if sum(columns):
        colour = "red" if sum(columns) > 0 else "blue"
        return (
            False,
            f"The even sky comes out {colour}; in the goal it is white. What must the weights sum to?",
        )
    if columns == tuple(-w for w in SECRET):
        return False, "The lines are right, but red and blue are swapped."
    if left - right > 0:
        return (
            False,
            "The colours are right, but the lines are too thin: the goal compares columns further apart.",
        )
    return False, "The lines are too thin, and red and blue are swapped."


def find_kernel():
    """Show the quest: find the kernel that gave this picture."""
    quest(
        mystery_kernel,
        mystery_solved,
        prompt="Find the kernel that gave this picture. All three rows of the kernel are alike; "
        "choose the weight of each column.",
        left=[-1, 0, 1],
        middle=[-1, 0, 1],
        right=[-1, 0, 1],
        start={"left": 0, "middle": 1, "right": 0},
    )
