"""The quest of the chapter: sizes, parameters and receptive field are those of a torch network."""

import itertools

import pytest
from torch import nn

from cnncourse import models
from cnncourse.chapters.a_cnn_from_scratch.quest import BUDGET, FIELD, FILTERS, plan_solved, small_lenet

KERNELS, COUNTS, POOLINGS = (3, 5, 7), (8, 16, 32), (1, 2, 3)


def torch_network(kernel_size, filters, pooling):
    return nn.Sequential(
        nn.Conv2d(1, filters, kernel_size),
        nn.MaxPool2d(pooling),
        nn.Conv2d(filters, 2 * filters, kernel_size),
        nn.MaxPool2d(pooling),
        nn.Flatten(),
        nn.LazyLinear(120),
        nn.Linear(120, 10),
    )


@pytest.mark.parametrize("kernel_size, pooling", list(itertools.product(KERNELS, POOLINGS)))
def test_the_network_is_the_one_torch_builds(kernel_size, pooling):
    ours, theirs = small_lenet(kernel_size, 4, pooling), torch_network(kernel_size, 4, pooling)
    if not ours.parameters:
        assert (kernel_size, pooling) == (7, 3)
        return
    # The lazy layer counts its inputs here; the table then has the sizes.
    inputs = 8 * ours.sides[-1] ** 2
    theirs[5] = nn.Linear(inputs, 120)
    table = models.summary(theirs, (1, 28, 28))
    assert ours.sides[1:] == tuple(row.output_shape[1] for row in table.rows[:4])
    assert table.rows[4].output_shape == (inputs,)
    assert table.rows[3].receptive_field == (ours.field, ours.field)
    assert [row.parameters for row in table if row.parameters] == list(ours.parameters.values())


def test_windows_that_no_longer_fit_make_no_network():
    net = small_lenet(7, 16, 3)
    assert net.sides == (28, 22, 7, 1, 0)
    assert net.parameters == {}
    with pytest.raises(ValueError, match="too small"):
        models.summary(torch_network(7, 16, 3)[:4], (1, 28, 28))
    solved, hint = plan_solved(7, 16, 3)
    assert not solved
    assert "no room" in hint


def test_one_setting_meets_the_three_goals():
    met = []
    for settings in itertools.product(KERNELS, COUNTS, POOLINGS):
        net = small_lenet(*settings)
        small = 0 < sum(net.parameters.values()) <= BUDGET
        if small and net.field >= FIELD and settings[1] >= FILTERS:
            met.append(settings)
    solved = [s for s in itertools.product(KERNELS, COUNTS, POOLINGS) if plan_solved(*s)[0]]
    assert met == solved == [(5, 16, 3)]


def test_hints_say_what_is_in_the_way():
    assert "16 filters are asked for" in plan_solved(5, 8, 3)[1]
    assert "sees 10 pixels" in plan_solved(3, 16, 2)[1]
    assert "16 · 32 kernels of 7 × 7" in plan_solved(7, 16, 2)[1]
