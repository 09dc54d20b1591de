"""The reference solutions of the chapter against PyTorch, and other right answers to its exercises."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import ops
from cnncourse.chapters.a_cnn_from_scratch import exercises as answers
from cnncourse.course import check


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=4, max_size=4))
def test_flatten(shape):
    maps = np.random.default_rng(0).normal(size=shape)
    np.testing.assert_array_equal(answers.flatten(maps), torch.flatten(torch.from_numpy(maps), 1))


@settings(deadline=None, max_examples=40)
@given(st.integers(20, 40), st.integers(1, 6), st.integers(1, 5), st.integers(1, 5), st.integers(1, 9))
def test_network_parameters(side, kernel_size, filters_1, filters_2, hidden):
    layers = torch.nn
    blocks = layers.Sequential(
        layers.Conv2d(1, filters_1, kernel_size),
        layers.MaxPool2d(2),
        layers.Conv2d(filters_1, filters_2, kernel_size),
        layers.MaxPool2d(2),
        layers.Flatten(),
    )
    inputs = blocks(torch.zeros(1, 1, side, side)).shape[1]
    network = layers.Sequential(blocks, layers.Linear(inputs, hidden), layers.Linear(hidden, 10))
    expected = sum(parameter.numel() for parameter in network.parameters())
    assert answers.network_parameters(side, kernel_size, filters_1, filters_2, hidden) == expected


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))
def test_small_cnn(height, width, kernel_size, maps, classes):
    rng = np.random.default_rng(1)
    image = rng.normal(size=(2 * height + kernel_size - 1, 2 * width + kernel_size - 1))
    kernels = rng.normal(size=(maps, kernel_size, kernel_size))
    weight, bias = rng.normal(size=(classes, maps * height * width)), rng.normal(size=classes)
    net = torch.nn.functional
    x = net.conv2d(torch.from_numpy(image)[None, None], torch.from_numpy(kernels)[:, None])
    x = net.max_pool2d(torch.relu(x), 2).flatten(1)
    expected = net.linear(x, torch.from_numpy(weight), torch.from_numpy(bias))[0]
    np.testing.assert_allclose(answers.small_cnn(image, kernels, weight, bias), expected, atol=1e-10)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 6), st.integers(2, 5), st.sampled_from([0.0, 0.9]), st.sampled_from([1.0, 1000.0]))
def test_training_step(samples, classes, momentum, scale):
    rng = np.random.default_rng(2)
    weight, velocity = rng.normal(size=(classes, 3)), np.zeros((classes, 3))
    layer = torch.nn.Linear(3, classes, bias=False, dtype=torch.float64)
    layer.load_state_dict({"weight": torch.from_numpy(weight)})
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=momentum)
    for _ in range(3):
        x, labels = scale * rng.normal(size=(samples, 3)), rng.integers(0, classes, samples)
        optimiser.zero_grad()
        scores = layer(torch.from_numpy(x))
        torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels)).backward()
        optimiser.step()
        weight, velocity = answers.training_step(x, labels, weight, velocity, 0.1, momentum)
        np.testing.assert_allclose(weight, layer.weight.detach(), atol=1e-9 * scale)


@pytest.mark.parametrize("shape", [(64, 300), (32, 16, 5, 5)])
def test_he_std(shape):
    weight = torch.nn.init.kaiming_normal_(torch.empty(shape), nonlinearity="relu",
                                           generator=torch.Generator().manual_seed(0))  # fmt: skip
    np.testing.assert_allclose(answers.he_std(shape), weight.std(), rtol=0.02)


def test_reorder_dense():
    rng = np.random.default_rng(3)
    maps, weight = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(7, 60))
    before = maps.transpose(0, 2, 3, 1).reshape(2, -1) @ weight.T
    after = torch.flatten(torch.from_numpy(maps), 1).numpy() @ answers.reorder_dense(weight, 3, 4, 5).T
    np.testing.assert_allclose(after, before)


def other_small_cnn(image, kernels, weight, bias):
    """The operators of the course, pooling before the ReLU, which gives the same."""
    maps = ops.max_pool2d(ops.conv2d(image[None, None], kernels[:, None]), 2)
    return ops.linear(ops.relu(maps).reshape(1, -1), weight, bias)


def other_training_step(x, labels, weight, velocity, lr, momentum):
    grad_scores = ops.cross_entropy_backward(1.0, x @ weight.T, labels)
    velocity = momentum * velocity + grad_scores.T @ x
    return [weight - lr * velocity, velocity]


def other_reorder(weight, channels, height, width):
    places = np.arange(height * width * channels).reshape(height, width, channels)
    return weight[:, places.transpose(2, 0, 1).ravel()]


@pytest.mark.parametrize(
    "name, answer",
    [
        ("flatten", lambda maps: np.array([one.ravel() for one in maps])),
        ("small_cnn", other_small_cnn),
        ("training_step", other_training_step),
        ("he_std", lambda shape: np.sqrt(2 * shape[0] / np.prod(shape))),
        ("reorder_dense", other_reorder),
    ],
)
def test_other_right_answers_pass(name, answer):
    result = check(f"scratch.{name}", answer)
    assert result.status == "pass", str(result)
