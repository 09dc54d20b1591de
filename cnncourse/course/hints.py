"""Finds the hint for a wrong answer: first among the known mistakes, then by what any answer can show."""

from collections.abc import Sequence

import numpy as np

from cnncourse.course.calls import Outcome, Trial, trial
from cnncourse.course.compare import TYPE_DIFFERS, Reading, agree, errors, fit_shape, read
from cnncourse.course.exercises import Exercise

OFF_BY_ONE = "Off by one. Count the positions on a small example, on paper."
ONE_TOO_FEW = "One too few along an axis: does a loop or a slice stop one step early?"
ONE_TOO_MANY = "One too many along an axis: does a loop or a slice run one step too far?"
OFF_BY_SOME = OFF_BY_ONE, ONE_TOO_FEW, ONE_TOO_MANY
WRONG_TYPE = "The number is right, its type is not: a count must be an integer. `int(...)` or `//` makes one."
PRECISION = (
    "Your numbers are of type float16, which keeps three digits: too few here. Compute in float32 or in "
    "float64, and leave the result as it is."
)
# What float16 loses over a longer sum; a formula is seldom so nearly right.
HALF_PRECISION_ERROR = 0.02
ERROR_HINTS = {
    "TooLongError": "Is there a loop without end? Print what its condition tests: it must become false.",
    "CheckInsideError": "Move the line with `check` out of your function, to the left margin.",
    "IndexError": "An index runs past the end of an array. Print its shape and the last index that you use.",
    "NameError": "A name is not defined. Is it spelled as above, and has the cell that defines it been run?",
    "RecursionError": "The function calls itself without end.",
    "ZeroDivisionError": "Something is divided by zero. Print the divisor.",
}


def hint_for_function(exercise: Exercise, trials: Sequence[Trial]) -> str | None:
    """Choose the hint for a function whose last trial differs, or others before it.

    It is that of the known mistake that agrees with the answer on every case up to the first failing one and
    on the most cases in all, more than half of them; else a general one; else None.
    """
    failing = [number for number, one in enumerate(trials) if one.difference]
    first = trials[failing[0]]
    if first.outcome.error in ("TooLongError", "CheckInsideError"):
        return ERROR_HINTS[first.outcome.error]
    known = _known_mistake(exercise, trials, failing[0])
    if known:
        return known
    if first.outcome.error:
        return ERROR_HINTS.get(first.outcome.error)
    if first.difference.what.endswith(TYPE_DIFFERS):
        return WRONG_TYPE
    said = [general_hint(trials[i].expected, trials[i].outcome.got, exercise.exact_shape) for i in failing]
    # An answer that is one off in no more than half of the cases it fails on is so by chance.
    by_chance = said[0] in OFF_BY_SOME and 2 * said.count(said[0]) <= len(said)
    return None if by_chance else said[0]


def _known_mistake(exercise: Exercise, trials: Sequence[Trial], first: int) -> str | None:
    best, best_score = None, 0
    for mistake in exercise.mistakes:
        theirs = [trial(exercise, mistake.answer, number) for number in range(len(trials))]
        if not theirs[first].difference:  # right by chance, so it explains no failure there
            continue
        same = [_same_outcome(a.outcome, b.outcome, exercise.exact_shape) for a, b in zip(trials, theirs)]
        # What the answer gets right rules a mistake out as much as what it gets wrong. One case that agrees
        # may be chance.
        if all(same[: first + 1]) and 2 * sum(same) > len(same) and sum(same) > best_score:
            best, best_score = mistake.hint, sum(same)
    return best


def hint_for_value(exercise: Exercise, answer: Reading) -> str | None:
    """Choose the hint for a wrong value: of the mistake that equals it, or that breaks the same rules."""
    wrong = [(read(mistake.answer), mistake.hint) for mistake in exercise.mistakes]
    for mistaken, hint in wrong:
        if _same_reading(mistaken, answer, exercise.exact_shape):
            return hint
    if exercise.properties is None:
        return general_hint(exercise.reference, answer, exercise.exact_shape)
    kept = [holds for _, holds in exercise.properties(answer.numbers)]
    for mistaken, hint in wrong:
        if [holds for _, holds in exercise.properties(mistaken.numbers)] == kept:
            return hint
    return None


def _same_outcome(one: Outcome, other: Outcome, exact_shape: bool) -> bool:
    if one.got is None or other.got is None:
        return one.said == other.said
    return _same_reading(other.got, one.got, exact_shape)


def _same_reading(mistaken: Reading, answer: Reading, exact_shape: bool) -> bool:
    if mistaken.parts is not None:
        if answer.parts is None or len(answer.parts) != len(mistaken.parts):
            return False
        return all(_same_reading(one, other, exact_shape) for one, other in zip(mistaken.parts, answer.parts))
    if mistaken.numbers is None or answer.numbers is None:
        return False
    wrong, got = mistaken.numbers, fit_shape(mistaken.numbers, answer.numbers, exact_shape)
    # The type tells 3 from 3.0, which is the mistake where a size is asked for.
    kinds_differ = wrong.ndim == 0 and (wrong.dtype.kind == "f") != (got.dtype.kind == "f")
    return wrong.shape == got.shape and not kinds_differ and agree(wrong, got)


def general_hint(expected: object, answer: Reading | None, exact_shape: bool = False) -> str | None:
    """Name a simple relation between a wrong answer and the expected one.

    Examples
    --------
    >>> general_hint(np.array([1.0, 2.0]), read([-1.0, -2.0]))
    'Every value has the wrong sign.'
    """
    if isinstance(expected, tuple) or answer is None:  # None: the call was stopped or raised
        return None
    expected = np.asarray(expected)
    if expected.ndim == 0 and answer.length is not None:
        return "Return the number alone, without brackets. A comma after a value makes a tuple of it."
    if answer.numbers is None:
        return None
    got = fit_shape(expected, answer.numbers, exact_shape)
    if got.shape != expected.shape:
        return _shape_hint(expected, got)
    if not np.isfinite(got).all():
        return "There are NaN or infinite values. Look for a division by zero, log(0) or a huge exponential."
    in_half = got.dtype == np.float16
    expected, got = expected.astype(np.float64), got.astype(np.float64)
    if in_half and errors(expected, got).max() <= HALF_PRECISION_ERROR * np.abs(expected).max():
        return PRECISION
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
