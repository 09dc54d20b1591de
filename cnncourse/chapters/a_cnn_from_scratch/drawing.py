"""`live`: draw a digit and let a network read it."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from cnncourse.chapters.a_cnn_from_scratch.drawing_pad import SIDE, DrawingPad
from cnncourse.chapters.a_cnn_from_scratch.layers import lenet_digit
from cnncourse.course.explorers import is_live
from cnncourse.course.kernel_form import widget_bundle
from cnncourse.course.pixels import draw_levels
from cnncourse.plots import style
from cnncourse.plots.picture import Picture

_INK_SIDE = 20
_SENTENCE = "In a running notebook this cell shows a pad to draw on. Here is the answer to a stored digit."
_ROW = (
    '<div style="display:grid;grid-template-columns:1.2rem 10rem auto;gap:.4rem;align-items:center">'
    '<span>{label}</span><span style="background:#e4e2dc;height:.8rem"><span style="display:block;'
    'height:100%;width:{percent:.1f}%;background:#0072b2"></span></span><span>{percent:.0f} %</span></div>'
)


def live(predict, *, prepare=True):
    """Show a pad to draw a digit on, and what a network reads in it."""
    if not callable(predict):
        raise TypeError(
            f"predict: got a {type(predict).__name__}, but it must be a function of one picture. "
            "Pass the function itself, without calling it."
        )
    if is_live():
        from IPython.display import HTML, display

        pad = DrawingPad(lambda image: _bars(_asked(predict, as_mnist(image) if prepare else image)))
        display(HTML(pad.page))
        display(widget_bundle(pad.box), raw=True)
        return
    print(_SENTENCE)
    picture = stored_answer(predict)
    try:
        from IPython.display import display
    except ImportError:
        print(picture)
    else:
        display(picture)


def as_mnist(image):
    """Bring a drawing to the form of MNIST's digits: 20 pixels large, its centre of mass in the middle."""
    from PIL import Image

    image = np.asarray(image, dtype=np.float32)
    rows, columns = (np.flatnonzero(image.max(axis=axis) > 0.05) for axis in (1, 0))
    if not len(rows):
        return np.zeros((SIDE, SIDE), np.float32)
    ink = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(1, round(_INK_SIDE * side / max(ink.shape))) for side in ink.shape)
    resized = Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC)
    ink = np.clip(np.asarray(resized), 0, 1)
    top, left = (_corner(ink.sum(axis=axis)) for axis in (1, 0))
    out = np.zeros((SIDE, SIDE), np.float32)
    out[top : top + height, left : left + width] = ink
    return out


def _corner(profile):
    """Return where ink with this profile must begin for its centre of mass to be at pixel 14, as in MNIST."""
    centre = profile @ np.arange(len(profile)) / profile.sum()
    return int(np.clip(round(SIDE / 2 - centre), 0, SIDE - len(profile)))


def stored_answer(predict):
    """Return the stored digit and what ``predict`` says to it, as a picture with its words."""
    digit = lenet_digit()
    probability = _asked(predict, (digit / 255).astype(np.float32))
    best = int(probability.argmax())
    with style.context():
        fig, ax = style.canvas(480, max(190, 26 + 20 * len(probability)))
        draw_levels(ax, np.rint(digit / 16) * 16, "gray", (0, 255), 12, 12, 6)
        for label, share in enumerate(probability):
            y = 24 + 20 * label
            weight = "bold" if label == best else "normal"
            ax.text(206, y, str(label), fontsize=11, va="center", fontweight=weight)
            ax.add_patch(Rectangle((226, y - 7), 180, 14, facecolor=style.CELL, linewidth=0))
            ax.add_patch(Rectangle((226, y - 7), 180 * share, 14, facecolor=style.BLUE, linewidth=0))
            ax.text(468, y, f"{100 * share:.0f} %", fontsize=11, va="center", ha="right", fontweight=weight)
        each = ", ".join(f"{label} {100 * share:.0f} %" for label, share in enumerate(probability))
        sure = f"{100 * probability[best]:.0f} %"
        return Picture(fig, f"A stored handwritten 7, read as {best} with {sure}: {each}.")


def _asked(predict, image):
    """Return the probabilities that ``predict`` gives, checked."""
    given = predict(image)
    try:
        probability = np.atleast_1d(np.squeeze(np.asarray(given, dtype=float)))
    except (TypeError, ValueError):
        probability = np.empty(0)
    flat = probability.ndim == 1 and len(probability) > 1
    if not flat or not (probability >= -1e-6).all() or abs(probability.sum() - 1) > 1e-3:
        got = f"shape {probability.shape}, sum {probability.sum():.3g}" if probability.size else repr(given)
        raise ValueError(
            f"predict: it returned {got}, but it must return one probability for each class, "
            "and they must add up to 1. Put a softmax around scores."
        )
    return probability


def _bars(probability):
    best = int(probability.argmax())
    rows = "".join(_ROW.format(label=label, percent=100 * share) for label, share in enumerate(probability))
    head = f"<strong>{best}</strong>, {100 * probability[best]:.0f} %"
    return f'<div><p role="status">I read: {head}</p>{rows}</div>'
