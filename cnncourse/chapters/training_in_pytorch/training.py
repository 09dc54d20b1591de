"""How a network changes while it learns: drawn from a small stored run, without torch."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.pixels import draw_levels
from cnncourse.course.runs import stored
from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.confusion import draw_confusion_cells

_WIDTH, _HEIGHT = 480, 476


@functools.lru_cache(maxsize=1)
def training_story():
    """Return the run that ``benchmarks/training_story.py`` stored: before training and after each epoch."""
    found = stored("training_story")
    drawn, after = found["drawn"], found["after_epoch"]
    filters, bias, confusion = (
        np.array([epoch[name] for epoch in drawn["epochs"]]) for name in ("filters", "bias", "confusion")
    )
    digit = np.array(drawn["pixels"], dtype=float)
    image = ((digit / 255 - drawn["mean"]) / drawn["std"])[None, None]
    maps = [conv2d(image, weight[:, None], b, padding=2)[0] for weight, b in zip(filters, bias)]
    return SimpleNamespace(
        last_epoch=len(filters) - 1,
        test_images=found["test_images"],
        digit=digit,  # a test image, from 0 to 255
        label=drawn["label"],
        filters=filters,  # of the first layer, (epochs + 1, 6, 5, 5)
        maps=np.maximum(maps, 0),  # what it answers to the digit, after ReLU
        answers=np.array(drawn["answers"]),  # probability of each class for the digit
        train_accuracy=np.array([epoch["train_accuracy"] for epoch in after]),
        test_accuracy=np.array([epoch["test_accuracy"] for epoch in after]),
        confusion=confusion,  # rows are true classes
    )


def _checked(epoch):
    story = training_story()
    if not 0 <= epoch <= story.last_epoch:
        raise ValueError(
            f"epoch: got {epoch}, but the run has epochs 0 (before training) to {story.last_epoch}. "
            f"Choose from range({story.last_epoch + 1})."
        )
    return story


def _verdict(story, epoch):
    guess = int(story.answers[epoch].argmax())
    sure = 100 * story.answers[epoch, guess]
    said = f"is read as a {guess}" if guess == story.label else f"is taken for a {guess}"
    return f"This {story.label} {said}, {sure:.0f} % sure."


def _alt(epoch):
    story = _checked(epoch)
    wrong = int(story.confusion[epoch].sum() - np.trace(story.confusion[epoch]))
    when = f"After epoch {epoch}" if epoch else "Before training"
    return (
        f"{when}: {100 * story.train_accuracy[epoch]:.1f} % of the training images and "
        f"{100 * story.test_accuracy[epoch]:.1f} % of the test images are right; {wrong:,} of "
        f"{story.test_images:,} test images are confused. The weights of the six filters reach "
        f"{np.abs(story.filters[epoch]).max():.2f}. {_verdict(story, epoch)}"
    )


@explorer("A network learns: LeNet on 6,000 digits", _alt, epoch=range(13))
def training_epochs(epoch):
    """Draw a network after an epoch: accuracy so far, confusion matrix, filters and feature maps."""
    story = _checked(epoch)
    fig, ax = style.canvas(_WIDTH, _HEIGHT)
    _heading(ax, 10, 20, "Right answers")
    _draw_accuracy(fig, story, epoch)
    _heading(ax, 276, 20, "Confusion matrix")
    matrix = fig.add_axes(_place(302, 36, 166, 166))
    draw_confusion_cells(matrix, story.confusion[epoch])
    matrix.set(xticks=[0, 3, 6, 9], yticks=[0, 3, 6, 9])
    matrix.set_xlabel("predicted", labelpad=1)
    matrix.set_ylabel("true", labelpad=2)
    _heading(ax, 10, 262, "Six filters of the first layer")
    reach = np.abs(story.filters).max()
    for i, weights in enumerate(story.filters[epoch]):
        draw_levels(ax, weights / reach, style.DIVERGING, (-1, 1), 80 + 66 * i, 276, 11.2)
    _heading(ax, 10, 356, f"A test image, a {story.label}, and its feature maps")
    draw_levels(ax, np.rint(story.digit / 16) * 16, "gray", (0, 255), 10, 370, 2)
    for i, answer in enumerate(story.maps[epoch]):
        # The square root lets weak answers be seen; the scale is the same in every epoch.
        levels = np.rint(np.sqrt(answer / story.maps.max()) * 20) / 20
        draw_levels(ax, levels, style.SEQUENTIAL, (0, 1), 80 + 66 * i, 370, 2)
    ax.text(10, 450, _verdict(story, epoch), fontsize=12, va="center")
    return fig


def _heading(ax, x, y, text):
    ax.text(x, y, text, fontsize=11.5, fontweight="bold", va="center")


def _place(x, y, width, height):
    """Return a rectangle in CSS pixels from the top left as matplotlib's shares from the bottom left."""
    return x / _WIDTH, 1 - (y + height) / _HEIGHT, width / _WIDTH, height / _HEIGHT


def _draw_accuracy(fig, story, epoch):
    ax = fig.add_axes(_place(58, 36, 186, 158))
    after = range(epoch + 1)
    ax.plot(after, 100 * story.train_accuracy[: epoch + 1], color=style.BLUE, marker="o", markersize=3.5)
    ax.plot(after, 100 * story.test_accuracy[: epoch + 1], color=style.RED, marker="s", markersize=3.5)
    ax.set(xlim=(-0.4, story.last_epoch + 0.4), ylim=(0, 104), xticks=[0, 3, 6, 9, 12])
    ax.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    ax.grid(axis="y")
    ax.set_xlabel("epoch", labelpad=1)
    words = [
        ("training", story.train_accuracy, style.BLUE_TEXT),
        ("test", story.test_accuracy, style.RED_TEXT),
    ]
    for row, (name, values, colour) in enumerate(words):
        text = f"{name} {100 * values[epoch]:.1f} %"
        ax.text(
            story.last_epoch, 26 - 17 * row, text, color=colour, ha="right", va="center", fontweight="bold"
        )
