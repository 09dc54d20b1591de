"""The quest of chapter 12: which transform made this picture?"""

from __future__ import annotations

from cnncourse.plots import style
from cnncourse.widgets.augmentation import show_coarse, warp
from cnncourse.widgets.explore import quest
from cnncourse.widgets.frames import named, text_of
from cnncourse.widgets.photo import grey_photo

SECRET = (-15, 1.4, 20)
_SIDE = 56


def transformed(angle, scale, shear):
    """Return the photograph of the pagoda, 56 × 56, after a shear, a magnification and a rotation.

    Parameters
    ----------
    angle, scale, shear
        As in `cnncourse.widgets.augmentation.warp`.

    Returns
    -------
    ndarray of shape (56, 56)

    Examples
    --------
    >>> transformed(0, 1, 0).shape
    (56, 56)
    """
    return warp(grey_photo("pagoda", _SIDE)[None], angle, scale, shear)[0]


def _empty(picture):
    return 100 * (picture == 0).mean()


def _alt(angle, scale, shear):
    goal, yours = transformed(*SECRET), transformed(angle, scale, shear)
    return (
        f"The goal: a leaning pagoda, {_empty(goal):.0f} % empty. Yours with angle {text_of(angle)}°, scale "
        f"{text_of(scale)}, shear {text_of(shear)}°: {_empty(yours):.0f} % empty, mean difference "
        f"{abs(goal - yours).mean():.1f}."
    )


@named("Which transform made this picture?", _alt)
def mystery_transform(angle, scale, shear):
    """Draw the picture to match, the one made with these settings, and how far apart they are.

    Parameters
    ----------
    angle, scale, shear
        As in `transformed`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    goal, yours = transformed(*SECRET), transformed(angle, scale, shear)
    fig, ax = style.canvas(480, 306)
    for x, title, picture in ((8, "The goal", goal), (248, "Yours", yours)):
        ax.text(x, 20, title, fontsize=11.5, fontweight="bold", va="center")
        show_coarse(ax, picture, x, 36)
    difference = abs(goal - yours).mean()
    ax.text(8, 284, f"Mean difference of the pixels: {difference:.1f}", fontsize=11.5, va="center")
    return fig


def transform_solved(angle, scale, shear):
    """Return whether these settings made the goal, and a hint."""
    if (angle, scale, shear) == SECRET:
        return True, "Found: turned anticlockwise, enlarged, and slanted. Three numbers, one new picture."
    if scale != SECRET[1]:
        word = "larger" if scale < SECRET[1] else "smaller"
        return False, f"Look at the width of the tower: in the goal it is {word}."
    if angle != SECRET[0]:
        way = "clockwise" if angle < SECRET[0] else "anticlockwise"
        return False, f"The size is right. Look at the level lines of the roofs: turn more {way}."
    return False, "Size and roofs are right. Look at which way the tower leans: the shear does that."


def find_transform():
    """Show the quest of chapter 12: find angle, scale and shear of a photograph.

    Examples
    --------
    >>> find_transform()
    Quest: Which transform made this picture?; sliders: angle (3 values), scale (3 values), shear (3 values)
    """
    quest(
        mystery_transform,
        transform_solved,
        prompt="Find the angle, the scale and the shear that made the picture on the left.",
        angle=[-30, -15, 15],
        scale=[0.7, 1, 1.4],
        shear=[-20, 0, 20],
    )
