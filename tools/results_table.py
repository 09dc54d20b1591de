"""Write the README's table of measured results from `benchmarks/results/*.json`.

    python tools/results_table.py            # write
    python tools/results_table.py --check    # write nothing, exit 1 where the README is behind

Each row is a sentence, a file and a template whose fields are looked up in that file.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import NamedTuple

from repository import ROOT, replace_between

README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"


class Row(NamedTuple):
    """One line of the table: what was measured, the file, and how its fields are written."""

    what: str
    file: str
    template: str


ROWS = (
    Row(
        "`import cnncourse.ops` in a fresh interpreter, NumPy's own import included",
        "import_time.json",
        "{seconds[cnncourse.ops][median]:.2f} s ({seconds[cnncourse.ops][low]:.2f} to "
        "{seconds[cnncourse.ops][high]:.2f}, n = {seconds[cnncourse.ops][n]})",
    ),
    Row(
        "`ops.conv2d` against `torch.nn.functional.conv2d`, one core, layers of LeNet to ResNet-50 "
        "(geometric mean of the ratios of time; below 1 is faster than PyTorch)",
        "ops.json",
        "{convolution[geometric_mean_ratio][forward]:.2f} forward, "
        "{convolution[geometric_mean_ratio][backward]:.2f} backward",
    ),
    Row(
        "test accuracy of `lenet5` on MNIST after 3 epochs, default settings (median of seeds)",
        "accuracy.json",
        "{mnist[accuracy][median]:.2%} ({mnist[accuracy][low]:.2%} to {mnist[accuracy][high]:.2%}, "
        "n = {mnist[accuracy][n]})",
    ),
    Row(
        "the same on the embedded digits after 10 epochs",
        "accuracy.json",
        "{digits[accuracy][median]:.2%} ({digits[accuracy][low]:.2%} to {digits[accuracy][high]:.2%}, "
        "n = {digits[accuracy][n]})",
    ),
    Row(
        "time of an epoch of `fit` against the usual loop over a `DataLoader`, one thread (below 1: faster)",
        "train.json",
        "{ratios_within_a_round[fit / usual][median]:.2f} ({ratios_within_a_round[fit / usual][low]:.2f} to "
        "{ratios_within_a_round[fit / usual][high]:.2f}, n = {ratios_within_a_round[fit / usual][n]})",
    ),
    Row(
        "the same against Lightning's Trainer on the same loader",
        "train.json",
        "{ratios_within_a_round[fit / lightning][median]:.2f} "
        "({ratios_within_a_round[fit / lightning][low]:.2f} to "
        "{ratios_within_a_round[fit / lightning][high]:.2f}, "
        "n = {ratios_within_a_round[fit / lightning][n]})",
    ),
    Row(
        "test accuracy of the ResNet-20 that ships, on CIFAR-10 as JPEG files",
        "resnet20_cifar10.json",
        "{test_accuracy:.2%} (one training)",
    ),
    Row(
        "Lighthouse on chapter 02, of 100: accessibility; speed on a desktop; speed on a slow phone",
        "lighthouse.json",
        "{pages[02_why_convolution.html][phone][accessibility][median]:.0f}; "
        "{pages[02_why_convolution.html][desktop][performance][median]:.0f}; "
        "{pages[02_why_convolution.html][phone][performance][median]:.0f}",
    ),
)


def machine(hardware: dict) -> str:
    """Return the machine in a few words: the GPU where one was used, otherwise processor and cores."""
    return hardware.get("gpu") or f"{hardware['processor']}, {hardware['cores']} cores"


def table(rows: tuple[Row, ...] = ROWS, results: Path = RESULTS) -> str:
    """Return the table as Markdown; a field that is missing from its file raises KeyError."""
    lines = ["| what | measured | on | command |", "|---|---|---|---|"]
    for row in rows:
        content = json.loads((results / row.file).read_text(encoding="utf-8"))
        measured = row.template.format_map(content)
        lines.append(f"| {row.what} | {measured} | {machine(content['hardware'])} | `{content['command']}` |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    before = README.read_text(encoding="utf-8")
    after = replace_between(before, "results", table())
    if after != before and not options.check:
        README.write_text(after, encoding="utf-8")
    print("README.md, results:", "unchanged" if after == before else "behind" if options.check else "written")
    return int(options.check and after != before)


if __name__ == "__main__":
    sys.exit(main())
