"""Whether the files of a data set are whole."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from cnncourse.data.catalog import Entry, RawFile, present


class Verdict(NamedTuple):
    """What became of one file."""

    path: str
    good: bool
    words: str


def check(item: Entry, root: Path) -> list[Verdict]:
    """Compare the files of a data set below `root` with the published sums.

    A file without a published sum of its own, or a folder, is looked for only.
    """
    return [_check_file(file, root) for file in item.files]


def _check_file(file: RawFile, root: Path) -> Verdict:
    path = present(root, file)
    if path is None:
        return Verdict(str(root / file.path), False, "missing")
    expected = file.md5 if path.name == Path(file.path).name else file.archive_md5
    if path.is_dir() or expected is None:
        return Verdict(str(path), True, "there; no sum is published for it")
    digest = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() == expected:
        return Verdict(str(path), True, "whole")
    return Verdict(
        str(path), False, f"damaged or another file: MD5 {digest.hexdigest()}, published {expected}"
    )
