"""DenseNet for images of 32×32: each layer reads the maps of all layers before it."""

import torch
from torch import nn

from cnncourse.models.resnet import initialise


class DenseLayer(nn.Module):
    """(N, in, H, W) -> (N, in + growth, H, W): a few new maps beside all old ones."""

    def __init__(self, in_channels: int, growth: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm2d(in_channels), nn.ReLU(), nn.Conv2d(in_channels, growth, 3, padding=1, bias=False)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, self.layers(x)], dim=1)


def densenet(depth: int, growth: int, num_classes: int, in_channels: int) -> nn.Module:
    """Three blocks of (depth - 4) / 3 layers: sides 32 → 32 → 16 → 8 → 1 (section 3 of the paper)."""
    channels = 16
    layers = [nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)]
    for block in range(3):
        if block:  # a transition
            layers += [nn.BatchNorm2d(channels), nn.ReLU()]
            layers += [nn.Conv2d(channels, channels, 1, bias=False), nn.AvgPool2d(2)]
        for _ in range((depth - 4) // 3):
            layers.append(DenseLayer(channels, growth))
            channels += growth
    head = [nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, *head, nn.Linear(channels, num_classes)).apply(initialise)
