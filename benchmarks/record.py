"""Write what a benchmark measured into one file: command, versions, hardware, figures.

It lies in `runs/` of the chapter that shows it, or in `benchmarks/results/` where no chapter does.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
CHAPTERS = ROOT / "cnncourse" / "chapters"
PACKAGES = ("numpy", "torch", "torchvision", "scikit-learn")


def spread(samples: Sequence[float]) -> dict[str, float | int]:
    """Return n, median, lowest and highest of the samples."""
    return {
        "n": len(samples),
        "median": statistics.median(samples),
        "low": min(samples),
        "high": max(samples),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide the speed, those installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, str | int]:
    """Return processor, cores this process may use, and the GPU where torch is loaded and sees one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    described: dict[str, str | int] = {"processor": _processor(), "cores": cores, "system": platform.system()}
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        described["gpu"] = torch.cuda.get_device_name()
    return described


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        named = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE)
        if named:
            return named.group(1)
    return platform.processor() or platform.machine()


def run_file(name: str, chapter: str | None = None) -> Path:
    """Return the file of a script's results: with the chapter that shows them, or in `results/`."""
    folder = RESULTS if chapter is None else CHAPTERS / chapter / "runs"
    return folder / f"{name}.json"


def earlier(name: str, chapter: str) -> dict:
    """Return what the last run of a script stored, or an empty dict."""
    path = run_file(name, chapter)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _by_line(content: dict) -> str:
    """Return JSON with one line for each key: short, and a diff shows which key has changed."""
    rows = (
        f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'), ensure_ascii=False)}"
        for key, value in content.items()
    )
    return "{\n" + ",\n".join(rows) + "\n}"


def save(
    name: str,
    figures: dict,
    *,
    chapter: str | None = None,
    drawn: dict | None = None,
    arguments: Sequence[str] = (),
) -> Path:
    """Write what a script measured into its one file and return the path.

    Parameters
    ----------
    name : str
        Name of the script without `.py`; the command that is written with the figures follows from it.
    figures : dict
        What was measured, JSON values only; units belong in the keys. The book's page of results shows it.
    chapter : str, optional
        Folder of the chapter that shows the run and reads it with `stored(name)`.
    drawn : dict, optional
        What the chapter draws beyond the figures, such as pixels; the page of results leaves it out.
    arguments : sequence of str
        The arguments the script was called with.
    """
    command = " ".join(["python", f"benchmarks/{name}.py", *arguments])
    content = {"command": command, "versions": versions(), "hardware": hardware(), **figures}
    if drawn is not None:
        content["drawn"] = drawn
    path = run_file(name, chapter)
    path.parent.mkdir(exist_ok=True)
    text = _by_line(content) if chapter else json.dumps(content, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}, {path.stat().st_size} bytes", flush=True)
    return path
