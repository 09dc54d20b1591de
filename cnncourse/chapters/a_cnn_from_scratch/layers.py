"""A digit on its way through LeNet, layer by layer: drawn from a small stored network, without torch."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from cnncourse import ops
from cnncourse.course.explorers import explorer
from cnncourse.course.pixels import draw_levels
from cnncourse.course.runs import stored
from cnncourse.plots import style
from cnncourse.plots.cells import number_text

LAYERS = (
    "input",
    "convolution 1",
    "ReLU 1",
    "pooling 1",
    "convolution 2",
    "ReLU 2",
    "pooling 2",
    "flatten",
    "dense 1",
    "ReLU 3",
    "dense 2",
    "ReLU 4",
    "dense 3",
    "softmax",
)
_WIDTH, _HEIGHT = 480, 424
# The picture of a layer: where it stands and how much room it has, in CSS pixels.
_X, _Y, _ROOM = 246, 44, 226


@dataclass(frozen=True)
class Stage:
    """What has happened to the digit up to and with one layer."""

    name: str
    values: np.ndarray  # what the layer gives for the digit, (C, H, W) or (N,)
    parameters: int  # of this layer
    multiplications: int
    parameters_so_far: int  # of this layer and all before it
    multiplications_so_far: int


@functools.cache
def _network():
    return stored("lenet_layers")["drawn"]


@functools.lru_cache(maxsize=1)
def lenet_stages():
    """Return what each layer of the stored LeNet makes of its digit, with what the layers cost."""
    network = _network()
    image = (lenet_digit()[None] / 255 - network["mean"]) / network["std"]
    stages = {"input": Stage("input", image, 0, 0, 0, 0)}

    def add(name, values, parameters=0, multiplications=0):
        before = next(reversed(stages.values()))
        stages[name] = Stage(
            name,
            values,
            parameters,
            multiplications,
            before.parameters_so_far + parameters,
            before.multiplications_so_far + multiplications,
        )
        return values

    x = image
    for number, (part, padding) in enumerate(zip(network["convolutions"], (2, 0)), start=1):
        weight, bias = np.array(part["weight"]), np.array(part["bias"])
        x = ops.conv2d(x, weight, bias, padding=padding)
        add(f"convolution {number}", x, weight.size + bias.size, x[0].size * weight.size)
        x = add(f"ReLU {number}", ops.relu(x))
        x = add(f"pooling {number}", ops.max_pool2d(x, 2))
    x = add("flatten", x.reshape(-1))
    for number, sums in enumerate(network["dense"], start=1):
        sums = np.array(sums)
        add(f"dense {number}", sums, (x.size + 1) * sums.size, x.size * sums.size)
        x = sums if number == 3 else add(f"ReLU {number + 2}", ops.relu(sums))
    add("softmax", ops.softmax(x, 0))
    return stages


def lenet_digit():
    """Return the digit that `lenet_stages` follows."""
    return np.array(_network()["pixels"])


def _stage(layer):
    if layer not in LAYERS:
        raise ValueError(f"layer: got {layer!r}, but the layers are {', '.join(LAYERS)}. Choose one of them.")
    return lenet_stages()[layer]


def _shape(values):
    return " × ".join(map(str, values.shape))


def _alt(layer):
    stage, last = _stage(layer), lenet_stages()["softmax"]
    values, label = stage.values, _network()["label"]
    zero = int((values == 0).sum())
    text = (
        f"A handwritten {label} in LeNet, layer {LAYERS.index(layer)} of "
        f"{len(LAYERS) - 1}, {layer}: shape {_shape(values)}, {values.size:,} numbers from "
        f"{number_text(values.min())} to "
        f"{number_text(values.max())}, {zero:,} of them zero. This layer has {stage.parameters:,} parameters "
        f"and {stage.multiplications:,} multiplications; so far {stage.parameters_so_far:,} of "
        f"{last.parameters_so_far:,} and {stage.multiplications_so_far:,} of {last.multiplications_so_far:,}."
    )
    if values.size == 10:
        text += f" The largest of the ten belongs to the {int(values.argmax())}."
    return text


@explorer("One digit in LeNet, layer by layer", _alt, layer=LAYERS)
def lenet_layers(layer):
    """Draw what one layer of LeNet makes of a digit, with all shapes and the cost so far."""
    stage = _stage(layer)
    fig, ax = style.canvas(_WIDTH, _HEIGHT)
    _draw_list(ax, layer)
    ax.text(_X, 22, _caption(stage), fontsize=11.5, fontweight="bold", va="center")
    if stage.values.size == 10:
        _draw_bars(ax, stage)
    else:
        _draw_maps(ax, stage.values)
    last = lenet_stages()["softmax"]
    _draw_share(
        ax, 352, "parameters", stage.parameters_so_far, last.parameters_so_far, stage.parameters, style.RED
    )
    _draw_share(
        ax,
        394,
        "multiplications",
        stage.multiplications_so_far,
        last.multiplications_so_far,
        stage.multiplications,
        style.BLUE,
    )
    return fig


def _caption(stage):
    values = stage.values
    if values.ndim == 3:
        return "1 picture" if len(values) == 1 else f"{len(values)} feature maps"
    return {"flatten": "400 numbers in a row", "softmax": "10 probabilities", "dense 3": "10 scores"}.get(
        stage.name, f"{values.size} numbers"
    )


def _draw_list(ax, layer):
    for row, (name, stage) in enumerate(lenet_stages().items()):
        y = 22 + 21.5 * row
        here = name == layer
        if here:
            ax.add_patch(Rectangle((6, y - 10.5), 228, 21, facecolor=style.YELLOW, alpha=0.75, linewidth=0))
        weight = "bold" if here else "normal"
        colour = style.INK if here else style.MUTED
        ax.text(12, y, name, fontsize=10.5, va="center", color=colour, fontweight=weight)
        ax.text(
            228,
            y,
            _shape(stage.values),
            fontsize=10.5,
            va="center",
            ha="right",
            color=colour,
            fontweight=weight,
        )


def _draw_maps(ax, values):
    """Draw maps as tiles: the picture in grey, dark to light where nothing is negative, else blue and red."""
    if values.ndim == 1:
        # A row is too long for the page. The flattened maps get a line each, dense layers twelve to a line.
        values = values.reshape(1, -1, 25 if values.size == 400 else 12)
    columns = {1: 1, 6: 3, 16: 4}[len(values)]
    gap = 6
    tile = (_ROOM - gap * (columns - 1)) / columns
    # A whole number of half CSS pixels: on a screen of double density every pixel then looks alike.
    pixel = math.floor(2 * tile / values.shape[2]) / 2
    reach = np.abs(values).max()
    cmap, limits, key = style.SEQUENTIAL, (0, 1), "dark is 0, light the largest"
    if len(values) == 1 and values.shape[1] == 28:
        cmap, limits, key = "gray", (values.min() / reach, 1), "the pixels, standardised"
    elif values.min() < 0:
        cmap, limits, key = style.DIVERGING, (-1, 1), "blue below zero, red above"
    for i, one in enumerate(values):
        row, column = divmod(i, columns)
        levels = np.rint(one / reach * 20) / 20
        x, y = (start + place * (pixel * size + gap) for start, place, size in
                ((_X, column, one.shape[1]), (_Y, row, one.shape[0])))  # fmt: skip
        draw_levels(ax, levels, cmap, limits, x, y, pixel)
    ax.text(_X, y + pixel * values.shape[1] + 16, key, fontsize=10.5, va="center", color=style.MUTED)


def _draw_bars(ax, stage):
    """Draw the ten scores or probabilities as bars from a common zero."""
    values = stage.values
    low, high = min(values.min(), 0), max(values.max(), 0)
    zero = _X + 18 + 140 * -low / (high - low)
    for digit, value in enumerate(values):
        y = _Y + 12 + 25 * digit
        width = 140 * value / (high - low)
        best = digit == values.argmax()
        ax.text(_X, y, str(digit), fontsize=11, va="center", fontweight="bold" if best else "normal")
        ax.add_patch(
            Rectangle((zero, y - 8), width, 16, facecolor=style.BLUE if best else style.SKY, linewidth=0)
        )
        text = f"{value:.3f}" if stage.name == "softmax" else f"{value:.1f}".replace("-", "−")
        ax.text(_X + _ROOM, y, text, fontsize=10.5, va="center", ha="right")


def _draw_share(ax, y, name, so_far, total, own, colour):
    """Draw how much of the network's parameters or multiplications has come up, this layer's part darker."""
    scale = 456 / total
    ax.add_patch(Rectangle((12, y + 9), 456, 10, facecolor=style.CELL, linewidth=0))
    ax.add_patch(Rectangle((12, y + 9), scale * (so_far - own), 10, facecolor=colour, alpha=0.4, linewidth=0))
    ax.add_patch(
        Rectangle((12 + scale * (so_far - own), y + 9), scale * own, 10, facecolor=colour, linewidth=0)
    )
    ax.text(12, y - 3, f"{so_far:,} of {total:,} {name} so far", fontsize=10.5, va="center")
