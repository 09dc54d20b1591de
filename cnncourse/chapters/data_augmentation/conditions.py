"""Stored runs with and without changed pictures, to read without training."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from cnncourse.course.runs import stored

# The scripts in `benchmarks/` that stored them.
_SCRIPTS = {"digits": "augmentation", "photos": "augmentation_photos"}


@functools.lru_cache(maxsize=2)
def augmentation_runs(pictures="digits"):
    """Return the stored runs on "digits" or "photos", by condition."""
    if pictures not in _SCRIPTS:
        raise ValueError(f'pictures: got {pictures!r}, but there are runs on "digits" and on "photos".')
    found = {}
    for row in stored(_SCRIPTS[pictures])["conditions"]:
        by_class = row.get("mean_accuracy_by_class")  # of each digit; the photographs have none
        found[row["condition"]] = SimpleNamespace(
            accuracy=np.array(row["accuracy_by_seed"]),
            median=row["accuracy"]["median"],
            by_class=None if by_class is None else np.array(by_class),
        )
    return found
