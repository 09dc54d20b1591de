"""The files below the folders of classes, each once, whatever links there are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cnncourse.data.folder_cache import PictureFile, picture_file
from cnncourse.data.parts import is_folder, is_hidden
from cnncourse.data.pictures import plain_path


def find_files(folder: Path, names: Sequence[str]) -> tuple[list[PictureFile], list[tuple[str, str]]]:
    """Return the files below each class's folder, and path and reason for what is left out already."""
    search = _Search(folder)
    for label, name in enumerate(names):
        before = len(search.files), len(search.left_out)
        search.add(folder / name, label)
        if (len(search.files), len(search.left_out)) == before:
            search.left_out.append((plain_path(folder / name), "no files for this class"))
    with os.scandir(folder) as entries:
        beside = sorted(entry.path for entry in entries if not is_folder(entry) and not is_hidden(entry.name))
    search.left_out += [(plain_path(path), "not in the folder of a class") for path in beside]
    return search.files, search.left_out


class _Search:
    """What was found so far below one folder."""

    def __init__(self, folder: Path) -> None:
        self.files: list[PictureFile] = []
        self.left_out: list[tuple[str, str]] = []
        self._root = Path(os.path.realpath(folder))
        self._seen: set[tuple[int, int]] = set()

    def add(self, folder: Path, label: int) -> None:
        """Add all files below a class's folder in the order of their names, however deep they lie."""
        if not os.path.lexists(folder):
            return
        waiting = [(os.fspath(folder), os.path.islink(folder), True)]
        while waiting:
            path, is_link, is_dir = waiting.pop()
            fault = self._fault_of_link(path, is_dir) if is_link else ""
            if fault:
                self.left_out.append((plain_path(path), fault))
                continue
            try:
                status = os.stat(path)
                if is_dir:
                    waiting += self._inside(path, status)
                else:
                    self.files.append(picture_file(path, label, status))
            except OSError as error:
                dangling = is_link and isinstance(error, FileNotFoundError)
                reason = "dangling link" if dangling else error.strerror or "unreadable"
                self.left_out.append((plain_path(path), reason))

    def _inside(self, path: str, status: os.stat_result) -> list[tuple[str, bool, bool]]:
        """Return what a folder holds, the first name last, or nothing if it was seen before."""
        key = (status.st_dev, status.st_ino)
        if key in self._seen:
            self.left_out.append((plain_path(path), "a link to what is loaded already"))
            return []
        self._seen.add(key)
        with os.scandir(path) as entries:
            some = [entry for entry in entries if not is_hidden(entry.name)]
        some.sort(key=lambda entry: entry.name, reverse=True)
        return [(entry.path, entry.is_symlink(), is_folder(entry)) for entry in some]

    def _fault_of_link(self, path: str, is_dir: bool) -> str:
        """Return why a link is not followed: it leads to what is loaded, or would be, by its own name."""
        target, place = Path(os.path.realpath(path)), Path(os.path.realpath(os.path.dirname(path)))
        if is_dir and target in {self._root, place, *self._root.parents, *place.parents}:
            return "a link to a folder it lies in"
        if self._root not in target.parents or not target.exists():
            return ""
        inside = target.relative_to(self._root).parts
        if any(map(is_hidden, inside)):
            return ""  # a store of its own, as some programs for versions of data keep it
        return f"a link to what is loaded already: {plain_path(os.path.join(*inside))}"
