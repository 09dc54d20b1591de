"""How long a move of a slider takes in the form with a kernel, and how heavy a frame of the page form is.

    python benchmarks/explorer_redraw.py

Claim: a move to a position not yet seen redraws within 100 ms, in the median over all positions of every
explorer and quest of every chapter. Each position is drawn once, after one that warms the fonts; the
milliseconds are processor time, so that other work on the machine does not count. The highest ones are those
in which Python collected garbage.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from record import save, spread

from cnncourse import widgets
from cnncourse.course.frames import Explorer
from cnncourse.plots import encode

BOOK = Path(__file__).resolve().parents[1] / "book"
MARKS = ('class="cnx-explorer"', 'class="cnx-quest"')


def explorers_of(notebook: Path) -> list[Explorer]:
    """Return the explorers and quests of a chapter, with the choices they have there.

    Only the cells that show one are run; what they need of earlier cells is given by name.
    """
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    showing = [cell for cell in cells if any(mark in str(cell.outputs) for mark in MARKS)]
    names = {name: getattr(widgets, name) for name in widgets.__all__} | {"looks": widgets.stored_looks()}
    shown: list[Explorer] = []
    module = sys.modules["cnncourse.widgets.explore"]  # the package attribute of this name is the function
    module._show, show = shown.append, module._show
    try:
        for cell in showing:
            exec(cell.source, names)
    finally:
        module._show = show
    if len(shown) != len(showing):
        raise SystemExit(f"{notebook.name}: {len(showing)} explorers are stored, {len(shown)} were shown")
    return shown


def measure(explorer: Explorer) -> dict:
    """Return the milliseconds of a redraw over all positions, and the kilobytes of the first frame."""
    explorer.frame(explorer.start, encode.to_png)
    milliseconds = []
    for position in explorer.positions():
        begun = time.process_time()
        explorer.frame(position, encode.to_png)
        milliseconds.append(1000 * (time.process_time() - begun))
    first = explorer.frame(explorer.start)
    return {"redraw_ms": spread(milliseconds), "frame_kb": len(first.picture or first.html.encode()) / 1000}


def main() -> None:
    chapters: dict[str, dict] = {}
    for notebook in sorted(BOOK.glob("[0-9]*.ipynb")):
        print(notebook.stem, flush=True)
        for explorer in explorers_of(notebook):
            measured = measure(explorer)
            chapters.setdefault(notebook.stem, {})[explorer.title] = measured
            redraw, frame = measured["redraw_ms"], measured["frame_kb"]
            times = f"{redraw['median']:4.0f} ms (to {redraw['high']:.0f})"
            print(f"  {explorer.title:52} redraw {times}  frame {frame:5.1f} kB", flush=True)
    medians = [one["redraw_ms"]["median"] for chapter in chapters.values() for one in chapter.values()]
    slow = sum(median > 100 for median in medians)
    print(f"{len(medians)} explorers, medians {min(medians):.0f} to {max(medians):.0f} ms, {slow} over 100")
    save("explorer_redraw", {"explorers": chapters})


if __name__ == "__main__":
    main()
