"""The LeNet that reads drawn digits: its stored weights, and its layers in NumPy."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from cnncourse import ops
from cnncourse.errors import message

SIDE = 28
# What the layers are called, in the page too.
LAYERS = ("convolution 1", "pooling 1", "convolution 2", "pooling 2", "dense 1", "dense 2", "scores")


class DigitReader:
    """LeNet with stored weights of 8 bits: `benchmarks/draw_digit.py` trained it.

    Parameters
    ----------
    stored : dict
        ``mean`` and ``std`` of the pixels, and ``layers``: two convolutions and three dense ones.
    """

    def __init__(self, stored: dict[str, Any]) -> None:
        self.mean, self.std = stored["mean"], stored["std"]
        self.layers = [(_unpacked(layer), np.array(layer["bias"])) for layer in stored["layers"]]

    def maps(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Return what each layer makes of images of shape (N, 28, 28), 0 to 1, by its name in `LAYERS`."""
        if image.ndim != 3 or image.shape[1:] != (SIDE, SIDE):
            raise ValueError(message("image", f"shape {image.shape}", "must be (N, 28, 28)", "Resize it."))
        x = (image[:, None] - self.mean) / self.std
        maps = {}
        for number, padding in ((1, 2), (2, 0)):
            weight, bias = self.layers[number - 1]
            x = maps[f"convolution {number}"] = ops.relu(ops.conv2d(x, weight, bias, padding=padding))
            x = maps[f"pooling {number}"] = ops.max_pool2d(x, 2)
        x = x.reshape(len(x), -1)
        for name, (weight, bias) in zip(LAYERS[4:], self.layers[2:]):
            x = ops.linear(x, weight, bias)
            x = maps[name] = x if name == "scores" else ops.relu(x)
        return maps

    def scores(self, image: np.ndarray) -> np.ndarray:
        """Return the ten scores of each image of shape (N, 28, 28), 0 to 1."""
        return self.maps(image.astype(float))["scores"]


def _unpacked(layer: dict[str, Any]) -> np.ndarray:
    numbers = np.frombuffer(base64.b64decode(layer["bytes"]), np.int8).astype(float)
    rows = numbers.reshape(layer["shape"][0], -1) * np.array(layer["scale"])[:, None]
    return rows.reshape(layer["shape"])
