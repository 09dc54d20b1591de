"""A small network and small pictures for the tests of transfer."""

import numpy as np
import torch
from torch import nn

from cnncourse import train
from cnncourse.data import ImageData

MEAN, STD = (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)


def make_images(n=24, classes=3, channels=3, side=8, seed=0):
    """Noise whose mean grey tells the class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    images = rng.integers(0, 120, (n, channels, side, side)) + 40 * labels[:, None, None, None]
    return ImageData(images.astype(np.uint8), labels, tuple("abcdef"[:classes]), name="greys")


def make_net(classes=5, dropout=0.5):
    """Two convolutions with batch norm whose statistics are not the initial ones, dropout, a head."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        net = nn.Sequential(
            nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()),
            nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU()),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(24, classes),
        )
        net(torch.randn(16, 3, 8, 8) * 2 + 1)
    net.trained_on = {"mean": list(MEAN), "std": list(STD)}
    return net


def config(**settings):
    chosen = {"epochs": 3, "batch_size": 8, "optimizer": "sgd", "lr": 0.1, "progress": False, **settings}
    return train.TrainConfig(**chosen)
