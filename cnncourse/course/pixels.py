"""Photographs and maps drawn pixel by pixel: large enough for the eye, light enough for a page."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage

from cnncourse.plots import style

# CSS pixels for each pixel of a photograph: a whole number, so that all come out alike.
PIXEL = 2


def show_grey(ax, image, x, y, pixel=PIXEL):
    """Draw a grey image, 0 to 255, with its corner at ``(x, y)``; each pixel is ``pixel`` CSS pixels wide."""
    # Steps of six grey levels are fine enough for the eye here, and pack well.
    levels = np.rint(np.clip(image, 0, 255) / 6) * 6
    draw_levels(ax, levels, "gray", (0, 255), x, y, pixel)


def show_filtered(ax, output, weights, x, y, pixel=PIXEL):
    """Draw a filtered image: in blue and red where the weights sum to zero, else in grey."""
    if abs(weights.sum()) > 1e-9:
        show_grey(ax, output, x, y, pixel)
        return False
    # The strongest hundredth saturates; otherwise a few pixels would make the rest pale.
    limit = max(np.quantile(np.abs(output), 0.99), 1e-9)
    levels = np.rint(np.clip(output / limit, -1, 1) * 16) / 16
    draw_levels(ax, levels, style.DIVERGING, (-1, 1), x, y, pixel)
    return True


def draw_levels(ax, levels, cmap, limits, x, y, pixel):
    """Draw an array as a picture with its corner at ``(x, y)``; its pixels are ``pixel`` CSS pixels wide."""
    rows, columns = levels.shape[:2]
    extent = (x, x + columns * pixel, y + rows * pixel, y)
    # Not imshow: it takes hold of the limits and of the aspect of the axes, and needs thrice the time.
    image = AxesImage(ax, cmap=cmap, norm=Normalize(*limits), extent=extent, zorder=1)
    image.set_data(levels)
    image.set_clip_path(ax.patch)
    ax.add_image(image)
