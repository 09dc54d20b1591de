"""Deeper and worse: plain and residual networks of four depths, drawn from stored runs."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.runs import stored
from cnncourse.plots import style

KINDS = ("plain", "residual")
_COLOURS = {"plain": (style.RED, style.RED_TEXT), "residual": (style.BLUE, style.BLUE_TEXT)}


@functools.lru_cache(maxsize=1)
def degradation_runs():
    """Return the runs that ``benchmarks/degradation.py`` stored, by kind and depth; a row for each seed."""
    found = stored("degradation")
    columns = {name: {} for name in ("loss", "train_error", "test_error", "gradient")}
    for kind in found["kinds"]:
        for depth in found["depths"]:
            seeds = [run for run in found["runs"] if (run["kind"], run["depth"]) == (kind, depth)]
            for name, values in columns.items():
                values[kind, depth] = np.array([run[name] for run in seeds])
    return SimpleNamespace(
        depths=tuple(found["depths"]), seeds=len(found["seeds"]), epochs=found["epochs"], **columns
    )


def _checked(depth, show):
    runs = degradation_runs()
    if depth not in runs.depths:
        raise ValueError(f"depth: got {depth!r}, but the runs have the depths {runs.depths}. Choose one.")
    if show not in ("training loss", "gradient"):
        raise ValueError(f'show: got {show!r}, but it is "training loss" or "gradient". Choose one of them.')
    return runs


def _alt(depth, show):
    runs = _checked(depth, show)
    parts = []
    for kind in KINDS:
        if show == "gradient":
            first, last = np.median(runs.gradient[kind, depth], axis=0)[[0, -1]]
            parts.append(f"{kind}: {first:.3g} at the first block, {last:.3g} at the last")
        else:
            loss = np.median(runs.loss[kind, depth], axis=0)
            error = 100 * np.median(runs.train_error[kind, depth])
            parts.append(f"{kind}: loss from {loss[0]:.2f} to {loss[-1]:.2f}, then {error:.1f} % wrong")
    head = (
        "size of the gradient before training"
        if show == "gradient"
        else f"training over {runs.epochs} epochs"
    )
    return f"Networks of {depth} layers, {head}, median of {runs.seeds} seeds. {'; '.join(parts)}."


@explorer(
    "Plain and residual networks, by depth", _alt, show=["training loss", "gradient"], depth=[8, 20, 32, 44]
)
def degradation(depth, show="training loss"):
    """Draw plain beside residual networks of one depth: how they learn, or where their gradient is large."""
    runs = _checked(depth, show)
    fig, canvas = style.canvas(480, 372)
    gradient = show == "gradient"
    what = "gradient at each block, before training" if gradient else "training loss"
    canvas.text(12, 20, f"{depth} layers: {what}", fontsize=12.5, fontweight="bold", va="center")
    ax = fig.add_axes((0.135, 0.30, 0.83, 0.60))
    values = runs.gradient if gradient else runs.loss
    for row, kind in enumerate(KINDS):
        colour, text_colour = _COLOURS[kind]
        each = values[kind, depth]
        steps = np.arange(1, each.shape[1] + 1)
        ax.plot(steps, each.T, color=colour, linewidth=0.8, alpha=0.45)
        ax.plot(steps, np.median(each, axis=0), color=colour, marker="os"[row], markersize=4.5)
        canvas.text(
            12, 322 + 26 * row, _line(runs, kind, depth, gradient), fontsize=11.5, color=text_colour,
            fontweight="bold", va="center",
        )  # fmt: skip
    ax.grid(axis="y")
    if gradient:
        everything = np.concatenate([np.ravel(rows) for rows in values.values()])
        ax.set(yscale="log", ylim=(everything.min() / 1.5, everything.max() * 1.5), xlabel="block")
        ax.minorticks_off()
    else:
        ax.set(ylim=(0, 2.6), xlabel="epoch")
    ax.xaxis.get_major_locator().set_params(integer=True)
    return fig


def _line(runs, kind, depth, gradient):
    if gradient:
        first, last = np.median(runs.gradient[kind, depth], axis=0)[[0, -1]]
        ratio = first / last
        return f"{kind}: first block {ratio:,.{0 if ratio >= 20 else 1}f} times the last"
    return f"{kind}: {100 * np.median(runs.train_error[kind, depth]):.1f} % of its training images wrong"
