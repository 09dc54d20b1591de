"""Calls the learner's function on one case and notes everything that happened, without ever raising."""

import copy
import itertools
import linecache
import sys
import traceback
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnncourse.course.exercises import Case

MOST_TAKEN = 100_000


@dataclass(frozen=True)
class Outcome:
    """What one call did.

    Parameters
    ----------
    value : object
        What the function returned.
    error : BaseException, optional
        What it raised instead.
    where : str
        Line number and text of the line that raised.
    changed : tuple of int
        Positions of the arguments that the function modified.
    lines : int
        Lines of Python it ran; counted only where the case sets a limit.
    """

    value: object = None
    error: BaseException | None = None
    where: str = ""
    changed: tuple[int, ...] = ()
    lines: int = 0


def call(function: object, case: Case) -> Outcome:
    """Call `function` on copies of the arguments of a case.

    Examples
    --------
    >>> call(len, Case(([1, 2, 3],))).value
    3
    >>> type(call(len, Case((3,))).error).__name__
    'TypeError'
    """
    args = copy.deepcopy(case.args)
    counter = _LineCounter(function) if case.max_lines else None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value = counter.call(args) if counter else function(*args)
            if isinstance(value, Iterator):  # `yield`, or `map`: take what comes, but not without end
                value = list(itertools.islice(value, MOST_TAKEN))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit: exit() in an answer must not end the session
        return Outcome(error=error, where=_where(function, error))
    changed = tuple(i for i, (before, after) in enumerate(zip(case.args, args)) if not _same(before, after))
    return Outcome(value=value, changed=changed, lines=counter.lines if counter else 0)


class _LineCounter:
    """Counts the lines that run in the file (the notebook cell) that defines a function."""

    def __init__(self, function: object):
        self.function = function
        self.file = _file(function)
        self.lines = 0

    def call(self, args: tuple) -> object:
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            return self.function(*args)
        finally:
            sys.settrace(before)

    def _trace(self, frame, event, argument):
        if frame.f_code.co_filename != self.file:
            return None
        self.lines += event == "line"
        return self._trace


def _code(function: object) -> types.CodeType | None:
    return function.__code__ if isinstance(function, (types.FunctionType, types.MethodType)) else None


def _file(function: object) -> str | None:
    """The file, or the notebook cell, that defines a function written in Python."""
    code = _code(function)
    return code.co_filename if code else None


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


def _where(function: object, error: BaseException) -> str:
    """Name the deepest line of the learner's own code that the error passed through."""
    own = _file(function)
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
    empty = {None, Ellipsis, function.__doc__}
    arguments = code.co_argcount + code.co_kwonlyargcount
    return not code.co_names and len(code.co_varnames) == arguments and set(code.co_consts) <= empty
