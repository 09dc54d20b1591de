"""A rate for each layer: every parameter has exactly one, and training uses it."""

import copy

import numpy as np
import pytest
import torch
import torchvision
from small_bodies import MEAN, STD, config, make_images, make_net
from torch.nn import functional as F

from cnncourse import models, train, transfer


@pytest.mark.parametrize(
    "name", ["resnet20", "resnet50", "vgg16_bn", "googlenet_bn", "lenet5", "nin", "article1"]
)
def test_every_parameter_has_exactly_one_rate(name, without_memory):
    net = models.create(name)
    rates = transfer.layer_rates(net, 0.5)
    for parameter, _ in net.named_parameters():
        assert sum(parameter.startswith(start) for start in rates) == 1
    for start in rates:
        assert any(parameter.startswith(start) for parameter, _ in net.named_parameters())


@pytest.mark.parametrize("name", ["vit_b_16", "densenet121", "efficientnet_b0"])
def test_every_parameter_of_torchvisions_networks_has_one_rate(name, without_memory):
    net = torchvision.models.get_model(name)
    rates = transfer.layer_rates(net, 0.5)
    for parameter, _ in net.named_parameters():
        assert sum(parameter.startswith(start) for start in rates) == 1


def test_rates_fall_from_the_head_and_norms_go_with_their_convolution():
    assert transfer.layer_rates(make_net(), 0.5) == {
        "0.0.": 0.25,
        "0.1.": 0.25,
        "1.0.": 0.5,
        "1.1.": 0.5,
        "5.": 1.0,
    }
    rates = transfer.layer_rates(models.create("resnet20"), 0.5)
    assert list(rates.values()) == [0.5**10, *[0.5**depth for depth in range(10, -1, -1)]]
    assert set(transfer.layer_rates(make_net(), 1).values()) == {1.0}


def test_training_uses_the_rates():
    """One step of plain SGD moves each layer by its rate times the gradient."""
    images = make_images()
    net = make_net(3, dropout=0.0)
    prepared = transfer.prepare(images, net)
    twin = copy.deepcopy(net)
    settings = config(
        epochs=1, batch_size=24, schedule="constant", momentum=0.0, weight_decay=0.0,
        lr_scales=transfer.layer_rates(net, 0.5),
    )  # fmt: skip
    train.fit(net, prepared, config=settings)
    normalised = torch.from_numpy(
        (prepared.images / 255 - np.reshape(MEAN, (3, 1, 1))) / np.reshape(STD, (3, 1, 1))
    )
    F.cross_entropy(twin.double().train()(normalised), torch.from_numpy(images.labels)).backward()
    rate = {"0": 0.25, "1": 0.5, "5": 1.0}
    for (name, moved), start in zip(net.named_parameters(), twin.parameters()):
        expected = start - 0.1 * rate[name[0]] * start.grad
        torch.testing.assert_close(moved.double(), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("decay", [0, -0.5, 1.5, float("nan"), "half", True])
def test_a_decay_out_of_range(decay):
    with pytest.raises(ValueError, match=r"decay=.* above 0 and at most 1"):
        transfer.layer_rates(make_net(), decay)
