"""The form of every error text: which argument, what came, what the rule is, and what to do about it."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

MOST_LISTED = 12


def message(argument: str, got: object, rule: str, remedy: str) -> str:
    """Return the text of an error.

    Parameters
    ----------
    argument, rule, remedy : str
        Name of the argument, what must hold, and what to do.
    got : object
        What came.

    Returns
    -------
    str

    Examples
    --------
    >>> message("stride", 0, "must be at least 1", "Use stride=1 to visit every position.")
    'stride must be at least 1, got 0. Use stride=1 to visit every position.'
    """
    return f"{argument} {rule}, got {got}. {remedy}"


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return a sentence that helps who wrote an unknown name: the near ones, else what there is.

    Parameters
    ----------
    name : object
        What came.
    known : iterable of str
        The names there are.

    Returns
    -------
    str

    Examples
    --------
    >>> did_you_mean("resnet-18", ["resnet18", "vgg16"])
    "Did you mean 'resnet18'?"
    >>> did_you_mean("lion", ["adam", "sgd"])
    "There are 'adam', 'sgd'."
    """
    known = list(known)
    near = difflib.get_close_matches(str(name).lower(), known, n=3)
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    return f"There are {', '.join(map(repr, known[:MOST_LISTED]))}{', …' * (len(known) > MOST_LISTED)}."


def printable(text: object, keep: str = "") -> str:
    r"""Return a text whose control characters and invisible marks are spelt out, but for those in `keep`.

    A file's or a class's name may hold them, and a terminal would obey.

    Parameters
    ----------
    text : object
        What shall be printed.
    keep : str, default ""
        Characters that may stay, such as a line's end.

    Returns
    -------
    str

    Examples
    --------
    >>> printable("cat\x1b[2J")
    'cat\\x1b[2J'
    """
    return "".join(
        char
        if char in keep or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        # A surrogate stands for a byte of a file's name that is no text.
        else char.encode("unicode_escape").decode()
        for char in str(text)
    )
