"""Dropout on a layer of eight units: one draw after the other, and what the mean of many draws is."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.colors import to_rgb

from cnncourse.course.explorers import explorer
from cnncourse.course.frames import text_of
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, number_text, shade

VALUES = np.array([2.0, 0.5, 3.0, 1.0, 4.0, 1.5, 2.5, 1.5])
MOST_DRAWS = 1000
_CELL, _LEFT = 44, 118


@functools.lru_cache(maxsize=1)
def _lots():
    """One random number between 0 and 1 for each draw and unit: a unit is dropped where it is below the rate.

    The same numbers for every rate, so that a higher rate drops the same units and some more.
    """
    lots = np.random.default_rng(11).random((MOST_DRAWS, len(VALUES)))
    lots.setflags(write=False)
    return lots


def dropout_draws(rate, draws):
    """Return the masks of the first draws, and the layer's output in each."""
    if not 0 <= rate < 1:
        raise ValueError(
            f"rate: got {rate}, but a rate is at least 0 and below 1: with 1 nothing would be left to scale. "
            "Try 0.5."
        )
    if not 1 <= draws <= MOST_DRAWS:
        raise ValueError(
            f"draws: got {draws}, but there are 1 to {MOST_DRAWS:,} draws. Choose a number among them."
        )
    masks = _lots()[:draws] >= rate
    return masks, masks * VALUES / (1 - rate)


def _summary(rate, draws):
    masks, outputs = dropout_draws(rate, draws)
    mean = outputs.mean(axis=0)
    return masks[-1], outputs[-1], mean, np.abs(mean - VALUES).max()


def _alt(rate, draws):
    _, output, mean, error = _summary(rate, draws)
    return (
        f"Eight values {_row(VALUES)}; dropout with rate {text_of(rate)}. Draw {draws:,} gives "
        f"{_row(output)}, mean {output.mean():.2f} instead of {VALUES.mean():.2f}. Mean of "
        f"{_draws(draws)}: {_row(mean)}, off by at most {error:.2f}."
    )


def _row(values):
    return " ".join(number_text(value) for value in values)


def _draws(number):
    return "1 draw" if number == 1 else f"{number:,} draws"


@explorer(
    "Dropout: what one draw does, and the mean of many",
    _alt,
    start={"rate": 0.5},
    rate=[0, 0.25, 0.5, 0.75, 0.9],
    draws=[1, 10, 100, 1000],
)
def dropout_layer(rate, draws):
    """Draw eight values, the last mask, the values it leaves, and the mean over all draws so far."""
    mask, output, mean, _ = _summary(rate, draws)
    fig, ax = style.canvas(480, 308)
    fills = np.where(mask[:, None], shade(VALUES, "plain"), to_rgb(style.MUTED))
    rows = (
        ("The values", VALUES, None),
        (f"Mask {draws:,}", mask.astype(float), fills[None]),
        ("The output", output, shade(output, "signed", 8)[None]),
        ("Mean so far", mean, shade(mean, "signed", 8)[None]),
    )
    for number, (name, values, fill) in enumerate(rows):
        y = 16 + 58 * number
        ax.text(8, y + _CELL / 2, name, fontsize=11, fontweight="bold", va="center")
        size = fitting_fontsize(values, _CELL)
        draw_cells(ax, values[None], x=_LEFT, y=y, size=_CELL, fills=fill, fontsize=size)
    words = f"{int(mask.sum())} of 8 units kept, divided by {text_of(round(1 - rate, 2))}"
    ax.text(8, 264, words, fontsize=11.5, va="center")
    text = f"Mean of the output: {output.mean():.2f} instead of {VALUES.mean():.2f}"
    ax.text(8, 290, text, fontsize=11.5, va="center")
    return fig
