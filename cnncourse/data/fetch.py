"""Fetching a data set once, through torchvision, which knows the mirrors and checks the sums."""

from __future__ import annotations

import contextlib
import math
import os
import re
import time
from pathlib import Path

from cnncourse.data.catalog import Entry
from cnncourse.data.leftovers import LOCK, WorkingFolder
from cnncourse.data.network import metered
from cnncourse.data.paths import DataNotFound
from cnncourse.errors import printable
from cnncourse.settings import offline

_WORK = ".fetch-"
_SPARE_BYTES = 10**7  # above twice the size of a data set: what is said around the files
_REMEMBER = 300.0  # seconds for which a failed attempt is not repeated by `ensure`
_failures: dict[tuple[str, Path], tuple[float, str]] = {}


def ensure(item: Entry, root: Path, split: str, download: bool = True) -> str:
    """Fetch the files of one part if they are not below `root`; return "", or in a few words why not.

    `download` says whether to try the network. ``CNNCOURSE_OFFLINE=1`` turns it off everywhere.
    """
    missing = item.missing(root, split)
    if not missing:
        return ""
    if not download:
        return f"no {missing[0]}"
    # Train and test are asked for one after the other: do not wait twice for a network that is not there.
    when, reason = _failures.get((item.name, root), (-math.inf, ""))
    return reason if time.monotonic() - when < _REMEMBER else _attempt(item, root)


def fetch(item: Entry, root: Path) -> None:
    """Fetch all files of a data set, replacing those that are there; DataNotFound says why that failed."""
    reason = _attempt(item, root)
    if reason:
        raise DataNotFound(f"{item.name} could not be fetched ({reason}): {remedy(item)}")


def remedy(item: Entry) -> str:
    """Return what one can do when a data set is not there."""
    first = Path(item.files[0].path)
    place = f"{first.parent}/" if first.parent.name else first.name
    substitute = "digits" if item.channels == 1 else "shapes"
    return (
        f"run `cnncourse data get {item.name}` where there is a network, set CNNCOURSE_DATA to the folder "
        f"that holds {place}, or take the stand-in: fallback='{substitute}' (--fallback {substitute})"
    )


def _attempt(item: Entry, root: Path) -> str:
    """Fetch, and return "" or, in a few words, why it failed."""
    if offline():
        return "CNNCOURSE_OFFLINE is set"
    reason = _fetch_into(item, root)
    _failures.pop((item.name, root), None)
    if reason:
        _failures[item.name, root] = (time.monotonic(), reason)
    return reason


def _fetch_into(item: Entry, root: Path) -> str:
    try:
        import torchvision.datasets
    except ImportError:
        return "torchvision, which fetches it, is not installed"
    made = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        root.mkdir(parents=True, exist_ok=True)
        # A download that is cut off stays in its own folder: below root there are whole files or none.
        with WorkingFolder(root, _WORK) as folder:
            with metered(_SPARE_BYTES + 2 * item.megabytes * 10**6):
                _download(getattr(torchvision.datasets, item.fetcher), item, str(folder.path))
            lacking = item.missing(folder.path)
            if lacking:
                return f"the download lacks {lacking[0]}"
            _move_files(folder.path, root)
    except Exception as error:  # what a server may send has many kinds, and so have its readers' errors
        return _in_few_words(error)
    finally:
        for folder in made:
            with contextlib.suppress(OSError):  # what holds data now stays, and the folders above it
                folder.rmdir()
    return ""


def _download(dataset: type, item: Entry, folder: str) -> None:
    if item.kind == "svhn":
        for split in ("train", "test"):
            dataset(folder, split=split, download=True)
    else:
        dataset(folder, download=True)


def _move_files(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.name != LOCK:
            destination = target / path.relative_to(source)
            destination.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, destination)


def _in_few_words(error: Exception) -> str:
    """Return the last line of an error without its decoration; for an answer of a server, its number."""
    from http.client import responses

    codes = re.findall(r"HTTP Error (\d+)", str(error))  # torchvision quotes the errors of all mirrors
    if codes:
        code = int(codes[-1])
        words = "redirects without an end" if 300 <= code < 400 else responses.get(code, "which says nothing")
        return f"the server answers {code}, {words}"
    cause = getattr(error, "reason", "") or getattr(error, "strerror", "") or error
    lines = str(cause).strip().splitlines() or [type(error).__name__]
    text = re.sub(r"<urlopen error (\[Errno -?\d+\] )?(.*)>|^\[Errno -?\d+\] ", r"\2", lines[-1].strip())
    return printable(text)[:120]
