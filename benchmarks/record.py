"""Write what a benchmark measured to `benchmarks/results/NAME.json`: command, versions, hardware, figures."""

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

RESULTS = Path(__file__).resolve().parent / "results"
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


def chapter_run(chapter: str, name: str) -> Path:
    """Return the file that keeps a measured run with the chapter that shows it; `stored(name)` reads it."""
    return RESULTS.parents[1] / "cnncourse" / "chapters" / chapter / "runs" / f"{name}.json"


def save(name: str, figures: dict, *, arguments: Sequence[str] = ()) -> Path:
    """Write the figures to `results/NAME.json` and return its path.

    Parameters
    ----------
    name : str
        Name of the script without `.py`; the command that is written with the figures follows from it.
    figures : dict
        What was measured, JSON values only; units belong in the keys.
    arguments : sequence of str
        The arguments the script was called with.
    """
    command = " ".join(["python", f"benchmarks/{name}.py", *arguments])
    content = {"command": command, "versions": versions(), "hardware": hardware(), **figures}
    path = RESULTS / f"{name}.json"
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote benchmarks/results/{path.name}")
    return path
