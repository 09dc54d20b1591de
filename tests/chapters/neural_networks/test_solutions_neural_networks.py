"""The reference solutions of the chapter against PyTorch and scikit-learn."""

import numpy as np
import sklearn.preprocessing
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.neural_networks import exercises as neural_networks

F = torch.nn.functional


SEED = st.integers(0, 99)


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), SEED)
def test_neuron_and_layer(samples, inputs, neurons, seed):
    rng = np.random.default_rng(seed)
    x, weights, bias = (
        rng.normal(size=(samples, inputs)),
        rng.normal(size=(neurons, inputs)),
        rng.normal(size=neurons),
    )
    expected = F.linear(tensor(x), tensor(weights), tensor(bias))
    np.testing.assert_allclose(neural_networks.layer(x, weights, bias), expected.numpy(), atol=1e-12)
    one = neural_networks.neuron(x[0], weights[0], bias[0])
    np.testing.assert_allclose(one, torch.sigmoid(expected[0, 0]).item())


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.integers(1, 50))
def test_steps_and_one_hot(samples, batch_size):
    data = torch.utils.data.TensorDataset(torch.zeros(samples))
    loader = torch.utils.data.DataLoader(data, batch_size=batch_size)
    assert neural_networks.steps_per_epoch(samples, batch_size) == len(loader)
    labels = np.arange(samples) % batch_size
    expected = sklearn.preprocessing.label_binarize(labels, classes=range(batch_size + 2))
    np.testing.assert_array_equal(neural_networks.one_hot(labels, batch_size + 2), expected)


@settings(deadline=None, max_examples=60)
@given(SEED)
def test_mean_squared_error(seed):
    a, b = np.random.default_rng(seed).normal(size=(2, 3, 4))
    np.testing.assert_allclose(
        neural_networks.mean_squared_error(a, b), F.mse_loss(tensor(a), tensor(b)).item()
    )
