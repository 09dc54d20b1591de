"""Finds exercises by name. The chapters are imported when the first exercise is asked for."""

import copy
import difflib
import functools
import importlib

from .exercise import Exercise

# Chapter of the book -> module of this package that holds its exercises.
CHAPTERS = {
    "01_neural_networks": "neural_networks",
    "02_why_convolution": "why_convolution",
    "03_convolution": "convolution",
    "04_padding_and_stride": "padding_and_stride",
    "05_channels_and_filters": "channels",
    "06_pooling": "pooling",
    "07_activations_and_losses": "activations",
    "08_a_cnn_from_scratch": "from_scratch",
    "09_backpropagation": "backpropagation",
    "10_training_in_pytorch": "training",
    "11_overfitting_and_regularisation": "regularisation",
    "12_data_augmentation": "augmentation",
    "13_classic_architectures": "architectures",
    "14_modern_architectures": "modern",
    "15_transfer_learning": "transfer",
    "16_looking_inside": "explaining",
    "17_cats_and_dogs": "cats_dogs",
    "18_applications": "applications",
}


@functools.cache
def chapter_exercises(chapter: str) -> tuple[Exercise, ...]:
    """All exercises of one chapter, in the order of the chapter."""
    return importlib.import_module(f"{__package__}.{CHAPTERS[chapter]}").EXERCISES


@functools.cache
def _by_name() -> dict[str, Exercise]:
    return {exercise.name: exercise for chapter in CHAPTERS for exercise in chapter_exercises(chapter)}


def names(chapter: str | None = None) -> tuple[str, ...]:
    """List the exercises.

    Parameters
    ----------
    chapter : str, optional
        File name of a chapter without its ending, such as ``"03_convolution"``. Default: all chapters.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        If there is no such chapter.

    Examples
    --------
    >>> names("03_convolution")[0]
    'convolution.correlate_by_hand'
    """
    if chapter is None:
        return tuple(_by_name())
    if chapter not in CHAPTERS:
        raise ValueError(f"chapter={chapter!r} has no exercises. Chapters that have: {', '.join(CHAPTERS)}.")
    return tuple(exercise.name for exercise in chapter_exercises(chapter))


def find(name: str) -> Exercise:
    """Find one exercise.

    Raises
    ------
    TypeError
        If `name` is not a string.
    ValueError
        If there is no exercise of that name; the text lists the nearest ones.
    """
    if not isinstance(name, str):
        raise TypeError(
            f"The name of the exercise must be a string, got {type(name).__name__}. "
            'Write check("topic.task", your_answer), with the name first.'
        )
    if name in _by_name():
        return _by_name()[name]
    raise ValueError(f"There is no exercise {name!r}. {_suggestion(name)}")


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, _by_name(), n=3, cutoff=0.5)
    near += [full for full in _by_name() if full.split(".")[1] == name and full not in near]
    if near:
        return f"Did you mean {' or '.join(repr(full) for full in near)}?"
    return "cnncourse.exercises.names() lists them all."


def prompt(name: str) -> str:
    """Return the task of an exercise, in Markdown.

    Parameters
    ----------
    name : str
        Name of the exercise.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If `name` is not a string.
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> print(prompt("neuron.mean_squared_error"))
    Write `mean_squared_error(predicted, target)` for two arrays of one shape: square the differences
    and take their mean.
    """
    return find(name).prompt


def stub(name: str) -> str:
    """Return the text that the learner starts from.

    Parameters
    ----------
    name : str
        Name of the exercise.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If `name` is not a string.
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> print(stub("convolution.output_size"))
    def output_size(size, kernel_size):
        \"\"\"Number of positions of a kernel along one axis of an image.\"\"\"
        ...
    """
    return find(name).stub


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
    TypeError
        If `name` is not a string.
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> print(solution("convolution.output_size"))
    def output_size(size, kernel_size):
        \"\"\"Number of positions of a kernel along one axis of an image.\"\"\"
        return size - kernel_size + 1
    """
    return find(name).solution


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
    >>> image, kernel = case("convolution.correlate2d", 1)
    >>> image.shape, kernel.shape
    ((3, 3), (2, 2))
    """
    exercise = find(name)
    cases = exercise.cases() if exercise.wants_function else []
    if not 1 <= number <= len(cases):
        raise ValueError(
            f"number={number} of exercise {name!r}: it has {len(cases)} cases, counted from 1."
            + ("" if cases else " Its answer is a value, so there is nothing to call.")
        )
    return copy.deepcopy(cases[number - 1].args)
