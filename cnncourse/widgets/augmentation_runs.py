"""Stored runs with and without changed pictures, for chapter 12 to read without training."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

import numpy as np

_FILES = {"digits": "augmentation.json", "photos": "augmentation_photos.json"}


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
    """Return the runs that ``benchmarks/augmentation.py`` or ``benchmarks/augmentation_photos.py`` wrote.

    Parameters
    ----------
    pictures : {"digits", "photos"}, default "digits"
        500 digits of MNIST, or 1,000 photographs of cats and dogs.

    Returns
    -------
    dict of str to Condition
        In the order in which they were run: one change after the other, then more pictures unchanged.

    Raises
    ------
    ValueError
        If there are no such runs.

    Examples
    --------
    >>> runs = augmentation_runs("digits")
    >>> runs["flip left and right"].median < runs["nothing"].median
    True
    """
    if pictures not in _FILES:
        raise ValueError(f'pictures: got {pictures!r}, but there are runs on "digits" and on "photos".')
    file = resources.files("cnncourse.widgets").joinpath(_FILES[pictures])
    found = {}
    for row in json.loads(file.read_text(encoding="utf-8"))["conditions"]:
        by_class = row.get("mean_accuracy_by_class")
        by_class = None if by_class is None else np.array(by_class)
        found[row["condition"]] = Condition(np.array(row["accuracy_by_seed"]), by_class)
    return found
