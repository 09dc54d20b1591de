"""The quest of the chapter, against torch and against the truth table."""

import numpy as np
import pytest
import torch

from cnncourse.chapters.neural_networks.quest import CORNERS, and_neuron, and_solved, make_and, step_answers


def test_the_neuron_is_a_linear_layer_and_a_step(shown):
    make_and()
    corners = torch.tensor(CORNERS, dtype=torch.float64)
    for position in shown[0].positions():
        values = shown[0].values(position)
        weight = torch.tensor([values["weight_1"], values["weight_2"]], dtype=torch.float64)
        expected = corners @ weight + values["bias"]
        sums, answers = step_answers(**values)
        np.testing.assert_allclose(sums, expected.numpy())
        assert answers == (expected > 0).int().tolist()


def test_only_what_computes_and_is_an_answer(shown):
    make_and()
    for position in shown[0].positions():
        values = shown[0].values(position)
        _, answers = step_answers(**values)
        assert and_solved(**values)[0] == all(
            answer == (x1 and x2) for (x1, x2), answer in zip(CORNERS, answers)
        )


@pytest.mark.parametrize(
    "values, word",
    [
        ((1, 1, -0.5), "This is OR"),
        ((1, 1, 0.5), "only the bias is left"),
        ((-1, -1, -0.5), "Which way must the weights pull?"),
        ((1, 0, -0.5), "Both should have the same say"),
    ],
)
def test_the_hints_on_the_way_to_and(values, word):
    solved, hint = and_solved(*values)
    assert not solved
    assert word in hint


@pytest.mark.parametrize(
    "values, corners",
    [
        ((0, 0, 0.5), 4),
        ((0, 0, -0.5), 0),
        ((1, 0, -0.5), 4),
        ((1, 0, 0.5), 4),
        ((1, 1, -1.5), 3),
        ((1, 1, -0.5), 5),
    ],
)
def test_the_shaded_part_is_where_the_answer_is_1(values, corners):
    # The square is the first patch, the shaded part the second, in the pixels of the page.
    patches = and_neuron(*values).axes[0].patches
    if not corners:
        assert len(patches) == 1
        return
    pixels = patches[1].get_xy()[:-1]
    inputs = np.column_stack([(pixels[:, 0] - 42) / 80 - 0.5, (212 - pixels[:, 1]) / 80 - 0.5])
    assert len(inputs) == corners
    assert (inputs @ values[:2] + values[2] >= -1e-9).all()
    assert (np.abs(inputs) <= 1.5 + 1e-9).all()


def test_the_frame_says_what_is_wrong():
    assert and_neuron.alt(weight_1=1, weight_2=1, bias=-0.5) == (
        "A neuron with weights 1 and 1 and bias −0.5: 0 0 gives 0, 0 1 gives 1, 1 0 gives 1, 1 1 gives 1. "
        "Wrong for AND: 2 of 4."
    )
