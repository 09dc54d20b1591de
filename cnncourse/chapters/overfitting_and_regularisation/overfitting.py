"""How far a network is better on its own digits than on new ones: drawn from stored runs, without torch."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.runs import stored
from cnncourse.plots import style

_WIDTH, _HEIGHT = 480, 444
# How a remedy is named after "with".
_WITH = {"nothing": "nothing added", "dropout": "dropout", "weight decay": "weight decay"}


@functools.lru_cache(maxsize=1)
def overfitting_runs():
    """Return the runs that ``benchmarks/overfitting.py`` stored, by remedy and number of training digits."""
    found = stored("overfitting")
    runs, drawn = found["runs"], found["drawn"]
    sizes, remedies = (tuple(dict.fromkeys(run[key] for run in runs)) for key in ("size", "remedy"))

    def at_the_end(name):
        """(remedies, sizes, seeds); the runs of a seed stand together, and in them those of a size."""
        return np.array([run[name] for run in runs]).reshape(-1, len(sizes), len(remedies)).T

    curves = np.array([run["curve"] for run in drawn["curves"]])
    return SimpleNamespace(
        sizes=sizes,
        remedies=remedies,
        steps=np.array(drawn["checkpoints"]),
        train_accuracy=at_the_end("train_accuracy"),
        test_accuracy=at_the_end("test_accuracy"),
        weight_norm=at_the_end("weight_norm"),  # of all weights, without the biases
        # (remedies, sizes, steps, 4), of the first seed: loss and accuracy in training, then in validation
        curves=curves.reshape(len(sizes), len(remedies), *curves.shape[1:]).swapaxes(0, 1),
    )


def place_of(size, remedy):
    """Return the indices of a remedy and of a size in the stored runs."""
    runs = overfitting_runs()
    for name, value, known in (("size", size, runs.sizes), ("remedy", remedy, runs.remedies)):
        if value not in known:
            raise ValueError(
                f"{name}: got {value!r}, but the stored runs have {', '.join(map(str, known))}. "
                "Choose one of them."
            )
    return runs.remedies.index(remedy), runs.sizes.index(size)


def _verdict(runs, size, remedy):
    place = place_of(size, remedy)
    train, test = (100 * np.median(part[place]) for part in (runs.train_accuracy, runs.test_accuracy))
    return train, test, runs.curves[place][:, 2]


def _alt(size, remedy):
    runs = overfitting_runs()
    train, test, losses = _verdict(runs, size, remedy)
    low = int(losses.argmin())
    return (
        f"{size:,} digits, {_WITH[remedy]}: {train:.1f} % of its own digits and {test:.1f} % of new ones are "
        f"right, a gap of {train - test:.1f} points. Validation loss: lowest {losses[low]:.2f} after step "
        f"{runs.steps[low]}, {losses[-1]:.2f} at the end."
    )


@explorer(
    "Overfitting against data size",
    _alt,
    start={"size": 100},
    size=[20, 50, 100, 300, 1000, 3000, 10000],
    remedy=["nothing", "dropout", "weight decay"],
)
def overfitting_by_size(size, remedy="nothing"):
    """Draw accuracy on known and on new digits against the number of digits, and the losses of one run."""
    runs = overfitting_runs()
    train, test, _ = _verdict(runs, size, remedy)
    fig, ax = style.canvas(_WIDTH, _HEIGHT)
    ax.text(8, 18, "Right answers", fontsize=11.5, fontweight="bold", va="center")
    _draw_accuracy(fig.add_axes(_place(58, 38, 406, 150)), runs, size, remedy)
    ax.text(8, 252, f"Loss with {size:,} digits", fontsize=11.5, fontweight="bold", va="center")
    draw_losses(fig.add_axes(_place(58, 272, 406, 128)), runs, size, remedy)
    words = f"own {train:.1f} %, new {test:.1f} %"
    ax.text(464, 18, words, fontsize=11, ha="right", va="center")
    return fig


def _place(x, y, width, height):
    """Return a rectangle in CSS pixels from the top left as matplotlib's shares from the bottom left."""
    return x / _WIDTH, 1 - (y + height) / _HEIGHT, width / _WIDTH, height / _HEIGHT


def _draw_accuracy(ax, runs, size, remedy):
    row = runs.remedies.index(remedy)
    parts = (
        ("its own digits", runs.train_accuracy[row], style.BLUE, style.BLUE_TEXT, "o", 30),
        ("new digits", runs.test_accuracy[row], style.RED, style.RED_TEXT, "s", 14),
    )
    ax.axvline(size, color=style.GRID, linewidth=9, zorder=0)
    for name, accuracy, colour, words, marker, height in parts:
        percent = 100 * accuracy
        ax.plot(runs.sizes, np.median(percent, axis=1), color=colour, linewidth=1.8)
        for seed in range(percent.shape[1]):
            ax.plot(runs.sizes, percent[:, seed], marker, color=colour, markersize=4)
        ax.text(runs.sizes[-1], 30 + height, name, color=words, ha="right", va="center", fontweight="bold")
    ax.set_xscale("log")
    ax.set_xticks(runs.sizes, [f"{number:,}" for number in runs.sizes])
    ax.minorticks_off()
    ax.set(xlim=(runs.sizes[0] / 1.25, runs.sizes[-1] * 1.25), ylim=(30, 104))
    ax.set_yticks([40, 60, 80, 100], ["40 %", "60 %", "80 %", "100 %"])
    ax.set_xlabel("training digits", labelpad=1)
    ax.grid(axis="y")


def draw_losses(ax, runs, size, remedy, until=None):
    """Draw training and validation loss of a stored run, up to a step."""
    curve = runs.curves[place_of(size, remedy)]
    # One scale for all remedies of a size, so that they can be compared.
    top = 1.06 * runs.curves[:, runs.sizes.index(size), :, ::2].max()
    shown = runs.steps <= (runs.steps[-1] if until is None else until)
    for name, column, colour, words, marker, x in (
        ("training", 0, style.BLUE, style.BLUE_TEXT, "o", 0.79),
        ("validation", 2, style.RED, style.RED_TEXT, "s", 1.0),
    ):
        ax.plot(runs.steps[shown], curve[shown, column], color=colour, marker=marker, markersize=4)
        # Above the axes, where no curve can come.
        place = {"transform": ax.transAxes, "ha": "right", "va": "bottom"}
        ax.text(x, 1.06, name, color=words, fontsize=10.5, **place)
    ax.set(
        xlim=(-8, runs.steps[-1] + 8),
        ylim=(-0.03 * top, top),
        yticks=range(0, int(top) + 1, 2 if top > 4 else 1),
    )
    ax.set_xlabel("training steps", labelpad=1)
    ax.grid(axis="y")
