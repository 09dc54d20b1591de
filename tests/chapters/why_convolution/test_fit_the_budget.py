"""The quest of the chapter, against networks that torch builds."""

import pytest
import torch
from torch import nn

from cnncourse import models
from cnncourse.chapters.why_convolution.quest import (
    budget_solved,
    fit_the_budget,
    layer_sizes,
    network_budget,
)


def network(blocks, filters, hidden):
    """Return the network of the quest; the hidden layer takes the size that its input turns out to have."""
    layers, channels = [], 3
    for _ in range(blocks):
        layers += [nn.Conv2d(channels, filters, 3), nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    features = nn.Sequential(*layers)(torch.zeros(1, 3, 64, 64))
    linear = [nn.Linear(features.numel(), hidden), nn.Linear(hidden, 1)]
    return [layer for layer in layers if isinstance(layer, nn.Conv2d)] + linear, features.shape[-1]


def test_the_parameters_of_each_layer_are_those_of_torch(shown):
    fit_the_budget()
    for position in shown[0].positions():
        values = shown[0].values(position)
        layers, side = network(**values)
        expected = [sum(p.numel() for p in layer.parameters()) for layer in layers]
        parameters, last_side = layer_sizes(**values)
        assert (list(parameters.values()), last_side) == (expected, side)
        wanted = values["filters"] == 32 and values["hidden"] >= 64 and sum(expected) <= 40_000
        assert budget_solved(**values)[0] == wanted


def test_the_quest_starts_at_the_network_for_cats_and_dogs(shown):
    fit_the_budget()
    parameters, _ = layer_sizes(**shown[0].values(shown[0].start))
    whole = models.create("article1", num_classes=2)
    assert sum(parameters.values()) == sum(p.numel() for p in whole.parameters()) == 813_217


@pytest.mark.parametrize(
    "values, word",
    [
        ((2, 8, 128), "32 filters are asked for"),
        ((2, 32, 32), "64 hidden units are asked for"),
        ((2, 32, 128), "99% are in the hidden layer. How can the 14 × 14 maps"),
        ((4, 32, 128), "may be a little smaller"),
    ],
)
def test_the_hints_on_the_way_into_the_budget(values, word):
    solved, hint = budget_solved(*values)
    assert not solved
    assert word in hint


def test_the_frame_says_the_sum_and_where_it_is():
    alt = network_budget.alt(blocks=4, filters=32, hidden=64)
    assert "The last feature maps are 2 × 2" in alt
    assert "hidden layer 8,256" in alt
    assert "together 36,961, the budget is 40,000" in alt
