"""What kernels do to a photograph: the gallery, and the quest to find the kernel that was used."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage

from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, number_text, shade
from cnncourse.widgets.frames import named
from cnncourse.widgets.kernels import EFFECTS, kernel_numbers, whole_numbers
from cnncourse.widgets.photo import grey_photo

# CSS pixels for each pixel of a photograph: a whole number, so that all come out alike.
_PIXEL = 2


def filtered(kernel, photo="pagoda"):
    """Return a photograph after one convolution with a kernel, no padding.

    Parameters
    ----------
    kernel : str or ndarray of shape (KH, KW)
        The kernel or its name in `cnncourse.widgets.KERNELS`.
    photo : {"pagoda", "flower"}, default "pagoda"
        Which photograph.

    Returns
    -------
    ndarray of shape (H − KH + 1, W − KW + 1)
        Not clipped: edge kernels give negative values.
    """
    weights = kernel_numbers(kernel)
    return conv2d(grey_photo(photo)[None, None], weights[None, None])[0, 0]


def _gallery_alt(kernel, photo="pagoda"):
    output = filtered(kernel, photo)
    whole, divisor = whole_numbers(kernel_numbers(kernel))
    rows = "; ".join(" ".join(number_text(value) for value in row) for row in whole)
    over = f" divided by {divisor}" if divisor > 1 else ""
    effect = EFFECTS[kernel].replace("\n", " ") if isinstance(kernel, str) else ""
    return (
        f"A grey photograph of a {photo} before and after the kernel {rows}{over}. {effect} "
        f"Output values from {number_text(output.min())} to {number_text(output.max())}, "
        f"mean {number_text(output.mean())}."
    )


@named("Kernels on a photograph", _gallery_alt)
def kernel_gallery(kernel, photo="pagoda"):
    """Draw a photograph before and after a kernel, with the kernel's numbers.

    Parameters
    ----------
    kernel, photo
        As in `filtered`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    output = filtered(kernel, photo)
    fig, ax = style.canvas(480, 424)
    _heading(ax, 10, "Photograph")
    show_grey(ax, grey_photo(photo), 10, 38)
    _heading(ax, 246, "After the kernel")
    signed = show_filtered(ax, output, kernel_numbers(kernel), 246, 38)
    _draw_kernel(ax, kernel_numbers(kernel), 12, 296)
    x = 186
    effect = EFFECTS[kernel] if isinstance(kernel, str) else "Your own kernel."
    ax.text(x, 294, effect, fontsize=12, va="top", linespacing=1.45)
    reach = f"Values from {number_text(round(output.min()))} to {number_text(round(output.max()))}."
    key = "Blue is below zero, red above." if signed else "Black is 0, white is 255."
    ax.text(x, 352, f"{reach}\n{key}", fontsize=11, va="top", linespacing=1.45, color=style.MUTED)
    return fig


def _heading(ax, x, text):
    ax.text(x, 22, text, fontsize=11.5, fontweight="bold", va="center")


def show_grey(ax, image, x, y, pixel=_PIXEL):
    """Draw a grey image, 0 to 255, with its corner at ``(x, y)``, ``pixel`` CSS pixels for each of "
    "its own."""
    # Steps of six grey levels are fine enough for the eye here, and pack well.
    levels = np.rint(np.clip(image, 0, 255) / 6) * 6
    draw_levels(ax, levels, "gray", (0, 255), x, y, pixel)


def show_filtered(ax, output, weights, x, y, pixel=_PIXEL):
    """Draw a filtered image: in blue and red where the weights sum to zero, else in grey.

    Returns
    -------
    bool
        Whether the colours are signed.
    """
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


def _draw_kernel(ax, weights, x, y, side=108):
    whole, divisor = whole_numbers(weights)
    cell = side / max(whole.shape)
    draw_cells(
        ax, whole, x=x, y=y, size=cell, fills=shade(whole, "signed"), fontsize=fitting_fontsize(whole, cell)
    )
    if divisor > 1:
        ax.text(x + side + 10, y + side / 2, f"÷ {divisor}", fontsize=12, va="center")
