"""Explorers of the chapter."""

from __future__ import annotations

from cnncourse.course.explorers import explorer
from cnncourse.plots import style


def _alt(side):
    return f"A square of {side} × {side} is {side**2} small squares."


@explorer("A square in squares", _alt, start={"side": 2}, side=[1, 2, 3, 4])
def squares(side):
    """Draw a square made of small ones."""
    fig, ax = style.canvas(480, 200)
    for i in range(side):
        for j in range(side):
            ax.plot(40 + 36 * i, 40 + 36 * j, "s", markersize=20, color=style.BLUE)
    ax.text(240, 100, f"{side} × {side} = {side**2}", fontsize=14, va="center")
    return fig
