"""Where data and caches live on disk, and the error for data that are not there."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class DataNotFound(FileNotFoundError):
    """A data set is not on disk and could not be fetched; the text says in one line what to do."""


def user_cache() -> Path:
    """Return this user's cache directory for the course, as the platform has it.

    ``$XDG_CACHE_HOME/cnncourse`` where that is set; else ``~/.cache/cnncourse`` on Linux,
    ``~/Library/Caches/cnncourse`` on macOS, ``%LOCALAPPDATA%\\cnncourse`` on Windows. Nothing is created.
    """
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "cnncourse"


def data_root(root: str | os.PathLike | None = None) -> Path:
    """Return the directory that holds the data sets.

    Parameters
    ----------
    root : path, default None
        None takes ``$CNNCOURSE_DATA`` if it is set, else the user's cache directory.

    Returns
    -------
    Path
        An absolute path; it need not exist yet.

    Examples
    --------
    >>> path = data_root("datasets")
    >>> path.name, path.is_absolute()
    ('datasets', True)
    """
    chosen = root if root is not None else os.environ.get("CNNCOURSE_DATA") or user_cache()
    return Path(chosen).expanduser().absolute()
