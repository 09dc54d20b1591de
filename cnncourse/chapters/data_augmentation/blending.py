"""Cutout, mixup and cutmix: two photographs become one, and the label goes along."""

from __future__ import annotations

import numpy as np

from cnncourse.chapters.data_augmentation.augmentation import show_coarse
from cnncourse.course.explorers import explorer
from cnncourse.course.frames import text_of
from cnncourse.course.photo import colour_photo
from cnncourse.plots import style

_SIDE = 56
NAMES = ("flower", "pagoda")


def box_of(share, height, width, row, column):
    """Return the box that leaves about a share of an image free: CutMix's box, cut off at the border."""
    half_height = int(0.5 * np.sqrt(1 - share) * height)
    half_width = int(0.5 * np.sqrt(1 - share) * width)
    return (
        max(row - half_height, 0),
        min(row + half_height, height),
        max(column - half_width, 0),
        min(column + half_width, width),
    )


def blend(kind, share, first, second, row, column):
    """Return a new image made of one or two, and the share of each in its label."""
    if kind not in ("mixup", "cutmix", "cutout"):
        raise ValueError(f'kind: got {kind!r}, but it is "mixup", "cutmix" or "cutout". Choose one.')
    if not 0 <= share <= 1:
        raise ValueError(f"share: got {share}, but a share lies between 0 and 1. Try 0.7.")
    first, second = np.asarray(first, float), np.asarray(second, float)
    if kind == "mixup":
        return share * first + (1 - share) * second, (share, 1 - share)
    height, width = first.shape[1:]
    top, bottom, left, right = box_of(share, height, width, row, column)
    image = first.copy()
    if kind == "cutout":
        image[:, top:bottom, left:right] = first.mean(axis=(1, 2), keepdims=True)
        return image, (1.0, 0.0)
    image[:, top:bottom, left:right] = second[:, top:bottom, left:right]
    pasted = (bottom - top) * (right - left) / (height * width)
    return image, (1 - pasted, pasted)


def _blended(kind, share):
    photos = (colour_photo(name, _SIDE) for name in NAMES)
    return blend(kind, share, *photos, row=23, column=33)


def _alt(kind, share):
    _, label = _blended(kind, share)
    what = {
        "mixup": f"laid over each other, {text_of(share)} to {text_of(round(1 - share, 2))}",
        "cutmix": "a box of the pagoda pasted into the flower",
        "cutout": "the flower with a box blanked",
    }[kind]
    return (
        f"A flower and a pagoda: {what}; share {text_of(share)}. The label is {label[0]:.2f} flower and "
        f"{label[1]:.2f} pagoda."
    )


@explorer(
    "Two pictures, one label",
    _alt,
    start={"share": 0.7},
    kind=["mixup", "cutmix", "cutout"],
    share=[0.9, 0.8, 0.7, 0.5, 0.3, 0.1],
)
def blended_photos(kind, share):
    """Draw what becomes of two photographs, and of their labels."""
    image, label = _blended(kind, share)
    fig, ax = style.canvas(480, 256)
    show_coarse(ax, image.transpose(1, 2, 0), 12, 16)
    ax.text(260, 30, "The label", fontsize=11.5, fontweight="bold", va="center")
    colours = (style.RED, style.BLUE)
    for number, (name, part, colour) in enumerate(zip(NAMES, label, colours)):
        y = 62 + 62 * number
        ax.text(260, y, f"{name} {part:.2f}", fontsize=11.5, va="center")
        ax.fill_between([260, 260 + 180], y + 14, y + 30, color=style.CELL, linewidth=0)
        if part:
            ax.fill_between([260, 260 + 180 * part], y + 14, y + 30, color=colour, linewidth=0)
    if kind == "cutmix":
        words = f"asked: {share:.2f}\nleft free: {label[0]:.2f}"
    elif kind == "cutout":
        words = "Something is missing,\nbut nothing else came in."
    else:
        words = "Each pixel is a blend."
    ax.text(260, 204, words, fontsize=11.5, va="top", linespacing=1.45, color=style.MUTED)
    return fig
