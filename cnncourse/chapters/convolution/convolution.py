"""Explorers of one convolution: a step of it, and what kernels do to a photograph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.kernels import kernel_numbers
from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, frame_cells, number_text, shade

# Left half black, right half white: one vertical edge in the middle.
EDGE_IMAGE = np.hstack([np.zeros((6, 3)), np.full((6, 3), 255.0)])


@dataclass(frozen=True)
class Step:
    """One step of a convolution: what the kernel sees at a position, and what it makes of it."""

    row: int
    column: int
    window: np.ndarray
    kernel: np.ndarray
    products: np.ndarray
    total: float
    output: np.ndarray


def convolution_at(position, kernel="Sobel x", image=EDGE_IMAGE):
    """Return one step of the convolution of an image with a kernel, no padding, stride 1."""
    image = np.asarray(image, dtype=float)
    kernel = kernel_numbers(kernel)
    output = conv2d(image[None, None], kernel[None, None])[0, 0]
    if not 0 <= position < output.size:
        raise ValueError(
            f"position: got {position}, but the output has {output.size} cells, numbered from 0. "
            f"Choose from range({output.size})."
        )
    row, column = divmod(int(position), output.shape[1])
    window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
    products = window * kernel
    return Step(row, column, window, kernel, products, float(products.sum()), output)


def _step_alt(position, kernel="Sobel x", image=EDGE_IMAGE):
    step = convolution_at(position, kernel, image)
    return (
        f"Step {position + 1} of {step.output.size}: the window at row {step.row}, column {step.column} "
        f"holds {_rows(step.window)}. Times the kernel {_rows(step.kernel)} it gives {_rows(step.products)}. "
        f"The sum, {number_text(step.total)}, is the output at row {step.row}, column {step.column}."
    )


@explorer("Convolution, one step at a time", _step_alt, position=range(16))
def convolution_step(position, kernel="Sobel x", image=EDGE_IMAGE):
    """Draw one step of a convolution: window, kernel, products, their sum, and the output so far."""
    image = np.asarray(image, dtype=float)
    step = convolution_at(position, kernel, image)
    fig, ax = style.canvas(480, 488)
    done = np.where(np.arange(step.output.size).reshape(step.output.shape) <= position, step.output, np.nan)
    reach = np.abs(step.output).max()

    cell = 228 / max(image.shape)
    ax.text(12, 22, f"Input {_size(image)}", fontsize=11.5, fontweight="bold", va="center")
    draw_cells(
        ax, image, x=12, y=38, size=cell, fills=shade(image, "grey"), fontsize=fitting_fontsize(image, cell)
    )
    frame_cells(ax, step.row, step.column, *step.kernel.shape, x=12, y=38, size=cell, colour=style.GREEN)

    side = 180 / max(step.output.shape)
    top = 38 + (228 - 180) / 2
    ax.text(288, top - 16, f"Output {_size(done)}", fontsize=11.5, fontweight="bold", va="center")
    draw_cells(
        ax,
        done,
        x=288,
        y=top,
        size=side,
        fills=shade(done, "signed", reach),
        fontsize=fitting_fontsize(step.output, side),
    )
    frame_cells(ax, step.row, step.column, 1, 1, x=288, y=top, size=side, colour=style.GREEN)
    ax.text(264, 152, "→", fontsize=17, ha="center", va="center", color=style.MUTED)

    _draw_products(ax, step, top=318)
    return fig


def _draw_products(ax, step, top):
    ax.plot([12, 468], [top - 36, top - 36], color=style.GRID, linewidth=1)
    cell = 120 / max(step.kernel.shape)
    parts = [
        (12, "Window", step.window, shade(step.window, "grey", 255), style.GREEN),
        (180, "Kernel", step.kernel, shade(step.kernel, "signed"), style.BLUE),
        (348, "Products", step.products, shade(step.products, "signed"), None),
    ]
    for x, title, values, fills, colour in parts:
        ax.text(x, top - 16, title, fontsize=11.5, fontweight="bold", va="center")
        draw_cells(ax, values, x=x, y=top, size=cell, fills=fills, fontsize=fitting_fontsize(values, cell))
        if colour:
            frame_cells(ax, 0, 0, *values.shape, x=x, y=top, size=cell, colour=colour)
    for x, sign in ((156, "×"), (324, "=")):
        ax.text(x, top + 60, sign, fontsize=17, ha="center", va="center", color=style.MUTED)
    terms = [number_text(value) for value in step.products.ravel()]
    text = terms[0] + "".join(f" − {t[1:]}" if t.startswith("−") else f" + {t}" for t in terms[1:])
    text = f"{text} = {number_text(step.total)}"
    fontsize = min(12, 12 * 46 / len(text))
    ax.text(240, top + 148, text, fontsize=fontsize, ha="center", va="center")


def _size(values):
    return f"{values.shape[0]} × {values.shape[1]}"


def _rows(values):
    return "; ".join(" ".join(number_text(value) for value in row) for row in values)
