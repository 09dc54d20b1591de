"""The numbers of the explorers of neurons, against torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.neural_networks.neurons import ACTIVATIONS, activation_at, neuron, neuron_output

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
