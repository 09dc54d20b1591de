"""Curves of a training run."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from cnncourse.plots import style

_COLUMNS = {
    "loss": ("train_loss", "valid_loss", "loss"),
    "accuracy": ("train_accuracy", "valid_accuracy", "accuracy"),
    "lr": ("lr", None, "learning rate"),
}


def plot_history(history, *, metric="loss", ax=None):
    """Draw how a training run went, epoch by epoch.

    Parameters
    ----------
    history : cnncourse.results.History
        What ``fit`` returned; at least one epoch.
    metric : {"loss", "accuracy", "lr"}, default "loss"
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the metric is unknown or the history is empty.
    """
    if metric not in _COLUMNS:
        raise ValueError(
            f'metric: got {metric!r}, but a history holds "loss", "accuracy" and "lr". Choose one of them.'
        )
    if not history.records:
        raise ValueError(
            "history: it holds no epoch, so there is nothing to draw. Train for at least one epoch."
        )
    ax = style.axes_or_new(ax, figsize=(style.WIDEST, 3.2))
    train, valid, label = _COLUMNS[metric]
    epochs = history.column("epoch")
    lines = [("train" if valid else "", train, style.BLUE, "o"), ("validation", valid, style.RED, "s")]
    ends = []
    for name, column, colour, marker in lines:
        values = history.column(column).astype(float) if column else np.full(len(epochs), np.nan)
        if np.isnan(values).all():
            continue
        ax.plot(epochs, values, color=colour, marker=marker, markersize=5)
        ends.append((name, values[~np.isnan(values)][-1], colour))
    ax.set(xlabel="epoch", ylabel=label)
    ax.margins(y=0.12)
    ax.grid(axis="y")
    _make_room(ax, epochs)
    _label_ends(ax, epochs[-1], ends)
    return ax


def _make_room(ax, epochs):
    # The names of the lines stand to the right of their ends; no tick may claim epochs that never were.
    first, last = epochs[0], epochs[-1]
    span = max(last - first, 1)
    ax.set_xlim(first - 0.04 * span, last + 0.36 * span)
    ticks = MaxNLocator(integer=True, nbins=8).tick_values(first, last)
    ax.set_xticks([tick for tick in ticks if first <= tick <= last and tick == int(tick)])


def _label_ends(ax, epoch, ends):
    text_colour = {style.BLUE: style.BLUE_TEXT, style.RED: style.RED_TEXT}
    low, high = ax.get_ylim()
    values = [value for _, value, _ in ends]
    close = len(ends) == 2 and abs(values[0] - values[1]) < 0.09 * (high - low)
    for name, value, colour in ends:
        place = "center"
        if close:
            place = "bottom" if name == ends[int(np.argmax(values))][0] else "top"
        ax.annotate(
            f"{name} {value:.3g}".strip(),
            (epoch, value),
            xytext=(9, 0),
            textcoords="offset points",
            va=place,
            color=text_colour[colour],
            fontweight="bold",
        )
