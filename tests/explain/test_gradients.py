"""Saliency against differences, Grad-CAM against one written by hand and against class activation maps."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnncourse import explain, models


def logits_of(net, images):
    with torch.no_grad():
        return net(torch.from_numpy(images)).numpy()


@pytest.mark.parametrize("targets", [0, [2, 1, 0, 1], None])
def test_saliency_is_that_of_central_differences(tiny, targets):
    net, images = tiny
    net.eval()
    classes = logits_of(net, images).argmax(1) if targets is None else np.broadcast_to(targets, 4)
    expected = np.zeros(images.shape)
    step = 1e-5
    for place in np.ndindex(images.shape[1:]):
        up, down = images.copy(), images.copy()
        up[(slice(None), *place)] += step
        down[(slice(None), *place)] -= step
        change = (logits_of(net, up) - logits_of(net, down)) / (2 * step)
        expected[(slice(None), *place)] = change[np.arange(4), classes]
    found = explain.saliency(net, images, targets)
    np.testing.assert_allclose(found, abs(expected).max(axis=1), rtol=1e-5, atol=1e-7)
    product = explain.gradient_times_input(net, images, targets)
    np.testing.assert_allclose(product, abs(expected * images).sum(axis=1), rtol=1e-5, atol=1e-6)


class ByHand(nn.Module):
    """Two convolutions, a ReLU between, and a dense layer: small enough to differentiate on paper."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.first = nn.Conv2d(2, 3, 3, dtype=torch.float64)
        self.second = nn.Conv2d(3, 4, 2, dtype=torch.float64)
        self.dense = nn.Linear(4 * 3 * 3, 3, dtype=torch.float64)

    def forward(self, x):
        return self.dense(torch.relu(self.second(torch.relu(self.first(x)))).flatten(1))


def test_grad_cam_against_one_by_hand():
    net = ByHand()
    images = np.random.default_rng(2).normal(size=(3, 2, 6, 6))
    with torch.no_grad():
        maps = net.second(torch.relu(net.first(torch.from_numpy(images)))).numpy()  # (3, 4, 3, 3)
    rows = net.dense.weight.detach().numpy().reshape(3, 4, 3, 3)
    for target in range(3):
        gradient = rows[target] * (maps > 0)  # through the last ReLU, then the dense layer
        alpha = gradient.sum(axis=(2, 3)) / 9
        expected = np.maximum(np.einsum("nk,nkij->nij", alpha, maps), 0)
        found = explain.grad_cam(net, images, target, upsample=False)
        np.testing.assert_allclose(found, expected, atol=1e-12)
        large = F.interpolate(torch.from_numpy(expected[:, None]), (6, 6), mode="bilinear")
        np.testing.assert_allclose(explain.grad_cam(net, images, target), large[:, 0], atol=1e-12)


def test_grad_cam_of_an_earlier_layer_against_one_by_hand():
    net = ByHand()
    images = np.random.default_rng(3).normal(size=(1, 2, 6, 6))
    first = net.first(torch.from_numpy(images)).detach().requires_grad_()
    score = net.dense(torch.relu(net.second(torch.relu(first))).flatten(1))[0, 1]
    score.backward()
    alpha = first.grad.mean(dim=(2, 3))[0].numpy()
    expected = np.maximum(np.tensordot(alpha, first.detach().numpy()[0], 1), 0)
    found = explain.grad_cam(net, images, 1, "first", upsample=False)[0]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_grad_cam_is_the_class_activation_map_behind_a_global_mean(trained):
    net, layer, dense = trained.net, "10", trained.net[-1]
    images = trained.images[:8]
    with torch.no_grad():
        maps = net[:11](torch.from_numpy(images)).numpy()  # (8, 32, 8, 8), after the last ReLU
    for target in range(3):
        cam = np.einsum("k,nkij->nij", dense.weight[target].detach().numpy(), maps)
        found = explain.grad_cam(net, images, target, layer, upsample=False)
        np.testing.assert_allclose(found, np.maximum(cam, 0) / 64, atol=1e-5)


def test_grad_cam_is_the_class_activation_map_of_a_resnet():
    torch.manual_seed(0)
    net = models.create("resnet20").double().eval()
    images = torch.randn(2, 3, 32, 32, dtype=torch.float64)
    maps = explain.feature_maps(net, images, "layer3")["layer3"]
    cam = np.einsum("k,nkij->nij", net.fc.weight[7].detach().numpy(), maps)
    found = explain.grad_cam(net, images, 7, "layer3", upsample=False)
    np.testing.assert_allclose(found, np.maximum(cam, 0) / 64, atol=1e-12)


def test_the_last_convolution_is_the_one_that_runs_last():
    class Backwards(nn.Module):
        def __init__(self):
            super().__init__()
            self.late, self.early = nn.Conv2d(2, 3, 3), nn.Conv2d(1, 2, 3)

        def forward(self, x):
            return self.late(self.early(x)).mean(dim=(2, 3))

    torch.manual_seed(0)
    net, images = Backwards(), torch.randn(1, 1, 8, 8)
    found, named = (explain.grad_cam(net, images, 0, layer) for layer in (None, "late"))
    np.testing.assert_array_equal(found, named)
    assert explain.grad_cam(net, images, 0, upsample=False).shape == (1, 4, 4)


def test_a_relu_in_place_behind_the_layer_changes_nothing():
    def build(inplace):
        torch.manual_seed(0)
        return nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(inplace), nn.Flatten(), nn.Linear(48, 2))

    images = torch.randn(2, 1, 6, 6, generator=torch.Generator().manual_seed(1))
    found, expected = (explain.grad_cam(build(inplace), images, 1, "0") for inplace in (True, False))
    np.testing.assert_array_equal(found, expected)
    assert found.any()


def test_all_zero_where_nothing_speaks_for_the_class():
    net = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(4, 2))
    with torch.no_grad():
        net[0].weight[:] = 1
        net[3].weight[0] = -1
    assert (explain.grad_cam(net, torch.ones(1, 1, 2, 2), 0) == 0).all()
