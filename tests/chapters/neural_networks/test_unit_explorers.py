"""The numbers of the explorers of units and layers, against torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.neural_networks.neurons import ACTIVATIONS, activation_at, neuron, neuron_output
from cnncourse.chapters.pooling.pooling import POOL_IMAGE, pooled, pooling_step
from cnncourse.chapters.why_convolution.fields import (
    dense_or_convolution,
    layer_parameters,
    receptive_field_depth,
    seen_by_layer,
)

TORCH = {
    "identity": lambda x: x,
    "ReLU": F.relu,
    "leaky ReLU": F.leaky_relu,
    "ELU": F.elu,
    "GELU": F.gelu,
    "SiLU": F.silu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def test_every_activation_is_compared():
    assert set(TORCH) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", list(TORCH))
def test_value_and_slope_are_those_of_torch(name):
    for z in (-3.5, -0.5, 0.25, 2.0):
        x = torch.tensor(z, dtype=torch.float64, requires_grad=True)
        y = TORCH[name](x)
        y.backward()
        np.testing.assert_allclose(activation_at(name, z), (y.item(), x.grad.item()), rtol=1e-9, atol=1e-12)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match=r"function: got 'relu', .*ReLU"):
        activation_at("relu", 0)


@pytest.mark.parametrize("weights", [(1, 2, 0.5), (-1, 0, -2), (0.5, -3, 1)])
@pytest.mark.parametrize("name", ["ReLU", "sigmoid"])
def test_a_neuron_is_a_linear_layer_with_an_activation(weights, name):
    layer = torch.nn.Linear(2, 1, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[:] = torch.tensor([weights[:2]])
        layer.bias[:] = weights[2]
        z = layer(torch.tensor([[2.0, -1.0]], dtype=torch.float64))
        expected = z.item(), TORCH[name](z).item()
    np.testing.assert_allclose(neuron_output(*weights, name), expected, rtol=1e-12)


def test_the_neuron_writes_its_sum_with_signs():
    assert neuron.alt(weight_1=1, weight_2=-2, bias=-3, activation="ReLU") == (
        "A neuron with inputs 2 and −1, weights 1 and −2, bias −3: 1·2 + (−2)·(−1) + (−3) = 1; after ReLU: 1."
    )


@pytest.mark.parametrize("kind", ["max", "average", "sum"])
def test_pooling_is_torch_s(kind):
    image = torch.tensor(POOL_IMAGE)[None, None]
    expected = {
        "max": F.max_pool2d(image, 2),
        "average": F.avg_pool2d(image, 2),
        "sum": F.avg_pool2d(image, 2, divisor_override=1),
    }[kind]
    np.testing.assert_array_equal(pooled(kind), expected[0, 0].numpy())


@pytest.mark.parametrize(
    "kind, worked",
    [
        ("max", "the largest of 1, 3, 2, 9 is 9"),
        ("average", "(1 + 3 + 2 + 9) / 4 = 3.75"),
        ("sum", "1 + 3 + 2 + 9 = 15"),
    ],
)
def test_pooling_works_out_its_window(kind, worked):
    assert worked in pooling_step.alt(kind=kind, position=0)


def test_pooling_refuses_what_is_not_there():
    with pytest.raises(ValueError, match=r"kind: got 'mean', .*average"):
        pooled("mean")
    with pytest.raises(ValueError, match=r"position: got 9, .*range\(9\)"):
        pooling_step("max", 9)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel_size", [1, 3, 5])
@pytest.mark.parametrize("depth", [1, 3, 4])
def test_the_cells_a_unit_depends_on_are_those_with_a_gradient(depth, kernel_size, stride):
    counts = seen_by_layer(depth, kernel_size, stride)
    x = torch.ones(1, 1, counts[0] + 7, requires_grad=True)
    layers = [x]
    for _ in range(depth):
        layers.append(F.conv1d(layers[-1], torch.ones(1, 1, kernel_size), stride=stride))
        layers[-1].retain_grad()
    layers[-1][0, 0, 0].backward()
    reach = [int(layer.grad.nonzero()[:, 2].max()) + 1 for layer in layers]
    assert reach == counts


def test_the_receptive_field_says_its_numbers():
    assert "one unit at the top sees 7 input pixels" in receptive_field_depth.alt(
        depth=3, kernel_size=3, stride=1
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [8, 28])
def test_parameters_are_those_of_torch_layers(side, channels):
    count = lambda layer: sum(p.numel() for p in layer.parameters())  # noqa: E731
    dense = torch.nn.Linear(side * side * channels, 100)
    convolution = torch.nn.Conv2d(channels, 16, 3)
    assert layer_parameters(side, channels) == (count(dense), count(convolution))
    assert f"{count(dense):,}" in dense_or_convolution.alt(side=side, channels=channels)
