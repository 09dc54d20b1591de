"""A digit moved sideways, before dense and before convolutional networks: drawn from stored answers."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np
from matplotlib.patches import Rectangle

from cnncourse.course.explorers import explorer
from cnncourse.course.pixels import draw_levels
from cnncourse.course.runs import stored
from cnncourse.plots import style

_WIDTH, _HEIGHT = 480, 466
_KINDS = {
    "dense": ("dense", style.RED, style.RED_TEXT),
    "cnn": ("convolutional", style.BLUE, style.BLUE_TEXT),
}


@functools.lru_cache(maxsize=1)
def shift_study():
    """Return what networks with and without convolutions made of moved digits."""
    found = stored("shifted_digit")
    drawn, ink = found["drawn"], found["ink_kept_by_shift"]
    return SimpleNamespace(
        shifts=tuple(map(int, ink)),  # columns to the right
        digit=np.array(drawn["pixels"]),  # a test image that loses no ink at any of the shifts
        label=drawn["label"],
        test_images=drawn["test_images"],
        ink=np.array(list(ink.values())),  # of all test images, the share that is still in the picture
        # by kind of network: (networks, shifts), and (networks, shifts, 10) for the one digit
        accuracy={kind: np.array(values) for kind, values in drawn["accuracy"].items()},
        probability={kind: np.array(values) for kind, values in drawn["probability"].items()},
    )


def moved_digit(dx):
    """Return the digit moved right by ``dx`` columns; what enters is 0."""
    digit = shift_study().digit
    out, width = np.zeros_like(digit), digit.shape[1]
    out[:, max(dx, 0) : width + min(dx, 0)] = digit[:, max(-dx, 0) : width - max(dx, 0)]
    return out


def _place(dx):
    study = shift_study()
    if dx not in study.shifts:
        low, high = study.shifts[0], study.shifts[-1]
        raise ValueError(
            f"dx: got {dx!r}, but the digit was moved by whole columns from {low} to {high}. "
            f"Choose from range({low}, {high + 1})."
        )
    return study, study.shifts.index(dx)


def _direction(dx):
    if dx == 0:
        return "in its place"
    columns = "column" if abs(dx) == 1 else "columns"
    return f"moved {abs(dx)} {columns} to the {'right' if dx > 0 else 'left'}"


def _alt(dx):
    study, at = _place(dx)
    parts = []
    for kind, (name, _, _) in _KINDS.items():
        said = study.probability[kind][:, at].argmax(axis=1)
        each = 100 * study.accuracy[kind][:, at]
        parts.append(
            f"The {len(said)} {name} networks read {', '.join(map(str, said))}; of {study.test_images:,} "
            f"test digits moved alike they read {each.mean():.1f} % rightly ({each.min():.1f} to "
            f"{each.max():.1f} %)."
        )
    return f"A handwritten {study.label}, {_direction(dx)}. {' '.join(parts)}"


@explorer("Move the digit: dense against convolutional", _alt, start={"dx": 0}, dx=range(-8, 9))
def shifted_digit(dx):
    """Draw a moved digit, what five dense and five convolutional networks read, and all accuracies."""
    study, at = _place(dx)
    fig, ax = style.canvas(_WIDTH, _HEIGHT)
    ax.text(12, 20, f"A {study.label}, {_direction(dx)}", fontsize=11.5, fontweight="bold", va="center")
    draw_levels(ax, np.rint(moved_digit(dx) / 16) * 16, "gray", (0, 255), 12, 38, 5)
    for x, kind in zip((176, 332), _KINDS):
        _draw_answers(ax, x, study, kind, at)
    heading = f"Right answers, {study.test_images:,} test digits moved alike"
    ax.text(12, 256, heading, fontsize=11.5, fontweight="bold", va="center")
    for x, (kind, (name, _, text_colour)) in zip((58, 262), reversed(_KINDS.items())):
        share = f"{name} {study.accuracy[kind][:, at].mean():.1%}".replace("%", " %")
        ax.text(x, 278, share, fontsize=11, fontweight="bold", va="center", color=text_colour)
    _draw_accuracy(fig, study, at)
    return fig


def _draw_answers(ax, x, study, kind, at):
    """Draw the mean probability of each class as a bar, and how many networks choose the right one."""
    name, colour, text_colour = _KINDS[kind]
    probability = study.probability[kind][:, at]
    said = probability.argmax(axis=1)
    right = int((said == study.label).sum())
    ax.text(x, 48, name, fontsize=11, va="center", fontweight="bold", color=text_colour)
    ax.text(x, 68, f"{right} of {len(said)} read a {study.label}", fontsize=10.5, va="center")
    for digit, share in enumerate(probability.mean(axis=0)):
        y = 90 + 15 * digit
        weight = "bold" if digit == study.label else "normal"
        ax.text(x, y, str(digit), fontsize=10, va="center", fontweight=weight)
        ax.add_patch(Rectangle((x + 16, y - 5), 112, 10, facecolor=style.CELL, linewidth=0))
        ax.add_patch(Rectangle((x + 16, y - 5), 112 * share, 10, facecolor=colour, linewidth=0))


def _draw_accuracy(fig, study, at):
    ax = fig.add_axes((58 / _WIDTH, 46 / _HEIGHT, 404 / _WIDTH, 126 / _HEIGHT))
    for kind, (_, colour, _) in _KINDS.items():
        each = 100 * study.accuracy[kind]
        ax.fill_between(
            study.shifts, each.min(axis=0), each.max(axis=0), color=colour, alpha=0.25, linewidth=0
        )
        ax.plot(study.shifts, each.mean(axis=0), color=colour, linewidth=1.8)
        ax.plot(study.shifts[at], each[:, at].mean(), "o", color=colour, markersize=7)
    ax.axvline(study.shifts[at], color=style.MUTED, linewidth=0.9, zorder=0)
    ax.axhline(10, color=style.GRID, linewidth=0.9, zorder=0)
    ax.set(xlim=(-8.4, 8.4), ylim=(0, 104), xticks=range(-8, 9, 2))
    ax.set_xticks(range(-8, 9, 2), [str(dx).replace("-", "−") for dx in range(-8, 9, 2)])
    ax.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    ax.set_xlabel("columns to the right", labelpad=1)
