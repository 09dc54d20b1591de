"""Many image files to one array: decoded by all cores, kept on disk, and an account of those left out."""

from __future__ import annotations

import os
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnncourse.data import folder_cache
from cnncourse.data.arrays import ImageData
from cnncourse.data.folder_cache import PictureFile
from cnncourse.data.pictures import BadPicture, OtherSize, Wanted, decode, plain_path, quiet_pillow

_FILES_PER_JOB = 64  # enough work to make the hand-over between threads cheap


def load_files(
    folder: Path,
    files: list[PictureFile],
    classes: Sequence[str],
    name: str,
    wanted: Wanted,
    *,
    left_out: Sequence[tuple[str, str]] = (),
    cache: bool | str | os.PathLike = True,
    mmap: bool = False,
) -> ImageData:
    """Load these files of a folder, from what is kept of them or by decoding them, as `load_folder` does.

    `left_out` lists what the search for files has already left out.
    """
    if mmap and cache is False:
        raise ValueError("mmap=True reads the kept images from disk: leave cache=True or give it a path")
    if wanted.size is None:
        wanted = wanted._replace(size=_first_size(folder, files, wanted), exact=True)
    store = folder_cache.open_store(cache, folder, files, classes, name, wanted)
    data = None
    try:
        data = store.read(mmap) if store else None
    except OSError as error:
        if mmap:
            raise
        print(
            f"what was kept of {plain_path(folder)} cannot be read just now ({plain_path(store.place)}: "
            f"{error.strerror or error}); it stays as it is, and the pictures are decoded"
        )
        store = None
    if data is None:
        data = _decode_all(folder, files, classes, name, wanted, store, mmap)
    report = (*left_out, *data.report)
    if report:
        print(_one_line(folder, report, len(files) + len(left_out)))
    return replace(data, report=report)


def _first_size(folder: Path, files: list[PictureFile], wanted: Wanted) -> tuple[int, int]:
    with quiet_pillow():
        for file in files:
            try:
                return decode(file.path, wanted).shape[1:]
            except BadPicture:
                continue  # it is reported when all files are decoded
    raise ValueError(f"path {plain_path(folder)}: none of its {len(files)} files is a readable image")


def _decode_all(
    folder: Path,
    files: list[PictureFile],
    classes: Sequence[str],
    name: str,
    wanted: Wanted,
    store: folder_cache.Store | None,
    mmap: bool,
) -> ImageData:
    """Decode all files and keep them; the good images follow each other in the order of the files."""
    height, width = wanted.size
    sink = folder_cache.Sink(len(files), (wanted.channels, height, width), store, mmap)
    labels, report = [], []
    with quiet_pillow(), sink:
        for number, (file, result) in enumerate(zip(files, _decoded(files, wanted)), 1):
            _show_progress(number, len(files))
            path = plain_path(file.path)
            if isinstance(result, OtherSize):
                raise ValueError(
                    f"path {plain_path(folder)} holds images of several sizes: {height}×{width} and, "
                    f"{path}, {result}: pass size, for example size=64"
                )
            if isinstance(result, BadPicture):
                report.append((path, str(result)))
            else:
                sink.add(result)
                labels.append(file.label)
        if not labels:
            first = f"; the first, {report[0][0]}: {report[0][1]}" if report else ""
            raise ValueError(
                f"path {plain_path(folder)}: none of its {len(files)} files is a readable image{first}"
            )
        return sink.finish(np.array(labels, np.int64), classes, name, report)


def _decoded(files: list[PictureFile], wanted: Wanted) -> Iterator[np.ndarray | BadPicture]:
    """Yield each file's image, or why there is none, in order; as many threads decode as there are cores."""

    def job(some: list[PictureFile]) -> list[np.ndarray | BadPicture]:
        return [_image_or_reason(file.path, wanted) for file in some]

    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    ahead = 4 * workers  # jobs handed out early: more would pile up images faster than they are stored
    jobs = [files[start : start + _FILES_PER_JOB] for start in range(0, len(files), _FILES_PER_JOB)]
    with ThreadPoolExecutor(workers) as pool:
        running = deque(pool.submit(job, some) for some in jobs[:ahead])
        for some in jobs[ahead:]:
            yield from running.popleft().result()
            running.append(pool.submit(job, some))
        while running:
            yield from running.popleft().result()


def _image_or_reason(path: str, wanted: Wanted) -> np.ndarray | BadPicture:
    try:
        return decode(path, wanted)
    except BadPicture as reason:
        return reason


def _show_progress(number: int, total: int) -> None:
    """Count in a terminal, where somebody may wait for a large folder."""
    if total >= 2000 and (number % 500 == 0 or number == total) and sys.stderr.isatty():
        end = "\n" if number == total else ""
        print(f"\rdecoding {number:,} of {total:,} files", end=end, file=sys.stderr, flush=True)


def _one_line(folder: Path, report: Sequence[tuple[str, str]], total: int) -> str:
    reasons = Counter(reason.split(":")[0] for _, reason in report)
    parts = ", ".join(f"{number} {reason}" for reason, number in reasons.most_common())
    name = plain_path(folder)
    counts = f"left out {len(report)} of {total:,} ({parts})"
    return f"{name}: {counts}; see .report, or `cnncourse data check {name}`"
