"""Results to draw: a history and an evaluation with known numbers."""

import numpy as np
import pytest
from matplotlib import pyplot

from cnncourse.results import EpochRecord, EvalResult, History


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


@pytest.fixture
def history():
    """Three epochs; the validation loss is lowest in the second."""
    losses = [(0.9, 0.7), (0.5, 0.4), (0.3, 0.45)]
    records = [EpochRecord(i + 1, t, 1 - t, v, 1 - v, 0.1, 2.0) for i, (t, v) in enumerate(losses)]
    return History(records, model="lenet5", data="digits")


@pytest.fixture
def result():
    """Six samples of three classes, two of them wrong: the fourth (70 % sure) and the sixth (90 % sure)."""
    labels = np.array([0, 1, 2, 0, 1, 2])
    predicted = np.array([0, 1, 2, 1, 1, 0])
    sure = np.array([0.8, 0.9, 0.6, 0.7, 0.5, 0.9])
    probability = np.repeat((1 - sure)[:, None] / 2, 3, axis=1).astype(np.float32)
    probability[np.arange(6), predicted] = sure
    confusion = np.zeros((3, 3), dtype=np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    return EvalResult(0.6, 4 / 6, confusion, ("cat", "dog", "owl"), labels, predicted, probability)
