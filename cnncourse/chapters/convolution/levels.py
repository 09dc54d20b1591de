"""The pictures to make in the kernel lab, and the rule that judges them, in Python."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_SIDE = 5
_NEAR = 0.02  # of each weight: 0.11 counts as 1/9


@dataclass(frozen=True)
class Level:
    """A picture to make.

    Attributes
    ----------
    title, prompt, hint : str
        What to do, in words.
    kernel : list of list of float
        A kernel that makes the picture.
    rule : {"same", "rows only"}
        "same": this kernel and no other. "rows only": any that answers to horizontal edges alone.
    signed : bool
        Whether the picture is shown in blue and red.
    """

    title: str
    prompt: str
    hint: str
    kernel: list[list[float]]
    rule: str = "same"
    signed: bool = False


LEVELS = (
    Level(
        "Half as bright",
        "The same photograph, every grey level half as large.",
        "One weight is enough: the middle one. The others are 0.",
        [[0, 0, 0], [0, 0.5, 0], [0, 0, 0]],
    ),
    Level(
        "Out of focus",
        "Each pixel is the mean of itself and its eight neighbours.",
        "All nine weights count the same, and together they make 1. You may type 1/9.",
        [[1 / 9] * 3] * 3,
    ),
    Level(
        "Left minus right",
        "White where left and right are alike, red where the left is lighter, blue where the right is.",
        "The three rows are alike. The middle column counts for nothing.",
        [[1, 0, -1]] * 3,
        signed=True,
    ),
    Level(
        "Only what lies flat",
        "Horizontal edges show. Vertical edges and flat places stay empty. Many kernels do this.",
        "In flat places and at vertical edges all rows are alike: each column of weights must add up to 0.",
        [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        rule="rows only",
        signed=True,
    ),
    Level(
        "Sharper",
        "Each pixel is pushed away from its four direct neighbours. Flat places stay as they are.",
        "The corners are 0, the four neighbours −1. What must the middle be for a sum of 1?",
        [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    ),
    Level(
        "Seeing double",
        "Two photographs on top of each other, half as bright each, four pixels apart in a row.",
        "Take 5 × 5 weights. Two of them, at the two ends of the middle row, are not 0.",
        [[0] * 5, [0] * 5, [0.5, 0, 0, 0, 0.5], [0] * 5, [0] * 5],
    ),
)


def is_solved(kernel: np.ndarray, level: Level) -> bool:
    """Return whether a kernel makes the picture of a level.

    Parameters
    ----------
    kernel : ndarray of shape (KH, KW)
        Odd sides up to 5; others make none of the pictures.
    level : Level

    Examples
    --------
    >>> is_solved(np.full((3, 3), 0.11), LEVELS[1])
    True
    >>> is_solved(np.array([[0, 1, 0], [0, 0, 0], [0, -1, 0]]), LEVELS[3])
    True
    """
    weights = _centred(kernel)
    if weights is None:
        return False
    if level.rule == "rows only":
        columns, rows = np.abs(weights.sum(axis=0)), np.abs(weights.sum(axis=1))
        return bool((columns <= _NEAR).all() and (rows >= 0.5).any())
    goal = _centred(np.array(level.kernel, dtype=float))
    return bool((np.abs(weights - goal) <= _NEAR).all())


def _centred(kernel: np.ndarray) -> np.ndarray | None:
    """Return the kernel in the middle of 5 × 5 weights; None where it has no middle or is too large."""
    if any(side > _SIDE or side % 2 == 0 for side in kernel.shape):
        return None
    spare = [((_SIDE - side) // 2,) * 2 for side in kernel.shape]
    return np.pad(kernel, spare)
