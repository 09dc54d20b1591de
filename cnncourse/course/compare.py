"""Compares an answer with the expected one: what can be read as numbers, then shape, then values."""

from dataclasses import dataclass

import numpy as np

# Arrays up to this many elements are printed whole.
SHOWN_WHOLE = 20
# Differences are measured against the largest expected value. Float32 arithmetic stays well below 1e-5.
TOLERANCE = 1e-5
HALF_PRECISION_TOLERANCE = 1e-2


class UnreadableError(ValueError):
    """The answer cannot be read as an array of numbers; the text says why."""


@dataclass(frozen=True)
class Difference:
    """How an answer differs from the expected one, in words."""

    what: str
    expected: str
    got: str


def as_numbers(value: object) -> np.ndarray:
    """Read an answer as an array: numbers, nested lists, arrays, tensors.

    Raises
    ------
    UnreadableError
        If that is not possible.

    Examples
    --------
    >>> as_numbers([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    try:
        array = np.asarray(_without_tensors(value))
    except Exception as error:
        if isinstance(value, (list, tuple)):
            raise UnreadableError(
                "its rows have different lengths, or hold something else than numbers"
            ) from error
        raise UnreadableError(f"a {type(value).__name__} cannot be read as numbers") from error
    if array.dtype.kind in "biuf":
        return array
    if array.dtype.kind == "c":
        if np.abs(array.imag).max(initial=0) <= TOLERANCE * np.abs(array).max(initial=0):
            return array.real
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


def difference(expected: object, got: object, *, whole: bool = False, exact_shape: bool = False):
    """Say how an answer differs from the expected one.

    Parameters
    ----------
    expected : scalar, ndarray or tuple of them
        A tuple stands for several return values.
    got : object
        Anything.
    whole : bool, default False
        Ask for an integer type.
    exact_shape : bool, default False
        Ask for the very shape, without extra leading axes.

    Returns
    -------
    Difference or None
        None when the answer is right.

    Examples
    --------
    >>> difference(np.array([1, 2]), [1, 2]) is None
    True
    >>> difference(np.array([1, 2]), [1, 2, 3]).what
    'the shape differs'
    """
    if isinstance(expected, tuple):
        return _difference_of_several(expected, got, whole, exact_shape)
    expected = np.asarray(expected)
    if expected.ndim == 0 and isinstance(got, (tuple, list)):
        kind = f"{type(got).__name__} of length {len(got)}"
        return Difference("a single number is expected", shown(expected), kind)
    try:
        numbers = fit_shape(expected, as_numbers(got), exact_shape)
    except UnreadableError as error:
        return Difference("the answer cannot be read", shown(expected), f"{type(got).__name__}: {error}")
    if numbers.shape != expected.shape:
        return Difference("the shape differs", in_words(expected), in_words(numbers))
    if not agree(expected, numbers):
        return _difference_of_values(expected, numbers)
    if whole and numbers.dtype.kind == "f":
        return Difference(
            "the type differs", f"the integer {shown(expected)}", f"the float {shown(numbers)}.0"
        )
    return None


def _difference_of_several(expected: tuple, got: object, whole: bool, exact_shape: bool):
    wanted = f"{len(expected)} values"
    parts = parts_of(got)
    if parts is None:
        return Difference("the number of returned values differs", wanted, f"one {type(got).__name__}")
    if len(parts) != len(expected):
        return Difference("the number of returned values differs", wanted, f"{len(parts)}")
    for number, (one_expected, one_got) in enumerate(zip(expected, parts), start=1):
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


def parts_of(value: object) -> list | None:
    """Return the several values of an answer: a tuple, a list or the rows of an array; None for one value."""
    if isinstance(value, (tuple, list)):
        return list(value)
    try:
        array = as_numbers(value)
    except UnreadableError:
        return None
    return list(array) if array.ndim else None


def _numbers_apart(expected: object, got: object) -> tuple[str, str]:
    """Print two numbers with as many digits as it takes to tell them apart."""
    pair = f"{expected:.6g}", f"{got:.6g}"
    return pair if pair[0] != pair[1] else (f"{expected:.12g}", f"{got:.12g}")


def shown(array: np.ndarray) -> str:
    """Print a small array whole, a large one by its shape.

    Examples
    --------
    >>> shown(np.array([[1.0, 2.5], [3.0, 4.0]]))
    '[[1, 2.5], [3, 4]]'
    """
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
