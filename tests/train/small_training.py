"""Small data and networks for the trainer's tests."""

import numpy as np
import torch
from torch import nn

from cnncourse.data.arrays import ImageData


def make_data(n=60, classes=3, size=8, channels=1, seed=0):
    """Images whose class shows: class k is bright in its own band of rows, under noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    images = rng.integers(0, 120, (n, channels, size, size))
    band = size // classes
    for image, label in zip(images, labels):
        image[:, label * band : (label + 1) * band] += 100
    return ImageData(images.astype(np.uint8), labels, tuple("abcdefghij"[:classes]), name="bands")


def make_net(classes=3, size=8, channels=1, seed=0, dropout=0.0):
    """A convolution, batch normalisation and a dense layer, always with the same random start."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(channels, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(4 * (size // 2) ** 2, classes),
        )
