"""The quest: which three weights mixed these colours?"""

from __future__ import annotations

import numpy as np

from cnncourse.course.explorers import explorer, quest
from cnncourse.course.photo import colour_photo
from cnncourse.course.pixels import draw_levels
from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, shade

SECRET = (1, -1, 0)
_SIDE, _REACH = 56, 255


def mixed(red, green, blue):
    """Return what a 1 × 1 filter with these weights makes of the flower."""
    weights = np.array([red, green, blue], dtype=float).reshape(1, 3, 1, 1)
    return conv2d(colour_photo("flower", _SIDE)[None], weights)[0, 0]


def _difference(red, green, blue):
    return float(np.abs(mixed(red, green, blue) - mixed(*SECRET)).mean())


def _alt(red, green, blue):
    return (
        f"The goal: a photograph of a flower after an unknown 1 × 1 filter, the flower red, the leaves pale "
        f"blue. Your weights: red {red}, green {green}, blue {blue}. The two pictures differ by "
        f"{_difference(red, green, blue):.0f} levels a pixel."
    )


@explorer("Which weights mixed these colours?", _alt)
def mystery_mix(red, green, blue):
    """Draw the photograph, the map to match, and the one made with these three weights."""
    fig, ax = style.canvas(480, 272)
    for x, title in ((8, "Photo"), (166, "The goal"), (324, "Yours")):
        ax.text(x, 18, title, fontsize=11.5, fontweight="bold", va="center")
    photo = np.rint(colour_photo("flower", _SIDE).transpose(1, 2, 0) / 12) * 12 / 255
    draw_levels(ax, photo, None, (0, 1), 8, 34, 2.5)
    for x, weights in ((166, SECRET), (324, (red, green, blue))):
        levels = np.rint(np.clip(mixed(*weights) / _REACH, -1, 1) * 12) / 12
        draw_levels(ax, levels, style.DIVERGING, (-1, 1), x, 34, 2.5)
    weights = np.array([[red, green, blue]], dtype=float)
    draw_cells(ax, weights, x=324, y=194, size=48, fills=shade(weights, "signed", 2), fontsize=12)
    for i, name in enumerate(("red", "green", "blue")):
        ax.text(348 + 48 * i, 254, name, fontsize=11, ha="center", va="center", color=style.MUTED)
    difference = f"{_difference(red, green, blue):.0f} levels of difference"
    ax.text(8, 206, difference, fontsize=12.5, fontweight="bold", va="center")
    ax.text(8, 234, "White is 0, red is above, blue is below.", fontsize=11, va="center", color=style.MUTED)
    return fig


def mix_solved(red, green, blue):
    """Return whether these are the weights that made the goal, and a hint."""
    weights = (red, green, blue)
    if weights == SECRET:
        return True, "Red minus green: above 0 where a pixel is redder than it is green, 0 on every grey."
    if weights == (0, 0, 0):
        return False, "With all weights 0 nothing comes out."
    if sum(weights):
        return (
            False,
            "The goal is 0 on grey pixels. There all three colours are equal: what must the weights sum to?",
        )
    if weights == tuple(-w for w in SECRET):
        return False, "The right colours, but red and blue are swapped in the map."
    return False, "On grey your map is 0, as it must be. But the goal does not look at the blue channel."


def find_mix():
    """Show the quest: find the 1 × 1 filter that gave this map."""
    quest(
        mystery_mix,
        mix_solved,
        prompt="Find the 1 × 1 filter that made the map in the middle: one weight for each colour.",
        red=[-1, 0, 1],
        green=[-1, 0, 1],
        blue=[-1, 0, 1],
        start={"red": 1, "green": 1, "blue": 1},
    )
