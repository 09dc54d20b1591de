"""Figures can be read on a phone: they are narrow enough, and their letters large enough for that width."""

import math

import numpy as np
import pytest
from matplotlib.text import Text

from cnncourse import plots
from cnncourse.plots import style
from cnncourse.results import EpochRecord, EvalResult, History

PHONE = 358  # CSS pixels that a figure gets where the screen has 390
READABLE = 10.5  # CSS pixels
ANIMALS = ("cat", "dog", "owl", "frog", "horse", "deer", "bird", "ant", "bee", "fox")
RNG = np.random.default_rng(0)
TILES = RNG.random((16, 12, 12))


def _evaluated(classes, counts):
    labels, predicted = RNG.integers(0, 10, (2, 40))
    return EvalResult(0.1, 0.9, counts, classes, labels, predicted, RNG.random((40, 10)))


def _history(epochs):
    records = [EpochRecord(i, 1 / i, 1 - 0.5 / i, 1.1 / i, 1 - 0.6 / i, 0.1, 2.0) for i in epochs]
    return History(records, model="lenet5", data="digits")


DIGITS = _evaluated(tuple("0123456789"), 7 + 1000 * np.eye(10, dtype=int))
DRAWN = {
    "history": lambda: plots.plot_history(_history(range(1, 13))),
    "accuracy": lambda: plots.plot_history(_history(range(1, 13)), metric="accuracy"),
    "confusion of digits": lambda: plots.plot_confusion(DIGITS),
    "confusion of two": lambda: plots.plot_confusion(_evaluated(("cat", "dog"), 449 + np.eye(2, dtype=int))),
    "confusion of animals": lambda: plots.plot_confusion(_evaluated(ANIMALS, 90 * np.eye(10, dtype=int))),
    "images": lambda: plots.plot_images(TILES, range(16)),
    "images of animals": lambda: plots.plot_images(TILES[:10], ANIMALS),
    "images with long labels": lambda: plots.plot_images(TILES[:5], ["a long label", "b", "c", "d", "e"]),
    "images without labels": lambda: plots.plot_images(TILES),
    "filters": lambda: plots.plot_filters(TILES[:, None]),
    "feature maps": lambda: plots.plot_feature_maps(TILES),
    "maps": lambda: plots.plot_maps(TILES, TILES, ["horse"] * 16),
    "mistakes": lambda: plots.plot_mistakes(DIGITS, np.ones((40, 1, 8, 8))),
    "mistakes of animals": lambda: plots.plot_mistakes(
        _evaluated(ANIMALS, DIGITS.confusion), np.ones((40, 1, 8, 8))
    ),
    "dots": lambda: plots.plot_dots({"flip left and right": [0.5, 0.6], "rotate": [0.9]}),
    "grid": lambda: plots.plot_grid(RNG.integers(0, 256, (4, 12))),
    "window": lambda: plots.plot_window(RNG.integers(0, 100, (7, 7)), 1, 1, 3),
    "boxes": lambda: plots.plot_boxes(TILES[0], [[1, 1, 6, 6]], ["star"]),
    "architecture": lambda: plots.plot_architecture([("conv", (4, 14, 14), 40)]),
    "branches": lambda: plots.plot_branches([["1 × 1"], ["3 × 3"], ["5 × 5"], []], join="concatenate"),
}


def _words(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def _drawn(name):
    """Return the figure as a chapter draws it, laid out at one dot for each CSS pixel."""
    with style.context():
        figure = DRAWN[name]().figure
        figure.set_dpi(style.CSS_PIXELS_PER_INCH)
        figure.canvas.draw()
    return figure


@pytest.mark.parametrize("name", DRAWN)
def test_the_smallest_letters_can_be_read_on_a_phone(name):
    figure = _drawn(name)
    width = figure.get_figwidth() * style.CSS_PIXELS_PER_INCH
    sizes = [text.get_fontsize() * style.CSS_PIXELS_PER_INCH / 72 for text in _words(figure)]
    assert min(sizes, default=math.inf) * min(1, PHONE / width) >= READABLE
    assert width <= 1.001 * style.WIDEST * style.CSS_PIXELS_PER_INCH


@pytest.mark.parametrize("name", [name for name in DRAWN if not name.endswith("without labels")])
def test_no_letters_touch_others_or_leave_the_figure(name):
    figure = _drawn(name)
    # Half a pixel on each side is the soft edge of the letters.
    words = [text for ax in figure.axes for text in ax.texts if text in _words(figure)]
    boxes = [text.get_window_extent().padded(-0.5) for text in words]
    for number, box in enumerate(boxes):
        assert min(box.x0, box.y0) >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


@pytest.mark.parametrize("labels, columns", [("0123", 4), (["horse"] * 9, 8), (["a long label"] * 9, 4)])
def test_long_labels_get_fewer_columns(labels, columns):
    ax = plots.plot_images(np.ones((len(labels), 4, 4)), list(labels))
    assert len({image.get_extent()[0] for image in ax.images}) == columns
    in_three = plots.plot_images(np.ones((len(labels), 4, 4)), list(labels), columns=3)
    assert len({image.get_extent()[0] for image in in_three.images}) == 3


def test_more_classes_than_a_phone_has_room_for_get_a_wider_matrix():
    few, many = (
        plots.plot_confusion(
            EvalResult(0.1, 0.9, 99 * np.eye(n, dtype=int), tuple("abcdefghijklmnopqrst"[:n]))
        )
        for n in (10, 20)
    )
    assert few.figure.get_figwidth() == style.WIDEST
    assert many.figure.get_figwidth() == pytest.approx(7.2)
