"""Which pictures of a folder train and which test: drawn by content, and known again by content and name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cnncourse.data.arrays import ImageData, held_per_class


class Split(NamedTuple):
    """The pictures of each part: the name below the folder, and the digest of the decoded pixels."""

    train: dict[str, str]
    test: dict[str, str]

    def sides(self, pictures: dict[str, str]) -> list[str | None]:
        """Return "train" or "test" for each picture, by its content or else its name; None if it is new."""
        by_content = {digest: side for side in ("test", "train") for digest in getattr(self, side).values()}
        by_name = dict.fromkeys(self.test, "test") | dict.fromkeys(
            self.train, "train"
        )  # both: it was trained on
        return [by_content.get(digest) or by_name.get(name) for name, digest in pictures.items()]

    @classmethod
    def read(cls, value: object) -> Split:
        """Return the split that a run's file holds; ValueError if it holds something else."""
        if not isinstance(value, dict) or value.keys() != set(cls._fields):
            raise ValueError("its split has other parts than train and test")
        for part in value.values():
            if not isinstance(part, dict) or not all(isinstance(digest, str) for digest in part.values()):
                raise ValueError("its split is not of names and digests")
        return cls(**value)


def digests(names: Sequence[str], data: ImageData) -> dict[str, str]:
    """Return the digest of each picture's pixels, by its name."""
    sums = (hashlib.blake2b(np.ascontiguousarray(image), digest_size=16) for image in data.images)
    return {name: total.hexdigest() for name, total in zip(names, sums)}


def draw(pictures: dict[str, str], data: ImageData, share: float) -> Split:
    """Hold out a share of each class, those with the smallest digests; equal pictures stay together."""
    sums = np.array(list(pictures.values()))
    held: set[str] = set()
    for label, number in enumerate(held_per_class(data.labels, len(data.classes), share)):
        different = np.unique(sums[data.labels == label])
        held |= set(different[: min(number, len(different) - 1)].tolist())
    train = {name: digest for name, digest in pictures.items() if digest not in held}
    return Split(train, {name: digest for name, digest in pictures.items() if digest in held})
