"""Each quest can be solved, does not start solved, and gives a hint that fits the position."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.a_cnn_from_scratch.quest import shape_lenet
from cnncourse.chapters.activations_and_losses.deep_gradients import keep_gradient_alive
from cnncourse.chapters.activations_and_losses.temperature import find_temperature
from cnncourse.chapters.applications.star_hunt import find_the_stars
from cnncourse.chapters.backpropagation.quest import find_gradient_bug
from cnncourse.chapters.cats_and_dogs.cats_dogs import open_for_dogs
from cnncourse.chapters.channels_and_filters.quest import find_mix
from cnncourse.chapters.classic_architectures.quest import find_stack
from cnncourse.chapters.convolution.quest import (
    SECRET,
    column_answer,
    column_kernel,
    find_kernel,
    mystery_solved,
)
from cnncourse.chapters.data_augmentation.quest import find_transform
from cnncourse.chapters.modern_architectures.quest import cheap_inception
from cnncourse.chapters.neural_networks.quest import make_and
from cnncourse.chapters.overfitting_and_regularisation.quest import find_stop
from cnncourse.chapters.padding_and_stride.geometry import reach_14
from cnncourse.chapters.pooling.quest import find_pooling
from cnncourse.chapters.training_in_pytorch.descent import find_learning_rate
from cnncourse.chapters.why_convolution.quest import fit_the_budget
from cnncourse.course.photo import grey_photo

QUESTS = [
    find_gradient_bug,
    cheap_inception,
    find_kernel,
    find_learning_rate,
    find_mix,
    find_pooling,
    find_stack,
    find_stop,
    find_temperature,
    find_the_stars,
    find_transform,
    fit_the_budget,
    keep_gradient_alive,
    make_and,
    open_for_dogs,
    reach_14,
    shape_lenet,
]


def _verdicts(explorer):
    return {position: explorer.solved(**explorer.values(position)) for position in explorer.positions()}


@pytest.mark.parametrize("show", QUESTS)
def test_a_quest_can_be_solved_but_not_by_looking_away(shown, show):
    show()
    verdicts = _verdicts(shown[0])
    assert not verdicts[shown[0].start][0]
    assert 1 <= sum(solved for solved, _ in verdicts.values()) <= len(verdicts) / 6
    assert all(hint.strip().endswith((".", "?")) for _, hint in verdicts.values())
    assert len(verdicts) <= 36


def test_the_cheapest_way_to_14_that_sees_all_is_found_by_trying(shown):
    reach_14()
    prices = {}
    for position in shown[0].positions():
        values = shown[0].values(position)
        k, p, s = values["kernel_size"], values["padding"], values["stride"]
        image = torch.zeros(1, 1, 28, 28, requires_grad=True)
        output = F.conv2d(image, torch.ones(1, 1, k, k), stride=s, padding=p)
        output.sum().backward()
        if output.shape[-1] == 14 and bool((image.grad > 0).all()):
            prices[position] = output.numel() * k * k
    best = min(prices, key=prices.get)
    assert [position for position, verdict in _verdicts(shown[0]).items() if verdict[0]] == [best]


@pytest.mark.parametrize(
    "values, word",
    [
        ((3, 0, 1), "26 × 26 is too large"),
        ((3, 0, 2), "13 × 13 is too small"),
        ((1, 0, 2), "588 pixels are never seen"),
        ((3, 1, 2), "1,764 multiplications can be beaten"),
    ],
)
def test_the_hints_on_the_way_to_14(shown, values, word):
    reach_14()
    solved, hint = shown[0].solved(*values)
    assert not solved
    assert word in hint


def test_the_answer_to_the_kernel_quest_is_the_one_with_no_difference():
    image = torch.tensor(np.array(grey_photo("pagoda", 84)))[None, None]
    for columns in np.ndindex(3, 3, 3):
        columns = tuple(int(c) - 1 for c in columns)
        expected = F.conv2d(image, torch.tensor(column_kernel(*columns))[None, None])[0, 0].numpy()
        np.testing.assert_allclose(column_answer(*columns), expected, atol=1e-9)
        same = np.allclose(expected, column_answer(*SECRET))
        assert mystery_solved(*columns)[0] == same


@pytest.mark.parametrize(
    "columns, word",
    [
        ((0, 1, 0), "comes out red"),
        ((-1, 0, 0), "comes out blue"),
        ((0, 0, 0), "nothing comes out"),
        ((-1, 0, 1), "lines are right, but red and blue are swapped"),
        ((1, -1, 0), "too thin"),
        ((0, -1, 1), "too thin, and red and blue are swapped"),
    ],
)
def test_the_hints_on_the_way_to_the_kernel(columns, word):
    solved, hint = mystery_solved(*columns)
    assert not solved
    assert word in hint


@pytest.mark.parametrize(
    "learning_rate, word", [(0.01, "larger steps"), (0.19, "dies out too slowly"), (0.21, "smaller steps")]
)
def test_the_hints_on_the_way_to_the_learning_rate(shown, learning_rate, word):
    find_learning_rate()
    solved, hint = shown[0].solved(learning_rate)
    assert not solved
    assert word in hint
