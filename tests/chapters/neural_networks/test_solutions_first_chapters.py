"""The reference solutions of chapters 01, 02, 05, 06 and 07 against PyTorch, scikit-learn and SciPy."""

import numpy as np
import scipy.ndimage
import sklearn.preprocessing
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import ops
from cnncourse.chapters.activations_and_losses import exercises as activations
from cnncourse.chapters.channels_and_filters import exercises as channels
from cnncourse.chapters.neural_networks import exercises as neural_networks
from cnncourse.chapters.pooling import exercises as pooling
from cnncourse.chapters.why_convolution import exercises as why_convolution
from cnncourse.course import check

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


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 5))
def test_parameter_counts(height, width, in_channels, out):
    assert why_convolution.dense_parameters(height, width, in_channels, out) == count(
        torch.nn.Linear(height * width * in_channels, out)
    )
    assert why_convolution.conv_parameters(in_channels, out, height) == count(
        torch.nn.Conv2d(in_channels, out, height)
    )
    grouped = torch.nn.Conv2d(in_channels * width, out * width, height, groups=width)
    assert channels.grouped_parameters(in_channels * width, out * width, height, width) == count(grouped)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(-6, 6), st.integers(-6, 6), SEED)
def test_shift(rows, columns, down, right, seed):
    image = np.random.default_rng(seed).integers(1, 256, (rows, columns)).astype(float)
    expected = scipy.ndimage.shift(image, (down, right), order=0)
    np.testing.assert_array_equal(why_convolution.shift(image, down, right), expected)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 7), st.integers(2, 7), st.integers(1, 2), st.integers(1, 2), SEED)
def test_find_template(rows, columns, height, width, seed):
    rng = np.random.default_rng(seed)
    image, template = rng.normal(size=(rows, columns)), rng.normal(size=(height, width))
    scores = F.conv2d(tensor(image)[None, None], tensor(template)[None, None])[0, 0].numpy()
    assert why_convolution.find_template(image, template) == np.unravel_index(scores.argmax(), scores.shape)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), SEED)
def test_channels(in_channels, out_channels, height, width, seed):
    rng = np.random.default_rng(seed)
    image, bias = rng.normal(size=(in_channels, 5, 6)), rng.normal(size=out_channels)
    filters = rng.normal(size=(out_channels, in_channels, height, width))
    expected = F.conv2d(tensor(image), tensor(filters), tensor(bias))
    np.testing.assert_allclose(channels.conv2d_channels(image, filters, bias), expected.numpy(), atol=1e-12)
    mixed = F.conv2d(tensor(image), tensor(filters[:, :, :1, :1]))
    np.testing.assert_allclose(channels.pointwise(image, filters[:, :, 0, 0]), mixed.numpy(), atol=1e-12)


def test_channels_first():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 3), dtype=np.uint8)
    expected = (torch.from_numpy(images).permute(0, 3, 1, 2).double() / 255).numpy()
    np.testing.assert_allclose(channels.to_channels_first(images), expected)


def test_multiplications_of_a_published_network():
    """ResNet-18's first layer: 64 filters of 7 × 7 × 3 on 112 × 112 positions (He et al. 2015, table 1)."""
    assert channels.multiplications(3, 64, 7, 112, 112) == 112 * 112 * 64 * 147


@settings(deadline=None, max_examples=60)
@given(st.integers(3, 9), st.integers(3, 9), st.integers(1, 3), st.integers(1, 4), SEED)
def test_pooling(rows, columns, size, stride, seed):
    image = np.random.default_rng(seed).normal(size=(rows, columns))
    x = tensor(image)[None, None]
    largest, mean = F.max_pool2d(x, size)[0, 0], F.avg_pool2d(x, size, stride)[0, 0]
    np.testing.assert_allclose(pooling.max_pool2d(image, size), largest.numpy())
    np.testing.assert_allclose(pooling.avg_pool2d(image, size, stride), mean.numpy(), atol=1e-12)
    assert pooling.pooled_size(rows, size, stride) == mean.shape[0]
    averaged = F.adaptive_avg_pool2d(x, 1)[..., 0, 0]
    np.testing.assert_allclose(pooling.global_average(x.numpy()), averaged.numpy(), atol=1e-12)
    x.requires_grad_()
    pooled = F.max_pool2d(x, 2)
    gradient = torch.randn_like(pooled)
    pooled.backward(gradient)
    found = pooling.max_pool_gradient(image, gradient[0, 0].numpy())
    np.testing.assert_allclose(found, x.grad[0, 0].numpy())


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(2, 5), st.sampled_from([1.0, 50.0, 2000.0]), SEED)
def test_activations_and_losses(samples, classes, scale, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=scale, size=(samples, classes))
    x = tensor(logits).requires_grad_()
    np.testing.assert_allclose(activations.elu(logits, 1.5), F.elu(x, 1.5).detach().numpy(), atol=1e-12)
    assert activations.dead_units(logits) == int((F.relu(x).sum(dim=0) == 0).sum())
    np.testing.assert_allclose(activations.softmax(logits), F.softmax(x, 1).detach().numpy(), atol=1e-12)
    targets = rng.integers(0, 2, logits.shape)
    expected = F.binary_cross_entropy_with_logits(x, tensor(targets)).item()
    np.testing.assert_allclose(activations.binary_cross_entropy(logits, targets), expected, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 8), SEED)
def test_relu_factors_give_the_polyline(points, seed):
    rng = np.random.default_rng(seed)
    places, heights = np.sort(rng.normal(size=points)), rng.normal(size=points)
    x = np.linspace(places[0], places[-1], 50)
    factors = activations.relu_factors(places, heights)
    found = heights[0] + ops.relu(x[:, None] - places[:-1]) @ factors
    np.testing.assert_allclose(found, np.interp(x, places, heights), atol=1e-7)


def test_other_right_solutions_of_chapter_7():
    def one_after_the_other(places, heights):
        factors = []
        for i in range(1, len(places)):
            slope = (heights[i] - heights[i - 1]) / (places[i] - places[i - 1])
            factors.append(slope - sum(factors))
        return factors

    def by_equations(places, heights):
        columns = np.maximum(places[1:, None] - places[:-1], 0)
        return np.linalg.solve(columns, heights[1:] - heights[0])

    assert check("activations.relu_factors", one_after_the_other)
    assert check("activations.relu_factors", by_equations)
