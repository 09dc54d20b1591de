"""Cells with numbers: the squares that windows, kernels and small images are drawn with."""

import math

import matplotlib
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from cnncourse.plots import style

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value):
    """Return a number as it stands in a cell: at most two decimals, a true minus sign, no ``-0``.

    Examples
    --------
    >>> number_text(255), number_text(-1.5), number_text(0.125), number_text(float("nan"))
    ('255', '−1.5', '0.12', '')
    """
    if math.isnan(value):
        return ""
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def power_text(value):
    """Return a number in few characters, with a power of ten where it is very small or large.

    Examples
    --------
    >>> power_text(0.18), power_text(8.7e-13), power_text(945.2), power_text(-2.1e6), power_text(0)
    ('0.18', '8.7 · 10⁻¹³', '945', '−2.1 · 10⁶', '0')
    """
    size, sign = abs(value), "−" if value < 0 else ""
    if size == 0:
        return "0"
    if 0.00095 <= size < 9.95:
        return f"{sign}{size:.2g}"
    if 9.95 <= size < 9999.5:
        return f"{sign}{size:,.0f}"
    mantissa, exponent = f"{size:.1e}".split("e")
    return f"{sign}{mantissa} · 10{str(int(exponent)).translate(_RAISED)}"


def fitting_fontsize(values, cell, largest=11.5):
    """Return the font size in points at which every number fits a cell ``cell`` CSS pixels wide."""
    characters = max((len(number_text(value)) for value in np.ravel(values)), default=1)
    # A figure of DejaVu Sans is 0.64 of its size wide; a point is 100/72 CSS pixels.
    return min(largest, 0.94 * cell / (0.64 * 100 / 72 * max(1, characters)))


def shade(values, colours, limit=None):
    """Return the fill colour of each cell.

    Parameters
    ----------
    values : ndarray of shape (H, W)
        The numbers; NaN stands for a cell that is not known yet.
    colours : {"plain", "grey", "signed"}
        All alike, as grey levels from 0 to ``limit``, or blue below and red above zero up to ``limit``.
    limit : float, optional
        The value of white, or of the deepest blue and red. The largest magnitude by default.

    Returns
    -------
    ndarray of shape (H, W, 3)
        RGB from 0 to 1.
    """
    if colours not in ("plain", "grey", "signed"):
        raise ValueError(
            f'colours: got {colours!r}, but it is one of "plain", "grey", "signed". Choose one of them.'
        )
    values = np.asarray(values, dtype=float)
    known = ~np.isnan(values)
    fills = np.empty((*values.shape, 3))
    fills[:] = to_rgb(style.CELL)
    if colours == "plain" or not known.any():
        return fills
    limit = limit or np.abs(values[known]).max() or 1.0
    if colours == "grey":
        # From a dark grey, not from black, so that a cell's own border stays visible.
        levels = np.clip(values[known] / limit, 0, 1)[:, None]
        fills[known] = levels * np.array(to_rgb("#ffffff")) + (1 - levels) * np.array(to_rgb("#2b2f3a"))
    else:
        # The middle of the map only: its ends are too dark for a number in ink.
        levels = 0.5 + 0.26 * np.clip(values[known] / limit, -1, 1)
        fills[known] = matplotlib.colormaps[style.DIVERGING](levels)[:, :3]
    return fills


def draw_cells(ax, values, *, x=0.0, y=0.0, size=1.0, fills=None, fontsize=11.0, weight="normal"):
    """Draw a grid of cells, each with its number, growing right and down from ``(x, y)``.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its y axis must point down.
    values : ndarray of shape (H, W)
        The numbers; a NaN leaves its cell empty.
    x, y, size : float
        Upper left corner and side of a cell, in data units.
    fills : ndarray of shape (H, W, 3), optional
        RGB fill of each cell; plain by default.
    fontsize : float, default 11
        In points.
    weight : str, default "normal"
        Weight of the numbers.
    """
    values = np.asarray(values, dtype=float)
    fills = shade(values, "plain") if fills is None else np.asarray(fills, dtype=float)
    rows, columns = values.shape
    corners = [
        [(x + j * size, y + i * size), (x + (j + 1) * size, y + i * size),
         (x + (j + 1) * size, y + (i + 1) * size), (x + j * size, y + (i + 1) * size)]
        for i in range(rows)
        for j in range(columns)
    ]  # fmt: skip
    ax.add_collection(
        PolyCollection(corners, facecolors=fills.reshape(-1, 3), edgecolors=style.GRID, linewidths=0.9),
        autolim=False,
    )
    # The perceived lightness decides between ink and white.
    light = fills @ np.array([0.299, 0.587, 0.114]) > 0.5
    for i in range(rows):
        for j in range(columns):
            text = number_text(values[i, j])
            if text:
                ax.text(
                    x + (j + 0.5) * size,
                    y + (i + 0.5) * size,
                    text,
                    ha="center",
                    va="center_baseline",
                    fontsize=fontsize,
                    fontweight=weight,
                    color=style.INK if light[i, j] else "white",
                )


def frame_cells(ax, row, column, height, width, *, x=0.0, y=0.0, size=1.0, colour=style.RED, linewidth=3.0):
    """Draw a frame around ``height × width`` cells of a grid that starts at ``(x, y)``."""
    ax.add_patch(
        Rectangle(
            (x + column * size, y + row * size),
            width * size,
            height * size,
            fill=False,
            edgecolor=colour,
            linewidth=linewidth,
            joinstyle="round",
            zorder=3,
        )
    )
