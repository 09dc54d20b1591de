"""The quest: which pooling made this picture?"""

from __future__ import annotations

from cnncourse import ops
from cnncourse.course.explorers import explorer, quest
from cnncourse.course.photo import grey_photo
from cnncourse.course.pixels import show_grey
from cnncourse.plots import style

SECRET = ("max", 4, 3)
_SIDE = 84
_POOLS = {"max": ops.max_pool2d, "average": ops.avg_pool2d}


def pooled_photo(kind, window, stride):
    """Return the photograph of the pagoda, 84 × 84, after pooling without padding."""
    return _POOLS[kind](grey_photo("pagoda", _SIDE)[None, None].astype(float), window, stride)[0, 0]


def _alt(kind, window, stride):
    goal, yours = pooled_photo(*SECRET), pooled_photo(kind, window, stride)
    return (
        f"The goal: a pooled photograph of a pagoda, {len(goal)} × {len(goal)} pixels with mean grey "
        f"{goal.mean():.0f}. Yours: {kind} pooling, window {window}, stride {stride}, gives "
        f"{len(yours)} × {len(yours)} pixels with mean grey {yours.mean():.0f}."
    )


@explorer("Which pooling made this picture?", _alt)
def mystery_pooling(kind, window, stride):
    """Draw the pooled picture to match and the one made with these settings, with size and mean."""
    fig, ax = style.canvas(480, 316)
    for x, title, settings in ((12, "The goal", SECRET), (248, "Yours", (kind, window, stride))):
        picture = pooled_photo(*settings)
        ax.text(x, 20, title, fontsize=11.5, fontweight="bold", va="center")
        show_grey(ax, picture, x, 36, 216 / len(picture))
        ax.text(x, 272, f"{len(picture)} × {len(picture)} pixels", fontsize=12, va="center")
        ax.text(x, 296, f"mean grey {picture.mean():.0f}", fontsize=12, va="center", color=style.MUTED)
    return fig


def pooling_solved(kind, window, stride):
    """Return whether these settings made the goal, and a hint."""
    goal, yours = pooled_photo(*SECRET), pooled_photo(kind, window, stride)
    if (kind, window, stride) == SECRET:
        return True, "27 × 27: windows of 4 in steps of 3 share a row and a column with their neighbours."
    if stride != SECRET[2]:
        word, step = ("large", "larger") if len(yours) > len(goal) else ("small", "smaller")
        return False, f"{len(yours)} × {len(yours)} is too {word}. A {step} stride comes first."
    if len(yours) != len(goal):
        return (
            False,
            f"{len(yours)} × {len(yours)} is too large by one: how far must a window reach so that one place "
            "fewer is left?",
        )
    if kind != SECRET[0]:
        return False, "The size is right, but the picture is too dark. Which pooling keeps the light?"
    return False, "The size is right, but light has spread too far. A smaller window keeps more of the dark."


def find_pooling():
    """Show the quest: find kind, window and stride of a pooled photograph."""
    quest(
        mystery_pooling,
        pooling_solved,
        prompt="Find the pooling that made the picture on the left. There is no padding.",
        kind=["average", "max"],
        window=[2, 3, 4, 6],
        stride=[2, 3, 4],
    )
