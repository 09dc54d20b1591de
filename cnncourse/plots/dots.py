"""Runs side by side: a row of dots for each setting that was tried, a dot for each run."""

import numpy as np

from cnncourse.plots import style


def plot_dots(runs, *, usual=None, marks=None, label="% right", ax=None):
    """Draw a row of dots for each setting, a dot for each run.

    Parameters
    ----------
    runs : mapping of str to sequence of float
        For each setting the shares from 0 to 1 that its runs reached.
    usual : str, optional
        The setting to compare with. A row whose median lies above all its runs is blue, below all its runs
        orange.
    marks : mapping of str to float, optional
        Shares to mark with a dotted line.
    label : str, default "% right"
        What the axis shows.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no runs, or `usual` is none of them.
    """
    _check(runs, usual)
    ax = style.axes_or_new(ax, figsize=(style.WIDEST, 0.36 * len(runs) + 0.9))
    for row, shares in enumerate(runs.values()):
        colour = style.INK
        if usual is not None and np.median(shares) > max(runs[usual]):
            colour = style.BLUE
        elif usual is not None and np.median(shares) < min(runs[usual]):
            colour = style.RED
        percent = 100 * np.asarray(shares, dtype=float)
        ax.plot(percent, np.full(len(percent), -row), "o", color=colour, markersize=5)
    for level in (marks or {}).values():
        ax.axvline(100 * level, color=style.MUTED, linewidth=1, linestyle=":")
    ax.set_yticks(-np.arange(len(runs)), list(runs))
    ax.set_ylim(-len(runs) + 0.4, 0.6)
    ax.set_xlabel(label)
    return ax


def describe_dots(runs, *, usual=None, marks=None):
    """Return what `plot_dots` shows, in words.

    Parameters
    ----------
    runs, usual, marks
        As in `plot_dots`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        As in `plot_dots`.

    Examples
    --------
    >>> describe_dots({"plain": [0.5, 0.52]}, marks={"best": 0.95})
    'Median of the runs: plain 51.0 %, from 50.0 to 52.0. Dotted: best 95.0 %.'
    """
    _check(runs, usual)
    rows = "; ".join(
        f"{name} {100 * np.median(shares):.1f} %, from {100 * min(shares):.1f} to {100 * max(shares):.1f}"
        for name, shares in runs.items()
    )
    dotted = ", ".join(f"{name} {100 * level:.1f} %" for name, level in (marks or {}).items())
    return f"Median of the runs: {rows}." + (f" Dotted: {dotted}." if dotted else "")


def _check(runs, usual):
    if not runs or not all(len(shares) for shares in runs.values()):
        raise ValueError(
            "runs: got a setting without a run, or none at all. Give at least one share for each."
        )
    if usual is not None and usual not in runs:
        raise ValueError(f"usual: got {usual!r}, but the settings are {', '.join(runs)}. Choose one of them.")
