"""The reference solutions of the chapter against torch, scipy and the package; other right forms pass."""

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnncourse import explain
from cnncourse.chapters.looking_inside import exercises as answers
from cnncourse.course import check


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99), st.integers(1, 5), st.integers(1, 6))
def test_to_unit_is_that_of_the_package(seed, height, width):
    heat = np.random.default_rng(seed).normal(size=(height, width))
    np.testing.assert_allclose(answers.to_unit(heat), explain.for_display(heat[None])[0])


def small_net(seed):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 5, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 4)
    ).double()


@pytest.mark.parametrize("seed", range(5))
def test_maps_are_those_of_the_package(seed):
    net, images = small_net(seed), np.random.default_rng(seed).normal(size=(2, 3, 7, 8))
    x = torch.tensor(images, requires_grad=True)
    maps = net[:2](x)
    maps.retain_grad()
    net[2:](maps)[:, 1].sum().backward()
    expected = explain.grad_cam(net, images, 1, "1", upsample=False)
    np.testing.assert_allclose(
        answers.grad_cam(maps.detach().numpy(), maps.grad.numpy()), expected, atol=1e-12
    )
    found = answers.saliency(x.grad.numpy()[0], np.ones(3))
    np.testing.assert_allclose(found, explain.saliency(net, images, 1)[0])


def test_saliency_by_pixel_is_the_gradient_through_the_normalisation():
    net, std = small_net(1), np.array([0.2, 0.25, 0.5])
    pixels = torch.tensor(np.random.default_rng(1).random((1, 3, 6, 7)), requires_grad=True)
    x = (pixels - 0.4) / torch.tensor(std)[:, None, None]
    x.retain_grad()
    net(x)[0, 2].backward()
    expected = pixels.grad[0].abs().amax(dim=0).numpy()
    np.testing.assert_allclose(answers.saliency(x.grad.numpy()[0], std), expected, atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_occlusion_is_a_convolution_for_a_linear_score(size):
    image, weights = np.random.default_rng(size).normal(size=(2, 6, 5))
    drop = torch.tensor(weights * (image - 0.3))[None, None]
    expected = torch.nn.functional.conv2d(drop, torch.ones(1, 1, size, size, dtype=torch.float64))[0, 0]
    np.testing.assert_allclose(answers.occlusion(image, weights, size, 0.3), expected, atol=1e-12)


def test_nudge_is_that_of_the_package():
    net = small_net(0)
    pixels = np.random.default_rng(0).random((1, 3, 6, 6))
    x = torch.tensor(pixels, requires_grad=True)
    torch.nn.functional.cross_entropy(net(x), torch.tensor([2])).backward()
    found = answers.nudge(pixels, x.grad.numpy(), 0.1)
    np.testing.assert_allclose(found, explain.nudge(net, pixels, 2, 0.1), atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99), st.integers(2, 5))
def test_rank_correlation_is_scipys(seed, side):
    a, b = np.random.default_rng(seed).normal(size=(2, side, side))
    expected = scipy.stats.spearmanr(a.ravel(), b.ravel())[0]
    np.testing.assert_allclose(answers.rank_correlation(a, b), expected, atol=1e-12)


OTHER_FORMS = {
    "explaining.to_unit": lambda heat: (heat - heat.min()) / (np.ptp(heat) or 1),
    "explaining.saliency": lambda gradient, std: np.stack([np.abs(g) / s for g, s in zip(gradient, std)]).max(
        0
    ),
    "explaining.occlusion": lambda image, weights, size, value: np.lib.stride_tricks.sliding_window_view(
        weights * (image - value), (size, size)
    ).sum((2, 3)),
    "explaining.grad_cam": lambda maps, grads: np.clip(
        (grads.mean((2, 3), keepdims=True) * maps).sum(1), 0, None
    ),
    "explaining.nudge": lambda pixels, gradient, epsilon: np.minimum(
        1, np.maximum(0, pixels + epsilon * (gradient > 0) - epsilon * (gradient < 0))
    ),
    "explaining.rank_correlation": lambda a, b: (
        1
        - 6
        * sum((a.ravel().argsort().argsort() - b.ravel().argsort().argsort()).astype(float) ** 2)
        / (a.size * (a.size**2 - 1))
    ),
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_other_right_forms_pass(name):
    result = check(name, OTHER_FORMS[name])
    assert result.status == "pass", str(result)
