"""``cnncourse data``: which data sets there are, fetch them, check them."""

from __future__ import annotations

import argparse
import importlib.util
from typing import TYPE_CHECKING

from cnncourse.cli.sources import some_text

if TYPE_CHECKING:
    from pathlib import Path

    from cnncourse.data.catalog import Entry

_EPILOG = """
examples:
  cnncourse data list
  cnncourse data get mnist
  cnncourse data check mnist cifar10

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
        "names", nargs="*", metavar="NAME", help="data sets; check takes those on disk by default"
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
    items = [entry(name) for name in args.names]
    if args.action == "list":
        return _list(items or list(CATALOG.values()), root)
    if args.action == "get":
        if not items:
            raise ValueError("which data? For example `cnncourse data get mnist`")
        return _get(items, root)
    return _check(items or [item for item in CATALOG.values() if not lacking(item, root)], root)


def lacking(item: Entry, root: Path) -> str:
    """Return in a few words what keeps a data set from being read, "" if nothing does."""
    if item.name == "digits" and importlib.util.find_spec("sklearn") is None:
        return "needs scikit-learn: pip install 'cnncourse[course]'"
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
