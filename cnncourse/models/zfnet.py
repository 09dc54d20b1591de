"""ZFNet: AlexNet with a smaller first kernel and stride, found by looking at what its layers see."""

from torch import nn


def zfnet(num_classes: int, in_channels: int) -> nn.Module:
    """Sides 110 → 55 → 26 → 13 → 13 → 6."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 96, kernel_size=7, stride=2, padding=1),  # 110
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1),  # 55
        nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0),
        nn.Conv2d(96, 256, kernel_size=5, stride=2),  # 26
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1),  # 13
        nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0),
        nn.Conv2d(256, 384, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(384, 384, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(384, 256, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2),  # 6
        nn.Flatten(),
        nn.Linear(256 * 6 * 6, 4096),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Linear(4096, 4096),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Linear(4096, num_classes),
    )
