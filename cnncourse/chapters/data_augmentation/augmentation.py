"""A photograph moved, turned, slanted, mirrored, and in another light: one value at a time."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Polygon

from cnncourse.course.explorers import explorer
from cnncourse.course.frames import text_of
from cnncourse.course.photo import colour_photo, grey_photo
from cnncourse.course.pixels import draw_levels, show_grey
from cnncourse.plots import style
from cnncourse.plots.cells import number_text

_SIDE = 56  # pixels of a photograph
# How bright red, green and blue appear (ITU-R BT.601, rounded as torchvision rounds it).
GREY = np.array([0.2989, 0.587, 0.114])


def source_matrix(angle, scale, shear):
    """Return the matrix that says where each pixel of the new image comes from."""
    if not scale > 0:
        raise ValueError(f"scale: got {scale}, but a magnification must be above 0. Try 0.8 or 1.2.")
    if not abs(shear) < 90:
        raise ValueError(f"shear: got {shear}, but it must lie between −90 and 90 degrees. Try 20.")
    turn, slant = np.radians(angle), np.tan(np.radians(shear))
    back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.array([[1.0, slant], [0.0, 1.0]]) @ back / scale


def warp(image, angle=0.0, scale=1.0, shear=0.0, flip=False):
    """Return an image after a mirroring, then a shear, a magnification and a rotation about its centre."""
    image = np.asarray(image, dtype=float)
    if flip:
        image = image[:, :, ::-1]
    height, width = image.shape[1:]
    y, x = np.mgrid[:height, :width]
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    matrix = source_matrix(angle, scale, shear)
    from_x, from_y = np.tensordot(matrix, np.stack([x - centre_x, y - centre_y]), axes=1)
    return _looked_up(image, from_x + centre_x, from_y + centre_y)


def _looked_up(image, x, y):
    """Value of the image, (C, H, W), at places between its pixels; outside is 0."""
    height, width = image.shape[1:]
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    total = np.zeros((len(image), *x.shape))
    for row, column in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
        share = (1 - np.abs(x - column)) * (1 - np.abs(y - row))
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        value = image[:, np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
        total += np.where(inside, share, 0) * value
    return total


def relight(image, brightness=1.0, contrast=1.0, saturation=1.0):
    """Return a colour image in another light: brightness, then contrast, then saturation."""
    image = np.asarray(image, dtype=float)
    for name, factor in (("brightness", brightness), ("contrast", contrast), ("saturation", saturation)):
        if factor < 0:
            raise ValueError(f"{name}: got {factor}, but a factor is at least 0; 1 changes nothing.")
    image = np.clip(brightness * image, 0, 255)
    grey = np.tensordot(GREY, image, axes=1)
    image = np.clip(contrast * image + (1 - contrast) * grey.mean(), 0, 255)
    grey = np.tensordot(GREY, image, axes=1)
    return np.clip(saturation * image + (1 - saturation) * grey, 0, 255)


def _corners(angle, scale, shear, flip):
    """Corners of the part of the old photograph that the new one shows, in pixels of the old, (4, 2)."""
    half = _SIDE / 2
    square = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    corners = square @ source_matrix(angle, scale, shear).T
    if flip:
        corners[:, 0] *= -1
    return corners + half


def _words(angle, scale, shear, flip):
    return (
        f"angle {text_of(angle)}°, scale {text_of(scale)}, shear {text_of(shear)}°"
        f"{', mirrored' if flip else ''}"
    )


def _alt_warp(angle, scale, shear, flip):
    new = warp(grey_photo("pagoda", _SIDE)[None], angle, scale, shear, flip)[0]
    (a, b), (c, d) = source_matrix(angle, scale, shear)
    a, b = (-a, -b) if flip else (a, b)
    return (
        f"The pagoda with {_words(angle, scale, shear, flip)}: x′ = {number_text(a)} x {_signed(b)} y, "
        f"y′ = {number_text(c)} x {_signed(d)} y; {100 * np.mean(new == 0):.0f} % of it is empty."
    )


def _signed(value):
    return f"+ {number_text(value)}" if round(value, 2) >= 0 else f"− {number_text(-value)}"


def show_coarse(ax, image, x, y):
    """Draw a picture, grey or (H, W, 3), 0 to 255, from ``(x, y)`` on, four CSS pixels a pixel."""
    # Steps of seventeen levels are fine enough for pixels of this size, and pack well.
    levels = np.rint(np.clip(image, 0, 255) / 17) / 15
    draw_levels(ax, levels, "gray", (0, 1), x, y, 4)


@explorer(
    "A photograph, moved",
    _alt_warp,
    start={"angle": 15, "scale": 1},
    angle=[0, 15, 45],
    scale=[0.7, 1, 1.4],
    shear=[0, 20],
    flip=[False, True],
)
def warped_photo(angle, scale, shear, flip=False):
    """Draw a photograph with the part that will be seen, and what becomes of it."""
    photo = grey_photo("pagoda", _SIDE)
    fig, ax = style.canvas(480, 304)
    ax.text(8, 20, "The photograph", fontsize=11.5, fontweight="bold", va="center")
    ax.text(248, 20, "Changed", fontsize=11.5, fontweight="bold", va="center")
    # Small enough that the frame around what will be seen never leaves its half of the canvas.
    show_grey(ax, photo, 64, 94, 2)
    corners = np.array([64, 94]) + 2 * _corners(angle, scale, shear, flip)
    ax.add_patch(Polygon(corners, fill=False, edgecolor=style.ORANGE, linewidth=2.6, zorder=3))
    show_coarse(ax, warp(photo[None], angle, scale, shear, flip)[0], 248, 38)
    (a, b), (c, d) = source_matrix(angle, scale, shear)
    # The mirroring comes last on the way back, and turns the sign of x′.
    a, b = (-a, -b) if flip else (a, b)
    ax.text(8, 286, f"x′ = {number_text(a)} x {_signed(b)} y", fontsize=11.5, va="center")
    ax.text(248, 286, f"y′ = {number_text(c)} x {_signed(d)} y", fontsize=11.5, va="center")
    return fig


def _light(brightness, contrast, saturation):
    photo = relight(colour_photo("flower", _SIDE), brightness, contrast, saturation)
    return photo, (photo <= 0).mean(), (photo >= 255).mean()


def _alt_light(brightness, contrast, saturation):
    photo, black, white = _light(brightness, contrast, saturation)
    return (
        f"The flower with brightness {text_of(brightness)}, contrast {text_of(contrast)} and "
        f"saturation {text_of(saturation)}: mean {photo.mean():.0f}, deviation {photo.std():.0f}; "
        f"{100 * black:.0f} % of the values are cut off at 0, {100 * white:.0f} % at 255."
    )


@explorer(
    "A photograph in another light",
    _alt_light,
    start={"brightness": 1, "contrast": 1, "saturation": 1},
    brightness=[0.5, 1, 1.5],
    contrast=[0.5, 1, 1.5],
    saturation=[0, 1, 2],
)
def relit_photo(brightness, contrast, saturation):
    """Draw a photograph in another light, and how often each value occurs in it."""
    photo, black, white = _light(brightness, contrast, saturation)
    fig, ax = style.canvas(480, 256)
    show_coarse(ax, photo.transpose(1, 2, 0), 12, 14)
    ax.text(260, 24, "Values", fontsize=11.5, fontweight="bold", va="center")
    counts, _ = np.histogram(photo, bins=32, range=(0, 256))
    tops = counts / photo.size * 100
    for i, share in enumerate(tops):
        height = min(share, 24) * 4.6
        ax.fill_between([260 + 6.5 * i, 265.8 + 6.5 * i], 160 - height, 160, color=style.BLUE, linewidth=0)
    ax.plot([260, 468], [160, 160], color=style.MUTED, linewidth=0.9)
    lines = (
        f"mean {photo.mean():.0f}",
        f"at 0: {100 * black:.0f} %",
        f"at 255: {100 * white:.0f} %",
    )
    for number, text in enumerate(lines):
        ax.text(260, 182 + 23 * number, text, fontsize=11.5, va="center")
    return fig
