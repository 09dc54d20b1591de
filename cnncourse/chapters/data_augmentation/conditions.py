"""Stored runs with and without changed pictures, to read without training."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from cnncourse.course.runs import stored

_FILES = {"digits": "augmentation", "photos": "augmentation_photos"}


@dataclass(frozen=True)
class Condition:
    """What the runs of one condition reached on the test pictures.

    Attributes
    ----------
    accuracy : ndarray of shape (seeds,)
        From 0 to 1.
    by_class : ndarray of shape (10,) or None
        Mean over the seeds for each digit; None for the photographs.
    """

    accuracy: np.ndarray
    by_class: np.ndarray | None

    @property
    def median(self):
        """The median accuracy."""
        return float(np.median(self.accuracy))


@functools.lru_cache(maxsize=2)
def augmentation_runs(pictures="digits"):
    """Return the runs that ``benchmarks/augmentation.py`` or ``benchmarks/augmentation_photos.py`` wrote."""
    if pictures not in _FILES:
        raise ValueError(f'pictures: got {pictures!r}, but there are runs on "digits" and on "photos".')
    found = {}
    for row in stored(_FILES[pictures])["conditions"]:
        by_class = row.get("mean_accuracy_by_class")
        by_class = None if by_class is None else np.array(by_class)
        found[row["condition"]] = Condition(np.array(row["accuracy_by_seed"]), by_class)
    return found
