"""The quest: a neuron that answers 1 when both of its inputs are 1."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Polygon

from cnncourse.course.explorers import explorer, quest
from cnncourse.course.frames import text_of
from cnncourse.plots import style
from cnncourse.plots.cells import number_text

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
WANTED = (0, 0, 0, 1)


def step_answers(weight_1, weight_2, bias):
    """Return ``(sums, answers)`` of a neuron with a step, for the inputs 00, 01, 10 and 11."""
    sums = [float(weight_1 * x1 + weight_2 * x2 + bias) for x1, x2 in CORNERS]
    return sums, [int(total > 0) for total in sums]


def _alt(weight_1, weight_2, bias):
    _, answers = step_answers(weight_1, weight_2, bias)
    cases = ", ".join(f"{x1} {x2} gives {answer}" for (x1, x2), answer in zip(CORNERS, answers))
    wrong = sum(answer != wanted for answer, wanted in zip(answers, WANTED))
    return (
        f"A neuron with weights {text_of(weight_1)} and {text_of(weight_2)} and bias {text_of(bias)}: "
        f"{cases}. Wrong for AND: {wrong} of 4."
    )


@explorer("A neuron that says AND", _alt)
def and_neuron(weight_1, weight_2, bias):
    """Draw where a neuron with a step answers 1, and its answers to the four pairs of inputs."""
    fig, ax = style.canvas(480, 274)
    _draw_plane(ax, weight_1, weight_2, bias)
    sums, answers = step_answers(weight_1, weight_2, bias)
    heads = ((262, "x₁ x₂"), (328, "sum"), (386, "answer"), (448, "AND"))
    for x, head in heads:
        ax.text(x, 50, head, fontsize=11, ha="center", va="center", color=style.MUTED)
    for row, ((x1, x2), total, answer, wanted) in enumerate(zip(CORNERS, sums, answers, WANTED)):
        y = 84 + 38 * row
        right = answer == wanted
        entries = (f"{x1}  {x2}", number_text(total), f"{answer} {'✓' if right else '✗'}", str(wanted))
        for (x, head), entry in zip(heads, entries):
            verdict = (
                {True: style.GREEN_TEXT, False: style.RED_TEXT}[right] if head == "answer" else style.INK
            )
            ax.text(x, y, entry, fontsize=13, ha="center", va="center", color=verdict,
                    fontweight="bold" if head == "answer" else "normal")  # fmt: skip
        ax.plot([236, 470], [y + 19, y + 19], color=style.GRID, linewidth=1)
    terms = f"{text_of(weight_1)}·x₁ + {text_of(weight_2)}·x₂ + {text_of(bias)}"
    ax.text(12, 18, f"sum = {terms.replace('+ −', '− ')}", fontsize=12.5, fontweight="bold", va="center")
    ax.text(12, 258, "Shaded: the sum is above 0, the answer is 1.", fontsize=11, va="center",
            color=style.MUTED)  # fmt: skip
    return fig


def _draw_plane(ax, weight_1, weight_2, bias):
    """Draw the square of inputs from −0.5 to 1.5, its shaded part, and the four pairs."""

    def place(x1, x2):
        return 42 + 80 * (x1 + 0.5), 212 - 80 * (x2 + 0.5)

    square = [(-0.5, -0.5), (1.5, -0.5), (1.5, 1.5), (-0.5, 1.5)]
    ax.add_patch(Polygon([place(*p) for p in square], facecolor="#ffffff", edgecolor=style.GRID))
    shaded = _above_zero(square, weight_1, weight_2, bias)
    if len(shaded) > 2:
        ax.add_patch(Polygon([place(*p) for p in shaded], facecolor="#d8e9f4", edgecolor=style.BLUE))
    _, answers = step_answers(weight_1, weight_2, bias)
    for (x1, x2), answer in zip(CORNERS, answers):
        x, y = place(x1, x2)
        ax.plot(x, y, "o", markersize=17, markeredgecolor=style.INK,
                markerfacecolor=style.BLUE if answer else "#ffffff")  # fmt: skip
        ax.text(x, y, str(answer), fontsize=11, fontweight="bold", ha="center", va="center",
                color="#ffffff" if answer else style.INK)  # fmt: skip
    for value in (0, 1):
        ax.text(place(value, 0)[0], 222, str(value), fontsize=10.5, ha="center", va="center")
        ax.text(32, place(0, value)[1], str(value), fontsize=10.5, ha="center", va="center")
    ax.text(122, 234, "x₁", fontsize=11.5, ha="center", va="center")
    ax.text(14, 132, "x₂", fontsize=11.5, ha="center", va="center")


def _above_zero(square, weight_1, weight_2, bias):
    """Return the corners of the part of a square where the sum is above 0, in order."""
    points = []
    for start, end in zip(square, square[1:] + square[:1]):
        first, last = (weight_1 * x1 + weight_2 * x2 + bias for x1, x2 in (start, end))
        if first >= 0:
            points.append(start)
        if first * last < 0:
            points.append(tuple(np.array(start) + first / (first - last) * (np.array(end) - start)))
    return points


def and_solved(weight_1, weight_2, bias):
    """Return whether the neuron computes AND, and a hint."""
    _, answers = step_answers(weight_1, weight_2, bias)
    if tuple(answers) == WANTED:
        return True, "One input of 1 is not enough to overcome the bias; two are."
    if tuple(answers) == (0, 1, 1, 1):
        return False, "This is OR: one input is enough. Make it harder for the neuron to answer."
    if answers[0]:
        return False, "With both inputs 0 only the bias is left, and it is above 0. What must its sign be?"
    if not answers[3]:
        return False, "With both inputs 1 the answer should be 1. Which way must the weights pull?"
    return False, "One input decides alone. Both should have the same say."


def make_and():
    """Show the quest: weights and bias of a neuron that computes AND."""
    quest(
        and_neuron,
        and_solved,
        prompt="Make the neuron answer 1 when both inputs are 1, and 0 otherwise.",
        weight_1=[-1, 0, 1],
        weight_2=[-1, 0, 1],
        bias=[-1.5, -0.5, 0.5, 1.5],
        start={"weight_1": 1, "weight_2": 0, "bias": 0.5},
    )
