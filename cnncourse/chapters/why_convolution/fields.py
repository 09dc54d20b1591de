"""Explorers of scale: how far a deep unit sees, and what a dense layer costs beside a convolution."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from cnncourse.course.explorers import explorer
from cnncourse.ops.shapes import receptive_field
from cnncourse.plots import style

DENSE_UNITS, FILTERS, FILTER_SIDE = 100, 16, 3


def seen_by_layer(depth, kernel_size, stride):
    """Return how many cells of each layer one unit at the top depends on, along one axis."""
    cells = [1]
    for _ in range(depth):
        cells.append((cells[-1] - 1) * stride + kernel_size)
    return cells[::-1]


def _field_alt(depth, kernel_size, stride):
    field, jump = receptive_field([(kernel_size, stride)] * depth)
    layers = ", ".join(str(count) for count in seen_by_layer(depth, kernel_size, stride))
    return (
        f"{depth} layers with kernel {kernel_size} and stride {stride}: one unit at the top sees "
        f"{field} input pixels "
        f"in each direction. Cells it depends on, from the input up: {layers}. Neighbours at the top "
        f"look {jump} "
        f"pixels apart."
    )


@explorer("How far a unit sees", _field_alt)
def receptive_field_depth(depth, kernel_size=3, stride=1):
    """Draw the pyramid of cells that one unit depends on, layer by layer, along one axis."""
    counts = seen_by_layer(depth, kernel_size, stride)
    field, _ = receptive_field([(kernel_size, stride)] * depth)
    fig, ax = style.canvas(480, 356)
    pixel = min(24.0, 356 / field)
    rows = []
    for layer, count in enumerate(counts):
        # Cells stand over the middle of what they see, as wide as their distance in input pixels.
        width = pixel * stride**layer
        y = 238 - layer * 44
        left = 292 - count * width / 2
        rows.append((*_draw_row(ax, left, y, count, width, top=layer == depth), y))
        name = "input" if layer == 0 else f"layer {layer}"
        ax.text(
            12,
            y + 12,
            f"{name}: {count}",
            fontsize=11,
            va="center",
            fontweight="bold" if layer == 0 else "normal",
        )
    for (left, right, y), (upper_left, upper_right, upper_y) in pairwise(rows):
        for x, upper_x in ((left, upper_left), (right, upper_right)):
            ax.plot([x, upper_x], [y, upper_y + 24], color=style.MUTED, linewidth=1, zorder=1)
    ax.plot([12, 468], [286, 286], color=style.GRID, linewidth=1)
    word = "layer" if depth == 1 else "layers"
    ax.text(12, 308, f"After {depth} {word} a unit sees {field} × {field} pixels.", fontsize=12.5,
            fontweight="bold", va="center")  # fmt: skip
    terms = " + ".join(str((kernel_size - 1) * stride**layer) for layer in range(depth))
    ax.text(12, 334, f"1 + {terms} = {field}", fontsize=12, va="center", color=style.MUTED)
    return fig


def _draw_row(ax, left, y, count, width, top):
    gap = min(1.5, 0.12 * width)
    corners = []
    for i in range(count):
        x0, x1 = left + i * width + gap, left + (i + 1) * width - gap
        if width > 40:
            # Far-apart units of a strided layer are drawn as cells, not as bars.
            middle = (x0 + x1) / 2
            x0, x1 = middle - 18, middle + 18
        corners.append([(x0, y), (x1, y), (x1, y + 24), (x0, y + 24)])
    fill = style.GREEN if top else style.SKY
    ax.add_collection(PolyCollection(corners, facecolors=fill, edgecolors="none", zorder=2), autolim=False)
    return corners[0][0][0], corners[-1][1][0]


def layer_parameters(side, channels=3):
    """Return ``(dense, convolution)``: trainable numbers of each layer on a square image."""
    dense = DENSE_UNITS * (side * side * channels + 1)
    return dense, FILTERS * (FILTER_SIDE * FILTER_SIDE * channels + 1)


def _parameters_alt(side, channels=3):
    dense, convolution = layer_parameters(side, channels)
    return (
        f"On an image of {side} × {side} pixels with {channels} channels, a dense layer of 100 units "
        f"has {dense:,} "
        f"parameters, a convolution of 16 filters of 3 × 3 has {convolution:,}: "
        f"{dense / convolution:,.0f} times fewer."
    )


@explorer(
    "A dense layer and a convolution, by image side",
    _parameters_alt,
    start={"side": 28, "channels": 1},
    side=[8, 16, 28, 64, 128, 224, 512, 1024],
    channels=[1, 3],
)
def dense_or_convolution(side, channels=3):
    """Draw how many parameters a dense layer and a convolution need, up to an image side."""
    dense, convolution = layer_parameters(side, channels)
    fig = Figure(figsize=(4.8, 3.9), facecolor=style.PAPER)
    ax = fig.add_axes((0.24, 0.14, 0.72, 0.64))
    sides = np.geomspace(8, 1024, 60)
    ax.loglog(sides, DENSE_UNITS * (sides**2 * channels + 1), color=style.RED, linewidth=2.6)
    ax.axhline(convolution, color=style.BLUE, linewidth=2.6)
    ax.axvline(side, color=style.GRID, linewidth=1.4, zorder=0)
    ax.plot(side, dense, "o", color=style.RED, markersize=9)
    ax.plot(side, convolution, "o", color=style.BLUE, markersize=9)
    ax.set(xlim=(7, 1200), ylim=(60, 1e9), xlabel="side of the image in pixels")
    ax.set_xticks([8, 32, 128, 512], ["8", "32", "128", "512"])
    ax.set_yticks([1e2, 1e4, 1e6, 1e8], ["100", "10,000", "1 million", "100 million"])
    ax.minorticks_off()
    ax.grid(axis="y")
    bold = {"fontsize": 12, "fontweight": "bold", "va": "center"}
    fig.text(0.02, 0.94, f"Dense, 100 units: {dense:,} parameters", color=style.RED_TEXT, **bold)
    fig.text(
        0.02, 0.86, f"Convolution, 16 of 3 × 3: {convolution:,} parameters", color=style.BLUE_TEXT, **bold
    )
    return fig
