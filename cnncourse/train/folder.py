"""A run's folder: one process writes into it at a time, and its files are whole or not there."""

from __future__ import annotations

import errno
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_LOCK = ".lock"
_PART = re.compile(r"\..+\.[0-9a-f]{16}\.part")
_held: dict[Path, int] = {}  # folder -> the thread of this process that writes into it


def write_atomic(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that at every moment ``path`` is either the old file or the whole new one.

    The bytes go to a new file whose name nobody can foresee, so that no link that lies there is followed.
    They are forced to the disk, and the file takes its name in one step.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        cause = _root(error)
        if isinstance(cause, KeyboardInterrupt) and cause is not error:
            raise KeyboardInterrupt from error
        if not isinstance(cause, OSError):
            raise
        raise OSError(f"{path} could not be written ({cause}); {_state(path)}. {_remedy(cause)}") from error
    _sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file, atomically."""
    write_atomic(path, lambda file: file.write((text + "\n").encode()))


def _root(error: BaseException) -> BaseException:
    """What torch.save's RuntimeError hides: the failed write, or Ctrl-C during it."""
    while error.__context__ is not None and not isinstance(error, (OSError, KeyboardInterrupt)):
        error = error.__context__
    return error


def _state(path: Path) -> str:
    """What became of a file that could not be written."""
    try:
        return "its former content is untouched" if path.exists() else "nothing is left of it"
    except OSError:
        return "what was there before is untouched"


def _remedy(error: OSError) -> str:
    """What to do about a failed write; room on the disk is asked for only where it is lacking."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return "Free some space, then resume"
    return "Make the folder writable and resume, or choose another one"


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk too; systems that cannot open a folder do without."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file of a run, to read. What cannot be read just now is not called damaged."""
    try:
        file = open(path, "rb")  # noqa: SIM115 - what its reader raises is not caught here
    except FileNotFoundError:
        raise
    except OSError as error:
        raise type(error)(
            f"{path} cannot be read now ({error.strerror}), which does not mean that it is damaged: see to "
            "its permissions and its folder, and try again"
        ) from error
    with file:
        yield file


@contextmanager
def only_writer(folder: Path | None) -> Iterator[None]:
    """Be the one that writes into a folder; the same thread may ask again. The lock ends with its process."""
    key = None if folder is None else Path(os.path.realpath(folder))
    if key is None or _held.get(key) == threading.get_ident():
        yield
        return
    if key in _held:
        raise _in_use(folder, "another thread of this process")
    made = not key.exists()
    handle = _take_lock(folder, key)
    _held[key] = threading.get_ident()
    try:
        for path in key.iterdir():  # nobody writes now: what is there was left by a process that was killed
            if _PART.fullmatch(path.name):
                path.unlink(missing_ok=True)
        yield
    finally:
        with suppress(OSError):
            (key / _LOCK).unlink()
        os.close(handle)
        del _held[key]
        if made:
            with suppress(OSError):
                key.rmdir()  # nothing was written into it


def _take_lock(folder: Path, key: Path) -> int:
    """Open the lock file and lock it. A file, as locks on folders are not known everywhere."""
    path = key / _LOCK
    while True:
        try:
            key.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        except OSError as error:
            raise OSError(f"{folder} could not be written ({error}); {_remedy(error)}") from error
        try:
            _lock(handle)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                who = ""
                with suppress(OSError):
                    who = os.read(handle, 20).decode("ascii", "replace")
                os.close(handle)
                raise _in_use(folder, f"process {who}" if who.isdigit() else "another process") from error
            # A file system without locks: two runs cannot be told apart there.
        if path.exists() and os.path.samestat(os.fstat(handle), os.stat(path)):
            with suppress(OSError):  # who it is helps the other one, no more
                os.ftruncate(handle, 0)
                os.write(handle, str(os.getpid()).encode())
            return handle
        os.close(handle)  # its owner took the file away in between


def _in_use(folder: Path, who: str) -> BlockingIOError:
    """The error of who comes second."""
    return BlockingIOError(
        f"{folder} is in use: {who} is writing into it. Wait until it ends, or choose another folder"
    )


def _lock(handle: int) -> None:
    """Lock an open file for this process and not for those it starts; raises where another one has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
