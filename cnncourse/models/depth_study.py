"""Networks that differ in depth and in one addition: what shows degradation."""

import torch
from torch import nn
from torch.nn import functional as F


class StudyBlock(nn.Module):
    """Two 3×3 convolutions with batch normalisation, (N, C, H, W) -> (N, C, H, W).

    With ``shortcut`` the input is added before the last ReLU; nothing else changes, no weight is added.
    """

    def __init__(self, channels: int, shortcut: bool, batch_norm: bool):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels) if batch_norm else nn.Identity()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels) if batch_norm else nn.Identity()
        self.shortcut = shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + x if self.shortcut else out)


def depth_study(
    depth: int, shortcut: bool, num_classes: int = 10, in_channels: int = 1, batch_norm: bool = True
) -> nn.Sequential:
    """Build a narrow network of 16 channels at a quarter of the image's side, plain or residual.

    Parameters
    ----------
    depth : int
        Layers with weights, an even number of at least 4: the first convolution, two per block, the last
        dense layer.
    shortcut : bool
        Whether each block adds its input to its output.
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the images.
    batch_norm : bool
        Whether each convolution is followed by batch normalisation.

    Returns
    -------
    nn.Sequential
        (N, in_channels, H, W) -> (N, num_classes). The blocks are its parts 3 to 2 + (depth - 2) / 2.

    Raises
    ------
    ValueError
        If the depth is odd or below 4.

    Notes
    -----
    All blocks have the same shape, so that every shortcut is the identity. Convolutions start as in the
    ResNet paper, with He's initialisation.

    References
    ----------
    He, Zhang, Ren, Sun: Deep residual learning for image recognition, arXiv:1512.03385 (2015), section 4.2
    compares plain and residual networks of 20 to 110 layers in this way, on CIFAR-10.

    Examples
    --------
    >>> plain, residual = depth_study(20, False), depth_study(20, True)
    >>> [sum(p.numel() for p in net.parameters()) for net in (plain, residual)]
    [42650, 42650]
    """
    if not isinstance(depth, int) or depth < 4 or depth % 2:
        raise ValueError(
            f"depth={depth!r} must be an even whole number of at least 4: two layers for each block, and the "
            "first and the last"
        )
    channels = 16
    net = nn.Sequential(
        nn.Conv2d(in_channels, channels, kernel_size=5, stride=4, padding=2, bias=False),
        nn.BatchNorm2d(channels) if batch_norm else nn.Identity(),
        nn.ReLU(),
        *[StudyBlock(channels, shortcut, batch_norm) for _ in range((depth - 2) // 2)],
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(channels, num_classes),
    )
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return net
