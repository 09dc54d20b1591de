"""Which pictures of a folder train and which test: drawn by content, and known again by content and name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnncourse.data.arrays import ImageData, held_per_class
from cnncourse.errors import printable

_VERSION = 1


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

    def text(self) -> str:
        """Return the content of the file that keeps it."""
        return json.dumps({"version": _VERSION, **self._asdict()})

    @classmethod
    def load(cls, path: Path) -> Split | None:
        """Read the file that keeps it; None if there is none.

        Raises
        ------
        ValueError
            If it is damaged, or newer than this package.
        """
        try:
            content = dict(json.loads(path.read_text(encoding="utf-8")))
            version = content["version"]
            sides = [
                {str(name): str(digest) for name, digest in content[part].items()} for part in cls._fields
            ]
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(
                f"{path} is damaged ({printable(error) or type(error).__name__}): it says which pictures "
                "were trained on; put it back, or measure on others with --data"
            ) from None
        if version != _VERSION:
            raise ValueError(
                f"{path} has the version {version!r}, known is {_VERSION}: use a newer cnncourse"
            )
        return cls(*sides)


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
