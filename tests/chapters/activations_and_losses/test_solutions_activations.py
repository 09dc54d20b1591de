"""The reference solutions of the chapter against PyTorch, and other right answers."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import ops
from cnncourse.chapters.activations_and_losses import exercises as activations
from cnncourse.course import check

F = torch.nn.functional


SEED = st.integers(0, 99)


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


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


def test_other_right_solutions():
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
