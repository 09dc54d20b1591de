"""The reference solutions of the chapter against PyTorch, and other right ways to solve them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from cnncourse import models
from cnncourse.chapters.modern_architectures import exercises as modern
from cnncourse.chapters.modern_architectures import more_exercises as more
from cnncourse.course import check
from cnncourse.models.googlenet import Inception
from cnncourse.models.resnet import Bottleneck
from cnncourse.models.resnet_cifar import PaddedBlock


def test_inception_macs_of_a_block_of_googlenet():
    widths = (64, 96, 128, 16, 32, 32)
    with torch.device("meta"):
        block = Inception((192, *widths), batch_norm=False)
    table = models.summary(block, (192, 28, 28))
    assert modern.inception_macs(192, widths, 28) == (256, table.macs)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_heads_blocks_and_gates(samples, channels, hidden, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, channels, 3, 4))
    weight, bias = rng.normal(size=(hidden, channels)), rng.normal(size=hidden)
    pooled = F.adaptive_avg_pool2d(torch.from_numpy(x), 1).flatten(1)
    expected = F.linear(pooled, torch.from_numpy(weight), torch.from_numpy(bias))
    np.testing.assert_allclose(modern.global_average_head(x, weight, bias), expected)

    w1, w2 = torch.from_numpy(weight), torch.from_numpy(rng.normal(size=(channels, hidden)))
    flat = torch.from_numpy(x[:, :, 0, 0])
    block = F.relu(F.linear(F.relu(F.linear(flat, w1)), w2) + flat)
    np.testing.assert_allclose(modern.residual_block(flat.numpy(), weight, w2.numpy()), block)
    gate = torch.sigmoid(F.linear(F.relu(F.linear(pooled[:1], w1)), w2))[0]
    gated = torch.from_numpy(x[0]) * gate[:, None, None]
    np.testing.assert_allclose(more.squeeze_excite(x[0], weight, w2.numpy()), gated)


def test_the_shortcut_is_that_of_the_cifar_networks():
    block = PaddedBlock(3, 7, stride=2).eval()
    nn.init.zeros_(block.bn2.weight)  # silence the convolutions, leaving the shortcut
    x = torch.rand(1, 3, 7, 5)
    np.testing.assert_allclose(modern.widening_shortcut(x[0].numpy(), 2, 7), block(x)[0].detach())


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=6), st.booleans())
def test_gradient_gain(slopes, shortcut):
    leaf = torch.ones((), dtype=torch.float64, requires_grad=True)
    x = leaf
    for slope in slopes:
        x = slope * x + x if shortcut else slope * x
    x.backward()
    np.testing.assert_allclose(more.gradient_gain(slopes, shortcut), leaf.grad, atol=1e-15)


def test_bottleneck_and_separable_weights():
    block = Bottleneck(256, 64, 1)
    convolutions = sum(p.numel() for name, p in block.named_parameters() if "conv" in name)
    assert more.bottleneck_weights(256, 64) == convolutions
    full = nn.Conv2d(8, 12, 5, bias=False).weight.numel()
    parts = [nn.Conv2d(8, 8, 5, groups=8, bias=False), nn.Conv2d(8, 12, 1, bias=False)]
    separable = sum(part.weight.numel() for part in parts)
    assert more.separable_share(8, 12, 5) == pytest.approx(separable / full)


def test_other_right_solutions():
    assert check("modern.gradient_gain", lambda s, shortcut: float(np.prod(np.array(s) + shortcut)))
    assert check("modern.separable_share", lambda c, d, k: 1 / d + 1 / k**2)
    assert check("modern.bottleneck_weights", lambda c, w: w * (2 * c + 9 * w))
    assert check(
        "modern.widening_shortcut",
        lambda x, s, c: np.pad(x[:, ::s, ::s], ((0, c - len(x)), (0, 0), (0, 0))),
    )
    assert check(
        "modern.squeeze_excite",
        lambda x, a, b: (x.T / (1 + np.exp(-b @ np.clip(a @ x.mean((1, 2)), 0, None)))).T,
    )
