"""What kernels do to a photograph: the gallery, and the quest to find the kernel that was used."""

from __future__ import annotations

from cnncourse.course.explorers import explorer
from cnncourse.course.kernels import EFFECTS, KERNELS, kernel_numbers, whole_numbers
from cnncourse.course.photo import grey_photo
from cnncourse.course.pixels import show_filtered, show_grey
from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, number_text, shade


def filtered(kernel, photo="pagoda"):
    """Return a photograph after one convolution with a kernel, no padding."""
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


@explorer("Kernels on a photograph", _gallery_alt, start={"kernel": "Sobel x"}, kernel=list(KERNELS))
def kernel_gallery(kernel, photo="pagoda"):
    """Draw a photograph before and after a kernel, with the kernel's numbers."""
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


def _draw_kernel(ax, weights, x, y, side=108):
    whole, divisor = whole_numbers(weights)
    cell = side / max(whole.shape)
    draw_cells(
        ax, whole, x=x, y=y, size=cell, fills=shade(whole, "signed"), fontsize=fitting_fontsize(whole, cell)
    )
    if divisor > 1:
        ax.text(x + side + 10, y + side / 2, f"÷ {divisor}", fontsize=12, va="center")
