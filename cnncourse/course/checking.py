"""`check(name, answer)`: runs an answer and says whether it is right, or which case differs and why."""

import inspect
from dataclasses import dataclass

import numpy as np

from cnncourse.course import attempts, find, hints
from cnncourse.course.calls import Outcome, call, never_touched
from cnncourse.course.cards import card
from cnncourse.course.compare import Difference, UnreadableError, as_numbers, difference, in_words, shown
from cnncourse.course.exercises import Case, Exercise

PASS, FAIL, NOT_ATTEMPTED = "pass", "fail", "not attempted"
# Arrays up to this many elements are printed whole among the arguments of a case.
SHOWN_INPUT = 9
ICONS = {PASS: "✓", FAIL: "✗", NOT_ATTEMPTED: "○"}


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
        Name of the exercise, such as ``"convolution.correlate2d"``.
    answer : object
        Your function itself (``correlate2d``, not ``correlate2d(...)``), or your value. Arrays, nested lists
        and tensors are taken alike, in any float type.

    Returns
    -------
    CheckResult
        Shown as a card in a notebook and as text by ``print``; true when the answer is right.

    Raises
    ------
    TypeError, ValueError
        If `name` is not the name of an exercise. A wrong answer raises nothing.

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
    exercise = find.exercise_named(name)
    if _untouched(answer):
        result = _not_attempted(exercise)
    elif exercise.wants_function:
        result = _check_function(exercise, answer)
    else:
        result = _check_value(exercise, answer)
    attempts.record(name, result.status)
    return result


def _not_attempted(exercise: Exercise, message: str = "not attempted yet") -> CheckResult:
    return CheckResult(exercise.name, NOT_ATTEMPTED, message)


def _failed(exercise: Exercise, message: str, details=(), hint: str | None = None) -> CheckResult:
    return CheckResult(exercise.name, FAIL, message, tuple(details), hint)


def _untouched(answer: object) -> bool:
    return answer is None or answer is Ellipsis


# Answers that are values


def _check_value(exercise: Exercise, answer: object) -> CheckResult:
    if callable(answer) and not hasattr(answer, "__array__"):
        return _failed(
            exercise,
            "the answer is a value, not a function",
            hint="Call your function and give what it returns.",
        )
    gaps, places = _count_gaps(answer)
    if gaps == places and places:
        return _not_attempted(exercise)
    if gaps:
        return _not_attempted(exercise, f"not finished: {gaps} of {places} places still hold `...`")
    if exercise.properties is not None:
        return _check_properties(exercise, answer)
    found = difference(exercise.reference, answer, whole=exercise.whole, exact_shape=exercise.exact_shape)
    if found is None:
        return CheckResult(exercise.name, PASS, "passed")
    # The expected value stays hidden: it is the answer.
    details = (
        [("got", found.got)]
        if found.what != "the shape differs"
        else [("expected", found.expected), ("got", found.got)]
    )
    return _failed(exercise, found.what, details, hints.hint_for_value(exercise, answer))


def _check_properties(exercise: Exercise, answer: object) -> CheckResult:
    try:
        array = as_numbers(answer)
        broken = [what for what, holds in exercise.properties(array) if not holds]
    except UnreadableError as error:
        return _failed(exercise, f"the answer cannot be read: {error}")
    if not broken:
        return CheckResult(exercise.name, PASS, "passed")
    details = [("must hold", broken[0]), ("got", shown(array))]
    return _failed(exercise, "a rule does not hold", details, hints.hint_for_properties(exercise, array))


def _count_gaps(answer: object) -> tuple[int, int]:
    """Count the places of a nested list that still hold ``...``, and all places."""
    if isinstance(answer, np.ndarray) and answer.dtype == object:
        answer = answer.tolist()
    if not isinstance(answer, (list, tuple)):
        return int(_untouched(answer)), 1
    try:
        counts = [_count_gaps(element) for element in answer]
    except RecursionError:  # a list that holds itself
        return 0, 1
    return sum(gaps for gaps, _ in counts), sum(places for _, places in counts)


# Answers that are functions


def _check_function(exercise: Exercise, answer: object) -> CheckResult:
    if not callable(answer):
        name = exercise.variable
        hint = f"Give the function itself, without parentheses: `{name}`, not `{name}(...)`."
        return _failed(exercise, f"a function is expected, got {type(answer).__name__}", hint=hint)
    cases = exercise.cases()
    wrong_call = _signature_problem(exercise, answer)
    if wrong_call is not None:
        return wrong_call
    first = call(answer, cases[0])
    if isinstance(first.error, NotImplementedError) or first.value is Ellipsis:
        return _not_attempted(exercise)
    if first.error is None and first.value is None and never_touched(answer):
        return _not_attempted(exercise)
    outcomes = [first, *(call(answer, case) for case in cases[1:])]
    differences = [_difference(exercise, case, outcome) for case, outcome in zip(cases, outcomes)]
    failing = [i for i, found in enumerate(differences) if found]
    if failing:
        return _failed_case(exercise, cases, outcomes, failing, differences[failing[0]])
    misbehaved = _misbehaved(exercise, cases, outcomes)
    if misbehaved is not None:
        return misbehaved
    return CheckResult(exercise.name, PASS, f"passed, all {len(cases)} cases")


def _difference(exercise: Exercise, case: Case, outcome: Outcome) -> Difference | None:
    if outcome.error is not None:
        return Difference("your function stops with an error", "", _error_text(outcome.error))
    expected = call(exercise.reference, case).value
    if outcome.value is None:
        return Difference("your function returns None", _summary(expected), "None")
    return difference(expected, outcome.value, whole=exercise.whole, exact_shape=exercise.exact_shape)


def _failed_case(exercise, cases, outcomes, failing, found: Difference) -> CheckResult:
    first = failing[0]
    details = [
        ("input", _describe_arguments(exercise, cases[first])),
        ("expected", found.expected),
        ("got", found.got),
    ]
    details.append(("where", outcomes[first].where))
    if any(isinstance(value, np.ndarray) and value.size > SHOWN_INPUT for value in cases[first].args):
        details.append(("data", f'cnncourse.course.case("{exercise.name}", {first + 1})'))
    hint = hints.hint_for_function(exercise, cases, outcomes, failing)
    if outcomes[first].error is None and outcomes[first].value is None:
        hint = "Is the `return` line missing? `print` shows a value, `return` hands it back."
    elif outcomes[first].changed:
        hint = " ".join(filter(None, [hint, _changed_text(exercise, outcomes[first].changed)]))
    message = f"case {first + 1} of {len(cases)}: {found.what}"
    return _failed(exercise, message, [row for row in details if row[1]], hint)


def _misbehaved(exercise: Exercise, cases: list[Case], outcomes: list[Outcome]) -> CheckResult | None:
    """Right values, but got by changing the arguments or by the loop that the exercise is to replace."""
    for case, outcome in zip(cases, outcomes):
        if outcome.changed:
            return _failed(
                exercise,
                "the values are right, but an argument was changed",
                hint=_changed_text(exercise, outcome.changed),
            )
        if case.max_lines and outcome.lines > case.max_lines:
            details = [
                ("input", _describe_arguments(exercise, case)),
                ("limit", f"{case.max_lines:,} lines of Python run"),
                ("got", f"{outcome.lines:,} lines"),
            ]
            hint = "A loop still visits the pixels one by one. Let one NumPy operation work on all of them."
            return _failed(exercise, "the values are right, but the work is done in Python", details, hint)
    return None


def _changed_text(exercise: Exercise, changed: tuple[int, ...]) -> str:
    which = ", ".join(f"`{exercise.parameters[i]}`" for i in changed)
    return f"Your function changes its argument {which}, which the caller still needs. Work on a copy of it."


def _signature_problem(exercise: Exercise, answer: object) -> CheckResult | None:
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # some built-in functions have none
        return None
    except Exception:  # an object that only pretends to have one; the call will tell
        return None
    try:
        signature.bind(*exercise.parameters)
    except TypeError:
        wanted = f"{exercise.variable}({', '.join(exercise.parameters)})"
        got = f"{getattr(answer, '__name__', exercise.variable)}{signature}"
        return _failed(exercise, "the arguments differ", [("expected", wanted), ("got", got)])
    return None


def _describe_arguments(exercise: Exercise, case: Case) -> str:
    return ", ".join(f"{name} = {_summary(value)}" for name, value in zip(exercise.parameters, case.args))


def _summary(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(_summary(element) for element in value)})"
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype.kind in "if" and value.dtype.itemsize == 8 else f" of type {value.dtype}"
        return (shown(value) if value.size <= SHOWN_INPUT else f"array of {in_words(value)}") + kind
    if inspect.isfunction(value):
        return f"the function {value.__name__.strip('_')}"  # without its address in memory
    return str(value)


def _error_text(error: BaseException) -> str:
    """The last line of the traceback, cut to a readable length."""
    try:
        said = str(error).strip().splitlines()
    except Exception:  # an error of the learner's own whose text fails as well
        said = []
    text = said[0] if said else ""
    short = text if len(text) <= 200 else text[:199] + "…"
    return f"{type(error).__name__}: {short}" if short else type(error).__name__
