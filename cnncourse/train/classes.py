"""Where two lists of classes meet, names decide: never the numbers that happen to stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnncourse.errors import did_you_mean


def names_of(data: object) -> tuple[str, ...]:
    """The classes of a data set, loader or subset; () where it has no names."""
    while data is not None:
        classes = getattr(data, "classes", None)
        if isinstance(classes, (list, tuple)) and classes:
            return tuple(map(str, classes))
        data = getattr(data, "dataset", None)
    return ()


def translated(labels: np.ndarray, given: Sequence[str], known: Sequence[str] | None, who: str) -> np.ndarray:
    """Labels of the classes ``given``, in the numbers of a network that knows ``known``.

    They stay as they are where the two agree, or one of them has no names.
    """
    if not given or not known or list(given) == list(known):
        return labels
    refuse_beyond(labels, len(given), who)
    strangers = [given[label] for label in np.unique(labels) if given[label] not in known]
    if strangers:
        raise ValueError(
            f"{who} has the class {strangers[0]!r}, which the network does not know. "
            f"{did_you_mean(strangers[0], known)}"
        )
    places = {name: place for place, name in enumerate(known)}
    return np.array([places.get(name, -1) for name in given])[labels]


def in_order(data, known: Sequence[str] | None, who: str):
    """Data with ``labels`` and ``classes`` in the numbers of a network that knows the classes ``known``."""
    labels = translated(data.labels, data.classes, known, who)
    return data if labels is data.labels else replace(data, labels=labels, classes=tuple(known))


def refuse_beyond(labels: np.ndarray, outputs: int, who: str) -> None:
    """Raise for a label that no output of the network stands for."""
    wrong = labels[(labels < 0) | (labels >= outputs)]
    if wrong.size:
        raise ValueError(
            f"{who} has label {wrong[0]}, and the network only {outputs} outputs (0 to {outputs - 1})"
        )
