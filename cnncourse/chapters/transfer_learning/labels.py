"""Accuracy against labelled examples, three ways: drawn from stored runs, without torch."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cnncourse.course.explorers import explorer, quest
from cnncourse.course.runs import stored
from cnncourse.plots import style

WAYS = ("scratch", "frozen", "fine-tuned")
_COLOURS = (style.RED, style.GREEN, style.BLUE)
_INKS = (style.RED_TEXT, style.GREEN_TEXT, style.BLUE_TEXT)
_MARKS = ("o", "s", "^")
_KEYS = {"cats and dogs": "cats_dogs", "digits": "mnist"}
_GOAL = 0.9  # of the quest, on digits


@functools.cache
def transfer_runs(data):
    """Return the test accuracies that ``benchmarks/transfer.py`` stored, a column for each seed."""
    if data not in _KEYS:
        raise ValueError(f"data: got {data!r}, but runs are stored for {' and '.join(map(repr, _KEYS))}.")
    found = stored("transfer")["data"][_KEYS[data]]
    stages, rates = found["first_stages"], found["rates"]
    return SimpleNamespace(
        classes=found["classes"],
        test_images=found["test_images"],
        labels=tuple(found["labels"]),  # numbers of labelled images
        accuracy={way: np.array(found["accuracy"][way]) for way in WAYS},  # (labels, seeds)
        # which first stages came from the body, frozen, under fresh layers
        frozen_stages=tuple(map(tuple, stages["frozen"])),
        stage_labels=stages["labels"],  # labelled images in that experiment and in the next
        stage_accuracy=np.array(stages["accuracy"]),
        # factors from one layer's learning rate to that of the layer before it
        decays=tuple(rates["decay"]),
        decay_accuracy=np.array(rates["accuracy"]),
    )


def _row(runs, labels):
    if labels not in runs.labels:
        raise ValueError(f"labels: got {labels}, but there are runs for {', '.join(map(str, runs.labels))}.")
    return runs.labels.index(labels)


def _words(runs, way, row):
    """Mean, lowest and highest accuracy over the seeds, in per cent."""
    values = 100 * runs.accuracy[way][row]
    return f"{values.mean():.1f} % ({values.min():.1f} to {values.max():.1f})"


def _alt(data, labels):
    runs = transfer_runs(data)
    row = _row(runs, labels)
    said = "; ".join(f"{way} {_words(runs, way, row)}" for way in WAYS)
    return (
        f"{data.capitalize()}, {labels:,} labelled images. Test accuracy, mean and range of "
        f"{runs.accuracy['scratch'].shape[1]} seeds: {said}. Guessing gives {100 / runs.classes:.0f} %."
    )


@explorer(
    "How many labels does it take?",
    _alt,
    start={"labels": 200},
    data=["cats and dogs", "digits"],
    labels=[20, 60, 200, 600, 2000],
)
def labelled_examples(data, labels):
    """Draw test accuracy against the number of labelled images, from scratch, frozen and fine-tuned."""
    runs = transfer_runs(data)
    row = _row(runs, labels)
    fig = Figure(figsize=(4.8, 4.3), facecolor=style.PAPER)
    _draw_curves(fig.add_axes((0.145, 0.42, 0.83, 0.5)), runs, labels)
    seeds = runs.accuracy["scratch"].shape[1]
    fig.text(0.03, 0.25, f"With {labels:,} labels, mean and range of {seeds} seeds", fontweight="bold")
    for i, (way, colour, ink, mark) in enumerate(zip(WAYS, _COLOURS, _INKS, _MARKS)):
        y = 0.18 - 0.065 * i
        key = Line2D((0.03, 0.065, 0.1), (y + 0.013,) * 3, color=colour, marker=mark, markevery=[1])
        fig.add_artist(key)
        fig.text(0.13, y, way, color=ink, fontweight="bold")
        fig.text(0.37, y, _words(runs, way, row))
    return fig


def _draw_curves(ax, runs, labels):
    for way, colour, mark in zip(WAYS, _COLOURS, _MARKS):
        values = 100 * runs.accuracy[way]
        ax.fill_between(runs.labels, values.min(axis=1), values.max(axis=1), color=colour, alpha=0.18, lw=0)
        ax.plot(runs.labels, values.mean(axis=1), color=colour, marker=mark, label=way)
    ax.axhline(100 / runs.classes, color=style.MUTED, linestyle=":", linewidth=1.4)
    ax.axvline(labels, color=style.INK, linewidth=1.2, linestyle="--")
    ax.set_xscale("log")
    ax.set_xticks(runs.labels, [f"{number:,}" for number in runs.labels])
    ax.minorticks_off()
    low = 40 if runs.classes == 2 else 0
    ticks = [50, 75, 100] if runs.classes == 2 else [0, 50, 100]
    ax.set(xlim=(16, 2500), ylim=(low, 101), xlabel="labelled images")
    ax.set_yticks(ticks, [f"{tick} %" for tick in ticks])
    ax.grid(axis="y")
    ax.set_title("Test accuracy", pad=8, fontsize=12)
    ax.text(2300, 100 / runs.classes + 1, "guessing", ha="right", va="bottom", color=style.MUTED, fontsize=10)


def _enough_alt(way, labels):
    return f"You chose {way}. {_alt('digits', labels)}"


@explorer("How few labels are enough?", _enough_alt)
def enough_labels(way, labels):
    """Draw the digits' accuracies, a ring around what was chosen, and the goal of the quest."""
    fig, runs = labelled_examples("digits", labels), transfer_runs("digits")
    ax = fig.axes[0]
    ax.axhline(100 * _GOAL, color=style.INK, linewidth=1.6)
    chosen = 100 * runs.accuracy[way][_row(runs, labels)].mean()
    ring = {"markerfacecolor": "none", "markeredgecolor": style.INK, "markeredgewidth": 2}
    ax.plot([labels], [chosen], marker="o", markersize=15, zorder=5, **ring)
    return fig


def enough_labels_solved(way, labels):
    """Return whether every seed reaches the goal with the fewest labels, and a hint."""
    runs = transfer_runs("digits")
    values = runs.accuracy[way][_row(runs, labels)]
    reached = {
        (other, number)
        for other in WAYS
        for number, seeds in zip(runs.labels, runs.accuracy[other])
        if seeds.min() >= _GOAL
    }
    fewest = min(number for _, number in reached)
    if (way, labels) in reached and labels == fewest:
        return True, f"All seeds are right on at least {100 * values.min():.1f} % of the digits."
    if (way, labels) in reached:
        return False, f"{labels:,} labels reach the goal. Another way needs fewer."
    if values.max() >= _GOAL:
        return False, "Some seeds reach the goal, others do not. You cannot choose your luck."
    return False, f"{100 * values.mean():.1f} % is not enough."


def find_enough_labels():
    """Show the quest: the fewest labels with which every run reaches the goal."""
    quest(
        enough_labels,
        enough_labels_solved,
        prompt=f"Read at least {100 * _GOAL:.0f} % of the digits, with every seed and with as few labels as "
        "you can.",
        way=list(WAYS),
        labels=list(transfer_runs("digits").labels),
    )
