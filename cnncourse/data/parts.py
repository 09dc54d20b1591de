"""The parts of a folder of pictures: which of its sub-folders are for training, testing, validation."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from cnncourse.errors import printable

_FILLERS = (
    "datasets?|data|sets?|images?|imgs?|pictures|pics|photos|folder|files|part|split|samples|my|the|new|all"
)
_WORDS = {
    "train": "training|train|trn",
    "test": "testing|test|tst|evaluation|eval",
    "valid": "validation|validate|valid|val|dev",
}
_KINDS = {kind: re.compile(f"(?:{_FILLERS})*(?:{words})(?:{_FILLERS})*") for kind, words in _WORDS.items()}
_ARCHIVE_LITTER = "__MACOSX"  # what macOS adds to an archive: names of the pictures, but no pictures
_DEEPEST = 4  # folders in folders before there is something to see


class Parts(NamedTuple):
    """Where the parts of a data set lie; None for one that it does not have."""

    train: Path | None = None
    test: Path | None = None
    valid: Path | None = None
    beside: tuple[str, ...] = ()  # sub-folders that belong to none of them


def kind_of(name: str) -> str | None:
    """Return "train", "test" or "valid" for a name that says nothing else, as ``Training_Set``; else None."""
    letters = re.sub(r"[\W\d_]+", "", name).casefold()
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(letters)), None)


def sub_folders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted, without hidden ones."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if is_folder(entry) and not is_hidden(entry.name))


def is_hidden(name: str) -> bool:
    """Whether a name is passed over: it begins with a dot, or an archive put it there."""
    return name.startswith(".") or name == _ARCHIVE_LITTER


def is_folder(entry: os.DirEntry) -> bool:
    """Whether an entry is a folder or a link to one; a link that leads nowhere or to itself is not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def find_parts(folder: Path, depth: int = 0) -> Parts | None:
    """Return the parts of a data set, or None if its sub-folders are classes.

    Raises
    ------
    ValueError
        If some sub-folders are named as parts but cannot be told from classes; the text names them.
    """
    names = sub_folders(folder)
    kinds = _kinds_of(names)
    inside = {name: set(_sub_folders_if_readable(innermost(folder / name))) for name in kinds}
    if len(names) > len(kinds) and sum(map(bool, inside.values())) < 2:
        # a class may be called "train", if it holds pictures as the classes beside it do
        kinds = {name: kind for name, kind in kinds.items() if kind != "train" or inside[name]}
    classes = [name for name in names if name not in kinds]
    if not kinds:
        if len(names) == 1 and depth < _DEEPEST:  # archives often put all into one folder
            return find_parts(folder / names[0], depth + 1)
        _refuse_hidden_parts(folder, names)
        return None
    holds_classes = any(inside[name] & set(classes) for name in kinds)
    _refuse_unclear(folder, kinds, classes, inside, holds_classes)
    places = {kind: innermost(folder / name) for name, kind in kinds.items()}
    if len({os.path.realpath(place) for place in places.values()}) < len(places):
        raise ValueError(
            f"path {printable(folder)} has one folder for two parts, {_listed(kinds)}: one is a link"
        )
    if holds_classes:
        return Parts(**{"train": folder} | places)
    return Parts(**places, beside=tuple(classes))


def innermost(folder: Path) -> Path:
    """Return the folder below one that only wraps it, as in ``training_set/training_set/cats``."""
    for _ in range(_DEEPEST):
        names = _sub_folders_if_readable(folder)
        if len(names) != 1 or not _means_the_same(names[0], folder.name):
            break
        folder = folder / names[0]
    return folder


def _means_the_same(inner: str, outer: str) -> bool:
    kind = kind_of(inner)
    return inner.casefold() == outer.casefold() or (kind is not None and kind == kind_of(outer))


def _sub_folders_if_readable(folder: Path) -> list[str]:
    try:
        return sub_folders(folder)
    except OSError:  # it is reported when its pictures are looked for
        return []


def set_name(folder: Path) -> str:
    """Return what a data set is called: the name of its folder, or of the one above a part."""
    place = folder.absolute()
    while kind_of(place.name) or place.name in _kinds_of(_sub_folders_if_readable(place.parent)):
        place = place.parent
    return place.name or folder.name


def _kinds_of(names: list[str]) -> dict[str, str]:
    """Return the kind of each name that is one of a part; ``seg_train`` is one beside ``seg_test``."""
    kinds = {name: kind for name in names if (kind := kind_of(name))}
    groups = defaultdict(dict)
    for name in names:
        words = re.findall(r"[^\W\d_]+", name)
        said = [word for word in words if kind_of(word)]
        if name not in kinds and len(said) == 1:
            rest = tuple(word.casefold() for word in words if word != said[0])
            groups[rest][name] = kind_of(said[0])
    for group in groups.values():
        if len(set(group.values())) > 1:
            kinds |= group
    return kinds


def _refuse_unclear(
    folder: Path, kinds: dict[str, str], classes: list[str], inside: dict[str, set], holds_classes: bool
) -> None:
    """Refuse parts of which there are two, or that lie beside classes in a way that can mean two things."""
    seen = f"path {printable(folder)} holds {_listed(kinds)}, named as parts of a data set"
    beside = f", and beside them {_listed(classes)}" if classes else ""
    doubled = [name for name, kind in kinds.items() if list(kinds.values()).count(kind) > 1]
    empty = [name for name in kinds if not inside[name]]
    if doubled:
        raise ValueError(f"{seen}; {_listed(doubled)} mean the same part: keep one of them")
    if empty:
        raise ValueError(
            f"{seen}{beside}, but {printable(empty[0])} has no sub-folder for each class: lay it out as "
            f"{printable(empty[0])}/CLASS/picture.jpg, move it away, or rename it if it is a class"
        )
    if holds_classes and "train" in kinds.values():
        raise ValueError(f"{seen}{beside}, which are classes in them too: keep one set of training images")
    if classes and not holds_classes and len(kinds) == 1:
        raise ValueError(f"{seen}{beside}: rename it if it is a class, or move away what is no part")


def _refuse_hidden_parts(folder: Path, names: list[str]) -> None:
    """Refuse classes that hold parts or copies of the data set, which would be mixed into one."""
    for name in names:
        inner = _sub_folders_if_readable(folder / name)
        parts, again = _kinds_of(inner), set(inner) & (set(names) - {name})
        if set(parts.values()) - {"train"}:
            raise ValueError(
                f"path {printable(folder)} holds {_listed(parts)} inside {printable(name)}, which would mix: "
                f"lay it out as {printable(next(iter(parts)))}/CLASS/picture.jpg"
            )
        if again:
            raise ValueError(
                f"path {printable(folder)} holds {_listed(sorted(again))} again inside {printable(name)}: "
                f"move the copy away, or load {printable(folder / name)}"
            )


def _listed(names: Collection[str]) -> str:
    return ", ".join(map(printable, list(names)[:6])) + (", …" if len(names) > 6 else "")
