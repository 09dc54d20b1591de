"""Where two lists of classes meet, names decide: never the numbers that happen to stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnncourse.errors import did_you_mean

UNKNOWN = -1


def names_of(data: object) -> tuple[str, ...]:
    """The classes of a data set, loader or subset; () where it has no names."""
    while data is not None:
        classes = getattr(data, "classes", None)
        if isinstance(classes, (list, tuple)) and classes:
            return tuple(map(str, classes))
        data = getattr(data, "dataset", None)
    return ()


def positions(given: Sequence[str], known: Sequence[str] | None) -> list[int] | None:
    """The place of each class of data among those that a network knows.

    None where nothing is to be moved: the lists agree, or one of the two has no names.
    """
    if not given or not known or list(given) == list(known):
        return None
    places = {name: place for place, name in enumerate(known)}
    return [places.get(name, UNKNOWN) for name in given]


def refuse_unknown(used: np.ndarray, given: Sequence[str], known: Sequence[str], who: str) -> None:
    """Raise where samples belong to a class that the network does not know; ``used`` are their labels."""
    strangers = [given[label] for label in np.unique(used) if given[label] not in known]
    if strangers:
        raise ValueError(
            f"{who} has the class {strangers[0]!r}, which the network does not know. "
            f"{did_you_mean(strangers[0], known)}"
        )


def in_order(data, known: Sequence[str] | None, who: str):
    """Data with ``labels`` and ``classes`` in the numbers of a network that knows the classes ``known``."""
    places = positions(data.classes, known)
    if places is None:
        return data
    refuse_unknown(data.labels, data.classes, known, who)
    return replace(data, labels=np.array(places, dtype=np.int64)[data.labels], classes=tuple(known))
