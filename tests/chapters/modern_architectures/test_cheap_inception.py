"""The quest of the chapter: its numbers are PyTorch's, and its hints fit."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from cnncourse.chapters.modern_architectures.quest import (
    BUDGET,
    cheap_inception,
    inception_branches,
    inception_solved,
)
from cnncourse.models.googlenet import Inception


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


def test_the_paper_s_own_block_is_an_answer(shown):
    cheap_inception()
    assert inception_solved(96, 16, 32)[0]
    for position in shown[0].positions():
        values = shown[0].values(position)
        branches = inception_branches(**values)
        channels, macs = (sum(column) for column in zip(*branches.values()))
        assert shown[0].solved(**values)[0] == (channels == 256 and macs <= BUDGET)


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
