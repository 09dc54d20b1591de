"""Finds exercises by name. The chapters are imported when the first exercise is asked for."""

import copy
import functools
import importlib

from cnncourse.course import chapters
from cnncourse.course.exercises import Exercise
from cnncourse.errors import did_you_mean, message


@functools.cache
def chapter_exercises(chapter: str) -> tuple[Exercise, ...]:
    """Return the exercises of one chapter in the order in which they are declared; none if it has none."""
    found = []
    # exercises.py and, where one file would be too long, more_exercises.py
    for path in sorted((chapters.FOLDER / chapter).glob("*exercises.py")):
        module = importlib.import_module(f"cnncourse.chapters.{chapter}.{path.stem}")
        found += [value for value in vars(module).values() if isinstance(value, Exercise)]
    return tuple(found)


@functools.cache
def _by_name() -> dict[str, Exercise]:
    return {exercise.name: exercise for name in chapters.names() for exercise in chapter_exercises(name)}


def names(chapter: str | None = None) -> tuple[str, ...]:
    """List the exercises.

    Parameters
    ----------
    chapter : str, optional
        Name of a chapter, such as ``"convolution"``. Default: all chapters.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        If there is no such chapter.

    Examples
    --------
    >>> names("convolution")[0]
    'convolution.correlate_by_hand'
    """
    if chapter is None:
        return tuple(_by_name())
    if chapter not in chapters.names():
        raise ValueError(f"chapter={chapter!r} is no chapter. {did_you_mean(chapter, chapters.names())}")
    return tuple(exercise.name for exercise in chapter_exercises(chapter))


def exercise_named(name: str) -> Exercise:
    """Return one exercise; raises what `check` documents."""
    if not isinstance(name, str):
        remedy = 'Write check("topic.task", your_answer), with the name first.'
        raise TypeError(message("name", type(name).__name__, "must be the name of an exercise", remedy))
    if name in _by_name():
        return _by_name()[name]
    same_task = [full for full in _by_name() if full.split(".")[1] == name]
    raise ValueError(f"There is no exercise {name!r}. {did_you_mean(name, same_task or _by_name())}")


def solution(name: str) -> str:
    """Return the source text of one right answer.

    Parameters
    ----------
    name : str
        Name of the exercise.

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If `name` is not the name of an exercise.

    Examples
    --------
    >>> print(solution("convolution.output_size"))
    def output_size(size, kernel_size):
        \"\"\"Number of positions of a kernel along one axis of an image.\"\"\"
        return size - kernel_size + 1
    """
    return exercise_named(name).solution


def case(name: str, number: int) -> tuple:
    """Return the arguments of one case, to call your function with them yourself.

    Parameters
    ----------
    name : str
        Name of the exercise.
    number : int
        Number of the case, from 1, as `check` prints it.

    Returns
    -------
    tuple
        The arguments, in the order of the call.

    Raises
    ------
    ValueError
        If the exercise has no case of that number.

    Examples
    --------
    >>> image, kernel = case("convolution.convolve2d", 1)
    >>> image.shape, kernel.shape
    ((3, 3), (2, 2))
    """
    exercise = exercise_named(name)
    cases = exercise.cases() if exercise.wants_function else []
    if not 1 <= number <= len(cases):
        raise ValueError(
            f"number={number} of exercise {name!r}: it has {len(cases)} cases, counted from 1."
            + ("" if cases else " Its answer is a value, so there is nothing to call.")
        )
    return copy.deepcopy(cases[number - 1].args)
