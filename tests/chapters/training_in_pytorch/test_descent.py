"""Gradient descent in the valley, against torch's own SGD, and the quest for a learning rate."""

import numpy as np
import pytest
import torch

from cnncourse.chapters.training_in_pytorch.descent import (
    START,
    descent_path,
    find_learning_rate,
    gradient_descent,
    valley,
)


@pytest.mark.parametrize("learning_rate", [0.02, 0.1, 0.19, 0.21])
def test_the_path_is_that_of_torch_s_sgd(learning_rate):
    weights = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=learning_rate)
    expected = [weights.detach().numpy().copy()]
    for _ in range(10):
        optimiser.zero_grad()
        valley(weights[0], weights[1]).backward()
        optimiser.step()
        expected.append(weights.detach().numpy().copy())
    np.testing.assert_allclose(descent_path(learning_rate, 10), expected, rtol=1e-12, atol=1e-12)


def test_one_fifth_is_where_the_valley_stops_being_descended():
    for learning_rate, falls in ((0.19, True), (0.21, False)):
        across = np.abs(descent_path(learning_rate, 30)[:, 1])
        assert (across[-1] < across[0]) == falls


def test_it_says_its_numbers():
    text = gradient_descent.alt(learning_rate=0.1, steps=1)
    assert text == (
        "Gradient descent with learning rate 0.1: after 1 step the weights are −3.60 and 0.00, "
        "and the loss went from 19.25 to 6.48."
    )


@pytest.mark.parametrize(
    "learning_rate, word", [(0.01, "larger steps"), (0.19, "dies out too slowly"), (0.21, "smaller steps")]
)
def test_the_hints_on_the_way_to_the_learning_rate(shown, learning_rate, word):
    find_learning_rate()
    solved, hint = shown[0].solved(learning_rate)
    assert not solved
    assert word in hint
