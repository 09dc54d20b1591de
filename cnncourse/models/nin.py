"""Network in network: 1×1 convolutions after each convolution, and no dense layer at the end."""

from torch import nn


def _mlpconv(
    in_channels: int, out_channels: int, kernel_size: int, stride: int, padding: int
) -> list[nn.Module]:
    """A convolution and two 1×1 convolutions: a small dense network slid over the image."""
    return [
        nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding),
        nn.ReLU(inplace=True),
        nn.Conv2d(out_channels, out_channels, kernel_size=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(out_channels, out_channels, kernel_size=1),
        nn.ReLU(inplace=True),
    ]


def nin(num_classes: int, in_channels: int) -> nn.Module:
    """Four mlpconv blocks and a global mean: sides 55 → 27 → 27 → 13 → 13 → 6 → 6 → 1."""
    return nn.Sequential(
        *_mlpconv(in_channels, 96, kernel_size=11, stride=4, padding=0),
        nn.MaxPool2d(3, stride=2),
        *_mlpconv(96, 256, kernel_size=5, stride=1, padding=2),
        nn.MaxPool2d(3, stride=2),
        *_mlpconv(256, 384, kernel_size=3, stride=1, padding=1),
        nn.MaxPool2d(3, stride=2),
        nn.Dropout(0.5),
        *_mlpconv(384, num_classes, kernel_size=3, stride=1, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )
