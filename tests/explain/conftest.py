"""What the tests of `explain` share: a small network that has learned drawn shapes, and where they are."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from cnncourse import data, train

CLASSES = ("circle", "cross", "triangle")
SETTINGS = {"size": 32, "classes": CLASSES, "radius": (0.2, 0.25)}


def pooled_net(channels=(12, 24, 32), classes=3, seed=0):
    """Three convolutions, a global mean and one linear layer: (N, 3, H, W) -> (N, classes)."""
    layers, before = [], 3
    for place, width in enumerate(channels):
        layers += [nn.Conv2d(before, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if place < len(channels) - 1 else []
        before = width
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        # The seeded start is that of the layers made above too, once they are drawn again here.
        net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, classes))
        for module in net.modules():
            if hasattr(module, "reset_parameters"):
                module.reset_parameters()
    return net


def normalised(shapes):
    """Images as the network takes them, float32."""
    mean, std = (np.array(numbers)[:, None, None] for numbers in (shapes.mean, shapes.std))
    return ((shapes.images / 255 - mean) / std).astype(np.float32)


def covered_by_shape(number, seed):
    """Where the shape is, (N, H, W): without noise, every pixel that has not the colour of the corner."""
    clean = data.shapes(number, seed=seed, noise=0.0, **SETTINGS).images.astype(int)
    return (np.abs(clean - clean[:, :, :1, :1]) > 8).any(axis=1)


@dataclass
class Trained:
    """A trained network, its test images and what they show."""

    net: nn.Module
    images: np.ndarray
    labels: np.ndarray
    inside: np.ndarray


@pytest.fixture(scope="session")
def trained():
    """A network that tells three shapes apart, and 60 images it has not seen."""
    net = pooled_net()
    config = train.TrainConfig(epochs=5, batch_size=32, lr=0.01, device="cpu", progress=False)
    train.fit(net, data.shapes(800, seed=0, **SETTINGS), config=config)
    test = data.shapes(60, seed=1, **SETTINGS)
    assert train.evaluate(net, test).accuracy > 0.9
    return Trained(net.eval(), normalised(test), test.labels, covered_by_shape(60, seed=1))


@pytest.fixture
def tiny():
    """An untrained network in float64 that takes 8 × 8 pixels, and four images."""
    net = pooled_net((4, 5), classes=3).double()
    images = np.random.default_rng(0).normal(size=(4, 3, 8, 8))
    return net, images
