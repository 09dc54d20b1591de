"""Finds what the chapters hold. A chapter is a folder in `cnncourse/chapters`; there is no list of them."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[1] / "chapters"


@functools.cache
def names() -> tuple[str, ...]:
    """Return the names of the chapters in alphabetical order; the book's contents say theirs."""
    return tuple(sorted(place.parent.name for place in FOLDER.glob("*/__init__.py")))


def modules(chapter: str) -> list[ModuleType]:
    """Import every module of a chapter: what a test or a benchmark looks through for explorers."""
    stems = sorted(path.stem for path in (FOLDER / chapter).glob("[!_]*.py"))
    return [importlib.import_module(f"cnncourse.chapters.{chapter}.{stem}") for stem in stems]
