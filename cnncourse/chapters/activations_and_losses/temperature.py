"""Softmax with a temperature: what it does to four scores, and the quest to make a network honest."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse import ops
from cnncourse.course.explorers import explorer, quest
from cnncourse.course.frames import text_of
from cnncourse.course.runs import stored
from cnncourse.plots import style
from cnncourse.plots.cells import number_text

SCORES = {"cat": 2.0, "fox": 1.0, "dog": 0.5, "hen": -1.0}
# The quest is solved when claimed and real accuracy agree to within this.
HONEST = 0.01
_BINS = 5


def tempered(logits, temperature):
    """Return ``softmax(logits / temperature)`` along the last axis."""
    if not temperature > 0:
        raise ValueError(f"temperature: got {temperature}, but it divides the scores. Pass a number above 0.")
    return ops.softmax(np.asarray(logits, dtype=float) / temperature, dim=-1)


def _alt(temperature, added=0):
    shares = tempered(np.array(list(SCORES.values())) + added, temperature)
    said = ", ".join(f"{name} {share:.1%}" for name, share in zip(SCORES, shares))
    scores = ", ".join(number_text(score + added) for score in SCORES.values())
    return f"Scores {scores} at temperature {text_of(temperature)}: {said}."


@explorer(
    "Scores become probabilities",
    _alt,
    start={"temperature": 1},
    temperature=[0.1, 0.5, 1, 2, 5, 100],
    added=[0, 5],
)
def softmax_temperature(temperature, added=0):
    """Draw four scores, what is left of them after division by the temperature, and their probabilities."""
    scores = np.array(list(SCORES.values())) + added
    shares = tempered(scores, temperature)
    fig, ax = style.canvas(480, 268)
    ax.text(12, 20, f"Temperature {text_of(temperature)}", fontsize=12.5, fontweight="bold", va="center")
    heads = ((96, "score"), (168, "score / T"), (212, "probability"))
    for x, head in heads:
        ax.text(x, 54, head, fontsize=11, color=style.MUTED, va="center", ha="left" if x == 212 else "center")
    for row, (name, score, share) in enumerate(zip(SCORES, scores, shares)):
        y = 88 + 44 * row
        ax.text(12, y, name, fontsize=13, fontweight="bold", va="center")
        ax.text(96, y, number_text(score), fontsize=12.5, ha="center", va="center")
        ax.text(168, y, number_text(score / temperature), fontsize=12.5, ha="center", va="center")
        ax.add_patch(Rectangle((212, y - 14), 188, 28, facecolor=style.CELL))
        ax.add_patch(Rectangle((212, y - 14), 188 * share, 28, facecolor=style.SKY))
        ax.text(410, y, f"{share:.1%}", fontsize=12.5, va="center", fontweight="bold")
    return fig


@functools.lru_cache(maxsize=1)
def overconfident():
    """Return logits and labels of 1,000 test digits that ``benchmarks/overconfidence.py`` stored."""
    drawn = stored("overconfidence")["drawn"]
    return np.array(drawn["logits_in_tenths"]) / 10, np.array(drawn["labels"])


def claims(temperature, part="choose"):
    """Return how sure the stored network is of each digit, and whether it is right."""
    logits, labels = overconfident()
    chosen = slice(0, 500) if part == "choose" else slice(500, 1000)
    shares = tempered(logits[chosen], temperature)
    return shares.max(axis=1), shares.argmax(axis=1) == labels[chosen]


def _honest_alt(temperature):
    confidence, right = claims(temperature)
    bars = ", ".join(
        f"up to {high:.0%} {share:.0%} of {count}" for low, high, count, share in _bars(confidence, right)
    )
    return (
        f"Temperature {text_of(temperature)}: the network says {confidence.mean():.1%} on average and is "
        f"right for {right.mean():.1%}. How sure, and how many of those are right: {bars}."
    )


def _bars(confidence, right):
    """Yield (low, high, number of digits, share that is right) for each fifth that holds a digit."""
    for bin_ in range(_BINS):
        low, high = bin_ / _BINS, (bin_ + 1) / _BINS
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            yield low, high, int(inside.sum()), float(right[inside].mean())


@explorer("How sure should it be?", _honest_alt)
def honest_network(temperature):
    """Draw how often the network is right, by how sure it says it is, at a temperature."""
    confidence, right = claims(temperature)
    fig = Figure(figsize=(4.8, 4.2), facecolor=style.PAPER)
    ax = fig.add_axes((0.175, 0.13, 0.78, 0.64))
    ax.plot([0, 1], [0, 1], color=style.GREEN, linestyle="--", linewidth=1.8)
    for low, high, count, share in _bars(confidence, right):
        ax.bar((low + high) / 2, share, width=0.17, color=style.SKY)
        ax.text((low + high) / 2, 0.03, str(count), fontsize=10.5, ha="center")
    ax.set(xlim=(0, 1), ylim=(0, 1.1), xlabel="how sure it says it is", ylabel="share that is right")
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    ax.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    ax.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks])
    fig.text(
        0.02, 0.945, f"Temperature {text_of(temperature)}", fontsize=12.5, fontweight="bold", va="center"
    )
    fig.text(0.02, 0.87, f"It says {confidence.mean():.1%} on average. {right.mean():.1%} is right.",
             fontsize=11.5, va="center")  # fmt: skip
    return fig


def honest_solved(temperature):
    """Return whether the network is as sure as it is right, and a hint."""
    confidence, right = claims(temperature)
    gap = confidence.mean() - right.mean()
    if abs(gap) <= HONEST:
        sure, correct = claims(temperature, "check")
        return True, (
            f"And on 500 other digits: it says {sure.mean():.1%} and is right for {correct.mean():.1%}. No "
            "answer has changed, only how sure it is."
        )
    word, way = ("more", "higher") if gap > 0 else ("less", "lower")
    return (
        False,
        f"It is {word} sure than it is right, by {abs(100 * gap):.1f} points. Try a {way} temperature.",
    )


def find_temperature():
    """Show the second quest: the temperature at which a network is as sure as it is right."""
    quest(
        honest_network,
        honest_solved,
        prompt="Make the network as sure as it is right, to within one percentage point.",
        temperature=[0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4],
        start={"temperature": 1},
    )
