"""`check(name, answer)`: runs an answer and says whether it is right, or which case differs and why."""

import inspect
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnncourse.course import attempts, deadline, find, hints
from cnncourse.course.calls import RETURNS_NONE, Outcome, Trial, call, never_touched, trial
from cnncourse.course.cards import card
from cnncourse.course.compare import Reading, difference, in_words, shown
from cnncourse.course.deadline import is_ctrl_c
from cnncourse.course.exercises import Exercise
from cnncourse.course.intact import intact_numpy

PASS, FAIL, NOT_ATTEMPTED = "pass", "fail", "not attempted"
# Arrays up to this many elements are printed whole among the arguments of a case.
SHOWN_INPUT = 9
_at_work = threading.local()
ICONS = {PASS: "✓", FAIL: "✗", NOT_ATTEMPTED: "○"}


class CheckInsideError(RuntimeError):
    """Raised by `check` in a function that is being checked: it would call itself without end."""


@dataclass(frozen=True, repr=False)
class CheckResult:
    """What `check` found. True when the answer is right.

    Parameters
    ----------
    name : str
        The exercise.
    status : {"pass", "fail", "not attempted"}
    message : str
        One sentence.
    details : tuple of (str, str)
        Rows such as ``("expected", "shape (3, 3)")``.
    hint : str, optional
        What to look at, where the mistake was recognised.
    """

    name: str
    status: str
    message: str
    details: tuple[tuple[str, str], ...] = ()
    hint: str | None = None

    def __bool__(self) -> bool:
        return self.status == PASS

    def _rows(self) -> list[tuple[str, str]]:
        return [*self.details, *([("hint", self.hint)] if self.hint else [])]

    def __str__(self) -> str:
        head = f"{ICONS[self.status]} {self.name}: {self.message}"
        return "\n".join([head, *(f"  {label:<9} {text}" for label, text in self._rows())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return card(self.status, ICONS[self.status], self.name, self.message, self._rows())


def check(name: str, answer: object) -> CheckResult:
    """Check the answer to an exercise.

    Parameters
    ----------
    name : str
        Name of the exercise, such as ``"convolution.convolve2d"``.
    answer : object
        Your function itself (``convolve2d``, not ``convolve2d(...)``), or your value. Arrays, nested lists
        and tensors are taken alike, in any float type.

    Returns
    -------
    CheckResult
        Shown as a card in a notebook and as text by ``print``; true when the answer is right.

    Raises
    ------
    TypeError, ValueError
        If `name` is not the name of an exercise. A wrong answer raises nothing.

    Notes
    -----
    An answer that runs for more than 5 seconds is stopped, unless it stays inside one call of a compiled
    function or catches every error with a bare ``except:``. What it changes in NumPy is put back. Python
    itself it can change, as it runs in the same process: the check helps who learns, it is no lock.

    Examples
    --------
    >>> print(check("convolution.output_size", lambda size, kernel_size: size - kernel_size))
    ✗ convolution.output_size: case 1 of 5: the value differs
      input     size = 5, kernel_size = 3
      expected  3
      got       2
      hint      A kernel as large as the image still has one position. Your formula gives 0 there: add 1.
    >>> print(check("convolution.output_size", ...))
    ○ convolution.output_size: not attempted yet
    """
    if getattr(_at_work, "name", None):
        raise CheckInsideError(f"check({name!r}, …) is called inside of the function that is being checked.")
    exercise = find.exercise_named(name)
    _at_work.name = name
    try:
        with intact_numpy():
            result = _judged(exercise, answer)
    finally:
        _at_work.name = None
    attempts.record(name, result.status)
    return result


def _judged(exercise: Exercise, answer: object) -> CheckResult:
    if answer is None or answer is ...:
        return _not_attempted(exercise)
    return (_judged_function if exercise.wants_function else _judged_value)(exercise, answer)


def _passed(exercise: Exercise, message: str = "passed") -> CheckResult:
    return CheckResult(exercise.name, PASS, message)


def _not_attempted(exercise: Exercise, message: str = "not attempted yet") -> CheckResult:
    return CheckResult(exercise.name, NOT_ATTEMPTED, message)


def _failed(exercise: Exercise, message: str, hint: str | None = None, **details: str) -> CheckResult:
    rows = tuple((label.replace("_", " "), text) for label, text in details.items() if text)
    return CheckResult(exercise.name, FAIL, message, rows, hint)


# Answers that are values


def _judged_value(exercise: Exercise, answer: object) -> CheckResult:
    if callable(answer) and not hasattr(type(answer), "__array__"):
        hint = "Call your function and give what it returns."
        return _failed(exercise, "the answer is a value, not a function", hint)
    outcome = call(lambda: answer, seconds=deadline.SECONDS)
    if outcome.got is None:
        return _failed(exercise, f"the answer cannot be read: {outcome.said}")
    got = outcome.got
    if got.gaps == got.places and got.places:
        return _not_attempted(exercise)
    if got.gaps:
        return _not_attempted(exercise, f"not finished: {got.gaps} of {got.places} places still hold `...`")
    if exercise.properties is not None:
        return _judged_by_rules(exercise, got)
    found = difference(exercise.reference, got, whole=exercise.whole, exact_shape=exercise.exact_shape)
    if found is None:
        return _passed(exercise)
    # The expected value stays hidden: it is the answer. Its shape does not.
    expected = found.expected if found.what == "the shape differs" else ""
    return _failed(
        exercise, found.what, hints.hint_for_value(exercise, got), expected=expected, got=found.got
    )


def _judged_by_rules(exercise: Exercise, got: Reading) -> CheckResult:
    if got.numbers is None:
        return _failed(exercise, f"the answer cannot be read: {got.problem}")
    broken = [what for what, holds in exercise.properties(got.numbers) if not holds]
    if not broken:
        return _passed(exercise)
    hint = hints.hint_for_value(exercise, got)
    return _failed(exercise, "a rule does not hold", hint, must_hold=broken[0], got=shown(got.numbers))


# Answers that are functions


def _judged_function(exercise: Exercise, answer: object) -> CheckResult:
    if not callable(answer):
        name = exercise.variable
        hint = f"Give the function itself, without parentheses: `{name}`, not `{name}(...)`."
        return _failed(exercise, f"a function is expected, got {type(answer).__name__}", hint)
    signature = _other_signature(exercise, answer)
    if signature:
        wanted = f"{exercise.variable}({', '.join(exercise.parameters)})"
        return _failed(exercise, "the arguments differ", expected=wanted, got=signature)
    trials = []
    for number in range(len(exercise.worked)):
        one = trial(exercise, answer, number, deadline.SECONDS)
        trials.append(one)
        if number == 0 and _is_stub(one.outcome, answer):
            return _not_attempted(exercise)
        if one.outcome.error in ("TooLongError", "CheckInsideError"):
            break
    failing = [number for number, one in enumerate(trials) if one.difference]
    if failing:
        return _failed_case(exercise, trials, failing[0])
    changed = {position for one in trials for position in one.outcome.changed}
    if changed:
        hint = _changed_text(exercise, changed)
        return _failed(exercise, "the values are right, but an argument was changed", hint)
    return _passed(exercise, f"passed, all {len(trials)} cases")


def _is_stub(first: Outcome, answer: object) -> bool:
    if first.got is None:
        return first.error == "NotImplementedError"
    return first.got.kind == "ellipsis" or (first.got.kind == "NoneType" and never_touched(answer))


def _failed_case(exercise: Exercise, trials: list[Trial], number: int) -> CheckResult:
    one = trials[number]
    hint = hints.hint_for_function(exercise, trials)
    if one.difference.what == RETURNS_NONE:
        hint = "Is the `return` line missing? `print` shows a value, `return` hands it back."
    elif one.outcome.changed:
        hint = " ".join(filter(None, [hint, _changed_text(exercise, one.outcome.changed)]))
    large = any(isinstance(value, np.ndarray) and value.size > SHOWN_INPUT for value in one.args)
    return _failed(
        exercise,
        f"case {number + 1} of {len(exercise.worked)}: {one.difference.what}",
        hint,
        input=", ".join(f"{name} = {_summary(value)}" for name, value in zip(exercise.parameters, one.args)),
        expected=one.difference.expected,
        got=one.difference.got,
        where=one.outcome.where,
        data=f'cnncourse.course.case("{exercise.name}", {number + 1})' if large else "",
    )


def _changed_text(exercise: Exercise, changed: Iterable[int]) -> str:
    which = ", ".join(f"`{exercise.parameters[i]}`" for i in sorted(changed))
    return f"Your function changes its argument {which}, which the caller still needs. Work on a copy of it."


def _other_signature(exercise: Exercise, answer: object) -> str:
    """Write the arguments that a function takes, if they are not those it gets."""
    try:
        signature = inspect.signature(answer)
        try:
            signature.bind(*exercise.parameters)
        except TypeError:
            return f"{getattr(answer, '__name__', exercise.variable)}{signature}"
    except BaseException as error:  # some built-in functions have none, and some objects only pretend
        if is_ctrl_c(error):
            raise
    return ""


def _summary(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(_summary(element) for element in value)})"
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype.kind in "if" and value.dtype.itemsize == 8 else f" of type {value.dtype}"
        return (shown(value) if value.size <= SHOWN_INPUT else f"array of {in_words(value)}") + kind
    if inspect.isfunction(value):
        return f"the function {value.__name__.strip('_')}"  # without its address in memory
    return str(value)
