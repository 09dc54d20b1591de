"""Cats and dogs: explorer and quest, drawn from stored runs without torch."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np
from matplotlib.ticker import MaxNLocator

from cnncourse.course.explorers import explorer, quest
from cnncourse.course.runs import stored
from cnncourse.plots import style

# How the stored conditions are called on a slider.
CONDITIONS = {
    "as in the article": "article",
    "no augmentation": "plain",
    "one convolution more": "deeper",
    "batch norm, dropout": "regularised",
    "transfer, frozen": "frozen",
    "transfer, fine-tuned": "fine-tuned",
}
_MOST_CATS, _FEWEST_DOGS = 0.02, 0.6  # of the quest: shares let through


@functools.lru_cache(maxsize=1)
def cats_dogs_runs():
    """Return the runs that ``benchmarks/cats_dogs.py`` stored, by condition."""
    found = stored("cats_dogs")
    curves = {  # (seeds, epochs)
        condition: {
            part: np.array([run[part] for run in runs])
            for part in ("train_accuracy", "valid_accuracy", "test_accuracy")
        }
        for condition, runs in found["runs"].items()
    }
    return SimpleNamespace(
        images=found["images"],  # how many to learn from, to choose by and to test on
        untouched_body=found["untouched_body"],
        curves=curves,
        test_accuracy={condition: parts["test_accuracy"][:, -1] for condition, parts in curves.items()},
        labels=np.array([int(digit) for digit in found["test_labels"]]),  # 0 a cat, 1 a dog
        # probability of a dog for each test picture, of the first seed
        dog={condition: np.array(runs[0]["dog"]) for condition, runs in found["runs"].items()},
    )


def counts_at(condition, threshold):
    """Count what happens when all pictures with a probability of at least a threshold are called dogs."""
    runs = cats_dogs_runs()
    if condition not in runs.dog:
        raise ValueError(
            f"condition: got {condition!r}, but there are runs for {', '.join(runs.dog)}. Choose one of them."
        )
    called, is_dog = runs.dog[condition] >= threshold, runs.labels == 1
    pairs = ((called, is_dog), (called, ~is_dog), (~called, is_dog), (~called, ~is_dog))
    return tuple(int((said & true).sum()) for said, true in pairs)


def _checked(condition):
    if condition not in CONDITIONS:
        raise ValueError(
            f"condition: got {condition!r}, but the conditions are {', '.join(CONDITIONS)}. "
            "Choose one of them."
        )
    return cats_dogs_runs().curves[CONDITIONS[condition]]


def _percent(values):
    return f"{100 * np.median(values):.1f} % ({100 * values.min():.1f} to {100 * values.max():.1f})"


def _curves_alt(condition):
    columns = _checked(condition)
    seeds, epochs = columns["train_accuracy"].shape
    train, valid = (_percent(columns[f"{part}_accuracy"][:, -1]) for part in ("train", "valid"))
    return (
        f"{condition.capitalize()}: {seeds} runs of {epochs} epochs. Right in the end, median and range: "
        f"{train} of the training pictures, {valid} of the validation pictures."
    )


@explorer("Six ways to learn cats and dogs", _curves_alt, condition=list(CONDITIONS))
def cats_dogs_curves(condition):
    """Draw accuracy on training and validation pictures over the epochs, a line for each seed."""
    columns = _checked(condition)
    epochs = columns["train_accuracy"].shape[1]
    fig, ax = style.canvas(480, 336)
    plot = fig.add_axes((62 / 480, 1 - 240 / 336, 402 / 480, 226 / 336))
    rows = [
        ("train_accuracy", "training", style.BLUE, style.BLUE_TEXT, "-"),
        ("valid_accuracy", "validation", style.RED, style.RED_TEXT, "--"),
    ]
    for row, (column, word, colour, ink, line) in enumerate(rows):
        for values in columns[column]:
            plot.plot(range(1, epochs + 1), 100 * values, line, color=colour, linewidth=1.8)
        text = f"{word}: {_percent(columns[column][:, -1])}"
        ax.text(62, 294 + 24 * row, text, color=ink, fontsize=11.5, va="center", fontweight="bold")
    plot.axhline(50, color=style.MUTED, linewidth=1, linestyle=":")
    plot.text(epochs + 0.3, 51.5, "guessing", color=style.MUTED, fontsize=10.5, ha="right")
    plot.set(xlim=(0.5, epochs + 0.5), ylim=(45, 102))
    plot.set_xticks(sorted({1, *range(5, epochs + 1, 5), epochs}))
    plot.set_yticks([50, 60, 70, 80, 90, 100], [f"{value} %" for value in (50, 60, 70, 80, 90, 100)])
    plot.set_xlabel("epoch", labelpad=1)
    plot.grid(axis="y")
    return fig


def _door_alt(network, threshold):
    hits, cats, missed, out = counts_at(network, threshold)
    return (
        f"Network {network}, threshold {threshold:g}: {hits} of {hits + missed} dogs come in, "
        f"{100 * hits / (hits + missed):.1f} %, and {cats} of {cats + out} cats."
    )


@explorer("A door for dogs", _door_alt)
def dog_door(network, threshold):
    """Draw how sure a network is of a dog, for cats and for dogs, and who passes a threshold."""
    hits, cats, missed, out = counts_at(network, threshold)
    runs = cats_dogs_runs()
    fig, ax = style.canvas(480, 326)
    edges = np.linspace(0, 1, 21)
    for row, (label, word, colour) in enumerate(((1, "dogs", style.BLUE), (0, "cats", style.RED))):
        plot = fig.add_axes((62 / 480, 1 - (110 + 118 * row) / 326, 402 / 480, 88 / 326))
        values = runs.dog[network][runs.labels == label]
        middle = (edges[:-1] + edges[1:]) / 2
        for some, fill in ((values, style.GRID), (values[values >= threshold], colour)):
            plot.bar(middle, np.histogram(some, edges)[0], 0.045, color=fill)
        plot.axvline(threshold, color=style.INK, linewidth=2)
        plot.set(xlim=(0, 1), ylim=(0, None))
        plot.tick_params(labelbottom=row == 1)
        plot.set_ylabel(word, labelpad=2)
        plot.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    plot.set_xlabel("probability of a dog", labelpad=1)
    ax.text(62, 284, f"{hits} of {hits + missed} dogs come in: {100 * hits / (hits + missed):.1f} %",
            fontsize=11.5, va="center", color=style.BLUE_TEXT)  # fmt: skip
    ax.text(62, 308, f"{cats} of {cats + out} cats come in: {100 * cats / (cats + out):.1f} %",
            fontsize=11.5, va="center", color=style.RED_TEXT)  # fmt: skip
    return fig


def door_solved(network, threshold):
    """Return whether few enough cats and enough dogs come in, and a hint."""
    hits, cats, missed, out = counts_at(network, threshold)
    many_cats = cats / (cats + out) > _MOST_CATS
    few_dogs = hits / (hits + missed) < _FEWEST_DOGS
    if not many_cats and not few_dogs:
        return True, f"{hits} dogs and {cats} cats. A threshold is a decision about costs, not about truth."
    if many_cats and few_dogs:
        return False, "Too many cats and too few dogs: no threshold of this network will do."
    if many_cats:
        return False, f"{cats} cats come in, and {int(_MOST_CATS * (cats + out))} may. Be stricter."
    return False, f"Only {hits} dogs come in. Be less strict, or take a better network."


def open_for_dogs():
    """Show the quest: a network and a threshold that let in dogs and hardly a cat."""
    quest(
        dog_door,
        door_solved,
        prompt="Open the door for at least 60 % of the dogs, and for at most 2 % of the cats.",
        network=["article", "frozen", "fine-tuned"],
        threshold=[0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99],
    )
