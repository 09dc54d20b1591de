"""Feature maps are those of the network run up to the layer; filters are its weights."""

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from cnncourse import explain, models

WITHOUT_CONVOLUTION = ["perceptron", "mlp", "article2"]


def test_feature_maps_are_those_of_the_prefix(trained):
    maps = explain.feature_maps(trained.net, trained.images[:5], ["6", "2", "0"])
    assert list(maps) == ["0", "2", "6"]  # in the order in which they run
    x = torch.from_numpy(trained.images[:5])
    for name, found in maps.items():
        with torch.no_grad():
            expected = trained.net[: int(name) + 1](x)
        np.testing.assert_array_equal(found, expected.numpy())


def test_all_convolutions_by_default(trained):
    assert list(explain.feature_maps(trained.net, trained.images[:1])) == ["0", "4", "8"]


def test_one_name_is_enough(trained):
    assert list(explain.feature_maps(trained.net, trained.images[:1], "4")) == ["4"]


def test_a_relu_in_place_does_not_change_the_maps_before_it():
    torch.manual_seed(0)
    conv = nn.Conv2d(1, 2, 3)
    net = nn.Sequential(conv, nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(8, 2))
    x = torch.randn(1, 1, 4, 4)
    found = explain.feature_maps(net, x, "0")["0"]
    np.testing.assert_array_equal(found, conv(x).detach().numpy())
    assert found.min() < 0


def test_a_layer_that_runs_twice_leaves_its_last_output():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, x):
            return self.conv(self.conv(x)).flatten(1)

    torch.manual_seed(0)
    net, x = Twice(), torch.randn(1, 1, 4, 4)
    expected = net.conv(net.conv(x)).detach().numpy()
    np.testing.assert_array_equal(explain.feature_maps(net, x)["conv"], expected)


def test_filters_are_a_copy_of_the_weights():
    net = models.create("resnet20")
    first, other = explain.filters(net), explain.filters(net, "layer2.0.conv2")
    np.testing.assert_array_equal(first, net.conv1.weight.detach().numpy())
    assert other.shape == (32, 32, 3, 3)
    first[:] = 7
    assert (net.conv1.weight != 7).any()


SMALL = [name for name in models.names() if max(models.image_shape(name)) <= 64]
LARGE = ["googlenet", "googlenet_bn", "resnet18", "resnet50"]  # they take smaller images too


@pytest.mark.parametrize("name", [name for name in SMALL + LARGE if name not in WITHOUT_CONVOLUTION])
def test_the_zoo_goes_through(name):
    channels, height, width = np.minimum(models.image_shape(name), 64).tolist()
    net = models.create(name, num_classes=3, in_channels=channels)
    images = torch.rand(1, channels, height, width, generator=torch.Generator().manual_seed(0))
    assert explain.saliency(net, images).shape == (1, height, width)
    assert explain.grad_cam(net, images).shape == (1, height, width)
    assert explain.filters(net).shape[1] == channels
    fresh = explain.randomised(net, seed=1)
    assert any((a != b).any() for a, b in zip(net.parameters(), fresh.parameters()))


@pytest.mark.parametrize("name", WITHOUT_CONVOLUTION)
def test_a_network_without_convolution_has_saliency_only(name):
    net, images = models.create(name, in_channels=1), torch.rand(1, 1, 28, 28)
    assert explain.saliency(net, images).shape == (1, 28, 28)
    for look in (explain.filters, explain.feature_maps, explain.grad_cam):
        with pytest.raises(ValueError, match="model must have a Conv2d"):
            look(net) if look is explain.filters else look(net, images)


def test_a_network_of_torchvision_goes_through():
    torch.manual_seed(0)
    net = torchvision.models.mobilenet_v2(num_classes=4)
    images = torch.randn(2, 3, 64, 64)
    maps = explain.feature_maps(net, images, "features.18")
    assert maps["features.18"].shape == (2, 1280, 2, 2)
    assert explain.grad_cam(net, images, 1).shape == (2, 64, 64)
    assert explain.occlusion(net, images[:1], window=32, stride=32).shape == (1, 64, 64)


def test_for_display():
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(3, 2, 4, 4)) * np.array([1, 10, 100])[:, None, None, None]
    plain, signed = explain.for_display(maps), explain.for_display(maps, signed=True)
    for one, shown, around in zip(maps, plain, signed):
        np.testing.assert_allclose(shown, np.interp(one, (one.min(), one.max()), (0, 1)))
        reach = abs(one).max()
        np.testing.assert_allclose(around, np.interp(one, (-reach, reach), (0, 1)))
    assert (explain.for_display(np.full((1, 3, 3), 9.0)) == 0).all()
    assert (explain.for_display(np.zeros((1, 3, 3)), signed=True) == 0.5).all()


@pytest.mark.parametrize("maps, words", [(np.ones(3), "shape"), (np.full((1, 2), np.nan), "NaN")])
def test_for_display_refuses(maps, words):
    with pytest.raises(ValueError, match=words):
        explain.for_display(maps)
