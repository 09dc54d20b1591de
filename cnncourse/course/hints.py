"""Finds the hint for a wrong answer: first among the known mistakes, then by what any answer can show."""

from collections.abc import Sequence

import numpy as np

from cnncourse.course.calls import Outcome, call
from cnncourse.course.compare import UnreadableError, agree, as_numbers, difference, fit_shape, parts_of
from cnncourse.course.exercises import Case, Exercise

OFF_BY_ONE = "Off by one. Count the positions on a small example, on paper."
ONE_TOO_FEW = "One too few along an axis: does a loop or a slice stop one step early?"
ONE_TOO_MANY = "One too many along an axis: does a loop or a slice run one step too far?"
OFF_BY_SOME = OFF_BY_ONE, ONE_TOO_FEW, ONE_TOO_MANY
WRONG_TYPE = "The number is right, its type is not: a count must be an integer. `int(...)` or `//` makes one."
ERROR_HINTS = {
    "IndexError": "An index runs past the end of an array. Print its shape and the last index that you use.",
    "NameError": "A name is not defined. Is it spelled as above, and has the cell that defines it been run?",
    "RecursionError": "The function calls itself without end.",
    "ZeroDivisionError": "Something is divided by zero. Print the divisor.",
}


def hint_for_function(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], failing: Sequence[int]
):
    """Choose the hint for a function that fails on some cases.

    Parameters
    ----------
    exercise : Exercise
    cases : sequence of Case
    outcomes : sequence of Outcome
        What the answer did, per case.
    failing : sequence of int
        Positions of the cases that the answer fails on.

    Returns
    -------
    str or None
        The hint of the known mistake that agrees with the answer on every case up to the first failing one
        and on the most cases in all, more than half of them; else a general one; else None.
    """
    known = _known_mistake(exercise, cases, outcomes, failing)
    if known:
        return known
    first = outcomes[failing[0]]
    if first.error is not None:
        return ERROR_HINTS.get(type(first.error).__name__)
    expected = call(exercise.reference, cases[failing[0]]).value
    if exercise.whole and difference(expected, first.value) is None:
        return WRONG_TYPE
    hint = general_hint(expected, first.value, exercise.exact_shape)
    return None if hint in OFF_BY_SOME and _is_chance(hint, exercise, cases, outcomes, failing) else hint


def _known_mistake(exercise, cases, outcomes, failing) -> str | None:
    best, best_score = None, 0
    for mistake in exercise.mistakes:
        theirs = [call(mistake.answer, case) for case in cases]
        same = [_same_outcome(exercise, one, other) for one, other in zip(outcomes, theirs)]
        # What the answer gets right rules a mistake out as much as what it gets wrong. One case that agrees
        # may be chance.
        likely = all(same[: failing[0] + 1]) and 2 * sum(same) > len(cases)
        explains = likely and not _is_right(exercise, cases[failing[0]], theirs[failing[0]])
        if explains and sum(same) > best_score:
            best, best_score = mistake.hint, sum(same)
    return best


def _is_chance(hint, exercise, cases, outcomes, failing) -> bool:
    """Whether an answer that is one off is so in no more than half of the cases it fails on."""
    exact = exercise.exact_shape
    pairs = [(call(exercise.reference, cases[i]).value, outcomes[i].value) for i in failing]
    return 2 * sum(general_hint(expected, got, exact) == hint for expected, got in pairs) <= len(failing)


def _is_right(exercise: Exercise, case: Case, outcome: Outcome) -> bool:
    """Whether a wrong answer happens to be right on this case: then it explains no failure there."""
    if outcome.error is not None:
        return False
    expected = call(exercise.reference, case).value
    return difference(expected, outcome.value, whole=exercise.whole, exact_shape=exercise.exact_shape) is None


def hint_for_value(exercise: Exercise, answer: object) -> str | None:
    """Choose the hint for a wrong value."""
    for mistake in exercise.mistakes:
        if _same_value(mistake.answer, answer, exercise.exact_shape):
            return mistake.hint
    if exercise.properties is None:
        return general_hint(exercise.reference, answer, exercise.exact_shape)
    return None


def hint_for_properties(exercise: Exercise, answer: np.ndarray) -> str | None:
    """Choose the hint of the mistake that equals the answer, or that breaks the same rules."""
    exact = hint_for_value(exercise, answer)
    if exact:
        return exact
    kept = [holds for _, holds in exercise.properties(answer)]
    for mistake in exercise.mistakes:
        if [holds for _, holds in exercise.properties(as_numbers(mistake.answer))] == kept:
            return mistake.hint
    return None


def _same_outcome(exercise: Exercise, one: Outcome, other: Outcome) -> bool:
    if one.error is not None or other.error is not None:
        return type(one.error) is type(other.error) and str(one.error) == str(other.error)
    return _same_value(other.value, one.value, exercise.exact_shape)


def _same_value(mistaken: object, answer: object, exact_shape: bool) -> bool:
    if isinstance(mistaken, tuple):
        parts = parts_of(answer)
        if parts is None or len(parts) != len(mistaken):
            return False
        return all(_same_value(one, other, exact_shape) for one, other in zip(mistaken, parts))
    try:
        mistaken = as_numbers(mistaken)
        answer = fit_shape(mistaken, as_numbers(answer), exact_shape)
    except UnreadableError:
        return False
    # The type tells 3 from 3.0, which is the mistake where a size is asked for.
    kinds_differ = mistaken.ndim == 0 and (mistaken.dtype.kind == "f") != (answer.dtype.kind == "f")
    return mistaken.shape == answer.shape and not kinds_differ and agree(mistaken, answer)


def general_hint(expected: object, got: object, exact_shape: bool = False) -> str | None:
    """Name a simple relation between a wrong answer and the expected one.

    Examples
    --------
    >>> general_hint(np.array([1.0, 2.0]), [-1.0, -2.0])
    'Every value has the wrong sign.'
    """
    if isinstance(expected, tuple):
        return None
    expected = np.asarray(expected)
    if expected.ndim == 0 and isinstance(got, (tuple, list)):
        return "Return the number alone, without brackets. A comma after a value makes a tuple of it."
    try:
        got = fit_shape(expected, as_numbers(got), exact_shape)
    except UnreadableError:
        return None
    if got.shape != expected.shape:
        return _shape_hint(expected, got)
    if not np.isfinite(got).all():
        return "There are NaN or infinite values. Look for a division by zero, log(0) or a huge exponential."
    expected, got = expected.astype(np.float64), got.astype(np.float64)
    if expected.size == 1 and abs(got - expected).item() == 1:
        return OFF_BY_ONE
    if agree(-expected, got):
        return "Every value has the wrong sign."
    if expected.ndim == 2 and expected.shape == expected.T.shape and agree(expected.T, got):
        return "Rows and columns are exchanged."
    return _linear_hint(expected, got)


def _shape_hint(expected: np.ndarray, got: np.ndarray) -> str | None:
    if got.ndim != expected.ndim:
        return f"The answer is {_axes_in_words(got.ndim)}; {_axes_in_words(expected.ndim)} is expected."
    if got.shape == expected.shape[::-1]:
        return "Rows and columns are exchanged."
    apart = {e - g for e, g in zip(expected.shape, got.shape)} - {0}
    if apart == {1}:
        return ONE_TOO_FEW
    if apart == {-1}:
        return ONE_TOO_MANY
    return None


def _axes_in_words(ndim: int) -> str:
    if ndim == 0:
        return "a single number"
    return f"an array with {ndim} {'axis' if ndim == 1 else 'axes'}"


def _linear_hint(expected: np.ndarray, got: np.ndarray) -> str | None:
    """Is the answer a multiple of the expected one, or off by a constant?"""
    largest = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    if expected.size < 2 or expected[largest] == 0:
        return None
    factor = got[largest] / expected[largest]
    if factor != 0 and agree(expected * factor, got):
        return f"Every value is {factor:.4g} times the expected one."
    shift = got[largest] - expected[largest]
    if agree(expected + shift, got):
        return f"Every value is off by the same number, {shift:.4g}."
    return None
