"""AlexNet: the paper's two groups, the same network in one tower, and torchvision's narrower form."""

import torch
from torch import nn


def _paper_network(num_classes: int, in_channels: int, groups: int) -> nn.Module:
    """The layers of the paper; ``groups=2`` separates the two halves that ran on two GPUs."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 96, kernel_size=11, stride=4),
        nn.ReLU(inplace=True),
        nn.LocalResponseNorm(
            5, alpha=5e-4, beta=0.75, k=2.0
        ),  # torch divides alpha by the size: 1e-4 in the paper
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(96, 256, kernel_size=5, padding=2, groups=groups),
        nn.ReLU(inplace=True),
        nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(256, 384, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(384, 384, kernel_size=3, padding=1, groups=groups),
        nn.ReLU(inplace=True),
        nn.Conv2d(384, 256, kernel_size=3, padding=1, groups=groups),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(256 * 6 * 6, 4096),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Linear(4096, 4096),
        nn.ReLU(inplace=True),
        nn.Linear(4096, num_classes),
    )


def alexnet(num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """AlexNet in a single tower of 96, 256, 384, 384 and 256 maps.

    Input size: 3×227×227. Parameters: 62,378,344.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input.

    Returns
    -------
    nn.Module
        (N, in_channels, 227, 227) -> (N, num_classes). Sides 55 → 27 → 27 → 13 → 13 → 6.

    Notes
    -----
    The paper says 224×224, but (224 - 11)/4 + 1 is not 55; 227 is, and so is what its authors' code used.

    References
    ----------
    Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks, NIPS 2012,
    section 3.5 and figure 2; without the split of section 3.2.
    """
    return _paper_network(num_classes, in_channels, groups=1)


def alexnet_two_groups(num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """AlexNet as printed: layers 2, 4 and 5 are split in two halves, because one GPU of 2012 was too small.

    Input size: 3×227×227. Parameters: 60,965,224.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input.

    Returns
    -------
    nn.Module
        (N, in_channels, 227, 227) -> (N, num_classes). Sides 55 → 27 → 27 → 13 → 13 → 6.

    References
    ----------
    Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks, NIPS 2012,
    sections 3.2 and 3.5: "60 million parameters".
    """
    return _paper_network(num_classes, in_channels, groups=2)


class _AlexNetTorchvision(nn.Module):
    """torchvision's modules under torchvision's names, so that its weights load."""

    def __init__(self, num_classes: int, in_channels: int):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 64, kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.avgpool(self.features(x))  # (N, 256, 6, 6)
        return self.classifier(torch.flatten(x, 1))


def alexnet_torchvision(num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """AlexNet as torchvision has it: 64, 192, 384, 256 and 256 maps, no response normalisation.

    Input size: 3×224×224. Parameters: 61,100,840.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input.

    Returns
    -------
    nn.Module
        (N, in_channels, 224, 224) -> (N, num_classes). Sides 55 → 27 → 27 → 13 → 13 → 6.

    References
    ----------
    Krizhevsky: One weird trick for parallelizing convolutional neural networks, arXiv:1404.5997 (2014).
    """
    return _AlexNetTorchvision(num_classes, in_channels)
