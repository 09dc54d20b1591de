"""The summary against counts by hand and against measured receptive fields."""

import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from cnncourse import models


def measured_field(network, size):
    """How many input pixels the middle output pixel depends on, per side: where its gradient is not zero.

    All weights are made positive, so that no path hides another.
    """
    for parameter in network.parameters():
        nn.init.constant_(parameter, 0.1)
    x = torch.ones(1, *size, requires_grad=True)
    out = network(x)
    out[0, 0, out.shape[2] // 2, out.shape[3] // 2].backward()
    touched = x.grad[0].abs().sum(0) > 0
    return int(touched.any(1).sum()), int(touched.any(0).sum())


PLAIN = nn.Sequential(
    nn.Conv2d(1, 2, 3), nn.AvgPool2d(2), nn.Conv2d(2, 2, (3, 5), padding=(1, 2)), nn.AvgPool2d(3, 2)
)
DILATED = nn.Sequential(
    nn.Conv2d(1, 2, 3, dilation=2), nn.Conv2d(2, 2, 3, stride=(2, 1)), nn.Conv2d(2, 2, 3, dilation=3)
)


class Branches(nn.Module):
    """A sum and a concatenation of paths with different fields."""

    def __init__(self):
        super().__init__()
        self.short = nn.Conv2d(1, 2, 1)
        self.long = nn.Sequential(nn.Conv2d(1, 2, 5, padding=2), nn.Conv2d(2, 2, 3, padding=1))
        self.last = nn.Conv2d(6, 1, 3)

    def forward(self, x):
        long = self.long(x)
        return self.last(torch.cat([self.short(x), long, self.short(x) + long], dim=1))


class DenseAtEachPosition(nn.Module):
    """Channels last, a dense layer, channels first again: what ConvNeXt does between its convolutions."""

    def __init__(self, bias):
        super().__init__()
        self.first, self.last = nn.Conv2d(1, 4, 3), nn.Conv2d(2, 1, 3)
        self.dense = nn.Linear(4, 2, bias=bias)

    def forward(self, x):
        return self.last(self.dense(self.first(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2))


@pytest.mark.parametrize(
    "network, size",
    [
        (PLAIN, (1, 41, 45)),
        (DILATED, (1, 61, 61)),
        (Branches(), (1, 31, 31)),
        (DenseAtEachPosition(True), (1, 15, 17)),
        (DenseAtEachPosition(False), (1, 15, 17)),
    ],
)
def test_receptive_field_is_the_measured_one(network, size):
    assert models.summary(network, size).rows[-1].receptive_field == measured_field(network, size)


@pytest.mark.parametrize(
    "kernel, stride, padding", [((4, 4), 2, 1), ((3, 5), (2, 3), 0), ((2, 3), (2, 1), 0)]
)
def test_the_field_behind_a_transposed_convolution_is_the_widest_measured_one(kernel, stride, padding):
    """Neighbouring outputs meet different numbers of stamps, so look at a few of them."""
    network = nn.Sequential(
        nn.Conv2d(1, 2, 3, 2, 1), nn.Conv2d(2, 3, 3, 2, 1), nn.ConvTranspose2d(3, 2, kernel, stride, padding)
    )
    for parameter in network.parameters():
        nn.init.constant_(parameter, 0.1)
    seen = []
    for shift in range(-6, 6):
        x = torch.ones(1, 1, 64, 64, requires_grad=True)
        out = network(x)
        out[0, 0, out.shape[2] // 2 + shift, out.shape[3] // 2 + shift].backward()
        touched = x.grad[0, 0] > 0
        seen.append((int(touched.any(1).sum()), int(touched.any(0).sum())))
    widest = tuple(max(side) for side in zip(*seen))
    assert models.summary(network, (1, 64, 64)).rows[-1].receptive_field == widest


def test_a_transposed_convolution_multiplies_once_for_each_stamp():
    layer = nn.ConvTranspose2d(6, 4, (3, 2), stride=2, padding=1, groups=2)
    with FlopCounterMode(display=False) as counter:
        layer(torch.ones(1, 6, 5, 7))
    assert models.summary(layer, (6, 5, 7)).macs == 5 * 7 * 6 * 2 * 3 * 2 == counter.get_total_flops() // 2


def test_max_pooling_counts_as_its_window():
    rows = models.summary(nn.Sequential(nn.MaxPool2d(3, 2, dilation=2), nn.MaxPool2d(2)), (1, 32, 32)).rows
    assert [row.receptive_field for row in rows] == [(5, 5), (7, 7)]


@pytest.mark.parametrize(
    "name",
    [
        "lenet5",
        "article1",
        "resnet20",
        "googlenet",
        "resnet50",
        "alexnet_two_groups",
        "convnext_tiny",
        "efficientnet_lite0",
    ],
)
def test_macs_are_half_the_flops_that_torch_counts(name):
    shape = models.image_shape(name)
    with torch.device("meta"):
        model = models.create(name, 10, shape[0]).eval()
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, *shape, device="meta"))
    table = models.summary(model, shape)
    assert 2 * table.macs == counter.get_total_flops()
    assert sum(row.macs for row in table) == table.macs
    assert sum(row.parameters for row in table) == table.parameters


@pytest.mark.parametrize("name", ["alexnet", "squeezenet1_1", "resnet18", "mobilenet_v2", "densenet121"])
def test_shapes_parameters_and_macs_are_those_of_the_network_that_runs(name):
    network = torchvision.models.get_model(name, weights=None)
    network.eval()
    rows = models.summary(network, (3, 96, 96))
    expected = []

    def note(layer):
        def hook(module, inputs, output):
            parameters = sum(p.numel() for p in module.parameters(recurse=False))
            macs = 0
            if isinstance(module, nn.Conv2d):
                macs = output[0].numel() * module.weight[0].numel()
            elif isinstance(module, nn.Linear):
                macs = module.weight.numel()
            expected.append((layer, tuple(output.shape[1:]), parameters, macs))

        return hook

    for layer, module in network.named_modules():
        if not list(module.children()):
            module.register_forward_hook(note(layer))
    with torch.no_grad():
        network(torch.zeros(1, 3, 96, 96))
    found = [(row.name, row.output_shape, row.parameters, row.macs) for row in rows]
    counted = set()  # ReLU modules run several times; parameters count once
    for i, (layer, shape, _, macs) in enumerate(expected):
        if layer in counted:
            expected[i] = (layer, shape, 0, macs)
        counted.add(layer)
    assert found == expected


def test_pooling_over_everything_and_dense_layers_see_all():
    rows = models.summary(models.create("resnet20"), (3, 32, 32)).rows
    assert rows[-3].receptive_field is not None
    assert [row.receptive_field for row in rows[-2:]] == [None, None]


def test_adaptive_pooling_that_changes_nothing_keeps_the_field():
    rows = models.summary(nn.Sequential(nn.Conv2d(3, 1, 3), nn.AdaptiveAvgPool2d(7)), (3, 9, 9)).rows
    assert rows[1].receptive_field == (3, 3)


def test_a_layer_called_twice_has_two_rows_and_one_count():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, x):
            return self.conv(F.relu(self.conv(x)))

    table = models.summary(Twice(), (1, 8, 8))
    assert [row.parameters for row in table] == [10, 0]
    assert [row.receptive_field for row in table] == [(3, 3), (5, 5)]
    assert table.parameters == 10


def test_frozen_weights_count_neither_in_their_row_nor_in_the_total():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 1))
    network[0].requires_grad_(False)
    table = models.summary(network, (1, 8, 8))
    assert [row.parameters for row in table] == [0, 0, 73]
    assert table.parameters == 73


def test_leaves_the_network_as_it_was():
    model = models.create("resnet20").train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    models.summary(model, (3, 32, 32))
    assert model.training
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())


def test_prints_a_table():
    text = str(models.summary(models.create("lenet5", in_channels=1), (1, 28, 28)))
    lines = text.splitlines()
    assert lines[0].split() == ["layer", "output", "shape", "parameters", "MACs", "sees"]
    assert "16×10×10" in text
    assert lines[-1].split() == ["total", "61,706", "416,520"]
    assert len({len(line) for line in lines}) == 1


def test_refuses_what_is_no_network():
    with pytest.raises(TypeError, match="model is a list; it must be"):
        models.summary([1, 2], (1, 28, 28))


@pytest.mark.parametrize("size", [(28, 28), (1, 0, 28), (1, 28.0, 28)])
def test_refuses_other_sizes(size):
    with pytest.raises(ValueError, match=r"input_size=.* must be three whole numbers"):
        models.summary(models.create("lenet5", in_channels=1), size)


def test_says_when_the_image_does_not_go_through():
    model = models.create("lenet5", in_channels=1)
    with pytest.raises(ValueError, match=r"input_size=\(3, 28, 28\) does not go through the network"):
        models.summary(model, (3, 28, 28))
    assert not any(module._forward_hooks for module in model.modules())
