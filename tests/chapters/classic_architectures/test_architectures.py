"""The counted networks against the papers and against the zoo, and what the explorer says of them."""

import pytest
import torch

from cnncourse import models
from cnncourse.chapters.classic_architectures.architectures import (
    ARCHITECTURES,
    architecture,
    short_number,
)
from cnncourse.course import stored

NETWORKS = stored("architectures")["networks"]

# Parameters as the papers and torchvision state them, and sides of the feature maps as the papers draw them.
STATED = {
    "LeNet-5": (61_706, [28, 10]),
    "AlexNet": (60_965_224, [55, 27, 13, 13, 13]),
    "ZFNet": (62_357_608, [110, 26, 13, 13, 13]),
    "VGG-16": (138_357_544, [224, 112, 56, 28, 14]),
    "NiN": (7_439_608, [55, 27, 13, 6]),
    "GoogLeNet": (6_998_552, [112, 56, 28, 14, 7]),
    "ResNet-18": (11_689_512, [112, 56, 28, 14, 7]),
    "ResNet-50": (25_557_032, [112, 56, 28, 14, 7]),
}
ALEXNET_PARTS = [34_944, 307_456, 885_120, 663_936, 442_624, 37_752_832, 16_781_312, 4_097_000]
ZFNET_PARTS = [14_208, 614_656, 885_120, 1_327_488, 884_992, 37_752_832, 16_781_312, 4_097_000]


def test_the_networks_of_the_explorer_are_those_that_were_counted():
    assert tuple(NETWORKS) == ARCHITECTURES == tuple(STATED)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_parameters_and_sides_are_the_stated_ones(name):
    network = NETWORKS[name]
    parameters, sides = STATED[name]
    assert network["parameters"] == parameters == sum(stage["parameters"] for stage in network["stages"])
    assert network["macs"] == sum(stage["macs"] for stage in network["stages"])
    assert [stage["shape"][1] for stage in network["stages"] if len(stage["shape"]) == 3] == sides


@pytest.mark.parametrize("name, parts", [("AlexNet", ALEXNET_PARTS), ("ZFNet", ZFNET_PARTS)])
def test_parameters_by_layer(name, parts):
    assert [stage["parameters"] for stage in NETWORKS[name]["stages"]] == parts


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_zoo_still_counts_the_same(name):
    network = NETWORKS[name]
    with torch.device("meta"):
        net = models.create(network["zoo"], network["stages"][-1]["shape"][0], network["input"][0])
    table = models.summary(net, tuple(network["input"]))
    assert (table.parameters, table.macs) == (network["parameters"], network["macs"])


def test_receptive_fields_by_hand():
    fields = {name: [stage["field"] for stage in net["stages"]] for name, net in NETWORKS.items()}
    assert fields["LeNet-5"] == [5, 5 + 1 + 4 * 2, None, None, None]
    assert fields["VGG-16"][:2] == [1 + 2 + 2, 5 + 1 + 2 * 2 + 2 * 2]
    assert fields["AlexNet"][:2] == [11, 11 + 2 * 4 + 4 * 8]
    assert fields["ResNet-18"][0] == 7


@pytest.mark.parametrize(
    "model, show, words",
    [
        ("AlexNet", "parameters", "dense 1: 37,752,832, 61.9%"),
        ("VGG-16", "MACs", "conv 5–7: 4,624,220,160, 29.9%"),
        ("GoogLeNet", "shape", "4a–4e: 832 × 14 × 14"),
        ("LeNet-5", "sees", "conv 2: 14; dense 1: everything"),
    ],
)
def test_it_says_its_numbers(model, show, words):
    assert words in architecture.alt(model, show)
    texts = [text.get_text() for text in architecture(model, show).axes[0].texts]
    assert any(short_number(NETWORKS[model]["macs"]) in text for text in texts)


@pytest.mark.parametrize("model, show", [(name, show) for name in ARCHITECTURES for show in ("MACs", "sees")])
def test_no_word_leaves_the_picture(model, show):
    fig = architecture(model, show)
    width, height = fig.canvas.get_width_height()
    for text in fig.axes[0].texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= width, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.y1 <= height, text.get_text()


def test_unknown_networks_and_quantities_are_refused():
    with pytest.raises(ValueError, match=r"model: got 'VGG', .*LeNet-5, AlexNet"):
        architecture("VGG", "shape")
    with pytest.raises(ValueError, match=r"show: got 'memory', .*shape, parameters, MACs, sees"):
        architecture("VGG-16", "memory")
