"""What is kept of a decoded folder: its images in one file, so that the next load is one read.

``images.bin`` holds the pixels. The second line of ``meta.json`` holds all else, with the check sum of the
pixels; the first line is the check sum of the second.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnncourse.data.arrays import ImageData
from cnncourse.data.leftovers import WorkingFolder, remove, remove_leftovers
from cnncourse.data.paths import user_cache
from cnncourse.data.pictures import Wanted
from cnncourse.errors import printable

_FORMAT = 2  # raise it when decoding or the files change, so that what older versions kept is not used
_WORK = ".decoding-"
_BLOCK = 1 << 24  # bytes summed up at once, so that an array on disk need not fit into memory


class PictureFile(NamedTuple):
    """A file that is to become an image."""

    path: str
    label: int
    size: int  # bytes
    modified: int  # nanoseconds since the epoch
    changed: int  # the same, but renaming counts: files that swap their names keep the other time


def picture_file(path: str, label: int, status: os.stat_result) -> PictureFile:
    """Return a file with what tells whether it is still the same."""
    return PictureFile(path, label, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(frozen=True)
class Store:
    """The place for one state of one folder: ``<where>-<state>/images.bin`` and ``meta.json``."""

    base: Path
    where: str  # hash of the folder's path and of the options it is loaded with
    state: str  # hash of its classes and of all files' names, sizes and times
    classes: tuple[str, ...]
    name: str

    @property
    def place(self) -> Path:
        return self.base / f"{self.where}-{self.state}"

    def read(self, mmap: bool) -> ImageData | None:
        """Return what is kept, or None if there is nothing, or (which is said) it is damaged.

        Raises
        ------
        OSError
            If it is there but cannot be read just now; the error names the file.
        """
        if not os.path.lexists(self.place):
            return None
        try:
            return self._read(mmap)
        except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError, MemoryError) as error:
            fault = "a file is missing" if isinstance(error, FileNotFoundError) else error
            print(
                f"what was kept in {printable(self.place)} is damaged ({printable(fault)}); it is made anew"
            )
            return None

    def _read(self, mmap: bool) -> ImageData:
        line, _, text = (self.place / "meta.json").read_bytes().partition(b"\n")
        if line != _sum_of(text):
            raise ValueError("the check sum of meta.json differs")
        meta = json.loads(text)
        path, shape = self.place / "images.bin", tuple(meta["shape"])
        if path.stat().st_size != int(np.prod(shape, dtype=object)):
            raise ValueError(f"images.bin has another size than {shape}")
        flat = np.memmap(path, np.uint8, "c") if mmap else np.fromfile(path, np.uint8)
        if meta["sum"] != check_sum(flat):
            raise ValueError("the check sum of images.bin differs")
        labels = np.array(meta["labels"], np.int64)
        images, mean, std = flat.reshape(shape), tuple(meta["mean"]), tuple(meta["std"])
        return ImageData(images, labels, self.classes, self.name, mean, std, meta["report"])

    def write(self, folder: WorkingFolder, data: ImageData) -> None:
        """Publish a folder that holds the pixels already, and remove what was kept of earlier states."""
        meta = {
            "shape": data.images.shape,
            "sum": check_sum(data.images.reshape(-1)),
            "labels": data.labels.tolist(),
            "mean": data.mean,
            "std": data.std,
            "report": data.report,
        }
        text = json.dumps(meta).encode()
        (folder.path / "meta.json").write_bytes(_sum_of(text) + b"\n" + text)
        folder.publish(self.place)
        for older in self.base.glob(f"{self.where}-*"):
            if older != self.place:
                remove(older)


def open_store(
    cache: bool | str | os.PathLike,
    folder: Path,
    files: Sequence[PictureFile],
    classes: Sequence[str],
    name: str,
    options: Wanted,
) -> Store | None:
    """Return the place for this state of this folder, or None if nothing is to be kept."""
    if cache is False:
        return None
    base = user_cache() / "folders" if cache is True else Path(cache).expanduser()
    remove_leftovers(base, _WORK)
    lines = [repr(tuple(classes)), *("\0".join(map(str, file)) for file in files)]
    return Store(
        base,
        _short_hash(repr((1, os.path.realpath(folder), tuple(options))))[:16],
        _short_hash("\n".join([str(_FORMAT), *lines])),
        tuple(classes),
        name,
    )


def check_sum(values: np.ndarray) -> int:
    """Return the CRC-32 of a flat array of bytes: a change of one place is always seen, and it is quick."""
    total = 0
    for start in range(0, len(values), _BLOCK):
        total = zlib.crc32(values[start : start + _BLOCK], total)
    return total


class Sink:
    """Takes decoded images one by one, into memory or (mmap) straight into the file that is kept."""

    def __init__(self, capacity: int, shape: tuple[int, ...], store: Store | None, mmap: bool) -> None:
        self._shape, self._store, self._mmap = shape, store, mmap
        self._count = 0
        self._array = None if mmap else np.empty((capacity, *shape), np.uint8)
        self._folder: WorkingFolder | None = None
        self._file = None

    def __enter__(self) -> Sink:
        if self._mmap:
            self._open()
        return self

    def __exit__(self, *error: object) -> None:
        if self._file:
            self._file.close()
        if self._folder:
            self._folder.__exit__(*error)

    def add(self, image: np.ndarray) -> None:
        """Take one image of the sink's shape."""
        if self._array is None:
            self._file.write(np.ascontiguousarray(image))
        else:
            self._array[self._count] = image
        self._count += 1

    def finish(self, labels: np.ndarray, classes: Sequence[str], name: str, report: Sequence) -> ImageData:
        """Measure the images, keep all where a store was given, and return them."""
        if self._array is None:
            self._file.flush()
            images = np.memmap(self._file.name, np.uint8, "r").reshape(-1, *self._shape)
        else:
            images = self._array[: self._count]
        data = ImageData(images, labels, tuple(classes), name, report=tuple(report))
        if self._mmap:
            return self._keep_and_reopen(data)
        if self._store:
            self._keep_if_possible(data)
        return data

    def _keep_and_reopen(self, data: ImageData) -> ImageData:
        self._file.close()
        self._store.write(self._folder, data)
        reopened = self._store.read(mmap=True)
        if reopened is None:
            raise OSError(f"what was decoded into {self._store.place} is gone: load it again")
        return reopened

    def _keep_if_possible(self, data: ImageData) -> None:
        try:
            self._open()
            with self._file:
                data.images.tofile(self._file)
            self._store.write(self._folder, data)
        except OSError as error:
            # NumPy's own error for a short write has no number
            is_full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None), None)
            remedy = "; free some space there to keep them" if is_full else ""
            reason = f"{error.strerror or error}{remedy}"
            print(
                f"the decoded images could not be kept in {printable(self._store.base)} ({reason}); they are "
                "used anyway"
            )

    def _open(self) -> None:
        self._folder = WorkingFolder(self._store.base, _WORK)
        self._file = open(self._folder.path / "images.bin", "xb")  # noqa: SIM115 - __exit__ closes it


def _sum_of(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
