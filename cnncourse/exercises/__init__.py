"""Exercises that say at once what is wrong, and quizzes that need no kernel.

Examples
--------
>>> from cnncourse.exercises import check
>>> def output_size(size, kernel_size):
...     return size - kernel_size + 1
>>> print(check("convolution.output_size", output_size))
✓ convolution.output_size: passed, all 5 cases
"""

from .cells import notebook_cells
from .check import CheckResult, check
from .progress import progress
from .quiz import quiz
from .registry import case, names, prompt, solution, stub

__all__ = [
    "CheckResult",
    "case",
    "check",
    "names",
    "notebook_cells",
    "progress",
    "prompt",
    "quiz",
    "solution",
    "stub",
]
