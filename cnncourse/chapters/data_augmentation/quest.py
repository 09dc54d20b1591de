"""The quest: which transform made this picture?"""

from __future__ import annotations

from cnncourse.chapters.data_augmentation.augmentation import show_coarse, warp
from cnncourse.course.explorers import explorer, quest
from cnncourse.course.frames import text_of
from cnncourse.course.photo import grey_photo
from cnncourse.plots import style

SECRET = (-15, 1.4, 20)
_SIDE = 56


def transformed(angle, scale, shear):
    """Return the photograph of the pagoda, 56 × 56, after a shear, a magnification and a rotation."""
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


@explorer("Which transform made this picture?", _alt)
def mystery_transform(angle, scale, shear):
    """Draw the picture to match, the one made with these settings, and how far apart they are."""
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
    """Show the quest: find angle, scale and shear of a photograph."""
    quest(
        mystery_transform,
        transform_solved,
        prompt="Find the angle, the scale and the shear that made the picture on the left.",
        angle=[-30, -15, 15],
        scale=[0.7, 1, 1.4],
        shear=[-20, 0, 20],
    )
