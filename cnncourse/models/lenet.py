"""LeNet-5: the modern form for 28×28 digits, and the network of 1998 with its sparse third layer."""

import torch
from torch import nn


def lenet5(num_classes: int, in_channels: int) -> nn.Module:
    """The form of today: sides 28 → 28 → 14 → 10 → 5, then 400 → 120 → 84."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 6, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, num_classes),
    )


# Table I of the paper: which of the 6 maps of S2 each of the 16 maps of C3 reads.
C3_READS = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip


class SparseConv2d(nn.Module):
    """A convolution whose output maps each read only some of the input maps (LeNet-5's layer C3).

    (N, 6, H, W) -> (N, 16, H-4, W-4). Only the connections that exist have weights: 60 kernels of 5×5 and 16
    biases, 1,516 parameters.
    """

    def __init__(self, reads: tuple[tuple[int, ...], ...] = C3_READS, kernel_size: int = 5):
        super().__init__()
        self.maps = nn.ModuleList(nn.Conv2d(len(read), 1, kernel_size) for read in reads)
        self.reads = reads

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([conv(x[:, list(read)]) for conv, read in zip(self.maps, self.reads)], dim=1)


class ScaledAvgPool2d(nn.Module):
    """Sub-sampling of 1998: the mean of 2×2 pixels, times a trained coefficient per map, plus a bias per map.

    (N, C, H, W) -> (N, C, H/2, W/2). 2·C parameters.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.pool = nn.AvgPool2d(2)
        self.weight = nn.Parameter(torch.empty(channels, 1, 1))
        self.bias = nn.Parameter(torch.empty(channels, 1, 1))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start as a plain mean: coefficients 1, biases 0."""
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.pool(x) * self.weight + self.bias


class ScaledTanh(nn.Module):
    """The squashing function of LeNet-5, 1.7159·tanh(2x/3): it maps ±1 to ±1 (paper, appendix A)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 1.7159 * torch.tanh(2 / 3 * x)


def lenet5_1998(num_classes: int, in_channels: int) -> nn.Module:
    """The form of 1998: sides 32 → 28 → 14 → 10 → 5 → 1, then 84."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 6, kernel_size=5),  # C1
        ScaledTanh(),
        ScaledAvgPool2d(6),  # S2
        ScaledTanh(),
        SparseConv2d(),  # C3
        ScaledTanh(),
        ScaledAvgPool2d(16),  # S4
        ScaledTanh(),
        nn.Conv2d(16, 120, kernel_size=5),  # C5
        ScaledTanh(),
        nn.Flatten(),
        nn.Linear(120, 84),  # F6
        ScaledTanh(),
        nn.Linear(84, num_classes),
    )
