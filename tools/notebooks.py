"""Run the book's notebooks, normalise them and store them; keep their generated cells in step.

    python tools/notebooks.py run                          # every chapter
    python tools/notebooks.py run book/03_convolution.ipynb
    python tools/notebooks.py run --check                  # run, say what would change, write nothing
    python tools/notebooks.py sync                         # generated cells and layout only

A stored notebook depends on its code alone: two runs write the same bytes. What cannot repeat, such as a
measured time, stands in a cell with the tag `keep-output`: it keeps what it showed until the code changes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import nbformat
from exercise_cells import sync_exercise_cells
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from repository import ROOT, chapter_paths, repository_url, setup_source

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_NOTEBOOK_METADATA = ("accelerator", "authors", "cnncourse", "mystnb", "title")
KEPT_CELL_METADATA = ("jupyter", "mystnb", "slideshow", "tags")
SECONDS_PER_CELL = 600
# One thread and one hash seed: sums are added in the same order, sets print in the same order.
KERNEL_ENVIRONMENT = {
    "CNNCOURSE_BOOK": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


def sync_setup_cell(notebook: NotebookNode, url: str) -> None:
    """Make the first code cell the generated setup cell, inserting it where there is none."""
    source = setup_source(url)
    marked = [cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", [])]
    if len(marked) > 1:
        raise ValueError(f"{len(marked)} cells carry the tag 'setup'; keep one")
    if marked:
        cell = marked[0]
        if cell.source != source:
            cell.source, cell.outputs, cell.execution_count = source, [], None
        return
    code_cells = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    position = code_cells[0] if code_cells else len(notebook.cells)
    cell = nbformat.v4.new_code_cell(source, id="setup", metadata={"tags": ["setup", "remove-cell"]})
    notebook.cells.insert(position, cell)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook in its stored form: stable ids, no times, no editor leftovers, joined streams."""
    kept = {key: notebook.metadata[key] for key in KEPT_NOTEBOOK_METADATA if key in notebook.metadata}
    notebook.metadata = NotebookNode({**kept, "kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    _give_ids(notebook)
    for cell in notebook.cells:
        cell.metadata = NotebookNode(
            {key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata}
        )
        cell.source = cell.source.rstrip("\n")
        if cell.cell_type == "code":
            cell.outputs = _join_streams(cell.outputs)
    return notebook


def _give_ids(notebook: NotebookNode) -> None:
    """Keep the ids that cells have; number those that have none or share one, by position."""
    seen = set()
    for position, cell in enumerate(notebook.cells):
        if not cell.get("id") or cell.id in seen:
            cell.id = f"cell-{position:02d}"
        while cell.id in seen:
            cell.id += "x"
        seen.add(cell.id)


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of the same stream: where a kernel cuts its text is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif joined and joined[-1].output_type == "stream" and joined[-1].name == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            output.text = _after_carriage_returns(output.text)
    return joined


def _after_carriage_returns(text: str) -> str:
    r"""Return what a terminal shows: text up to the last `\r` of a line is overwritten (progress bars)."""
    return re.sub(r"^[^\n]*\r(?=[^\n])", "", text.replace("\r\n", "\n"), flags=re.MULTILINE)


def fingerprint(notebook: NotebookNode) -> str:
    """Return a digest of the chapter's code, without the setup cell: that one follows the address."""
    code = [cell.source.strip() for cell in notebook.cells if cell.cell_type == "code"]
    own = [source for source in code if source and not source.startswith("# Setup:")]
    return hashlib.sha256("\0".join(own).encode()).hexdigest()[:16]


def executed_code(notebook: NotebookNode) -> str | None:
    """Return the fingerprint of the code that made the stored outputs, None where it is not known."""
    return notebook.metadata.get("cnncourse", {}).get("executed")


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell in a fresh kernel in book mode, as the chapter's own folder sees it."""
    code = fingerprint(notebook)
    kept = {}
    if executed_code(notebook) == code:
        kept = {
            cell.id: cell.outputs for cell in notebook.cells if "keep-output" in cell.metadata.get("tags", [])
        }
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, **KERNEL_ENVIRONMENT})
    for cell in notebook.cells:
        if cell.id in kept:
            cell.outputs = kept[cell.id]
    notebook.metadata["cnncourse"] = {"executed": code}


def process(path: Path, url: str, *, run: bool, check: bool) -> str:
    """Bring one notebook into its stored form and return one line that says what happened."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    sync_setup_cell(notebook, url)
    sync_exercise_cells(notebook)
    started = time.perf_counter()
    if run:
        execute(notebook, path.parent)
    after = nbformat.writes(normalise(notebook)).rstrip("\n") + "\n"
    changed = after != before
    if changed and not check:
        path.write_text(after, encoding="utf-8")
    state = ("would change" if check else "stored") if changed else "unchanged"
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    size = len(after.encode()) / 1e6
    return f"{name}: {state}, {size:.2f} MB" + (f", {time.perf_counter() - started:.0f} s" if run else "")


def attempt(path: Path, url: str, run: bool, check: bool) -> tuple[bool, str]:
    """Process one notebook; a cell that fails gives its traceback and leaves the stored file as it was."""
    try:
        line = process(path, url, run=run, check=check)
    except CellExecutionError as error:
        return False, f"{path.name}: a cell failed; the stored notebook is left as it was\n{error}"
    except ValueError as error:
        return False, f"{path.name}: {error}"
    return not (check and "would change" in line), line


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["run", "sync"])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every notebook in book/")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where something would change"
    )
    parser.add_argument("--jobs", type=int, default=1, help="notebooks run at a time (default 1)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Process the notebooks named on the command line; the exit code is 0 when all went well."""
    options = parse_arguments(arguments)
    paths = [path.resolve() for path in options.notebooks] or chapter_paths()
    missing = [str(path) for path in paths if not path.is_file()]
    if missing or not paths:
        print("no such notebook: " + (", ".join(missing) or "book/ holds none"), file=sys.stderr)
        return 2
    work = partial(attempt, url=repository_url(), run=options.action == "run", check=options.check)
    good = True
    with ProcessPoolExecutor(max_workers=options.jobs) as pool:
        for succeeded, line in pool.map(work, paths):
            print(line, flush=True)
            good &= succeeded
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
