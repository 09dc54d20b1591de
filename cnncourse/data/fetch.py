"""Fetching a data set once, through torchvision, which knows the mirrors and checks the sums."""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
import socket
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from cnncourse.data.catalog import Entry
from cnncourse.data.paths import DataNotFound

_TIMEOUT = 10.0  # seconds that one read from the network may take
_REMEMBER = 300.0  # seconds for which a failed attempt is not repeated by `ensure`
_failures: dict[tuple[str, Path], tuple[float, str]] = {}


def ensure(item: Entry, root: Path, split: str, download: bool = True) -> str:
    """See to it that the files of one part are below `root`; fetch them if they are not.

    Parameters
    ----------
    item : Entry
        The data set.
    root : Path
        The data root.
    split : {"train", "test"}
        The part that is wanted.
    download : bool, default True
        Whether to try the network. ``CNNCOURSE_OFFLINE=1`` in the environment turns it off everywhere.

    Returns
    -------
    str
        Empty if the files are there now, else in a few words why not.
    """
    missing = item.missing(root, split)
    if not missing:
        return ""
    if not download:
        return f"no {missing[0]}"
    if os.environ.get("CNNCOURSE_OFFLINE"):
        return "CNNCOURSE_OFFLINE is set"
    # Train and test are asked for one after the other: do not wait twice for a network that is not there.
    when, reason = _failures.get((item.name, root), (-math.inf, ""))
    return reason if time.monotonic() - when < _REMEMBER else _attempt(item, root)


def fetch(item: Entry, root: Path) -> None:
    """Fetch all files of a data set, replacing those that are there.

    Raises
    ------
    DataNotFound
        If that failed; nothing below `root` has changed then.
    """
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
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=root, ignore_cleanup_errors=True) as folder:
            with _quiet_network():
                _download(getattr(torchvision.datasets, item.fetcher), item, folder)
            lacking = item.missing(Path(folder))
            if lacking:
                return f"the download lacks {lacking[0]}"
            _move_files(Path(folder), root)
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        # RuntimeError is torchvision's: a wrong sum, or mirrors that all fail. The rest is the network's.
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
        if path.is_file():
            destination = target / path.relative_to(source)
            destination.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, destination)


@contextlib.contextmanager
def _quiet_network() -> Iterator[None]:
    """Give sockets a time limit, and keep torchvision's prints about failing mirrors to ourselves."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        socket.setdefaulttimeout(before)


def _in_few_words(error: Exception) -> str:
    text = (
        str(getattr(error, "reason", "") or getattr(error, "strerror", "") or error) or type(error).__name__
    )
    last_line = text.strip().splitlines()[-1].strip()
    return re.sub(r"<urlopen error (\[Errno -?\d+\] )?(.*)>|^\[Errno -?\d+\] ", r"\2", last_line)[:120]
