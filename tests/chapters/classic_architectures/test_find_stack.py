"""The quest of the chapter: its numbers are PyTorch's, and its hints fit."""

import pytest
import torch
from torch import nn

from cnncourse.chapters.classic_architectures.quest import find_stack, stack_size, stack_solved


@pytest.mark.parametrize("kernel_size, layers", [(3, 1), (3, 5), (5, 3), (9, 2)])
def test_a_stack_sees_and_costs_what_torch_says(kernel_size, layers):
    stack = nn.Sequential(*[nn.Conv2d(64, 64, kernel_size, bias=False) for _ in range(layers)])
    field, weights = stack_size(kernel_size, layers)
    assert weights == sum(p.numel() for p in stack.parameters())
    assert stack(torch.zeros(1, 64, field, field, device="cpu")).shape[-2:] == (1, 1)


def test_only_five_threes_will_do(shown):
    find_stack()
    solved = [
        shown[0].values(position)
        for position in shown[0].positions()
        if shown[0].solved(**shown[0].values(position))[0]
    ]
    assert solved == [{"kernel_size": 3, "layers": 5}]


@pytest.mark.parametrize(
    "kernel_size, layers, word",
    [
        (7, 2, "too many"),
        (7, 1, "smaller kernels and more of them"),
        (3, 2, "A further layer adds 2"),
        (3, 6, "One layer fewer"),
        (5, 3, "307,200 weights are too many"),
    ],
)
def test_the_hints_on_the_way_to_the_stack(kernel_size, layers, word):
    solved, hint = stack_solved(kernel_size, layers)
    assert not solved
    assert word in hint
