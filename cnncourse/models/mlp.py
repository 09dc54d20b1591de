"""Networks without convolution, to compare with: perceptron and multilayer perceptron for 28×28 images."""

from torch import nn


def perceptron(num_classes: int, in_channels: int) -> nn.Module:
    """(N, in_channels, 28, 28) -> (N, num_classes)."""
    return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * 28 * 28, num_classes))


def mlp(num_classes: int, in_channels: int) -> nn.Module:
    """(N, in_channels, 28, 28) -> 128 -> 64 -> (N, num_classes)."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(in_channels * 28 * 28, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, num_classes),
    )
