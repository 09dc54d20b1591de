"""What is left of the gradient at the first layer of a deep network, and the quest to keep it alive."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.figure import Figure

from cnncourse.chapters.neural_networks.neurons import ACTIVATIONS
from cnncourse.course.explorers import explorer, quest
from cnncourse.course.frames import text_of
from cnncourse.plots import style
from cnncourse.plots.cells import power_text

WIDTH, SAMPLES, QUEST_DEPTH = 100, 64, 20


@functools.lru_cache(maxsize=128)
def layer_gradients(function, depth, weight_scale=1.0):
    """Return how large the gradient is at each layer of a network with random weights."""
    if function not in ACTIVATIONS:
        raise ValueError(
            f"function: got {function!r}, but the known ones are {', '.join(ACTIVATIONS)}. Choose one "
            "of them."
        )
    if depth < 1:
        raise ValueError(f"depth: got {depth}, but a network has at least 1 layer. Pass 1 or more.")
    forward, backward, _ = ACTIVATIONS[function]
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(SAMPLES, WIDTH))
    layers = []
    for _ in range(depth):
        weight = rng.normal(size=(WIDTH, WIDTH)) * weight_scale / np.sqrt(WIDTH)
        layers.append((weight, signal @ weight.T))
        signal = forward(layers[-1][1])
    gradient = rng.normal(size=signal.shape)
    sizes = []
    for weight, sums in reversed(layers):
        gradient = backward(gradient, sums)
        sizes.append(np.sqrt(np.mean(gradient**2)))
        gradient = gradient @ weight
    return tuple(float(size / sizes[0]) for size in reversed(sizes))


def _alt(function, depth, weight_scale=1.0):
    first = layer_gradients(function, depth, weight_scale)[0]
    return (
        f"{depth} layers with {function}, weight scale {text_of(weight_scale)}: layer 1 gets "
        f"{power_text(first)} times the gradient of layer {depth}."
    )


@explorer(
    "What is left of the gradient",
    _alt,
    start={"function": "sigmoid", "depth": 20},
    function=["sigmoid", "tanh", "ReLU"],
    depth=[2, 5, 10, 20],
)
def gradient_by_depth(function, depth, weight_scale=1.0):
    """Draw how large the gradient is at each layer, with that of the last layer as 1."""
    sizes = layer_gradients(function, depth, weight_scale)
    fig = Figure(figsize=(4.8, 3.8), facecolor=style.PAPER)
    ax = fig.add_axes((0.15, 0.14, 0.81, 0.63))
    alive = 0.5 <= sizes[0] <= 2
    ax.axhline(1, color=style.GREEN, linestyle="--", linewidth=1.6)
    ax.semilogy(range(1, depth + 1), sizes, color=style.BLUE if alive else style.RED, marker="o",
                markersize=5.5)  # fmt: skip
    ax.set(xlim=(0.3, 20.7), ylim=(1e-19, 1e8), xticks=[1, 5, 10, 15, 20], xlabel="layer")
    ax.set_yticks([1e-15, 1e-10, 1e-5, 1, 1e5], ["10⁻¹⁵", "10⁻¹⁰", "10⁻⁵", "1", "10⁵"])
    ax.minorticks_off()
    ax.grid(axis="y")
    fig.text(0.02, 0.945, f"{function}, {depth} layers, weight scale {text_of(weight_scale)}",
             fontsize=12.5, fontweight="bold", va="center")  # fmt: skip
    fig.text(0.02, 0.865, f"Layer 1 gets {power_text(sizes[0])} times the gradient of layer {depth}.",
             fontsize=11.5, va="center", color=style.BLUE_TEXT if alive else style.RED_TEXT)  # fmt: skip
    return fig


def _twenty_alt(function, weight_scale):
    return _alt(function, QUEST_DEPTH, weight_scale)


@explorer("Keep the gradient alive", _twenty_alt)
def twenty_layers(function, weight_scale):
    """Draw the gradient in twenty layers, as `gradient_by_depth` does."""
    return gradient_by_depth(function, QUEST_DEPTH, weight_scale)


def gradient_alive(function, weight_scale):
    """Return whether layer 1 gets between half and twice the gradient of layer 20, and a hint."""
    first = layer_gradients(function, QUEST_DEPTH, weight_scale)[0]
    if 0.5 <= first <= 2:
        return True, (
            f"Layer 1 gets {power_text(first)} times the gradient of layer 20. A weight scale near √2 makes "
            "up for what the curve takes away in each layer."
        )
    if function == "sigmoid":
        return False, (
            "Its slope is at most 1/4. Larger weights help, until they push it to its flat ends. Try another "
            "function."
        )
    if first > 2:
        return False, f"Layer 1 gets {power_text(first)} times as much: it explodes. Take smaller weights."
    return False, f"Only {power_text(first)} of it arrives at layer 1. Take larger weights."


def keep_gradient_alive():
    """Show the quest: a function and a weight scale that carry the gradient through 20 layers."""
    quest(
        twenty_layers,
        gradient_alive,
        prompt="Let layer 1 get between half and twice the gradient of layer 20.",
        function=["sigmoid", "tanh", "ReLU"],
        weight_scale=[0.5, 1, 1.4, 2],
        start={"function": "sigmoid", "weight_scale": 1},
    )
