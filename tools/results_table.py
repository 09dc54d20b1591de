"""Write the README's table of measured results from what the scripts in `benchmarks/` have stored.

    python tools/results_table.py            # write
    python tools/results_table.py --check    # write nothing, exit 1 where the README is behind

Each row is a sentence, a script and a template whose fields are looked up in what that script has stored.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import NamedTuple

from repository import ROOT, replace_between

README = ROOT / "README.md"
# A script's results lie with the chapter that shows them, or here where no chapter does.
RESULTS = ROOT / "benchmarks" / "results"
CHAPTERS = ROOT / "cnncourse" / "chapters"


class Row(NamedTuple):
    """One line of the table: what was measured, the script, and how its fields are written."""

    what: str
    script: str
    template: str


ROWS = (
    Row(
        "`import cnncourse.ops` in a fresh interpreter, NumPy's own import included",
        "import_time",
        "{seconds[cnncourse.ops][median]:.2f} s ({seconds[cnncourse.ops][low]:.2f} to "
        "{seconds[cnncourse.ops][high]:.2f}, n = {seconds[cnncourse.ops][n]})",
    ),
    Row(
        "`ops.conv2d` against `torch.nn.functional.conv2d`, one core, layers of LeNet to ResNet-50 "
        "(geometric mean of the ratios of time; below 1 is faster than PyTorch)",
        "ops",
        "{convolution[geometric_mean_ratio][forward]:.2f} forward, "
        "{convolution[geometric_mean_ratio][backward]:.2f} backward",
    ),
    Row(
        "test accuracy of `lenet5` on MNIST after 3 epochs, default settings (median of seeds)",
        "accuracy",
        "{mnist[accuracy][median]:.2%} ({mnist[accuracy][low]:.2%} to {mnist[accuracy][high]:.2%}, "
        "n = {mnist[accuracy][n]})",
    ),
    Row(
        "the same on the embedded digits after 10 epochs",
        "accuracy",
        "{digits[accuracy][median]:.2%} ({digits[accuracy][low]:.2%} to {digits[accuracy][high]:.2%}, "
        "n = {digits[accuracy][n]})",
    ),
    Row(
        "time of an epoch of `fit` against the usual loop over a `DataLoader`, one thread (below 1: faster)",
        "train",
        "{ratios_within_a_round[fit / usual][median]:.2f} ({ratios_within_a_round[fit / usual][low]:.2f} to "
        "{ratios_within_a_round[fit / usual][high]:.2f}, n = {ratios_within_a_round[fit / usual][n]})",
    ),
    Row(
        "the same against Lightning's Trainer on the same loader",
        "train",
        "{ratios_within_a_round[fit / lightning][median]:.2f} "
        "({ratios_within_a_round[fit / lightning][low]:.2f} to "
        "{ratios_within_a_round[fit / lightning][high]:.2f}, "
        "n = {ratios_within_a_round[fit / lightning][n]})",
    ),
    Row(
        "test accuracy of the ResNet-20 that ships, on CIFAR-10 as JPEG files",
        "resnet20_cifar10",
        "{test_accuracy:.2%} (one training)",
    ),
    Row(
        "Lighthouse on a chapter, of 100: accessibility; speed on a desktop; speed on a slow phone",
        "lighthouse",
        "{pages[02_why_convolution.html][phone][accessibility][median]:.0f}; "
        "{pages[02_why_convolution.html][desktop][performance][median]:.0f}; "
        "{pages[02_why_convolution.html][phone][performance][median]:.0f}",
    ),
)


def machine(hardware: dict) -> str:
    """Return the machine in a few words: the GPU where one was used, otherwise processor and cores."""
    return hardware.get("gpu") or f"{hardware['processor']}, {hardware['cores']} cores"


def results() -> dict[str, dict]:
    """Return what every script has stored, by its name, but for what a chapter draws beyond the figures."""
    found = {}
    for path in (*RESULTS.glob("*.json"), *CHAPTERS.glob("*/runs/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = {key: value for key, value in content.items() if key != "drawn"}
    return dict(sorted(found.items()))


def table(stored: dict[str, dict], rows: tuple[Row, ...] = ROWS) -> str:
    """Return the table as Markdown; a field that was not stored raises KeyError."""
    lines = ["| what | measured | on | command |", "|---|---|---|---|"]
    for row in rows:
        content = stored[row.script]
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
    after = replace_between(before, "results", table(results()))
    if after != before and not options.check:
        README.write_text(after, encoding="utf-8")
    print("README.md, results:", "unchanged" if after == before else "behind" if options.check else "written")
    return int(options.check and after != before)


if __name__ == "__main__":
    sys.exit(main())
