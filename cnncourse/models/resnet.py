"""Residual networks for ImageNet, 18 to 152 layers. Those for small images are in `resnet_cifar.py`."""

import torch
from torch import nn
from torch.nn import functional as F


class BasicBlock(nn.Module):
    """Two 3×3 convolutions around a shortcut: (N, in, H, W) -> (N, width, H/stride, W/stride)."""

    expansion = 1

    def __init__(self, in_channels: int, width: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = _projection(in_channels, width, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.downsample(x))


class Bottleneck(nn.Module):
    """1×1, 3×3 and 1×1 convolution around a shortcut: (N, in, H, W) -> (N, 4·width, H/stride, W/stride).

    The stride is in the 3×3 convolution, as in torchvision; the paper had it in the first 1×1.
    """

    expansion = 4
    widening, groups = 1, 1

    def __init__(self, in_channels: int, width: int, stride: int):
        super().__init__()
        inner = self.widening * width
        self.conv1 = nn.Conv2d(in_channels, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, padding=1, groups=self.groups, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = _projection(in_channels, 4 * width, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = F.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return F.relu(out + self.downsample(x))


class ResNeXtBlock(Bottleneck):
    """A bottleneck twice as wide inside, in 32 groups, with about as many weights (32×4d)."""

    widening, groups = 2, 32


def _projection(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    """The shortcut: nothing where shapes agree, else a 1×1 convolution (option B of the paper)."""
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
    )


# Table 1 of the papers: the block, and how many of it each of the four stages has.
STAGES = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
    152: (Bottleneck, (3, 8, 36, 3)),
    "resnext50": (ResNeXtBlock, (3, 4, 6, 3)),
}


class ResNet(nn.Module):
    """The ImageNet form: (N, in_channels, 224, 224) -> (N, num_classes).

    Sides 112 → 56 → 56 → 28 → 14 → 7 → 1. Parameter names are torchvision's, so that its weights load.
    """

    def __init__(self, depth: int | str, num_classes: int, in_channels: int):
        super().__init__()
        block, depths = STAGES[depth]
        self.conv1 = nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(block, 64, 64, depths[0], stride=1)
        self.layer2 = _stage(block, 64 * block.expansion, 128, depths[1], stride=2)
        self.layer3 = _stage(block, 128 * block.expansion, 256, depths[2], stride=2)
        self.layer4 = _stage(block, 256 * block.expansion, 512, depths[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        self.apply(initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))  # (N, 64, 56, 56)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))  # (N, 512·expansion, 7, 7)
        return self.fc(torch.flatten(self.avgpool(x), 1))


def _stage(block: type[nn.Module], in_channels: int, width: int, depth: int, stride: int) -> nn.Sequential:
    """``depth`` blocks of one width, the first with the stride."""
    blocks = [block(in_channels, width, stride)]
    blocks += [block(width * block.expansion, width, 1) for _ in range(depth - 1)]
    return nn.Sequential(*blocks)


def initialise(module: nn.Module) -> None:
    """He initialisation of the convolutions (section 3.4 of the paper)."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
