"""ConvNeXt: a residual network built with what transformers have; the paper's Tiny, and one for 32×32."""

import torch
from torch import nn

# Blocks of the four stages, their channels, and the side of the patches that the first layer joins.
FORMS = {
    "tiny": ((3, 3, 9, 3), (96, 192, 384, 768), 4),
    "small images": ((1, 1, 3, 1), (32, 64, 128, 256), 2),
}


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each position, (N, C, H, W) -> (N, C, H, W)."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class LayerScale(nn.Module):
    """A trained factor per channel that starts near zero, (N, H, W, C) -> (N, H, W, C)."""

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start at 10⁻⁶, so that a block begins as its shortcut."""
        nn.init.constant_(self.weight, 1e-6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight


class Block(nn.Module):
    """A depthwise 7×7, then two dense layers at each position, around a shortcut; figure 4 of the paper."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.dense = nn.Sequential(
            nn.LayerNorm(channels, eps=1e-6),
            nn.Linear(channels, 4 * channels),
            nn.GELU(),
            nn.Linear(4 * channels, channels),
            LayerScale(channels),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.dense(self.conv(x).permute(0, 2, 3, 1))  # (N, H, W, C)
        return x + out.permute(0, 3, 1, 2)


class ConvNeXt(nn.Module):
    """(N, in_channels, H, W) -> (N, num_classes); sides 224 → 56 → 28 → 14 → 7, or 32 → 16 → 8 → 4 → 2."""

    def __init__(self, form: str, num_classes: int, in_channels: int):
        super().__init__()
        depths, widths, patch = FORMS[form]
        layers = [nn.Conv2d(in_channels, widths[0], patch, patch), ChannelNorm(widths[0], eps=1e-6)]
        for stage, (depth, width) in enumerate(zip(depths, widths)):
            if stage:
                before = widths[stage - 1]
                layers += [ChannelNorm(before, eps=1e-6), nn.Conv2d(before, width, 2, 2)]
            layers += [Block(width) for _ in range(depth)]
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.norm = nn.LayerNorm(widths[-1], eps=1e-6)
        self.classifier = nn.Linear(widths[-1], num_classes)
        self.apply(_initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.flatten(self.avgpool(self.features(x)), 1)  # (N, widths[-1])
        return self.classifier(self.norm(x))


def _initialise(module: nn.Module) -> None:
    """A truncated normal distribution of 0.02, and biases of zero (appendix A.1 of the paper)."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
