"""The numbers worked out in the cheat sheet are those of the operators."""

from __future__ import annotations

import re

import numpy as np
from repository import BOOK

from cnncourse import ops

TEXT = (BOOK / "cheat_sheet.md").read_text(encoding="utf-8")


def example(row: str) -> str:
    """The last column of the row that begins with these words."""
    (found,) = re.findall(rf"^\| {re.escape(row)}[^\n]*\| ([^|]+) \|$", TEXT, re.MULTILINE)
    return found


def side(n, k, p=0, s=1, d=1):
    return ops.conv2d(np.zeros((1, 1, n, n)), np.zeros((1, 1, k, k)), None, s, p, d).shape[-1]


def test_sizes():
    assert example("side after convolution").endswith(f"{side(224, 7, 3, 2)}")
    assert f": {side(28, 5, 2)};" in example("side after convolution")
    assert example("padding that keeps") == "$k=5$: 2; $k=3$, $d=2$: 2"
    assert side(28, 5, 2) == side(28, 3, 2, 1, 2) == 28
    doubled = ops.conv_transpose2d(np.zeros((1, 1, 7, 7)), np.zeros((1, 1, 2, 2)), stride=2).shape[-1]
    assert example("side after a transposed").endswith(f": {doubled}")


def test_counts():
    weight = np.zeros((16, 6, 5, 5))
    assert example("weights and biases of a convolution").endswith(f"{weight.size + 16:,}")
    assert example("weights and biases of a dense").endswith(f"{400 * 120 + 120:,}")
    output = ops.conv2d(np.zeros((1, 6, 14, 14)), weight)
    assert output.shape[-1] == 10
    assert example("multiplications").endswith(f"{output.size * weight[0].size:,}")


def test_receptive_field():
    x = np.zeros((1, 1, 15, 15))
    kernel, touched = np.ones((1, 1, 3, 3)), 0
    for row in range(15):  # the pixels that the middle of the last map can see, counted
        x[:] = 0
        x[0, 0, row, 7] = 1
        y = x
        for _ in range(3):
            y = ops.conv2d(y, kernel)
        touched += y[0, 0, y.shape[2] // 2, y.shape[3] // 2] != 0
    assert example("receptive field").endswith(f": {touched}")
