"""Explorer of scale: what a dense layer costs beside a convolution."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cnncourse.course.explorers import explorer
from cnncourse.plots import style

DENSE_UNITS, FILTERS, FILTER_SIDE = 100, 16, 3


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
