"""The engine of the course: explorers with sliders, quests, exercises that check themselves, quizzes.

Examples
--------
>>> from cnncourse.course import check
>>> def output_size(size, kernel_size):
...     return size - kernel_size + 1
>>> print(check("convolution.output_size", output_size))
✓ convolution.output_size: passed, all 5 cases
"""

from cnncourse.course.attempts import progress
from cnncourse.course.checking import CheckResult, check
from cnncourse.course.explorers import explore, explorer, quest
from cnncourse.course.find import case, names, solution
from cnncourse.course.quizzes import quiz
from cnncourse.course.runs import stored

__all__ = [
    "CheckResult",
    "case",
    "check",
    "explore",
    "explorer",
    "names",
    "progress",
    "quest",
    "quiz",
    "solution",
    "stored",
]
