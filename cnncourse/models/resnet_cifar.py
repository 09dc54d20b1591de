"""Residual networks for images of 32×32, 20 to 110 layers."""

import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.models.resnet import initialise


class SqueezeExcite(nn.Module):
    """Weigh the channels by what all of the image shows, (N, C, H, W) -> (N, C, H, W).

    Hu, Shen, Sun: Squeeze-and-excitation networks, arXiv:1709.01507 (2018), section 3, with reduction 16.
    """

    def __init__(self, channels: int, reduction: int = 16):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // reduction, 1)
        self.excite = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean((2, 3), keepdim=True)  # (N, C, 1, 1)
        return x * torch.sigmoid(self.excite(F.relu(self.squeeze(mean))))


class PaddedBlock(nn.Module):
    """The CIFAR-10 block: two 3×3 convolutions around a shortcut without parameters (option A of the paper).

    Where the stride is 2 the shortcut takes every second pixel and fills the new channels with zeros.
    """

    def __init__(self, in_channels: int, width: int, stride: int, squeeze: bool = False):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.weigh = SqueezeExcite(width) if squeeze else nn.Identity()
        self.stride = stride
        self.new_channels = width - in_channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.weigh(self.bn2(self.conv2(out)))
        shortcut = x[:, :, :: self.stride, :: self.stride]
        shortcut = F.pad(shortcut, (0, 0, 0, 0, 0, self.new_channels))  # (N, width, H/stride, W/stride)
        return F.relu(out + shortcut)


class CifarResNet(nn.Module):
    """The CIFAR-10 form, 6n+2 layers: (N, in_channels, 32, 32) -> (N, num_classes).

    Sides 32 → 32 → 16 → 8 → 1.
    """

    def __init__(self, depth: int, squeeze: bool, num_classes: int, in_channels: int):
        super().__init__()
        n = (depth - 2) // 6
        self.conv1 = nn.Conv2d(in_channels, 16, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = _stage(n, 16, 16, 1, squeeze)
        self.layer2 = _stage(n, 16, 32, 2, squeeze)
        self.layer3 = _stage(n, 32, 64, 2, squeeze)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, num_classes)
        self.apply(initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.bn1(self.conv1(x)))  # (N, 16, 32, 32)
        x = self.layer3(self.layer2(self.layer1(x)))  # (N, 64, 8, 8)
        return self.fc(torch.flatten(self.avgpool(x), 1))


def _stage(n: int, in_channels: int, width: int, stride: int, squeeze: bool) -> nn.Sequential:
    """``n`` blocks of one width, the first with the stride."""
    later = [PaddedBlock(width, width, 1, squeeze) for _ in range(n - 1)]
    return nn.Sequential(PaddedBlock(in_channels, width, stride, squeeze), *later)
