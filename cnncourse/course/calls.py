"""Calls an answer on one case and notes what happened as plain data, without raising."""

import copy
import itertools
import linecache
import traceback
import types
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnncourse.course.compare import MOST_READ, Difference, Reading, difference, read, shown
from cnncourse.course.deadline import is_ctrl_c, within
from cnncourse.course.exercises import Exercise
from cnncourse.course.intact import quiet, restore_numpy

LONGEST_ERROR = 200
RETURNS_NONE = "your function returns None"


@dataclass(frozen=True)
class Outcome:
    """What one call gave: a reading, or the name, the words and the line of an error."""

    got: Reading | None = None
    error: str = ""
    said: str = ""
    where: str = ""
    changed: tuple[int, ...] = ()  # positions of the arguments that were modified


@dataclass(frozen=True)
class Trial:
    """One case with its right result, what a function made of it, and how that differs."""

    args: tuple
    expected: object
    outcome: Outcome
    difference: Difference | None


def call(function: object, args: tuple = (), *, several: bool = False, seconds: float | None = None):
    """Call a function on copies of `args`, for at most `seconds` if given.

    Examples
    --------
    >>> call(len, ([1, 2, 3],)).got.numbers
    array(3)
    >>> call(len, (3,)).said
    "TypeError: object of type 'int' has no len()"
    """
    given = copy.deepcopy(args)

    def work():
        try:
            with quiet():
                value = function(*given)
                if isinstance(value, Iterator):  # `yield`, or `map`: take what comes, but not without end
                    value = list(itertools.islice(value, MOST_READ))
        finally:
            restore_numpy()
        changed = tuple(i for i, (before, after) in enumerate(zip(args, given)) if not _same(before, after))
        return Outcome(read(value, several), changed=changed)

    try:
        return work() if seconds is None else within(seconds, work)
    except BaseException as error:  # also SystemExit: exit() in an answer must not end the session
        if is_ctrl_c(error):
            raise
        return Outcome(error=type(error).__name__, said=_said(error), where=_where(function, error))


def trial(exercise: Exercise, function: object, number: int, seconds: float | None = None) -> Trial:
    """Call a function on the case of that number, from 0, and compare."""
    args, expected = exercise.worked[number]
    outcome = call(function, args, several=isinstance(expected, tuple), seconds=seconds)
    if outcome.error == "TooLongError":
        found = Difference("your function does not come to its end", "", f"stopped after {seconds:g} seconds")
        return Trial(args, expected, outcome, found)
    if outcome.got is None:
        return Trial(
            args, expected, outcome, Difference("your function stops with an error", "", outcome.said)
        )
    if outcome.got.kind == "NoneType":
        return Trial(args, expected, outcome, Difference(RETURNS_NONE, shown(expected), "None"))
    found = difference(expected, outcome.got, whole=exercise.whole, exact_shape=exercise.exact_shape)
    return Trial(args, expected, outcome, found)


def _same(before: object, after: object) -> bool:
    if isinstance(before, np.ndarray):
        return (
            before.shape == after.shape
            and before.dtype == after.dtype
            and before.tobytes() == after.tobytes()
        )
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(_same(b, a) for b, a in zip(before, after))
    return before == after


def _said(error: BaseException) -> str:
    """The last line of the traceback, cut to a readable length."""
    try:
        text = str(error).strip().partition("\n")[0]
    except BaseException:  # an error of the learner's own whose text fails as well
        text = ""
    short = text if len(text) <= LONGEST_ERROR else text[: LONGEST_ERROR - 1] + "…"
    return f"{type(error).__name__}: {short}" if short else type(error).__name__


def _code(function: object) -> types.CodeType | None:
    """The code of a function written in Python; its file is a notebook cell or a real one."""
    return function.__code__ if type(function) in (types.FunctionType, types.MethodType) else None


def _where(function: object, error: BaseException) -> str:
    """Name the deepest line of the learner's own code that the error passed through."""
    own = getattr(_code(function), "co_filename", None)
    lines = [entry for entry in traceback.extract_tb(error.__traceback__) if entry.filename == own]
    if not lines:
        return ""
    text = linecache.getline(lines[-1].filename, lines[-1].lineno).strip()
    return f"line {lines[-1].lineno}" + (f": {text}" if text else "")


def never_touched(function: object) -> bool:
    """Whether a function has an empty body: ``...``, ``pass`` or a bare ``return`` after its docstring.

    Examples
    --------
    >>> def stub(x):
    ...     "Docstring."
    ...     ...
    >>> never_touched(stub), never_touched(abs)
    (True, False)
    """
    code = _code(function)
    if code is None:
        return False
    text = function.__doc__ if isinstance(function.__doc__, str) else None
    arguments = code.co_argcount + code.co_kwonlyargcount
    used = set(code.co_consts) - {None, Ellipsis, text}
    return not code.co_names and len(code.co_varnames) == arguments and not used
