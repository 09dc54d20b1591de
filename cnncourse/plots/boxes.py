"""Boxes drawn over an image: where objects are, or where a network believes they are."""

import numpy as np
from matplotlib.patches import Rectangle

from cnncourse.plots import style
from cnncourse.plots.images import as_pictures


def plot_boxes(image, boxes, labels=None, *, ax=None):
    """Draw an image with frames around objects.

    Parameters
    ----------
    image : ndarray of shape (C, H, W) or (H, W)
        C is 1 or 3; integers from 0 to 255 or floats from 0 to 1.
    boxes : ndarray of shape (N, 4)
        Left, top, right, bottom in pixels; right and bottom are the first ones outside.
    labels : sequence of N, optional
        Written above each box.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If image or boxes have another shape, or the labels another number.
    """
    picture = as_pictures(np.asarray(image)[None])[0]
    boxes = _checked(boxes, labels)
    height, width = picture.shape[:2]
    ax = style.axes_or_new(ax, figsize=(4.2, 4.2 * height / width))
    ax.imshow(picture, extent=(0, width, height, 0))
    ax.set_axis_off()
    for i, (left, top, right, bottom) in enumerate(boxes):
        # A dark line below the light one: one of them is seen on any image.
        for colour, line in ((style.INK, 4.5), (style.YELLOW, 2.2)):
            ax.add_patch(
                Rectangle(
                    (left, top), right - left, bottom - top, fill=False, edgecolor=colour, linewidth=line
                )
            )
        if labels is not None:
            ax.text(
                left, top - 0.01 * height, str(labels[i]), fontsize=10.5, va="bottom", color=style.INK,
                bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip
    return ax


def describe_boxes(boxes, labels=None):
    """Return what `plot_boxes` shows, in words.

    Parameters
    ----------
    boxes, labels
        As in `plot_boxes`.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_boxes([[2, 3, 12, 15], [20, 4, 30, 14]], ["star", "ring"])
    '2 boxes: star, columns 2 to 11, rows 3 to 14; ring, columns 20 to 29, rows 4 to 13.'
    """
    boxes = _checked(boxes, labels)
    if not len(boxes):
        return "No boxes."
    parts = []
    for i, (left, top, right, bottom) in enumerate(boxes):
        name = f"{labels[i]}, " if labels is not None else ""
        parts.append(f"{name}columns {left:g} to {right - 1:g}, rows {top:g} to {bottom - 1:g}")
    return f"{len(boxes)} {'box' if len(boxes) == 1 else 'boxes'}: {'; '.join(parts)}."


def _checked(boxes, labels):
    """Return the boxes as an array of shape (N, 4), or say what is wrong."""
    boxes = np.asarray(boxes)
    if boxes.size == 0:
        boxes = boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(
            f"boxes: got shape {boxes.shape}, but boxes have shape (N, 4): left, top, right, bottom. "
            "Put a single box into brackets."
        )
    if labels is not None and len(labels) != len(boxes):
        raise ValueError(
            f"labels: got {len(labels)} for {len(boxes)} boxes, but each box has one. Take as many labels."
        )
    return boxes
