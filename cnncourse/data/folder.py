"""A folder of image files, one sub-folder per class, as arrays; decoded once by all cores and kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cnncourse.data.arrays import ImageData
from cnncourse.data.decoding import load_files
from cnncourse.data.folder_cache import PictureFile, picture_file
from cnncourse.data.paths import DataNotFound
from cnncourse.data.pictures import Wanted, check_options, plain_path
from cnncourse.data.resizing import image_size

SPLIT_FOLDERS = ("train", "test", "valid", "validation", "val")


def load_folder(
    path: str | os.PathLike,
    size: int | tuple[int, int] | None = None,
    *,
    channels: int = 3,
    resize: str = "crop",
    classes: Sequence[str] | None = None,
    cache: bool | str | os.PathLike = True,
    mmap: bool = False,
) -> ImageData:
    """Load a folder of image files; each sub-folder is a class and its name the class's name.

    Parameters
    ----------
    path : path
        The folder, laid out as ``path/CLASS/picture.jpg``; deeper folders count for the class they are in.
        Names that begin with a dot are ignored.
    size : int or (int, int), default None
        Side, or height and width, of the images in pixels. None keeps the size, which must then be the same
        for all.
    channels : {1, 3}, default 3
        Grey, or red, green, blue.
    resize : {"crop", "stretch"}, default "crop"
        How another aspect ratio is met: cut the longer side around the middle, or distort.
    classes : sequence of str, default None
        Names and order of the classes; None takes the sub-folders in alphabetical order, each of which must
        then hold a readable image. A class named here may be empty. Give a test folder the classes of its
        training folder.
    cache : bool or path, default True
        Keep the decoded images, so that the next call reads one file. True keeps them in the user's cache
        directory; a path keeps them there.
    mmap : bool, default False
        Leave the pixels on disk and read those that are asked for, for data that do not fit into memory.

    Returns
    -------
    ImageData
        ``report`` lists path and reason for each file that was left out; one printed line says so.

    Raises
    ------
    DataNotFound
        If there is no such folder.
    ValueError
        If it holds no classes or no readable image; if one of its sub-folders holds none and `classes` is
        None, since a stray folder would become a class; if it has a sub-folder that is not among `classes`;
        or if it holds images of several sizes while `size` is None.
    ImportError
        If Pillow is not installed.

    Notes
    -----
    Threads decode, since Pillow works in parallel outside Python's lock. What is kept is valid as long as
    names, sizes and times of all files stay the same.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> from cnncourse import data
    >>> digits = data.load("digits")
    >>> with TemporaryDirectory() as folder:
    ...     for number in range(6):
    ...         place = Path(folder) / ("even" if number % 2 == 0 else "odd")
    ...         place.mkdir(exist_ok=True)
    ...         Image.fromarray(digits.images[number, 0]).save(place / f"{number}.png")
    ...     loaded = load_folder(folder, channels=1, cache=False)
    >>> loaded.images.shape, loaded.classes, loaded.counts()
    ((6, 1, 28, 28), ('even', 'odd'), {'even': 3, 'odd': 3})
    """
    check_options(channels, resize)
    folder = Path(path).expanduser()
    wanted = Wanted(None if size is None else image_size(size), channels, resize)
    found = class_folders(folder)
    names = tuple(found if classes is None else classes)
    unknown = [name for name in found if name not in names]
    if unknown:
        raise ValueError(f"path {folder} has a sub-folder {unknown[0]!r} that is not among classes {names}")
    files, left_out = _scan(folder, names)
    if classes is None:  # before anything is decoded, which takes long
        _refuse_empty(folder, names, {file.label for file in files})
    name = folder.absolute().parent.name if folder.name in SPLIT_FOLDERS else folder.absolute().name
    data = load_files(folder, files, names, name, wanted, left_out=left_out, cache=cache, mmap=mmap)
    if classes is None:
        _refuse_empty(folder, names, set(data.labels.tolist()))
    return data


def class_folders(folder: Path) -> list[str]:
    """Return the names of the sub-folders, which are the classes; refuse a folder that is not laid out so."""
    if not folder.exists():
        raise DataNotFound(
            f"path {folder} does not exist: give a folder laid out as FOLDER/CLASS/picture.jpg"
        )
    if not folder.is_dir():
        raise ValueError(f"path {folder} is a file: give a folder laid out as FOLDER/CLASS/picture.jpg")
    found = sorted(
        entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith(".")
    )
    if found and set(found) <= set(SPLIT_FOLDERS):
        raise ValueError(f"path {folder} holds {', '.join(found)}, not classes: load {folder / found[0]}")
    if not found:
        raise ValueError(
            f"path {folder} has no sub-folders: each class needs one, as in FOLDER/CLASS/picture.jpg"
        )
    return found


def _refuse_empty(folder: Path, names: tuple[str, ...], labels: set[int]) -> None:
    """Refuse names that no image is labelled with: such a sub-folder is stray, or its images are missing."""
    empty = [name for label, name in enumerate(names) if label not in labels]
    if empty:
        more = f" and in {len(empty) - 1} more" if len(empty) > 1 else ""
        raise ValueError(
            f"path {folder} has no readable image in its sub-folder {empty[0]!r}{more}, but each sub-folder "
            "is a class: put images into it or delete it. Only a class that is named in classes may be empty"
        )


def _scan(folder: Path, names: tuple[str, ...]) -> tuple[list[PictureFile], list[tuple[str, str]]]:
    """Return the files with their classes, and what is left out already."""
    files, left_out = [], []
    for label, name in enumerate(names):
        before = len(files)
        _collect(folder / name, label, files, left_out, set())
        if len(files) == before:
            left_out.append((plain_path(folder / name), "no files for this class"))
    left_out += [
        (plain_path(entry.path), "not in the folder of a class")
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name)
        if not entry.is_dir() and not entry.name.startswith(".")
    ]
    return files, left_out


def _collect(folder: Path, label: int, files: list, left_out: list, above: set) -> None:
    """Add all files below a class's folder; `above`, the folders it lies in, tells of links in circles."""
    try:
        identity = os.stat(folder)
        key = (identity.st_dev, identity.st_ino)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            left_out.append((plain_path(folder), error.strerror or "unreadable"))
        return
    if key in above:
        left_out.append((plain_path(folder), "a link to a folder it lies in"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            _collect(Path(entry.path), label, files, left_out, above | {key})
            continue
        try:
            status = entry.stat()
        except OSError as error:
            left_out.append(
                (plain_path(entry.path), "dangling link" if entry.is_symlink() else error.strerror)
            )
        else:
            files.append(picture_file(entry.path, label, status))
