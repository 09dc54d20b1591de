"""The confusion matrix: what was taken for what."""

import matplotlib
import numpy as np

from cnncourse.plots import style
from cnncourse.plots.cells import fitting_fontsize

# With more classes the counts would be too small to read; the colours stay.
_MOST_NUMBERS = 20


def plot_confusion(result, *, ax=None):
    """Draw a confusion matrix with its counts.

    A row is a true class; its colours are shares of that row, on a square-root scale that lets single
    mistakes be seen.

    Parameters
    ----------
    result : cnncourse.results.EvalResult
        What ``evaluate`` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
    """
    confusion, classes = np.asarray(result.confusion), result.classes
    ax = style.axes_or_new(ax, figsize=_size(len(classes)))
    fills = draw_confusion_cells(ax, confusion)
    if len(classes) <= _MOST_NUMBERS:
        _write_counts(ax, confusion, fills, max(len(name) for name in classes))
    _label(ax, classes)
    return ax


def draw_confusion_cells(ax, confusion):
    """Draw the coloured cells of a confusion matrix alone: blue for what is right, orange for what is not.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    confusion : ndarray of shape (K, K)
        Counts; rows are true classes.

    Returns
    -------
    ndarray of shape (K, K, 3)
        The RGB colours of the cells.
    """
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    levels = np.sqrt(shares)
    right = np.eye(len(confusion), dtype=bool)
    fills = np.where(
        right[..., None],
        matplotlib.colormaps["Blues"](levels * 0.72)[..., :3],
        matplotlib.colormaps["Oranges"](levels * 0.9)[..., :3],
    )
    fills[confusion == 0] = matplotlib.colors.to_rgb(style.PAPER)
    ax.imshow(fills, interpolation="nearest")
    return fills


def _size(classes):
    # Up to about ten classes the figure fits a phone; more of them would be too small to read there anyway.
    side = min(1.6 + 0.44 * classes, max(style.WIDEST - 0.2, min(7.0, 0.35 * classes)))
    return side + 0.2, side


def _write_counts(ax, confusion, fills, letters):
    light = fills @ np.array([0.299, 0.587, 0.114]) > 0.5
    # Beside the cells stand the name of the axis and the longest class, a letter 9 CSS pixels wide. Very long
    # names would leave nothing: then the numbers may be a little large for their cells.
    room = _size(len(confusion))[0] * style.CSS_PIXELS_PER_INCH - 50 - 9 * min(letters, 16)
    size = fitting_fontsize(confusion, room / len(confusion), largest=10.5)
    for row, column in np.argwhere(confusion):
        colour = style.INK if light[row, column] else "white"
        text = str(confusion[row, column])
        ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)


def _label(ax, classes):
    turn = 0 if max(len(name) for name in classes) <= 3 else 45
    places = range(len(classes))
    ax.set_xticks(places, classes, rotation=turn, ha="right" if turn else "center", rotation_mode="anchor")
    ax.set_yticks(places, classes)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.tick_params(length=0)
    ax.set_xticks(np.arange(len(classes) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(classes) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color=style.GRID, linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
