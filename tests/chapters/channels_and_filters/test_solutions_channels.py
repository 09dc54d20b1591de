"""The reference solutions of the chapter against PyTorch."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.channels_and_filters import exercises as channels

F = torch.nn.functional


SEED = st.integers(0, 99)


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 5))
def test_grouped_parameters(kernel_size, groups, in_channels, out):
    grouped = torch.nn.Conv2d(in_channels * groups, out * groups, kernel_size, groups=groups)
    found = channels.grouped_parameters(in_channels * groups, out * groups, kernel_size, groups)
    assert found == count(grouped)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), SEED)
def test_channels(in_channels, out_channels, height, width, seed):
    rng = np.random.default_rng(seed)
    image, bias = rng.normal(size=(in_channels, 5, 6)), rng.normal(size=out_channels)
    filters = rng.normal(size=(out_channels, in_channels, height, width))
    expected = F.conv2d(tensor(image), tensor(filters), tensor(bias))
    np.testing.assert_allclose(channels.conv2d_channels(image, filters, bias), expected.numpy(), atol=1e-12)
    mixed = F.conv2d(tensor(image), tensor(filters[:, :, :1, :1]))
    np.testing.assert_allclose(channels.pointwise(image, filters[:, :, 0, 0]), mixed.numpy(), atol=1e-12)


def test_channels_first():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 3), dtype=np.uint8)
    expected = (torch.from_numpy(images).permute(0, 3, 1, 2).double() / 255).numpy()
    np.testing.assert_allclose(channels.to_channels_first(images), expected)


def test_multiplications_of_a_published_network():
    """ResNet-18's first layer: 64 filters of 7 × 7 × 3 on 112 × 112 positions (He et al. 2015, table 1)."""
    assert channels.multiplications(3, 64, 7, 112, 112) == 112 * 112 * 64 * 147
