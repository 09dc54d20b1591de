"""The reference solutions of the chapter against torch and scikit-learn, and other right answers."""

import numpy as np
import pytest
import sklearn.metrics
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.cats_and_dogs import exercises as answers
from cnncourse.course import check


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 12), st.sampled_from([1, 20, 1000]), st.integers(0, 999))
def test_loss_from_logits(number, scale, seed):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(scale=scale, size=number), rng.integers(0, 2, number)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.from_numpy(logits), torch.from_numpy(labels).double()
    )
    loss = answers.loss_from_logits(logits, labels)
    np.testing.assert_allclose(loss, expected.item(), rtol=1e-12, atol=1e-14)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.05, 0.95), st.integers(0, 999))
def test_decide(threshold, seed):
    logits = np.random.default_rng(seed).normal(0, 3, 20)
    expected = torch.sigmoid(torch.from_numpy(logits)).numpy() >= threshold
    np.testing.assert_array_equal(answers.decide(logits, threshold), expected)


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 1), st.integers(0, 999))
def test_confusion_at(threshold, seed):
    rng = np.random.default_rng(seed)
    probability, labels = rng.random(25), rng.integers(0, 2, 25)
    expected = sklearn.metrics.confusion_matrix(labels, probability >= threshold, labels=[0, 1])
    np.testing.assert_array_equal(answers.confusion_at(probability, labels, threshold), expected)


@pytest.mark.parametrize("bins", [2, 5, 10])
def test_calibration_error_by_the_reliability_curve(bins):
    rng = np.random.default_rng(bins)
    confidence = rng.random(300)
    right = (rng.random(300) < confidence**2).astype(int)
    counts, _ = np.histogram(confidence, np.linspace(0, 1, bins + 1))
    sums, _ = np.histogram(confidence, np.linspace(0, 1, bins + 1), weights=confidence - right)
    expected = np.abs(sums).sum() / 300
    assert counts.sum() == 300
    assert answers.calibration_error(confidence, right, bins) == pytest.approx(expected)


def test_keep_for_training_and_chosen_epoch_by_hand():
    train, test = np.arange(12).reshape(3, 2, 2), np.arange(4, 12).reshape(2, 2, 2)
    assert answers.keep_for_training(train, test) == [0]
    assert answers.chosen_epoch([0.5, 0.9, 0.9], [0.7, 0.6, 0.8]) == (2, 0.6)


def test_other_ways_to_write_it_pass():
    def by_cases(logits, labels):
        z, y = np.asarray(logits, float), np.asarray(labels)
        return (np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))).mean()

    def by_the_logit(logits, threshold):
        return [bool(z >= np.log(threshold / (1 - threshold))) for z in logits]

    def by_comparing(train, test):
        return np.flatnonzero([not any((image == other).all() for other in test) for image in train])

    def by_pairs(probability, labels, threshold):
        said = probability >= threshold
        return [[int(((labels == true) & (said == guess)).sum()) for guess in (0, 1)] for true in (0, 1)]

    def by_edges(confidence, right, bins):
        number = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1])
        gaps = np.bincount(number, confidence - right, bins)
        return np.abs(gaps).sum() / len(right)

    assert check("cats_dogs.loss_from_logits", by_cases)
    assert check("cats_dogs.decide", by_the_logit)
    assert check("cats_dogs.keep_for_training", by_comparing)
    assert check("cats_dogs.confusion_at", by_pairs)
    assert check("cats_dogs.calibration_error", by_edges)
