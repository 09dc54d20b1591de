"""Explorer of a convolution backwards: which outputs a pixel has touched, and with which weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.ops import conv2d_backward
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, frame_cells, number_text, shade

KERNEL = np.arange(1.0, 10.0).reshape(3, 3)
# The gradient that comes from above, by stride: both belong to an image of 5 × 5 pixels.
GRADIENTS = {
    1: np.array([[1.0, -1.0, 2.0], [0.0, 1.0, -2.0], [3.0, 1.0, -1.0]]),
    2: np.array([[1.0, -1.0], [2.0, 3.0]]),
}
SIDE = 5


@dataclass(frozen=True)
class Paths:
    """The ways from one pixel to the outputs, and what comes back on them.

    Attributes
    ----------
    row, column : int
        Where the pixel is.
    weights : ndarray of shape (H_out, W_out)
        The weight by which each output has used the pixel; NaN where it has not.
    products : ndarray of shape (H_out, W_out)
        That weight times the gradient of the output; NaN where it has not used the pixel.
    total : float
        Their sum: the gradient of the pixel.
    gradient : ndarray of shape (5, 5)
        The gradient of all pixels.
    """

    row: int
    column: int
    weights: np.ndarray
    products: np.ndarray
    total: float
    gradient: np.ndarray


def paths_of(position, stride=1):
    """Follow one pixel of a 5 × 5 image through a convolution with a 3 × 3 kernel, and back."""
    if stride not in GRADIENTS:
        raise ValueError(f"stride: got {stride!r}, but the explorer has 1 and 2. Pass one of them.")
    if not 0 <= position < SIDE**2:
        raise ValueError(
            f"position: got {position}, but the image has {SIDE**2} pixels, numbered from 0. "
            f"Choose from range({SIDE**2})."
        )
    row, column = divmod(int(position), SIDE)
    grad = GRADIENTS[stride]
    weights = np.full(grad.shape, np.nan)
    for i, j in np.ndindex(grad.shape):
        a, b = row - stride * i, column - stride * j
        if 0 <= a < 3 and 0 <= b < 3:
            weights[i, j] = KERNEL[a, b]
    products = weights * grad
    image = np.zeros((1, SIDE, SIDE))
    gradient = conv2d_backward(grad[None], image, KERNEL[None, None], stride)[0][0]
    return Paths(row, column, weights, products, float(np.nansum(products)), gradient)


def _sum_text(paths, stride):
    grad = GRADIENTS[stride]
    terms = [
        f"{number_text(weight)}·{_bracketed(grad[i, j])}"
        for (i, j), weight in np.ndenumerate(paths.weights)
        if not np.isnan(weight)
    ]
    return f"{' + '.join(terms)} = {number_text(paths.total)}" if terms else "no output has used it: 0"


def _bracketed(value):
    return f"({number_text(value)})" if value < 0 else number_text(value)


def _alt(position, stride=1):
    paths = paths_of(position, stride)
    touched = int((~np.isnan(paths.weights)).sum())
    return (
        f"Stride {stride}, the pixel at row {paths.row}, column {paths.column} has touched {touched} of "
        f"{paths.weights.size} outputs. Weight times gradient of each: {_sum_text(paths, stride)}."
    )


@explorer("Follow one pixel back", _alt, start={"position": 12}, position=range(25))
def pixel_gradient(position, stride=1):
    """Draw the gradient of the input up to one pixel, the outputs it touched, the weights, and their sum."""
    paths = paths_of(position, stride)
    fig, ax = style.canvas(480, 470)
    done = np.where(np.arange(SIDE**2).reshape(SIDE, SIDE) <= position, paths.gradient, np.nan)
    ax.text(12, 20, "Gradient of the input 5 × 5", fontsize=11.5, fontweight="bold", va="center")
    draw_cells(ax, done, x=12, y=36, size=44, fills=shade(done, "signed", np.abs(paths.gradient).max()),
               fontsize=12)  # fmt: skip
    frame_cells(ax, paths.row, paths.column, 1, 1, x=12, y=36, size=44, colour=style.GREEN)
    ax.text(300, 64, "Kernel", fontsize=11.5, fontweight="bold", va="center")
    draw_cells(ax, KERNEL, x=300, y=80, size=44, fills=shade(KERNEL, "plain"), fontsize=12)
    ax.plot([12, 468], [282, 282], color=style.GRID, linewidth=1)
    _draw_products(ax, paths, GRADIENTS[stride], top=318)
    products = [number_text(product) for product in paths.products.ravel() if not np.isnan(product)]
    text = " + ".join(products).replace("+ −", "− ") + f" = {number_text(paths.total)}"
    ax.text(240, 450, text if products else "no output has used this pixel: 0", fontsize=12.5, ha="center",
            va="center")  # fmt: skip
    return fig


def _draw_products(ax, paths, grad, top):
    cell = 102 / len(grad)
    parts = (
        (12, "Output gradient", grad, "signed"),
        (186, "Weight it used", paths.weights, "plain"),
        (352, "Products", paths.products, "signed"),
    )
    for x, title, values, colours in parts:
        ax.text(x, top - 16, title, fontsize=11.5, fontweight="bold", va="center")
        limit = np.abs(grad).max() if values is grad else None
        fills = shade(values, colours, limit)
        draw_cells(
            ax, values, x=x, y=top, size=cell, fills=fills, fontsize=fitting_fontsize(values, cell, 12)
        )
    for i, j in np.argwhere(~np.isnan(paths.weights)):
        frame_cells(ax, i, j, 1, 1, x=12, y=top, size=cell, colour=style.GREEN, linewidth=2)
    for x, sign in ((150, "×"), (320, "=")):
        ax.text(x, top + 51, sign, fontsize=17, ha="center", va="center", color=style.MUTED)
