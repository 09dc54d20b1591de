"""Cutout, mixup and cutmix: two photographs become one, and the label goes along."""

from __future__ import annotations

import numpy as np

from cnncourse.plots import style
from cnncourse.widgets.augmentation import show_coarse
from cnncourse.widgets.channels import colour_photo
from cnncourse.widgets.frames import named, text_of

_SIDE = 56
NAMES = ("flower", "pagoda")


def box_of(share, height, width, row, column):
    """Return the box that leaves about a share of an image free: CutMix's box, cut off at the border.

    Parameters
    ----------
    share : float
        Share of the image that is to stay, from 0 to 1.
    height, width : int
        Size of the image.
    row, column : int
        Centre of the box.

    Returns
    -------
    top, bottom, left, right : int
        First row, row after the last, and the same for columns.

    Notes
    -----
    Its sides are √(1 − share) of the image's, so that the area fits (Yun et al. 2019).

    Examples
    --------
    >>> box_of(0.75, 8, 8, 4, 4)
    (2, 6, 2, 6)
    """
    half_height = int(0.5 * np.sqrt(1 - share) * height)
    half_width = int(0.5 * np.sqrt(1 - share) * width)
    return (
        max(row - half_height, 0),
        min(row + half_height, height),
        max(column - half_width, 0),
        min(column + half_width, width),
    )


def blend(kind, share, first, second, row, column):
    """Return a new image made of one or two, and the share of each in its label.

    Parameters
    ----------
    kind : {"mixup", "cutmix", "cutout"}
        Both images lie over each other; a box of the second one is pasted in; a box is blanked with the mean
        colour.
    share : float
        Share of the first image that is to stay, from 0 to 1.
    first, second : ndarray of shape (C, H, W)
    row, column : int
        Centre of the box.

    Returns
    -------
    image : ndarray of shape (C, H, W)
    label : tuple of float
        Share of the first and of the second image in the label. After cutout the label is that of the first.

    Raises
    ------
    ValueError
        For an unknown kind, or a share outside 0 to 1.

    Examples
    --------
    >>> image, label = blend("mixup", 0.75, np.zeros((1, 2, 2)), 100 * np.ones((1, 2, 2)), 1, 1)
    >>> image[0], label
    (array([[25., 25.],
           [25., 25.]]), (0.75, 0.25))
    """
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


@named("Two pictures, one label", _alt)
def blended_photos(kind, share):
    """Draw what becomes of two photographs, and of their labels.

    Parameters
    ----------
    kind : {"mixup", "cutmix", "cutout"}
    share : float
        As in `blend`.

    Returns
    -------
    matplotlib.figure.Figure
    """
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
