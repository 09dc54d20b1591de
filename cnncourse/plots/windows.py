"""Grids of numbers, and the window of a kernel on them."""

import numpy as np

from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, frame_cells, shade


def plot_grid(values, *, colours="plain", ax=None):
    """Draw a small array as cells with their numbers.

    Parameters
    ----------
    values : ndarray of shape (H, W)
        The numbers; NaN leaves a cell empty.
    colours : {"plain", "grey", "signed"}, default "plain"
        All cells alike, grey levels from 0 to the largest, or blue below and red above zero.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are not two axes.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(
            f"values: got shape {values.shape}, but a grid has rows and columns. Pass an array of "
            "shape (H, W)."
        )
    rows, columns = values.shape
    cell = min(0.48, (style.WIDEST - 0.1) / columns)
    ax = style.axes_or_new(ax, figsize=(columns * cell + 0.1, rows * cell + 0.1))
    fontsize = fitting_fontsize(values, cell * style.CSS_PIXELS_PER_INCH)
    draw_cells(ax, values, fills=shade(values, colours), fontsize=fontsize)
    ax.set_xlim(-0.08, columns + 0.08)
    ax.set_ylim(rows + 0.08, -0.08)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax


def plot_window(values, row, column, kernel_size, *, dilation=1, colours="plain", ax=None):
    """Draw a small array as cells, and frame those that one window of a kernel reads.

    Parameters
    ----------
    values : ndarray of shape (H, W)
        The numbers.
    row, column : int
        The upper left cell of the window.
    kernel_size : int or (int, int)
        Cells the kernel reads downwards and across.
    dilation : int, default 1
        Step between the cells it reads.
    colours : {"plain", "grey", "signed"}, default "plain"
        As in `plot_grid`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the window does not lie on the array.
    """
    values = np.asarray(values, dtype=float)
    height, width = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    last = row + dilation * (height - 1), column + dilation * (width - 1)
    if row < 0 or column < 0 or values.ndim != 2 or last[0] >= values.shape[0] or last[1] >= values.shape[1]:
        raise ValueError(
            f"row, column: got {row}, {column}; the window would reach to {last[0]}, {last[1]}, but "
            "the array has "
            f"shape {values.shape}. Move the window inside."
        )
    ax = plot_grid(values, colours=colours, ax=ax)
    if dilation == 1:
        frame_cells(ax, row, column, height, width, colour=style.GREEN)
        return ax
    for i in range(height):
        for j in range(width):
            frame_cells(
                ax, row + i * dilation, column + j * dilation, 1, 1, colour=style.GREEN, linewidth=2.4
            )
    return ax
