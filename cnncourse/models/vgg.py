"""VGG: 3×3 convolutions only, in five stages, each followed by a 2×2 pooling."""

import torch
from torch import nn

STAGE_CHANNELS = (64, 128, 256, 512, 512)
STAGE_DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


class VGG(nn.Module):
    """VGG with ``depth`` weight layers: (N, in_channels, 224, 224) -> (N, num_classes).

    Sides 224 → 112 → 56 → 28 → 14 → 7. Module names are torchvision's, so that its weights load.
    """

    def __init__(self, depth: int, batch_norm: bool, num_classes: int, in_channels: int):
        super().__init__()
        layers: list[nn.Module] = []
        channels = in_channels
        for width, convolutions in zip(STAGE_CHANNELS, STAGE_DEPTHS[depth]):
            for _ in range(convolutions):
                layers.append(nn.Conv2d(channels, width, kernel_size=3, padding=1))
                if batch_norm:
                    layers.append(nn.BatchNorm2d(width))
                layers.append(nn.ReLU(inplace=True))
                channels = width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(7)  # leaves 7×7 as it is; other image sizes become 7×7
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, num_classes),
        )
        self.apply(_initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.avgpool(self.features(x))  # (N, 512, 7, 7)
        return self.classifier(torch.flatten(x, 1))


def _initialise(module: nn.Module) -> None:
    """He initialisation of the convolutions: the paper had to train VGG-11 first to start the deeper ones."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0, 0.01)
        nn.init.zeros_(module.bias)
