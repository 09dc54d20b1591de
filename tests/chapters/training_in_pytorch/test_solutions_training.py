"""The reference solutions of the chapter against PyTorch, torchvision and scikit-learn."""

import numpy as np
import pytest
import sklearn.metrics
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.training_in_pytorch import exercises as answers


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 9), st.integers(2, 6), st.sampled_from([1, 30, 2000]), st.integers(0, 99))
def test_cross_entropy(samples, classes, scale, seed):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(scale=scale, size=(samples, classes)), rng.integers(0, classes, samples)
    expected = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels))
    np.testing.assert_allclose(answers.cross_entropy(logits, labels), expected.item(), rtol=1e-10, atol=1e-12)


@pytest.mark.filterwarnings("ignore:A single label was found")
@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 99))
def test_confusion_matrix(samples, classes, seed):
    rng = np.random.default_rng(seed)
    labels, predicted = rng.integers(0, classes, (2, samples))
    expected = sklearn.metrics.confusion_matrix(labels, predicted, labels=range(classes))
    np.testing.assert_array_equal(answers.confusion_matrix(labels, predicted, classes), expected)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 50), st.integers(1, 20), st.integers(0, 99))
def test_epoch_loss_is_the_mean_over_the_samples(samples, batch_size, seed):
    each = np.random.default_rng(seed).uniform(0, 3, samples)
    batches = [each[i : i + batch_size] for i in range(0, samples, batch_size)]
    found = answers.epoch_loss([batch.mean() for batch in batches], [len(batch) for batch in batches])
    np.testing.assert_allclose(found, each.mean())


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([0.0, 0.5, 0.9]), st.sampled_from([0.01, 0.3]), st.integers(0, 99))
def test_sgd_step(momentum, lr, seed):
    rng = np.random.default_rng(seed)
    parameter, velocity = rng.normal(size=(2, 3)), np.zeros((2, 3))
    weight = torch.nn.Parameter(torch.tensor(parameter))
    optimizer = torch.optim.SGD([weight], lr=lr, momentum=momentum)
    for _ in range(3):
        gradient = rng.normal(size=(2, 3))
        weight.grad = torch.tensor(gradient)
        optimizer.step()
        parameter, velocity = answers.sgd_step(parameter, gradient, velocity, lr, momentum)
        np.testing.assert_allclose(parameter, weight.detach().numpy(), atol=1e-12)


def test_standardise():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5), dtype=np.uint8)
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    normalise = torchvision.transforms.Normalize(mean, std)
    expected = normalise(torch.from_numpy(images).double() / 255).numpy()
    np.testing.assert_allclose(answers.standardise(images, mean, std), expected, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.01, 1), st.integers(1, 5), st.floats(0.1, 0.9))
def test_step_decay(lr, step_size, gamma):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size, gamma)
    for epoch in range(12):
        np.testing.assert_allclose(answers.step_decay(epoch, lr, step_size, gamma), schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
