"""What is kept of a decoded folder: its images in one file, so that the next load is one read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnncourse.data.arrays import channel_statistics
from cnncourse.data.paths import user_cache
from cnncourse.data.pictures import Wanted

_FORMAT = 1  # raise it when decoding changes, so that what older versions kept is not used


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


@dataclass
class Kept:
    """Decoded images with their labels, statistics, and the files that were left out."""

    images: np.ndarray
    labels: np.ndarray
    mean: tuple[float, ...]
    std: tuple[float, ...]
    report: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Store:
    """The place for one state of one folder: ``<where>-<state>/images.bin`` and ``meta.json``."""

    base: Path
    where: str  # hash of the folder's path and of the options it is loaded with
    state: str  # hash of its classes and of all files' names, sizes and times

    @property
    def place(self) -> Path:
        return self.base / f"{self.where}-{self.state}"

    def read(self, mmap: bool) -> Kept | None:
        """Return what is kept, or None if there is nothing or it is damaged."""
        try:
            meta = json.loads((self.place / "meta.json").read_text())
            shape = tuple(meta["shape"])
            images_path = self.place / "images.bin"
            if images_path.stat().st_size != int(np.prod(shape, dtype=object)):
                return None
            flat = np.memmap(images_path, np.uint8, "c") if mmap else np.fromfile(images_path, np.uint8)
            report = tuple((path, reason) for path, reason in meta["report"])
            labels = np.array(meta["labels"], np.int64)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Kept(flat.reshape(shape), labels, tuple(meta["mean"]), tuple(meta["std"]), report)

    def publish(self, folder: Path) -> None:
        """Give a finished folder its name, and remove what was kept of earlier states of these pictures."""
        try:
            folder.rename(self.place)
        except OSError:
            if not self.place.exists():
                raise
            shutil.rmtree(
                self.place, ignore_errors=True
            )  # a damaged one, or one another process has just made
            folder.rename(self.place)
        for older in self.base.glob(f"{self.where}-*"):
            if older != self.place:
                shutil.rmtree(older, ignore_errors=True)


def open_store(
    cache: bool | str | os.PathLike,
    folder: Path,
    files: Sequence[PictureFile],
    classes: Sequence[str],
    options: Wanted,
) -> Store | None:
    """Return the place for this state of this folder, or None if nothing is to be kept."""
    if cache is False:
        return None
    base = user_cache() / "folders" if cache is True else Path(cache).expanduser()
    absolute = os.path.realpath(folder)
    lines = [
        f"{path}\0{label}\0{size}\0{modified}\0{changed}" for path, label, size, modified, changed in files
    ]
    state = hashlib.sha256("\n".join([repr(tuple(classes)), *lines]).encode("utf-8", "surrogateescape"))
    where = hashlib.sha256(repr((_FORMAT, absolute, tuple(options))).encode("utf-8", "surrogateescape"))
    return Store(base, where.hexdigest()[:16], state.hexdigest()[:32])


class Sink:
    """Takes decoded images one by one, into memory or (mmap) straight into the file that is kept."""

    def __init__(self, capacity: int, shape: tuple[int, ...], store: Store | None, mmap: bool) -> None:
        self._shape, self._store, self._mmap = shape, store, mmap
        self._count = 0
        self._array = None if mmap else np.empty((capacity, *shape), np.uint8)
        self._folder: Path | None = None
        self._file = None

    def __enter__(self) -> Sink:
        if self._mmap:
            self._open()
        return self

    def __exit__(self, *error: object) -> None:
        if self._file:
            self._file.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, image: np.ndarray) -> None:
        """Take one image of the sink's shape."""
        if self._array is None:
            self._file.write(np.ascontiguousarray(image))
        else:
            self._array[self._count] = image
        self._count += 1

    def finish(self, labels: np.ndarray, report: tuple[tuple[str, str], ...]) -> Kept:
        """Measure the images, keep all where a store was given, and return them."""
        if self._array is None:
            self._file.flush()
            images = np.memmap(self._file.name, np.uint8, "r").reshape(-1, *self._shape)
        else:
            images = self._array[: self._count]
        kept = Kept(images, labels, *channel_statistics(images), report)
        if self._mmap:
            return self._keep_and_reopen(kept)
        if self._store:
            self._keep_if_possible(kept)
        return kept

    def _keep_and_reopen(self, kept: Kept) -> Kept:
        self._publish(kept)
        reopened = self._store.read(mmap=True)
        if reopened is None:
            raise OSError(f"what was decoded into {self._store.place} is gone: load it again")
        return reopened

    def _keep_if_possible(self, kept: Kept) -> None:
        try:
            self._open()
            kept.images.tofile(self._file)
            self._publish(kept)
        except OSError as error:
            reason = error.strerror or error
            print(
                f"the decoded images could not be kept in {self._store.base} ({reason}); they are used anyway"
            )

    def _open(self) -> None:
        self._store.base.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix=".decoding-", dir=self._store.base))
        self._file = open(self._folder / "images.bin", "wb")  # noqa: SIM115 - __exit__ closes it

    def _publish(self, kept: Kept) -> None:
        self._file.close()
        meta = {
            "shape": kept.images.shape,
            "labels": kept.labels.tolist(),
            "mean": kept.mean,
            "std": kept.std,
            "report": kept.report,
        }
        (self._folder / "meta.json").write_text(json.dumps(meta))
        self._store.publish(self._folder)
        self._folder = None
