"""Folders in which a process works before it publishes them, and the removal of those that dead ones left."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

LOCK = ".in-use"
_YOUNG = 3600.0  # seconds in which a folder without a lock may still be about to get one


class WorkingFolder:
    """A new, hidden folder below `base`; removed at the end, however that comes, unless it is published."""

    def __init__(self, base: Path, prefix: str) -> None:
        base.mkdir(parents=True, exist_ok=True)
        remove_leftovers(base, prefix)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
        self._lock: BinaryIO | None = open(self.path / LOCK, "xb")  # noqa: SIM115 - __exit__ closes it
        take_lock(self._lock)

    def __enter__(self) -> WorkingFolder:
        return self

    def __exit__(self, *error: object) -> None:
        self._let_go()
        shutil.rmtree(self.path, ignore_errors=True)

    def publish(self, target: Path) -> None:
        """Give the folder its name, in place of what has that name now."""
        self._let_go()
        try:
            self.path.rename(target)
        except OSError:
            if not os.path.lexists(target):
                raise
            remove(target)  # a damaged one, or one another process has just made
            self.path.rename(target)

    def _let_go(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None
            with contextlib.suppress(OSError):
                (self.path / LOCK).unlink()


def take_lock(file: BinaryIO) -> bool:
    """Take the lock of an open file, which ends with its process; False if another process holds it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with what is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_leftovers(base: Path, prefix: str) -> None:
    """Remove the working folders of processes that have ended without doing so."""
    with contextlib.suppress(OSError):  # what cannot be removed stays, and is tried again the next time
        for folder in base.glob(f"{prefix}*"):
            if not folder.is_symlink() and folder.is_dir() and _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    try:
        with open(folder / LOCK, "r+b") as lock:
            return take_lock(lock)
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > _YOUNG
