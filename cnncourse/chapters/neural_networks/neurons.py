"""Explorers of one neuron and of the functions that bend its answer."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from cnncourse import ops
from cnncourse.course.explorers import explorer
from cnncourse.course.frames import text_of
from cnncourse.plots import style
from cnncourse.plots.cells import number_text

# Name: function, backward, one sentence.
ACTIVATIONS = {
    "identity": (lambda z: z, lambda grad, z: grad, "Passes everything on: layers of it stay one line."),
    "ReLU": (ops.relu, ops.relu_backward, "Below zero it is silent, and so is its slope."),
    "leaky ReLU": (ops.leaky_relu, ops.leaky_relu_backward, "Below zero a hundredth gets through."),
    "ELU": (ops.elu, ops.elu_backward, "Below zero it bends softly to −1."),
    "GELU": (ops.gelu, ops.gelu_backward, "A ReLU with a round corner and a small dip."),
    "SiLU": (ops.silu, ops.silu_backward, "The input times its sigmoid; a small dip."),
    "sigmoid": (ops.sigmoid, ops.sigmoid_backward, "From 0 to 1; the slope is never above 1/4."),
    "tanh": (ops.tanh, ops.tanh_backward, "From −1 to 1; flat at both ends."),
}
NEURON_INPUTS = (2.0, -1.0)


def activation_at(function, z):
    """Return ``(value, slope)`` of an activation function at one input."""
    if function not in ACTIVATIONS:
        raise ValueError(
            f"function: got {function!r}, but the known ones are {', '.join(ACTIVATIONS)}. Choose one "
            "of them."
        )
    forward, backward, _ = ACTIVATIONS[function]
    point = np.array([float(z)])
    return float(forward(point)[0]), float(backward(np.ones(1), point)[0])


def neuron_output(weight_1, weight_2, bias, activation="ReLU"):
    """Return ``(z, a)``: the weighted sum of the two inputs 2 and −1 plus bias, and its activation."""
    z = weight_1 * NEURON_INPUTS[0] + weight_2 * NEURON_INPUTS[1] + bias
    return float(z), activation_at(activation, z)[0]


def _activation_alt(function, z):
    value, slope = activation_at(function, z)
    return (
        f"Curve of {function} and of its slope from −4 to 4. At {text_of(z)} the value is "
        f"{number_text(value)} "
        f"and the slope {number_text(slope)}. {ACTIVATIONS[function][2]}"
    )


@explorer(
    "Activation functions",
    _activation_alt,
    start={"function": "sigmoid", "z": 0},
    function=["sigmoid", "tanh", "ReLU", "identity"],
    z=[-4, -2, 0, 2, 4],
)
def activation_function(function, z):
    """Draw an activation function and its slope, with the point at ``z``."""
    value, slope = activation_at(function, z)
    forward, backward, sentence = ACTIVATIONS[function]
    fig = Figure(figsize=(4.8, 3.7), facecolor=style.PAPER)
    ax = fig.add_axes((0.1, 0.12, 0.86, 0.69))
    x = np.linspace(-4, 4, 321)
    ax.axhline(0, color=style.MUTED, linewidth=0.8)
    ax.axvline(0, color=style.MUTED, linewidth=0.8)
    ax.plot(x, backward(np.ones_like(x), x), color=style.RED, linewidth=1.8, linestyle=(0, (4, 2)))
    ax.plot(x, forward(x), color=style.BLUE, linewidth=2.6)
    ax.plot([z, z], [value, slope], color=style.GRID, linewidth=1.4, zorder=1)
    ax.plot(z, slope, "s", color=style.RED, markersize=7)
    ax.plot(z, value, "o", color=style.BLUE, markersize=9)
    ax.set(xlim=(-4, 4), ylim=(-2.3, 4.1), xticks=range(-4, 5, 2), yticks=range(-2, 5))
    bold = {"fontweight": "bold", "fontsize": 11.5, "va": "center"}
    ax.text(-3.8, 3.6, f"value at {text_of(z)}: {number_text(value)}", color=style.BLUE_TEXT, **bold)
    ax.text(-3.8, 3.0, f"slope there: {number_text(slope)}", color=style.RED_TEXT, **bold)
    fig.text(0.02, 0.95, function, fontsize=12.5, fontweight="bold", va="center")
    fig.text(0.02, 0.88, sentence, fontsize=11, va="center", color=style.MUTED)
    return fig


def _neuron_alt(weight_1, weight_2, bias, activation="ReLU"):
    z, a = neuron_output(weight_1, weight_2, bias, activation)
    return (
        f"A neuron with inputs 2 and −1, weights {text_of(weight_1)} and {text_of(weight_2)}, bias "
        f"{text_of(bias)}: "
        f"{_sum_text(weight_1, weight_2, bias)} = {number_text(z)}; after {activation}: {number_text(a)}."
    )


def _sum_text(weight_1, weight_2, bias):
    terms = [f"{text_of(weight_1)}·2", f"{_bracketed(weight_2)}·(−1)", _bracketed(bias)]
    return " + ".join(terms)


def _bracketed(value):
    return f"({text_of(value)})" if value < 0 else text_of(value)


@explorer(
    "One neuron",
    _neuron_alt,
    start={"weight_1": 1, "weight_2": 1, "bias": 0},
    weight_1=[-1, 0, 1],
    weight_2=[-1, 0, 1],
    bias=[-2, -1, 0, 1],
)
def neuron(weight_1, weight_2, bias, activation="ReLU"):
    """Draw one neuron with two inputs: products, sum with the bias, and the activation of all of it."""
    z, a = neuron_output(weight_1, weight_2, bias, activation)
    fig, ax = style.canvas(480, 296)
    ax.set_aspect("equal")
    inputs = [(44, 70, NEURON_INPUTS[0], weight_1), (44, 190, NEURON_INPUTS[1], weight_2)]
    for x, y, value, weight in inputs:
        colour = style.RED if weight > 0 else style.BLUE if weight < 0 else style.GRID
        ax.plot([x + 28, 196], [y, 130], color=colour, linewidth=1.4 + 1.6 * abs(weight), zorder=1)
        _node(ax, x, y, 28, number_text(value), "#ffffff")
        ax.text(118, y + (-2 if y < 130 else 2), f"× {text_of(weight)}", fontsize=12.5, fontweight="bold",
                va="bottom" if y < 130 else "top")  # fmt: skip
    ax.plot([224, 348], [130, 130], color=style.MUTED, linewidth=1.6, zorder=1)
    ax.plot([224, 224], [58, 100], color=style.MUTED, linewidth=1.6, zorder=1)
    ax.text(224, 42, f"bias {text_of(bias)}", fontsize=12, ha="center", va="center", fontweight="bold")
    _node(ax, 224, 130, 34, number_text(z), "#f7e6d8")
    ax.text(224, 182, "sum", fontsize=11, ha="center", va="center", color=style.MUTED)
    ax.text(303, 112, activation, fontsize=11.5, ha="center", va="center")
    _node(ax, 386, 130, 38, number_text(a), "#d8e9f4")
    ax.text(386, 186, "output", fontsize=11, ha="center", va="center", color=style.MUTED)
    ax.text(44, 16, "inputs", fontsize=11, ha="center", va="center", color=style.MUTED)
    ax.plot([12, 468], [230, 230], color=style.GRID, linewidth=1)
    sums = _sum_text(weight_1, weight_2, bias)
    text = f"{activation}({sums}) = {activation}({number_text(z)}) = {number_text(a)}"
    ax.text(240, 262, text, fontsize=min(12, 12 * 46 / len(text)), ha="center", va="center")
    return fig


def _node(ax, x, y, radius, text, fill):
    ax.add_patch(Circle((x, y), radius, facecolor=fill, edgecolor=style.INK, linewidth=1.4, zorder=2))
    ax.text(x, y, text, fontsize=14, fontweight="bold", ha="center", va="center", zorder=3)
