"""Explorer of two losses of one unit: what its logit costs, and how strongly each loss pulls it back."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cnncourse import ops
from cnncourse.course.explorers import explorer
from cnncourse.course.frames import text_of
from cnncourse.plots import style
from cnncourse.plots.cells import power_text

LOSSES = ("cross-entropy", "squared error")


def losses_at(logit, target):
    """Return loss and slope of a sigmoid unit under both losses."""
    if target not in (0, 1):
        raise ValueError(f"target: got {target!r}, but the right answer is 0 or 1. Pass one of them.")
    z, y = np.array([float(logit)]), np.array([float(target)])
    p = ops.sigmoid(z)
    slope = ops.sigmoid_backward(ops.mse_loss_backward(1.0, p, y), z)
    entropy = ops.binary_cross_entropy_with_logits(z, y)
    return {
        "cross-entropy": (
            float(entropy),
            float(ops.binary_cross_entropy_with_logits_backward(1.0, z, y)[0]),
        ),
        "squared error": (float(ops.mse_loss(p, y)), float(slope[0])),
    }


def _words(logit, target):
    p = float(ops.sigmoid(np.array([float(logit)]))[0])
    return p, {
        name: (_short(loss), _short(slope)) for name, (loss, slope) in losses_at(logit, target).items()
    }


def _short(value):
    """Two decimals, or two digits where those would show nothing."""
    return f"{value:.2f}".replace("-", "−") if abs(value) >= 0.095 else power_text(value)


def _alt(logit, target=1):
    p, words = _words(logit, target)
    said = "; ".join(f"{name} {loss}, slope {slope}" for name, (loss, slope) in words.items())
    return f"Right answer {target}, logit {text_of(logit)}, so p is {p:.4f}: {said}."


@explorer("What a logit costs", _alt, start={"logit": -6}, logit=[-8, -6, -4, -2, 0, 2, 4, 6])
def loss_by_logit(logit, target=1):
    """Draw cross-entropy and squared error of a sigmoid unit along its logit, with a point and its slopes."""
    p, words = _words(logit, target)
    measured = losses_at(logit, target)
    fig = Figure(figsize=(4.8, 4.0), facecolor=style.PAPER)
    ax = fig.add_axes((0.09, 0.13, 0.88, 0.56))
    z = np.linspace(-8, 8, 321)
    chance = ops.sigmoid(z)
    curves = {"cross-entropy": np.logaddexp(0, -z if target else z), "squared error": (chance - target) ** 2}
    colours = {"cross-entropy": (style.BLUE, style.BLUE_TEXT), "squared error": (style.RED, style.RED_TEXT)}
    for row, name in enumerate(LOSSES):
        fill, ink = colours[name]
        loss, slope = measured[name]
        ax.plot(z, curves[name], color=fill, linewidth=2.4)
        near = np.array([max(-8, logit - 2), min(8, logit + 2)])
        ax.plot(near, loss + slope * (near - logit), color=fill, linewidth=1.4, linestyle=(0, (4, 2)))
        ax.plot(logit, loss, "o", color=fill, markersize=9)
        text = f"{name}: {words[name][0]}, slope {words[name][1]}"
        fig.text(0.02, 0.865 - 0.068 * row, text, fontsize=11.5, fontweight="bold", color=ink, va="center")
    ax.set(xlim=(-8.4, 8.4), ylim=(-0.6, 8.6), xticks=range(-8, 9, 4), yticks=range(0, 9, 2), xlabel="logit")
    fig.text(0.02, 0.945, f"Right answer {target}. At logit {text_of(logit)}, p = {p:.4f}", fontsize=12,
             va="center")  # fmt: skip
    return fig
