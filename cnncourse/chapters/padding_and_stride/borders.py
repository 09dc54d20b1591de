"""Explorer of padding modes: what a blur makes of the border of a photograph."""

from __future__ import annotations

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.photo import grey_photo
from cnncourse.course.pixels import show_grey
from cnncourse.ops import conv2d, pad
from cnncourse.plots import style
from cnncourse.plots.cells import frame_cells

MODES = {
    "zeros": "Black all round: the border darkens.",
    "reflect": "A mirror at the edge pixel, which is not repeated.",
    "replicate": "The edge pixel, repeated outwards.",
    "circular": "The picture goes on from its other side.",
}
_PIXEL = 3.5


def padded_and_blurred(mode, kernel_size=9, photo="pagoda"):
    """Return a small photograph, the same with a padded border, and the blur of that."""
    if mode not in MODES:
        raise ValueError(f"mode: got {mode!r}, but the modes are {', '.join(MODES)}. Choose one of them.")
    if kernel_size % 2 == 0 or not 1 <= kernel_size <= 15:
        raise ValueError(
            f"kernel_size: got {kernel_size}, but an output of the same size needs an odd side up to 15. "
            "Take for example 9."
        )
    image = grey_photo(photo, 56)
    width = (kernel_size - 1) // 2
    padded = pad(image[None, None], (width,) * 4, mode="constant" if mode == "zeros" else mode)
    weights = np.full((1, 1, kernel_size, kernel_size), 1 / kernel_size**2)
    return image, padded[0, 0], conv2d(padded, weights)[0, 0]


def _modes_alt(mode, kernel_size=9, photo="pagoda"):
    image, padded, blurred = padded_and_blurred(mode, kernel_size, photo)
    return (
        f"A {photo}, {image.shape[0]} × {image.shape[1]}, padded to {padded.shape[0]} × {padded.shape[1]} "
        f"with mode {mode}, and its {kernel_size} × {kernel_size} box blur. {MODES[mode]} The top row "
        f"has mean {image[0].mean():.0f} before and {blurred[0].mean():.0f} after the blur."
    )


@explorer("Padding modes at the border", _modes_alt, mode=["zeros", "reflect", "replicate", "circular"])
def padding_modes(mode, kernel_size=9, photo="pagoda"):
    """Draw a padded photograph and its blur, and say what happens to the border."""
    image, padded, blurred = padded_and_blurred(mode, kernel_size, photo)
    fig, ax = style.canvas(480, 384)
    side, room = image.shape[0] * _PIXEL, 70 * _PIXEL
    width = (padded.shape[0] - image.shape[0]) // 2
    corner = 8 + (room - padded.shape[0] * _PIXEL) / 2, 38 + (room - padded.shape[0] * _PIXEL) / 2
    ax.text(8, 20, f"Padded by {width}", fontsize=11.5, fontweight="bold", va="center")
    show_grey(ax, padded, *corner, _PIXEL)
    frame_cells(
        ax,
        width,
        width,
        *image.shape,
        x=corner[0],
        y=corner[1],
        size=_PIXEL,
        colour=style.ORANGE,
        linewidth=2,
    )
    ax.text(
        270, 20, f"After a {kernel_size} × {kernel_size} blur", fontsize=11.5, fontweight="bold", va="center"
    )
    show_grey(ax, blurred, 270, 38 + (room - side) / 2, _PIXEL)
    ax.plot([8, 472], [304, 304], color=style.GRID, linewidth=1)
    ax.text(8, 328, MODES[mode], fontsize=12, va="center")
    text = f"Mean of the top row: {image[0].mean():.0f} before, {blurred[0].mean():.0f} after."
    ax.text(8, 358, text, fontsize=12, va="center", fontweight="bold")
    return fig
