"""Inverted residuals, the block of networks for phones: MobileNetV2, and a small form for images of 32×32."""

import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.models.resnet import initialise

# Table 2 of the paper: expansion t, channels c, blocks n, stride s of the first.
STAGES = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip
# For 32×32: sides 32 → 16 → 8.
SMALL_STAGES = ((1, 16, 1, 1), (6, 24, 2, 1), (6, 40, 2, 2), (6, 64, 2, 2))


class SamePadConv2d(nn.Module):
    """A convolution of stride 2 with TensorFlow's padding "same": what is odd of the border comes last.

    (N, in, H, W) -> (N, out, ⌈H/2⌉, ⌈W/2⌉). PyTorch has it for stride 1 only, where both sides are alike.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, groups: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride=2, groups=groups, bias=False)
        self.kernel_size = kernel_size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # The last window starts at 2·(⌈side/2⌉ - 1); what it reaches beyond the image is the border.
        high, wide = (
            2 * ((side + 1) // 2 - 1) + self.kernel_size - side for side in (x.shape[2], x.shape[3])
        )
        return self.conv(F.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2)))


class InvertedResidual(nn.Module):
    """Widen by 1×1, look at each channel by itself, narrow by 1×1 without ReLU, and add the input.

    (N, in, H, W) -> (N, out, H/stride, W/stride); figure 3(b) of the paper. ``tensorflow`` takes the padding,
    ε and momentum of networks that were trained there.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int,
        expansion: int,
        kernel_size: int = 3,
        tensorflow: bool = False,
    ):
        super().__init__()
        wide = expansion * in_channels
        layers = []
        if expansion > 1:
            layers += [*conv_norm(in_channels, wide, 1, tensorflow=tensorflow), nn.ReLU6(inplace=True)]
        layers += conv_norm(wide, wide, kernel_size, stride, wide, tensorflow)
        layers += [nn.ReLU6(inplace=True), *conv_norm(wide, out_channels, 1, tensorflow=tensorflow)]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and in_channels == out_channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.layers(x)
        return x + out if self.adds else out


def conv_norm(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    stride: int = 1,
    groups: int = 1,
    tensorflow: bool = False,
) -> list[nn.Module]:
    """A convolution that keeps the side, or halves it, and batch normalisation."""
    if tensorflow and stride == 2:
        conv = SamePadConv2d(in_channels, out_channels, kernel_size, groups)
    else:
        padding = kernel_size // 2
        conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=False)
    norm = {"eps": 1e-3, "momentum": 0.01} if tensorflow else {}
    return [conv, nn.BatchNorm2d(out_channels, **norm)]


class MobileNetV2(nn.Module):
    """(N, in_channels, 224, 224) -> (N, num_classes), or 32×32 in the small form.

    Sides 112 → 112 → 56 → 28 → 14 → 14 → 7 → 7 → 1; small 32 → 32 → 32 → 16 → 8 → 1.
    """

    def __init__(self, small: bool, num_classes: int, in_channels: int):
        super().__init__()
        stages, channels, last, stride = (SMALL_STAGES, 16, 256, 1) if small else (STAGES, 32, 1280, 2)
        layers = [*conv_norm(in_channels, channels, 3, stride), nn.ReLU6(inplace=True)]
        for expansion, width, blocks, first in stages:
            for block in range(blocks):
                layers.append(InvertedResidual(channels, width, 1 if block else first, expansion))
                channels = width
        self.features = nn.Sequential(*layers, *conv_norm(channels, last, 1), nn.ReLU6(inplace=True))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(last, num_classes)
        self.apply(initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.avgpool(self.features(x))  # (N, last, 1, 1)
        return self.classifier(self.dropout(torch.flatten(x, 1)))
