"""The quests of the chapters on architectures: their numbers are PyTorch's, and their hints fit."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnncourse.chapters.classic_architectures.quest import find_stack, stack_size, stack_solved
from cnncourse.chapters.modern_architectures.quest import (
    BUDGET,
    cheap_inception,
    inception_branches,
    inception_solved,
)
from cnncourse.models.googlenet import Inception


@pytest.mark.parametrize("kernel_size, layers", [(3, 1), (3, 5), (5, 3), (9, 2)])
def test_a_stack_sees_and_costs_what_torch_says(kernel_size, layers):
    stack = nn.Sequential(*[nn.Conv2d(64, 64, kernel_size, bias=False) for _ in range(layers)])
    field, weights = stack_size(kernel_size, layers)
    assert weights == sum(p.numel() for p in stack.parameters())
    assert stack(torch.zeros(1, 64, field, field, device="cpu")).shape[-2:] == (1, 1)


@pytest.mark.parametrize("widths", [(96, 16, 32), (64, 32, 32), (128, 64, 32)])
def test_a_block_costs_what_torch_counts(widths):
    reduce_3, reduce_5, projection = widths
    with torch.device("meta"):
        block = Inception((192, 64, reduce_3, 128, reduce_5, 32, projection), batch_norm=False)
        image = torch.empty(1, 192, 28, 28)
    with FlopCounterMode(display=False) as counter:
        out = block(image)
    branches = inception_branches(*widths)
    assert out.shape[1] == sum(channels for channels, _ in branches.values())
    assert counter.get_total_flops() == 2 * sum(macs for _, macs in branches.values())


def test_a_block_without_reductions_is_the_naive_one():
    branches = inception_branches(192, 192, 192)
    work = sum(macs for _, macs in branches.values())
    assert work == 28 * 28 * 192 * (64 + 9 * 128 + 25 * 32)
    assert sum(channels for channels, _ in branches.values()) == 64 + 128 + 32 + 192


def test_only_five_threes_will_do(shown):
    find_stack()
    solved = [
        shown[0].values(position)
        for position in shown[0].positions()
        if shown[0].solved(**shown[0].values(position))[0]
    ]
    assert solved == [{"kernel_size": 3, "layers": 5}]


def test_the_paper_s_own_block_is_an_answer(shown):
    cheap_inception()
    assert inception_solved(96, 16, 32)[0]
    for position in shown[0].positions():
        values = shown[0].values(position)
        branches = inception_branches(**values)
        channels, macs = (sum(column) for column in zip(*branches.values()))
        assert shown[0].solved(**values)[0] == (channels == 256 and macs <= BUDGET)


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


@pytest.mark.parametrize(
    "widths, word",
    [
        ((192, 192, 192), "416 channels"),
        ((192, 16, 32), "3 × 3 branch"),
        ((96, 64, 32), "5 × 5 has 25 weights"),
    ],
)
def test_the_hints_on_the_way_to_the_block(widths, word):
    solved, hint = inception_solved(*widths)
    assert not solved
    assert word in hint
