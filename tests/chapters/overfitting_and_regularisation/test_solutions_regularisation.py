"""The reference solutions of the chapter against PyTorch; other right answers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.overfitting_and_regularisation import exercises as regularisation
from cnncourse.chapters.overfitting_and_regularisation import more_exercises as more
from cnncourse.course import check
from cnncourse.results import EpochRecord
from cnncourse.train.callbacks import best_epoch, early_stop_reason


@settings(deadline=None, max_examples=40)
@given(st.sampled_from([0.1, 0.25, 0.5, 0.8]), st.integers(0, 99))
def test_dropout(p, seed):
    torch.manual_seed(seed)
    x = torch.rand(6, 7, dtype=torch.float64) + 0.5
    expected = torch.nn.functional.dropout(x, p)
    lots = np.where(expected == 0, p / 2, (1 + p) / 2)
    np.testing.assert_allclose(regularisation.dropout(x.numpy(), p, lots), expected.numpy())


@settings(deadline=None, max_examples=40)
@given(
    st.integers(2, 5),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from([0.01, 0.1, 1.0]),
    st.integers(0, 99),
)
def test_batch_norm(samples, channels, side, momentum, seed):
    rng = np.random.default_rng(seed)
    layer = torch.nn.BatchNorm2d(channels, eps=1e-3, momentum=momentum).double()
    torch.nn.init.uniform_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    gamma, beta = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    mean, var = layer.running_mean.numpy().copy(), layer.running_var.numpy().copy()
    for _ in range(3):
        x = rng.normal(2, 3, size=(samples, channels, side, side + 1))
        expected = layer(torch.from_numpy(x)).detach().numpy()
        np.testing.assert_allclose(regularisation.batch_norm_train(x, gamma, beta, 1e-3), expected, atol=1e-9)
        mean, var = regularisation.update_running(mean, var, x, momentum)
    np.testing.assert_allclose(mean, layer.running_mean.numpy())
    np.testing.assert_allclose(var, layer.running_var.numpy())


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 2, width=16), min_size=1, max_size=12), st.integers(1, 5))
def test_stop_early_is_what_fit_does(losses, patience):
    records = []
    for epoch, loss in enumerate(losses, start=1):
        records.append(EpochRecord(epoch, 0.0, 0.0, loss, 0.0, 0.1, 0.0))
        if early_stop_reason(records, patience):
            break
    expected = len(records), best_epoch(records)
    assert more.stop_early(np.array(losses), patience) == expected


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 4), min_size=3, max_size=60), st.sampled_from([0.1, 0.25, 0.5]))
def test_held_out_has_the_same_share_of_each_class(labels, fraction):
    labels = np.array(labels)
    found = more.held_out(labels, fraction)
    assert (np.diff(found) > 0).all()
    for c in range(5):
        own = np.flatnonzero(labels == c).tolist()
        picked = [i for i in found if labels[i] == c]
        assert picked == own[: round(fraction * len(own))]


@pytest.mark.parametrize("decay", [0.0, 0.1, 2.0])
def test_resting_weight_is_where_sgd_with_weight_decay_ends(decay):
    rng = np.random.default_rng(0)
    best, curvature = rng.normal(size=(2, 3)), rng.uniform(0.5, 3, (2, 3))
    weight = torch.nn.Parameter(torch.zeros(2, 3, dtype=torch.float64))
    optimizer = torch.optim.SGD([weight], lr=0.2, weight_decay=decay)
    for _ in range(400):
        optimizer.zero_grad()
        (torch.tensor(curvature) / 2 * (weight - torch.tensor(best)).square()).sum().backward()
        optimizer.step()
    expected = more.resting_weight(best, curvature, decay)
    np.testing.assert_allclose(weight.detach().numpy(), expected, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from([0.0, 0.1, 0.4]), st.integers(2, 8), st.integers(0, 99))
def test_smooth_targets(smoothing, classes, seed):
    rng = np.random.default_rng(seed)
    logits, labels = torch.tensor(rng.normal(size=(5, classes))), rng.integers(0, classes, 5)
    targets = torch.from_numpy(more.smooth_targets(labels, classes, smoothing))
    cross_entropy = torch.nn.functional.cross_entropy
    expected = cross_entropy(logits, torch.from_numpy(labels), label_smoothing=smoothing)
    torch.testing.assert_close(cross_entropy(logits, targets), expected)


def smooth_in_a_loop(labels, num_classes, smoothing):
    rows = [[smoothing / num_classes] * num_classes for _ in labels]
    for row, label in zip(rows, labels):
        row[label] += 1 - smoothing
    return rows


def stop_by_slices(losses, patience):
    for end in range(1, len(losses) + 1):
        best = min(range(end), key=lambda epoch: losses[epoch])
        if end - 1 - best >= patience:
            return [end, best + 1]
    return [len(losses), best + 1]


@pytest.mark.parametrize(
    "name, answer",
    [
        ("regularisation.smooth_targets", smooth_in_a_loop),
        ("regularisation.stop_early", stop_by_slices),
        ("regularisation.dropout", lambda x, p, lots: x * (lots >= p) / (1 - p)),
        ("regularisation.resting_weight", lambda best, c, decay: best / (1 + decay / c)),
    ],
)
def test_other_right_answers_pass(name, answer):
    assert check(name, answer), str(check(name, answer))
