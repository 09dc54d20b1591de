"""How long `import cnncourse.ops` takes in a fresh interpreter, NumPy's own import included.

    python benchmarks/import_time.py

Claim: less than 0.2 s. Fresh interpreters take turns importing NumPy alone and `cnncourse.ops`, so that both
meet the same load. The start of the interpreter is not counted; the first turn warms the file cache only.
"""

from __future__ import annotations

import subprocess
import sys

from record import save, spread

TURNS = 20
MODULES = ("numpy", "cnncourse.ops")
TIMED_IMPORT = "import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"


def seconds_to_import(module: str) -> float:
    """Return the seconds that importing the module takes in an interpreter of its own."""
    command = [sys.executable, "-c", TIMED_IMPORT.format(module=module)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    samples: dict[str, list[float]] = {module: [] for module in MODULES}
    for turn in range(TURNS + 1):
        for module in MODULES:
            seconds = seconds_to_import(module)
            if turn:
                samples[module].append(seconds)
    figures = {module: spread(taken) for module, taken in samples.items()}
    for module, figure in figures.items():
        low_to_high = f"{figure['low']:.3f} to {figure['high']:.3f}"
        print(f"import {module:14} median {figure['median']:.3f} s ({low_to_high}, n = {figure['n']})")
    save("import_time", {"seconds": figures})


if __name__ == "__main__":
    main()
