"""Keep the exercise cells of a notebook as the chapter's `exercises.py` declares them.

Cells that carry the tag `exercise:NAME` belong together: prompt, stub, check and folded solution. One empty
cell with that tag is enough to place an exercise.
"""

from __future__ import annotations

from itertools import groupby

import nbformat
from nbformat import NotebookNode

from cnncourse.course.cells import notebook_cells

PREFIX = "exercise:"


def exercise_of(cell: NotebookNode) -> str | None:
    """Return the name of the exercise that a cell belongs to."""
    names = [tag.removeprefix(PREFIX) for tag in cell.metadata.get("tags", []) if tag.startswith(PREFIX)]
    return names[0] if names else None


def shown_exercises(notebook: NotebookNode) -> list[str]:
    """Return the names of the exercises that stand in a notebook, in order."""
    return [name for name, _ in groupby(notebook.cells, exercise_of) if name]


def sync_exercise_cells(notebook: NotebookNode) -> None:
    """Write the cells of every exercise anew; a code cell that stays as it is keeps its outputs."""
    cells = []
    for name, group in groupby(notebook.cells, exercise_of):
        old = list(group)
        cells += _written(name, old) if name else old
    shown = shown_exercises(notebook)
    twice = {name for name in shown if shown.count(name) > 1}
    if twice:
        raise ValueError(f"{', '.join(sorted(twice))}: its cells stand at two places; keep one")
    notebook.cells = cells


def _written(name: str, old: list[NotebookNode]) -> list[NotebookNode]:
    """Return the four cells of an exercise; what was there at the same place keeps its id."""
    new = []
    for place, (kind, source) in enumerate(notebook_cells(name)):
        before = old[place] if place < len(old) and old[place].cell_type == kind else None
        if before is not None and before.source == source:
            new.append(before)
            continue
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        part = ("prompt", "stub", "check", "solution")[place]
        cell = make(source, id=f"{name.replace('.', '-').replace('_', '-')}-{part}"[:64])
        cell.metadata["tags"] = [PREFIX + name]
        new.append(cell)
    return new
