"""EfficientNet-Lite0: inverted residuals whose depth, width and image size were found together."""

import torch
from torch import nn

from cnncourse.models.mobilenet import InvertedResidual, conv_norm
from cnncourse.models.resnet import initialise

# Table 1 of the paper: kernel, stride of the first block, expansion, channels, blocks.
STAGES = (
    (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
)  # fmt: skip


class EfficientNetLite0(nn.Module):
    """(N, in_channels, 224, 224) -> (N, num_classes); sides 112 → 112 → 56 → 28 → 14 → 14 → 7 → 7 → 1.

    The Lite form has no squeeze-and-excitation, and ReLU6 for swish. Stochastic depth is left out: it serves
    the long first training only.
    """

    def __init__(self, num_classes: int, in_channels: int):
        super().__init__()
        layers = [*conv_norm(in_channels, 32, 3, stride=2, tensorflow=True), nn.ReLU6(inplace=True)]
        channels = 32
        for kernel, first, expansion, width, blocks in STAGES:
            for block in range(blocks):
                stride = 1 if block else first
                layers.append(InvertedResidual(channels, width, stride, expansion, kernel, tensorflow=True))
                channels = width
        layers += [*conv_norm(channels, 1280, 1, tensorflow=True), nn.ReLU6(inplace=True)]
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(1280, num_classes)
        self.apply(initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.avgpool(self.features(x))  # (N, 1280, 1, 1)
        return self.classifier(self.dropout(torch.flatten(x, 1)))
