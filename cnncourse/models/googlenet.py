"""GoogLeNet: nine Inception blocks that look at several scales at once; paper's and torchvision's form."""

import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.models.pretrained import IMAGENET_MEAN, IMAGENET_STD

# Table 1 of the paper: in, 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection.
INCEPTIONS = {
    "inception3a": (192, 64, 96, 128, 16, 32, 32),
    "inception3b": (256, 128, 128, 192, 32, 96, 64),
    "inception4a": (480, 192, 96, 208, 16, 48, 64),
    "inception4b": (512, 160, 112, 224, 24, 64, 64),
    "inception4c": (512, 128, 128, 256, 24, 64, 64),
    "inception4d": (512, 112, 144, 288, 32, 64, 64),
    "inception4e": (528, 256, 160, 320, 32, 128, 128),
    "inception5a": (832, 256, 160, 320, 32, 128, 128),
    "inception5b": (832, 384, 192, 384, 48, 128, 128),
}


class ConvReLU(nn.Module):
    """Convolution (N, in, H, W) -> (N, out, H', W'), batch normalisation or a bias, ReLU."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, batch_norm: bool, stride: int = 1
    ):
        super().__init__()
        padding = kernel_size // 2
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=not batch_norm)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001) if batch_norm else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    """Four branches side by side, (N, in, H, W) -> (N, sum of branches, H, W); figure 2(b) of the paper."""

    def __init__(self, widths: tuple[int, ...], batch_norm: bool):
        super().__init__()
        channels, one, reduce3, three, reduce5, five, projection = widths
        large = 3 if batch_norm else 5  # torchvision's weights were trained with 3×3 in the place of 5×5
        self.branch1 = ConvReLU(channels, one, 1, batch_norm)
        self.branch2 = nn.Sequential(
            ConvReLU(channels, reduce3, 1, batch_norm), ConvReLU(reduce3, three, 3, batch_norm)
        )
        self.branch3 = nn.Sequential(
            ConvReLU(channels, reduce5, 1, batch_norm), ConvReLU(reduce5, five, large, batch_norm)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1), ConvReLU(channels, projection, 1, batch_norm)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1)


class GoogLeNet(nn.Module):
    """(N, in_channels, 224, 224) -> (N, num_classes); sides 112 → 56 → 56 → 28 → 14 → 7 → 1.

    ``batch_norm`` chooses torchvision's form, under torchvision's names; else the paper's, with local
    response normalisation. The auxiliary classifiers of section 5 are left out: they serve training only.
    """

    def __init__(self, batch_norm: bool, num_classes: int, in_channels: int):
        super().__init__()
        self.conv1 = ConvReLU(in_channels, 64, 7, batch_norm, stride=2)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.norm1 = nn.Identity() if batch_norm else nn.LocalResponseNorm(5, alpha=5e-4)
        self.conv2 = ConvReLU(64, 64, 1, batch_norm)
        self.conv3 = ConvReLU(64, 192, 3, batch_norm)
        self.norm2 = nn.Identity() if batch_norm else nn.LocalResponseNorm(5, alpha=5e-4)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = Inception(INCEPTIONS["inception3a"], batch_norm)
        self.inception3b = Inception(INCEPTIONS["inception3b"], batch_norm)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = Inception(INCEPTIONS["inception4a"], batch_norm)
        self.inception4b = Inception(INCEPTIONS["inception4b"], batch_norm)
        self.inception4c = Inception(INCEPTIONS["inception4c"], batch_norm)
        self.inception4d = Inception(INCEPTIONS["inception4d"], batch_norm)
        self.inception4e = Inception(INCEPTIONS["inception4e"], batch_norm)
        self.maxpool4 = nn.MaxPool2d(2 if batch_norm else 3, stride=2, ceil_mode=True)
        self.inception5a = Inception(INCEPTIONS["inception5a"], batch_norm)
        self.inception5b = Inception(INCEPTIONS["inception5b"], batch_norm)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2 if batch_norm else 0.4)
        self.fc = nn.Linear(1024, num_classes)
        # torchvision's weights expect colours from -1 to 1. Always done in this form, so that a network built
        # again for saved weights computes the same.
        self.rescale = batch_norm and in_channels == 3
        self.apply(_initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.rescale:
            x = from_imagenet_scale(x)
        x = self.norm1(self.maxpool1(self.conv1(x)))  # (N, 64, 56, 56)
        x = self.maxpool2(self.norm2(self.conv3(self.conv2(x))))  # (N, 192, 28, 28)
        x = self.maxpool3(self.inception3b(self.inception3a(x)))  # (N, 480, 14, 14)
        x = self.inception4c(self.inception4b(self.inception4a(x)))  # (N, 512, 14, 14)
        x = self.maxpool4(self.inception4e(self.inception4d(x)))  # (N, 832, 7, 7)
        x = self.avgpool(self.inception5b(self.inception5a(x)))  # (N, 1024, 1, 1)
        return self.fc(self.dropout(torch.flatten(x, 1)))


def from_imagenet_scale(x: torch.Tensor) -> torch.Tensor:
    """Images (N, 3, H, W) normalised as for ImageNet, brought to the range -1 … 1 of GoogLeNet's weights."""
    mean = x.new_tensor(IMAGENET_MEAN).view(3, 1, 1)
    std = x.new_tensor(IMAGENET_STD).view(3, 1, 1)
    return (x * std + mean - 0.5) / 0.5


def _initialise(module: nn.Module) -> None:
    """He initialisation: with PyTorch's default the signal fades over 22 layers."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
