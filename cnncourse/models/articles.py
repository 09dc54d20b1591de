"""The networks of the five introductory articles this course grew from, as their texts state them."""

import torch
from torch import nn
from torch.nn import functional as F


class TwoClassLogits(nn.Module):
    """Turn one logit z into the two logits (0, z): softmax(0, z) = (1 - sigmoid(z), sigmoid(z)).

    (N, 1) -> (N, 2). With it the cross-entropy of two classes is the binary cross-entropy of a single sigmoid
    unit.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.pad(x, (1, 0))


def article1(num_classes: int, in_channels: int) -> nn.Module:
    """Sides 64 → 62 → 31 → 29 → 14, then 6272 → 128. Two classes share one sigmoid unit."""
    if num_classes == 2:
        head = [nn.Linear(128, 1), TwoClassLogits()]
    else:
        head = [nn.Linear(128, num_classes)]
    return nn.Sequential(
        nn.Conv2d(in_channels, 32, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 32, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 14 * 14, 128),
        nn.ReLU(),
        *head,
    )


def article2(num_classes: int, in_channels: int) -> nn.Module:
    """The logarithms of the sigmoid outputs s: softmax(log s) = s / Σs, which the article trains on."""
    return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * 28 * 28, num_classes), nn.LogSigmoid())


def article3(num_classes: int, in_channels: int) -> nn.Module:
    """Sides 28 → 26 → 13, then 5408 → 100. Dropout is imported by the article and not used."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 32, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 13 * 13, 100),
        nn.ReLU(),
        nn.Linear(100, num_classes),
    )


def article4(num_classes: int, in_channels: int) -> nn.Module:
    """Sides 28 → 26 → 24 → 12, then 9216 → 128."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 32, kernel_size=3),
        nn.ReLU(),
        nn.Conv2d(32, 64, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(64 * 12 * 12, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, num_classes),
    )


def article5(num_classes: int, in_channels: int) -> nn.Module:
    """Sides 28 → 24 → 12 → 8 → 4, then 800 → 500."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 20, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(20, 50, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(50 * 4 * 4, 500),
        nn.ReLU(),
        nn.Linear(500, num_classes),
    )
