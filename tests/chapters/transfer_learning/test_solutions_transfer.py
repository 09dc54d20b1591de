"""The reference solutions of the chapter against PyTorch and the package; other right answers pass too."""

import numpy as np
import pytest
import sklearn.neighbors
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import models, ops, transfer
from cnncourse.chapters.transfer_learning import exercises as answers
from cnncourse.course import check
from cnncourse.data import ImageData
from cnncourse.data.torch_batches import DeviceBatches


def test_for_the_body_is_what_prepare_and_the_batches_do():
    images = np.random.default_rng(0).integers(0, 256, (5, 1, 8, 8), dtype=np.uint8)
    mean, std = (0.491, 0.482, 0.447), (0.245, 0.243, 0.261)
    digits = ImageData(images, np.zeros(5, np.int64), ("a",))
    prepared = transfer.prepare(digits, torch.nn.Identity(), mean=mean, std=std)
    [(batch, _)] = DeviceBatches(prepared, 5, torch.device("cpu")).epoch(1)
    np.testing.assert_allclose(answers.for_the_body(images, mean, std), batch.numpy(), atol=1e-5)


@pytest.mark.parametrize("frozen", [(), ("conv1",), ("conv1", "bn1", "layer1"), ("layer3", "fc")])
def test_trainable_is_what_freezing_leaves(frozen):
    net = models.create("resnet20")
    counts = {name: weight.numel() for name, weight in net.named_parameters()}
    if frozen:
        transfer.freeze(net, *frozen)
    expected = sum(weight.numel() for weight in net.parameters() if weight.requires_grad)
    assert answers.trainable(counts, frozen) == expected


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_grey_layer(filters, kernel_size, seed):
    rng = np.random.default_rng(seed)
    grey = rng.integers(0, 256, (2, 1, 5, 6), dtype=np.uint8)
    mean, std = rng.uniform(0.2, 0.8, size=(2, 3))
    weight, bias = rng.normal(size=(filters, 3, kernel_size, kernel_size)), rng.normal(size=filters)
    prepared = answers.for_the_body(grey, mean, std)
    expected = ops.conv2d(prepared, weight, bias)
    found = ops.conv2d(grey / 255, *answers.grey_layer(weight, bias, mean, std))
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_rates_are_those_of_layer_rates():
    net = torch.nn.Sequential(*[torch.nn.Linear(2, 2) for _ in range(5)])
    expected = [0.1 * factor for factor in transfer.layer_rates(net, 0.6).values()]
    np.testing.assert_allclose(answers.rates(5, 0.1, 0.6), expected)


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 5), st.integers(0, 99))
def test_nearest_mean(classes, seed):
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(4 * classes) % classes)
    features, new = rng.normal(size=(4 * classes, 3)), rng.normal(size=(20, 3))
    expected = sklearn.neighbors.NearestCentroid().fit(features, labels).predict(new)
    np.testing.assert_array_equal(answers.nearest_mean(features, labels, new), expected)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3), st.integers(1, 5), st.sampled_from([1e-5, 0.1]), st.integers(0, 99))
def test_frozen_batch_norm(samples, channels, eps, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, channels, 3, 2))
    mean, weight, bias = rng.normal(size=(3, channels))
    var = rng.uniform(0.1, 2, channels)
    expected = torch.nn.functional.batch_norm(
        *(torch.from_numpy(part) for part in (x, mean, var, weight, bias)), training=False, eps=eps
    )
    found = answers.frozen_batch_norm(x, mean, var, weight, bias, eps)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-10)


def images_stacked(images, mean, std):
    planes = [(images[:, 0] / 255 - m) / s for m, s in zip(mean, std)]
    return np.stack(planes, axis=1)


def counted_by_subtraction(counts, frozen):
    stay = [n for name, n in counts.items() if any(name.startswith(layer + ".") for layer in frozen)]
    return np.int64(sum(counts.values()) - sum(stay))


def grey_layer_by_asking(weight, bias, mean, std):
    """The layer is a straight function of the grey pixels: ask it for black, and for each single pixel."""
    k = weight.shape[-1]
    black_and_pixels = np.concatenate([np.zeros((1, k * k)), np.eye(k * k)]).reshape(-1, 1, k, k)
    prepared = (black_and_pixels - np.reshape(mean, (3, 1, 1))) / np.reshape(std, (3, 1, 1))
    maps = ops.conv2d(prepared, weight, bias)[:, :, 0, 0]
    return [(maps[1:] - maps[0]).T.reshape(-1, 1, k, k).astype(np.float32), maps[0].tolist()]


def rates_by_walking_back(layers, lr, decay):
    found = np.full(layers, lr, dtype=float)
    for i in range(layers - 2, -1, -1):
        found[i] = found[i + 1] * decay
    return found


def nearest_by_expanding(features, labels, new_features):
    classes = np.unique(labels)
    means = np.stack([np.mean(features[labels == k], axis=0) for k in classes])
    return [int(np.argmin([np.linalg.norm(row - mean) for mean in means])) for row in new_features]


def norm_channel_by_channel(x, running_mean, running_var, weight, bias, eps):
    out = np.empty_like(x)
    for c in range(x.shape[1]):
        out[:, c] = weight[c] * (x[:, c] - running_mean[c]) / (running_var[c] + eps) ** 0.5 + bias[c]
    return out


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("transfer.for_the_body", images_stacked),
        ("transfer.trainable", counted_by_subtraction),
        ("transfer.grey_layer", grey_layer_by_asking),
        ("transfer.rates", rates_by_walking_back),
        ("transfer.nearest_mean", nearest_by_expanding),
        ("transfer.frozen_batch_norm", norm_channel_by_channel),
    ],
)
def test_other_right_answers_pass(name, answer):
    assert check(name, answer), str(check(name, answer))
