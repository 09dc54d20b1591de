"""Processor seconds that each chapter takes from an empty kernel, with data sets on the disk and without.

    python benchmarks/chapters.py

Claims: no chapter takes more than 60 s, and the whole book at most 15 minutes. Chapters run one after the
other, each in a kernel of its own with one thread, as `make notebooks` runs them. The processor time of a
kernel is what its run takes on a machine with nothing else to do, and other programs do not disturb it.

Needs MNIST and the photographs of cats and dogs in $CNNCOURSE_DATA; "without data" is the same with an empty
folder there.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from record import save

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from notebooks import KERNEL_ENVIRONMENT
from repository import BOOK, chapter_paths


def seconds(path: Path, data: str) -> float:
    """Run one notebook and return the processor seconds of its kernel and of what that started."""
    notebook = nbformat.read(path, as_version=4)
    environment = {**os.environ, **KERNEL_ENVIRONMENT, "CNNCOURSE_DATA": data}
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(BOOK)}})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    client.execute(env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # counts a kernel once it has ended
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Run every chapter twice and write the times."""
    folder = os.environ.get("CNNCOURSE_DATA")
    if not folder:
        sys.exit("set CNNCOURSE_DATA to the folder with MNIST/ and cats_dogs/")
    measured: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as empty:
        for path in chapter_paths():
            measured[path.stem] = {
                "with data": round(seconds(path, folder), 1),
                "without data": round(seconds(path, empty), 1),
            }
            print(f"{path.stem:40} {measured[path.stem]}", flush=True)
    total = {
        kind: round(sum(row[kind] for row in measured.values()), 1) for kind in ("with data", "without data")
    }
    save("chapters", {"processor_seconds": measured, "total_processor_seconds": total})


if __name__ == "__main__":
    main()
