"""Rules for single settings: of the right kind, and within their range."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from cnncourse.results import is_of_kind, kind_in_words


def check_kinds(record: object, kinds: dict) -> None:
    """Refuse fields of a frozen dataclass that are not of their kind; NumPy's numbers become Python's."""
    for name in (field.name for field in fields(record)):
        value = getattr(record, name)
        if isinstance(value, np.generic):
            object.__setattr__(record, name, value.item())
        elif name in kinds and not is_of_kind(value, kinds[name]):
            raise ValueError(f"{name}={value!r} must be a {kind_in_words(kinds[name])}")


def check_whole(name: str, value: object, smallest: int) -> None:
    """Refuse what is no whole number, or too small."""
    if not is_of_kind(value, int) or value < smallest:
        raise ValueError(f"{name}={value!r} must be a whole number of at least {smallest}")


def check_range(name: str, value: object, low: float, high: float, rule: str) -> None:
    """Refuse what is no number, or outside ``low`` to below ``high``."""
    if not is_of_kind(value, float) or not low <= value < high:  # NaN and infinity fail the comparison
        raise ValueError(f"{name}={value!r} must be a number {rule}")
