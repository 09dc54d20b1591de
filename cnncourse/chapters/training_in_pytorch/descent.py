"""Gradient descent on a long valley: what the learning rate does, and the quest to choose it."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cnncourse.course.explorers import explorer, quest
from cnncourse.course.frames import text_of
from cnncourse.plots import style

START = (-4.0, 1.5)
# The valley is ten times as steep across as along: the two ways want different learning rates.
STEEPNESS = (1.0, 10.0)
_GOAL, _QUEST_STEPS = 0.001, 30


def valley(a, b):
    """Return the loss ``(a² + 10 b²) / 2`` of two weights."""
    return (STEEPNESS[0] * a**2 + STEEPNESS[1] * b**2) / 2


def descent_path(learning_rate, steps, start=START):
    """Return the weights before and after each step of gradient descent in the valley."""
    path = np.empty((steps + 1, 2))
    path[0] = start
    for i in range(steps):
        path[i + 1] = path[i] - learning_rate * np.array(STEEPNESS) * path[i]
    return path


def _alt(learning_rate, steps):
    path = descent_path(learning_rate, steps)
    a, b = path[-1]
    first, last = valley(*path[0]), valley(a, b)
    return (
        f"Gradient descent with learning rate {text_of(learning_rate)}: {_after(steps)} the weights are "
        f"{_signed(a)} and {_signed(b)}, and the loss went from {first:.2f} to {_number(last)}."
    )


def _signed(weight):
    # An exact or rounded zero has no sign; screen readers say a true minus.
    return f"{weight:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _number(loss):
    if loss >= 1e6:
        return "over a million"
    if loss >= 1:
        return f"{loss:,.2f}" if loss < 100 else f"{loss:,.0f}"
    return f"{loss:.2f}" if loss >= 0.1 else f"{loss:.2g}"


def _after(steps):
    return "after 1 step" if steps == 1 else f"after {steps} steps"


@explorer(
    "Gradient descent and the learning rate",
    _alt,
    start={"steps": 10},
    learning_rate=[0.02, 0.1, 0.15, 0.19, 0.21],
    steps=[0, 1, 3, 10, 30],
)
def gradient_descent(learning_rate, steps, goal=None):
    """Draw the path of gradient descent across a valley, and the loss at each step."""
    path = descent_path(learning_rate, steps)
    losses = valley(path[:, 0], path[:, 1])
    fig = Figure(figsize=(4.8, 4.3), facecolor=style.PAPER)
    _draw_valley(fig.add_axes((0.13, 0.54, 0.84, 0.39)), path)
    ax = fig.add_axes((0.13, 0.13, 0.84, 0.28))
    colour = style.BLUE if losses[-1] <= losses[0] else style.RED
    ax.semilogy(losses, color=colour, marker="o", markersize=3.5)
    ax.set(xlim=(-0.6, max(31, steps + 1)), ylim=(1e-4, 1e4), xlabel="step")
    ax.set_yticks([1e-3, 1, 1e3], ["0.001", "1", "1,000"])
    ax.minorticks_off()
    ax.set_title(f"Loss {_number(losses[-1])} {_after(steps)}", pad=8, fontsize=12)
    ax.grid(axis="y")
    if goal is not None:
        ax.axhline(goal, color=style.GREEN, linestyle="--", linewidth=1.8)
    return fig


def _draw_valley(ax, path):
    a, b = np.meshgrid(np.linspace(-5, 5, 101), np.linspace(-2.4, 2.4, 61))
    levels = [1, 5, 14, 28]
    ax.contour(a, b, valley(a, b), levels=levels, colors=style.GRID, linewidths=1.2)
    inside = path[np.abs(path).max(axis=1) < 1e3]
    ax.plot(inside[:, 0], inside[:, 1], color=style.BLUE, marker="o", markersize=4, linewidth=1.6)
    ax.plot(*path[0], "o", color=style.INK, markersize=8)
    ax.plot(0, 0, marker="*", color=style.GREEN, markersize=15, linestyle="none")
    ax.annotate("start", path[0], xytext=(0, 9), textcoords="offset points", ha="center", fontsize=10.5)
    ax.annotate("lowest", (0, 0), xytext=(0, -17), textcoords="offset points", ha="center", fontsize=10.5)
    ax.set(xlim=(-5, 5), ylim=(-2.4, 2.4), xticks=[], yticks=[])
    ax.set_title("The path, seen from above", pad=8, fontsize=12)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    if np.abs(path[-1]).max() > 5:
        ax.text(4.9, -2.2, "it left the picture", ha="right", fontsize=11, color=style.RED_TEXT)


def _thirty_alt(learning_rate):
    return _alt(learning_rate, _QUEST_STEPS)


@explorer("Thirty steps", _thirty_alt)
def thirty_steps(learning_rate):
    """Draw thirty steps of gradient descent and the loss to reach, as `gradient_descent` does."""
    return gradient_descent(learning_rate, _QUEST_STEPS, _GOAL)


def thirty_steps_solved(learning_rate):
    """Return whether thirty steps reach a loss below 0.001, and a hint."""
    path = descent_path(learning_rate, _QUEST_STEPS)
    losses = valley(path[:, 0], path[:, 1])
    if losses[-1] < _GOAL:
        return True, f"Loss {_number(losses[-1])}: fast along the valley, and the zigzag across it dies out."
    if losses[-1] >= losses[0] * 0.999:
        return False, "Each step lands across the valley, as high as before or higher. Take smaller steps."
    if abs(path[-1, 1]) > abs(path[-1, 0]):
        return False, f"Loss {_number(losses[-1])}: the zigzag across the valley dies out too slowly."
    return False, f"Loss {_number(losses[-1])}: still on its way along the valley. Take larger steps."


def find_learning_rate():
    """Show the quest: a learning rate that is low enough and high enough."""
    quest(
        thirty_steps,
        thirty_steps_solved,
        prompt="Bring the loss below 0.001 in thirty steps.",
        learning_rate=[0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.19, 0.2, 0.21, 0.25],
    )
