"""``cnncourse data``: which data sets there are; fetch them, check them, check a folder of images."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
from pathlib import Path
from typing import TYPE_CHECKING

from cnncourse.cli.parser import pip_install
from cnncourse.cli.sources import no_such_data, some_text
from cnncourse.errors import did_you_mean, printable

if TYPE_CHECKING:
    from cnncourse.data.catalog import Entry

_EPILOG = """
examples:
  cnncourse data list
  cnncourse data get mnist
  cnncourse data check mnist cifar10
  cnncourse data check photos/          # a folder of images: list the files that are left out

Data lie in $CNNCOURSE_DATA if it is set, else in the user's cache directory; --root DIR names another place.
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "data",
        help="list, fetch and check data sets",
        description="List, fetch and check data sets.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=run)
    parser.add_argument("action", choices=("list", "get", "check"), help="what to do")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="data sets, for check folders too; it takes what is here by default",
    )
    parser.add_argument(
        "--root",
        type=some_text,
        metavar="DIR",
        help="where data sets lie; default $CNNCOURSE_DATA, else the cache",
    )


def run(args: argparse.Namespace) -> int:
    """Do one of the three."""
    from cnncourse.data import data_root
    from cnncourse.data.catalog import CATALOG, entry

    root = data_root(args.root)
    folders, names = [], args.names
    if args.action == "check":
        folders = [Path(name).expanduser() for name in names if _is_folder(name)]
        names = [name for name in names if not _is_folder(name)]
        _refuse_unknown(names)
    items = [entry(name) for name in names]
    if args.action == "list":
        return _list(items or list(CATALOG.values()), root)
    if args.action == "get":
        if not items:
            raise ValueError("which data? For example `cnncourse data get mnist`")
        return _get(items, root)
    if not args.names:
        items = [item for item in CATALOG.values() if not lacking(item, root)]
    unread = [_check_folder(folder) for folder in folders]
    return max([_check(items, root), *unread])


def _is_folder(name: str) -> bool:
    from cnncourse.data.catalog import CATALOG

    return name not in CATALOG and Path(name).expanduser().is_dir()


def _refuse_unknown(names: list[str]) -> None:
    """Say of a name that is neither a data set nor a folder what it is."""
    from cnncourse.data.catalog import CATALOG

    for name in names:
        if Path(name).expanduser().is_file():
            raise ValueError(f"{name} is a file: give a folder of images with one sub-folder per class")
        if name not in CATALOG:
            raise ValueError(f"{name}: {no_such_data(name)}")


def lacking(item: Entry, root: Path) -> str:
    """Return in a few words what keeps a data set from being read, "" if nothing does."""
    if item.name == "digits" and importlib.util.find_spec("sklearn") is None:
        return f"needs scikit-learn: {pip_install(extra='course')}"
    return f"not here, {item.megabytes} MB to get" if item.missing(root) else ""


def _list(items: list, root) -> int:
    print(f"data root: {root}")
    for item in items:
        state = lacking(item, root) or ("always there" if item.kind == "embedded" else "here")
        shape = f"{item.channels}×{item.size}×{item.size}"
        images = f"{item.train + item.test:>7,} images  {shape:8}"
        print(f"{item.name:14}{images}{len(item.classes):>4} classes  {state}")
        print(f"{'':14}{item.title}; licence: {item.licence}; {item.source}")
    return 0


def _get(items: list, root) -> int:
    from cnncourse.data import fetch
    from cnncourse.data.integrity import check

    for item in items:
        if item.kind == "embedded":
            print(f"{item.name}: {lacking(item, root) or 'always there'}")
        elif not item.missing(root) and all(verdict.good for verdict in check(item, root)):
            print(f"{item.name}: already in {root}")
        else:
            fetch.fetch(item, root)
            print(f"{item.name}: fetched into {root}")
    return 0


def _check(items: list, root) -> int:
    """Print a line per file; 1 if one is not as published."""
    from cnncourse.data import load
    from cnncourse.data.integrity import check

    all_good = True
    for item in items:
        if item.kind == "embedded":
            load(item.name)
            print(f"{item.name}: always there")
        for verdict in check(item, root):
            all_good = all_good and verdict.good
            print(f"{item.name}: {verdict.path}: {verdict.words}")
    return 0 if all_good else 1


def _check_folder(folder: Path) -> int:
    """Decode every file of an image folder, print a line for each that is left out; 1 if there is one."""
    from cnncourse.data import load_folder
    from cnncourse.data.folder import class_folders
    from cnncourse.data.parts import Parts, find_parts

    parts = find_parts(folder) or Parts(train=folder)
    for name in parts.beside:
        print(f"{printable(folder / name)}: neither a class nor a part for training, testing or validation")
    places = [place for place in parts[:3] if place is not None]
    known, faults = None, len(parts.beside)
    for place in places:
        inside, names, aside = class_folders(place)
        known = known or names
        strange = [name for name in names if name not in known]
        for name in strange:
            hint = did_you_mean(name, known)
            print(f"{printable(inside / name)}: not a class of {printable(places[0])}. {hint}")
        with contextlib.redirect_stdout(io.StringIO()):  # its line names this command
            # Named, a class may be empty: it is listed like a bad file.
            images = load_folder(place, 32, classes=names, cache=False)
        left_out = [
            entry for entry in images.report if Path(entry[0]) not in map(Path, map(printable, aside))
        ]
        for path, reason in left_out:
            print(f"{path}: {reason}")
        print(f"{printable(place)}: {len(images):,} images can be read, {len(left_out):,} left out")
        faults += len(left_out) + len(strange)
    return 1 if faults else 0
