"""Compares an answer with the expected one: what can be read as numbers, then shape, then values."""

import math
from dataclasses import dataclass

import numpy as np

from cnncourse.course.deadline import TooLongError, is_ctrl_c

# More elements are no answer to any exercise, but may be an endless list, or one that holds itself.
MOST_READ = 100_000
MOST_PARTS = 100
# Arrays up to this many elements are printed whole.
SHOWN_WHOLE = 20
# Differences are measured against the largest expected value. Float32 arithmetic stays well below 1e-5.
TOLERANCE = 1e-5
# Float16 keeps three digits: what is right and rounded once or twice stays below this.
HALF_PRECISION_TOLERANCE = 2e-3
TYPE_DIFFERS = "the type differs"


class UnreadableError(ValueError):
    """The answer cannot be read as an array of numbers; the text says why."""


@dataclass(frozen=True)
class Reading:
    """What an answer holds, as plain data: nothing in it can change or act any more."""

    kind: str  # the name of its type
    numbers: np.ndarray | None = None
    problem: str = ""  # why there are no numbers
    length: int | None = None  # of a list or tuple
    parts: "tuple[Reading, ...] | None" = None  # several values, where several are asked for
    places: int = 1
    gaps: int = 0  # places that still hold `...`


@dataclass(frozen=True)
class Difference:
    """How an answer differs from the expected one, in words."""

    what: str
    expected: str
    got: str


def read(value: object, several: bool = False) -> Reading:
    """Read numbers, nested lists, arrays and tensors; what is anything else gets a problem.

    Examples
    --------
    >>> read([[1, 2], [3, 4]]).numbers.shape
    (2, 2)
    >>> read([[1, 2], [3]]).problem
    'its rows have different lengths, or hold something else than numbers'
    """
    kind = type(value).__name__
    length, places, gaps = None, 1, 0
    try:
        if isinstance(value, (list, tuple)):
            length = len(value)
        places, gaps = _count_places(value)
        numbers = _as_numbers(value)
    except BaseException as error:
        if isinstance(error, TooLongError) or is_ctrl_c(error):
            raise
        unreadable = isinstance(error, UnreadableError)
        problem = str(error) if unreadable else f"a {kind} cannot be read as numbers"
        numbers = None
    else:
        problem = ""
    parts = None
    if several and (length or 0) <= MOST_PARTS:
        if length is not None:
            parts = tuple(read(element) for element in value)
        elif numbers is not None and numbers.ndim and len(numbers) <= MOST_PARTS:
            parts = tuple(read(row) for row in numbers)
    return Reading(kind, numbers, problem, length, parts, places, gaps)


def _count_places(value: object) -> tuple[int, int]:
    """Count the places in nested lists, and those that hold ``...``; lists may share or hold themselves."""
    places = gaps = visits = 0
    left = [value]
    while left:
        one = left.pop()
        visits += 1
        if one is not value and hasattr(type(one), "__array__"):  # it would be copied into the list's array
            visits += math.prod(one.shape)
        if isinstance(one, np.ndarray) and one.dtype == object and one.size <= MOST_READ:
            one = one.tolist()
        sized = hasattr(type(one), "__len__") and not hasattr(type(one), "__array__")
        if visits + len(left) + (len(one) if sized else 0) > MOST_READ:
            raise UnreadableError(f"it holds more than {MOST_READ:,} elements")
        if isinstance(one, (list, tuple)):
            left.extend(one)
        else:
            places += 1
            gaps += one is ...
    return places, gaps


def _as_numbers(value: object) -> np.ndarray:
    """Read an answer as an array of its own; one too large to be right is not copied."""
    try:
        array = np.asarray(_without_tensors(value))
    except ValueError as error:
        if isinstance(value, (list, tuple)):
            raise UnreadableError(
                "its rows have different lengths, or hold something else than numbers"
            ) from error
        raise
    if array.dtype.kind in "biuf":
        return array if array.size > MOST_READ else array.copy()
    if array.size > MOST_READ:
        raise UnreadableError(f"it holds {array.size:,} elements that are no real numbers")
    if array.dtype.kind == "c":
        if np.abs(array.imag).max(initial=0) <= TOLERANCE * np.abs(array).max(initial=0):
            return array.real.copy()
        raise UnreadableError("it holds complex numbers")
    if array.dtype.kind in "US":
        raise UnreadableError("it is text; give numbers, without quotation marks")
    kinds = sorted({type(element).__name__ for element in array.ravel().tolist()})
    raise UnreadableError(f"it holds {', '.join(kinds[:3])} where numbers are expected")


def _without_tensors(value: object) -> object:
    """Turn tensors into arrays by their methods, so that torch is needed only by those who use it."""
    if isinstance(value, (list, tuple)):
        return [_without_tensors(element) for element in value]
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        try:
            return value.numpy()
        except TypeError:  # NumPy has no bfloat16
            return value.float().numpy()
    return value


def tolerance(array: np.ndarray) -> float:
    """Allowed error of an answer, relative to the largest expected value."""
    return HALF_PRECISION_TOLERANCE if array.dtype == np.float16 else TOLERANCE


def errors(expected: np.ndarray, got: np.ndarray) -> np.ndarray:
    """Absolute errors, elementwise. NaN meets NaN, and infinity the same infinity, without error."""
    with np.errstate(all="ignore"):
        expected, got = expected.astype(np.float64), got.astype(np.float64)
        error = np.abs(expected - got)
    equal = (expected == got) | (np.isnan(expected) & np.isnan(got))
    return np.where(equal, 0.0, np.where(np.isnan(error), np.inf, error))


def agree(expected: np.ndarray, got: np.ndarray) -> bool:
    """Whether two arrays of one shape hold the same numbers, up to rounding."""
    finite = np.abs(expected[np.isfinite(expected)]).max(initial=0)
    scale = float(finite) or 1.0
    return bool((errors(expected, got) <= tolerance(got) * scale).all())


def fit_shape(expected: np.ndarray, got: np.ndarray, exact: bool) -> np.ndarray:
    """Drop extra leading axes of length 1, unless the exercise is about the shape."""
    extra = got.ndim - expected.ndim
    if not exact and extra > 0 and got.shape[:extra] == (1,) * extra:
        return got.reshape(got.shape[extra:])
    return got


def difference(expected: object, got: Reading, *, whole: bool = False, exact_shape: bool = False):
    """Say how an answer differs from a scalar, an array or a tuple of several; None when it is right.

    Examples
    --------
    >>> difference(np.array([1, 2]), read([1, 2])) is None
    True
    >>> difference(np.array([1, 2]), read([1, 2, 3])).what
    'the shape differs'
    """
    if isinstance(expected, tuple):
        return _difference_of_several(expected, got, whole, exact_shape)
    expected = np.asarray(expected)
    if expected.ndim == 0 and got.length is not None:
        kind = f"{got.kind} of length {got.length}"
        return Difference("a single number is expected", shown(expected), kind)
    if got.numbers is None:
        return Difference("the answer cannot be read", shown(expected), f"{got.kind}: {got.problem}")
    numbers = fit_shape(expected, got.numbers, exact_shape)
    if numbers.shape != expected.shape:
        return Difference("the shape differs", in_words(expected), in_words(numbers))
    if not agree(expected, numbers):
        return _difference_of_values(expected, numbers)
    if whole and numbers.dtype.kind == "f":
        return Difference(TYPE_DIFFERS, f"the integer {shown(expected)}", f"the float {shown(numbers)}.0")
    return None


def _difference_of_several(expected: tuple, got: Reading, whole: bool, exact_shape: bool):
    if got.parts is None or len(got.parts) != len(expected):
        count = got.length if got.parts is None else len(got.parts)
        said = f"one {got.kind}" if count is None else f"{count:,}"
        return Difference("the number of returned values differs", f"{len(expected)} values", said)
    for number, (one_expected, one_got) in enumerate(zip(expected, got.parts), start=1):
        found = difference(one_expected, one_got, whole=whole, exact_shape=exact_shape)
        if found:
            return Difference(
                f"in returned value {number} of {len(expected)}, {found.what}", found.expected, found.got
            )
    return None


def _difference_of_values(expected: np.ndarray, got: np.ndarray) -> Difference:
    error = errors(expected, got)
    if expected.ndim == 0:
        return Difference("the value differs", *_numbers_apart(expected[()], got[()]))
    worst = np.unravel_index(np.argmax(error), error.shape)
    wrong = int((error > tolerance(got) * (np.abs(expected).max(initial=0) or 1)).sum())
    index = ", ".join(str(int(i)) for i in worst)
    one_expected, one_got = _numbers_apart(expected[worst], got[worst])
    what = f"{wrong} of {error.size} elements differ, most at [{index}]"
    if expected.size > SHOWN_WHOLE or expected.ndim > 2:
        return Difference(what, f"{one_expected} at [{index}]", f"{one_got} at [{index}]")
    return Difference(what, shown(expected), shown(got))


def _numbers_apart(expected: object, got: object) -> tuple[str, str]:
    """Print two numbers with as many digits as it takes to tell them apart."""
    pair = f"{expected:.6g}", f"{got:.6g}"
    return pair if pair[0] != pair[1] else (f"{expected:.12g}", f"{got:.12g}")


def shown(array: object) -> str:
    """Print a small array whole, a large one by its shape, several values in brackets.

    Examples
    --------
    >>> shown(np.array([[1.0, 2.5], [3.0, 4.0]]))
    '[[1, 2.5], [3, 4]]'
    """
    if isinstance(array, tuple):
        return f"({', '.join(map(shown, array))})"
    array = np.asarray(array)
    if array.size > SHOWN_WHOLE:
        return in_words(array)
    return _nested(array.tolist())


def _nested(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_nested(element) for element in value)}]"
    return str(value) if isinstance(value, (bool, int)) else f"{value:.6g}"


def in_words(array: np.ndarray) -> str:
    """Name the shape of an array, or print a single number."""
    return f"the number {_nested(array.item())}" if array.ndim == 0 else f"shape {array.shape}"
