"""A folder of image files, one sub-folder per class, as arrays; decoded once by all cores and kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cnncourse.data.arrays import ImageData, checked_classes
from cnncourse.data.decoding import load_files
from cnncourse.data.finding import find_files
from cnncourse.data.parts import find_parts, innermost, is_folder, is_hidden, set_name, sub_folders
from cnncourse.data.paths import DataNotFound
from cnncourse.data.pictures import Wanted, check_options, plain_path
from cnncourse.data.resizing import image_size
from cnncourse.errors import did_you_mean, printable


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
        Names that begin with a dot are ignored, links to what is loaded already are left out, and so is a
        part beside the classes, such as ``path/test/CLASS``.
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
        If it holds no classes or no readable image; if it holds parts such as ``train`` and ``test``, or
        what cannot be told from them; if one of its sub-folders holds no image and `classes` is None, since a
        stray folder would become a class; if it has a sub-folder that is not among `classes`; or if it holds
        images of several sizes while `size` is None.
    ImportError
        If Pillow is not installed.

    Notes
    -----
    Threads decode, since Pillow works in parallel outside Python's lock. What is kept is valid as long as
    names, sizes and times of all files stay the same, and is checked against sums when it is read.

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
    return load_named(path, size, channels, resize, classes, cache, mmap)[0]


def load_named(
    path: str | os.PathLike,
    size: int | tuple[int, int] | None = None,
    channels: int = 3,
    resize: str = "crop",
    classes: Sequence[str] | None = None,
    cache: bool | str | os.PathLike = True,
    mmap: bool = False,
) -> tuple[ImageData, list[str]]:
    """Load as `load_folder` does, and return with the images the name of each: its path below the folder."""
    check_options(channels, resize)
    folder = Path(path).expanduser()
    wanted = Wanted(None if size is None else image_size(size), channels, resize)
    shown = None if classes is None else checked_classes(classes)
    folder, found, parts = class_folders(folder, shown)
    on_disk = {printable(name): name for name in found}
    names = tuple(on_disk.get(name, name) for name in (on_disk if shown is None else shown))
    unknown = [name for name in on_disk if shown is not None and name not in shown]
    if unknown:
        raise ValueError(
            f"path {printable(folder)} has a sub-folder {unknown[0]!r} that is not among classes. "
            f"{did_you_mean(unknown[0], shown)}"
        )
    files, left_out = find_files(folder, names)
    left_out += [(plain_path(part), "a part of its own, not a class") for part in parts]
    if classes is None:  # before anything is decoded, which takes long
        _refuse_empty(folder, names, {file.label for file in files}, left_out)
    data = load_files(
        folder, files, names, set_name(folder), wanted, left_out=left_out, cache=cache, mmap=mmap
    )
    if classes is None:
        _refuse_empty(folder, names, set(data.labels.tolist()), data.report)
    bad = {path for path, _ in data.report}
    used = [
        Path(file.path).relative_to(folder).as_posix() for file in files if plain_path(file.path) not in bad
    ]
    return data, [printable(name) for name in used]


def class_folders(folder: Path, classes: Sequence[str] | None = None) -> tuple[Path, list[str], list[Path]]:
    """Return where the classes lie, their names, and the parts beside them; refuse another layout."""
    shown = printable(folder)
    if not folder.exists():
        raise DataNotFound(f"path {shown} does not exist: give a folder laid out as FOLDER/CLASS/picture.jpg")
    if not folder.is_dir():
        raise ValueError(f"path {shown} is a file: give a folder laid out as FOLDER/CLASS/picture.jpg")
    folder = innermost(folder)
    found = sub_folders(folder)
    if not found:
        raise ValueError(
            f"path {shown} has no sub-folders: each class needs one, as in FOLDER/CLASS/picture.jpg"
        )
    if classes is not None and set(map(printable, found)) <= set(classes):
        return folder, found, []
    parts = find_parts(folder)
    if parts is None:
        if classes is None and len(found) == 1 and _only_wraps(folder / found[0]):
            raise ValueError(
                f"path {shown} has one sub-folder, {found[0]!r}, which holds folders and no pictures: load "
                f"{printable(folder / found[0])} if those are the classes, else pass classes=({found[0]!r},)"
            )
        return folder, found, []
    places = [place for place in parts[:3] if place is not None]
    if parts.train != folder:
        names = ", ".join(plain_path(place.relative_to(folder)) for place in places)
        raise ValueError(f"path {shown} holds {names}, not classes: load {plain_path(places[0])}")
    aside = {place.relative_to(folder).parts[0] for place in places[1:]}
    return folder, [name for name in found if name not in aside], [folder / name for name in sorted(aside)]


def _only_wraps(folder: Path) -> bool:
    """Whether a folder holds several folders and no file of its own."""
    with os.scandir(folder) as entries:
        kinds = [is_folder(entry) for entry in entries if not is_hidden(entry.name)]
    return len(kinds) > 1 and all(kinds)


def _refuse_empty(
    folder: Path, names: tuple[str, ...], labels: set[int], left_out: Sequence[tuple[str, str]]
) -> None:
    """Refuse names that no image is labelled with: such a sub-folder is stray, or its images are missing."""
    empty = [name for label, name in enumerate(names) if label not in labels]
    if empty:
        more = f" and in {len(empty) - 1} more" if len(empty) > 1 else ""
        reason = dict(left_out).get(plain_path(folder / empty[0]), "")
        because = f" ({reason})" if reason and "no files" not in reason else ""
        raise ValueError(
            f"path {printable(folder)} has no readable image in its sub-folder {empty[0]!r}{because}{more}, "
            "but each sub-folder is a class: put images into it or delete it. Only a class that is named in "
            "classes may be empty"
        )
