"""The quest: which remedy, and when to stop?"""

from __future__ import annotations

import numpy as np

from cnncourse.chapters.overfitting_and_regularisation.overfitting import (
    draw_losses,
    overfitting_runs,
    place_of,
)
from cnncourse.course.explorers import explorer, quest
from cnncourse.plots import style

SIZE = 100
# A loss this close to the lowest one counts as the lowest: the difference is smaller than chance.
_SLACK = 1.02
_WIDTH, _HEIGHT = 480, 298


def losses_at(remedy, stop):
    """Return training and validation loss of the stored run on 100 digits after a step."""
    runs = overfitting_runs()
    if stop not in runs.steps:
        raise ValueError(
            f"stop: got {stop}, but the losses were measured after the steps "
            f"{', '.join(map(str, runs.steps))}. Choose one of them."
        )
    point = runs.curves[place_of(SIZE, remedy)][list(runs.steps).index(stop)]
    return float(point[0]), float(point[2])


def lowest_loss():
    """Return the lowest validation loss of all remedies and steps."""
    runs = overfitting_runs()
    return float(runs.curves[:, runs.sizes.index(SIZE), :, 2].min())


def _alt(remedy, stop):
    training, validation = losses_at(remedy, stop)
    return (
        f"Remedy: {remedy}, stopped after step {stop}: training loss {training:.2f}, validation loss "
        f"{validation:.2f}."
    )


@explorer("When to stop, and with what?", _alt)
def stopped_run(remedy, stop):
    """Draw the losses of a run on 100 digits up to the step at which it is stopped."""
    training, validation = losses_at(remedy, stop)
    fig, ax = style.canvas(_WIDTH, _HEIGHT)
    ax.text(
        8,
        20,
        f"Loss with {remedy}" if remedy != "nothing" else "Loss, nothing added",
        fontsize=11.5,
        fontweight="bold",
        va="center",
    )
    curves = fig.add_axes((58 / _WIDTH, 1 - 218 / _HEIGHT, 406 / _WIDTH, 178 / _HEIGHT))
    draw_losses(curves, overfitting_runs(), SIZE, remedy, until=stop)
    curves.axvline(stop, color=style.INK, linewidth=1.2, linestyle="--")
    text = f"After step {stop}: training {training:.2f}, validation {validation:.2f}"
    ax.text(8, 278, text, fontsize=11.5, va="center")
    return fig


def stop_solved(remedy, stop):
    """Return whether no other choice has a clearly lower validation loss, and a hint."""
    runs = overfitting_runs()
    curve = runs.curves[place_of(SIZE, remedy)][:, 2]
    _, validation = losses_at(remedy, stop)
    if validation <= _SLACK * lowest_loss():
        return (
            True,
            f"Validation loss {validation:.2f}: no choice is clearly better. Keep these weights.",
        )
    best = runs.steps[curve.argmin()]
    if curve.min() * _SLACK >= validation:
        return False, f"{validation:.2f} is about the best with this remedy. Another one goes lower."
    if stop < best:
        return False, "The validation loss still falls after this. Stop later."
    before = curve[runs.steps <= stop]
    return False, (
        f"The validation loss was {np.min(before):.2f} before, and is {validation:.2f} here. Stop earlier."
    )


def find_stop():
    """Show the quest: find remedy and step with the lowest validation loss."""
    quest(
        stopped_run,
        stop_solved,
        prompt="Choose the remedy and the step at which the validation loss is lowest.",
        remedy=["nothing", "weight decay", "dropout"],
        stop=[20, 45, 60, 80, 110, 150, 210, 400],
    )
