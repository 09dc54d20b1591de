"""Draw a digit, and see every layer of a trained LeNet answer, computed in the page."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from cnncourse.chapters.a_cnn_from_scratch.digit_reader import SIDE, DigitReader
from cnncourse.chapters.a_cnn_from_scratch.drawing import stored_answer
from cnncourse.chapters.a_cnn_from_scratch.layers import lenet_digit
from cnncourse.course.live import Field, Live, array
from cnncourse.course.runs import stored
from cnncourse.errors import message
from cnncourse.ops import softmax
from cnncourse.plots.picture import Picture


@functools.cache
def _network() -> dict[str, Any]:
    return stored("draw_digit")["drawn"]


@functools.cache
def _reader() -> DigitReader:
    return DigitReader(_network())


class DrawDigit(Live):
    """The pad and the network; made by `draw_digit`.

    Attributes
    ----------
    image : ndarray of shape (28, 28)
        From 0, paper, to 1, ink: 20 pixels large, its centre of mass in the middle, as MNIST has it. Setting
        it moves the page.
    """

    name = "draw_digit"
    title = "Draw a digit, and watch LeNet read it"
    module = "chapters/a_cnn_from_scratch/live/draw_digit.js"
    height = (56.3, 77.3)
    image = Field(array(2, low=0, high=1))

    def check(self, state: dict[str, Any]) -> None:
        """Raise if the image has another size."""
        shape = state["image"].shape
        if shape != (SIDE, SIDE):
            raise ValueError(message("image", f"shape {shape}", "must be 28 × 28", "Resize it first."))

    def compute(self) -> dict[str, np.ndarray]:
        """Return ``{"probabilities": ndarray of shape (10,)}``."""
        return {"probabilities": softmax(_reader().scores(self.image[None])[0], 0)}

    def constants(self) -> dict[str, Any]:
        """Return the network: its weights with 8 bits each."""
        return {"network": {key: _network()[key] for key in ("mean", "std", "layers")}}

    def picture(self) -> Picture:
        """Return a stored digit and the ten probabilities as a figure with its words."""
        return stored_answer(lambda image: softmax(_reader().scores(image[None])[0], 0))


def draw_digit(image: Any = None) -> DrawDigit:
    """Return a pad to draw a digit on, with the trained LeNet that reads it in the page.

    Let it be the last line of a cell.

    Parameters
    ----------
    image : array_like of shape (28, 28), optional
        From 0, paper, to 1, ink; a stored 7 by default.

    Returns
    -------
    DrawDigit
        ``pad.image`` is what was drawn, ``pad.result["probabilities"]`` what the network says.

    Raises
    ------
    TypeError, ValueError
        If the image has another size, or numbers outside 0 to 1.

    Examples
    --------
    >>> int(draw_digit().result["probabilities"].argmax())
    7
    """
    return DrawDigit(image=np.round(lenet_digit() / 255, 3) if image is None else image)
