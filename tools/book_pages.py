"""Write the two pages of the book that are made from measurements: `book/results.md` and `book/status.md`.

    python tools/book_pages.py            # write
    python tools/book_pages.py --check    # write nothing, exit 1 where a page is behind

The first shows what every script in `benchmarks/` has stored, the second what each chapter holds and how long
it runs.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import results_table
from repository import BOOK, ROOT, chapter_paths

BENCHMARKS = ROOT / "benchmarks"
CIRCUMSTANCES = ("command", "versions", "hardware")
# Beside the middle value stand n and the lowest and highest.
SPREAD = {"n", "median", "low", "high"}
LONGEST_LIST = 12  # of a longer one, such as a curve, the page shows the ends
LONGEST_TEXT = (
    200  # of a longer one, such as the labels of 1000 images as digits, the page says how long it is
)

RESULTS_HEAD = """# Results

Every number that this book or the README states and does not compute on the page comes from a script in
`benchmarks/`. This page shows all that these scripts have stored, with the command that repeats it.

Where something was measured more than once, the middle value is followed by the lowest and the highest, and
by n, the number of times. Times depend on the machine: compare those of one table, which were taken side by
side.
"""

STATUS_HEAD = """# Status

What each chapter holds, and how many seconds of one core it takes from an empty kernel on the machine named
below. "With data" means MNIST and the photographs of cats and dogs on the disk; without them a chapter uses
the data that come with the course.
"""


def number(value: object) -> str:
    """Return a value: four significant digits, thousands apart from 10,000 on, as years have four digits."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{len(value)} characters"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–" if value in (None, "") else str(value).replace("|", "\\|")
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:.0f}" if abs(value) < 10_000 else f"{value:,.0f}"
    return f"{value:.4g}"


def cell(value: object) -> str:
    """Return one entry of a table: a number, a spread, or a short list."""
    if isinstance(value, dict):
        low, high = number(value["low"]), number(value["high"])
        return f"{number(value['median'])} ({low} to {high}, n = {value['n']})"
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        first, last = number(value[0]), number(value[-1])
        return f"{len(value)} values, from {first} to {last}"
    if isinstance(value, list):
        return ", ".join(number(item) for item in value)
    return number(value)


def is_entry(value: object) -> bool:
    """Whether a value fits into one cell."""
    if isinstance(value, dict):
        return set(value) >= SPREAD
    if isinstance(value, list):
        return not any(isinstance(item, dict | list) for item in value)
    return True


def records(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict]]:
    """Yield every group of entries in a result with the path that leads to it."""
    if isinstance(node, list):
        if len(node) > LONGEST_LIST:
            yield path[:-1], {path[-1]: f"{len(node)} records, in the file of results"}
            return
        node = {str(position): value for position, value in enumerate(node)}
    own = {key: value for key, value in node.items() if is_entry(value)}
    if own:
        yield path, own
    for key, value in node.items():
        if not is_entry(value):
            yield from records(value, (*path, key))


def words(key: str) -> str:
    """Return a key of a result as a heading of a column."""
    plain = key.replace("_", " ") if key.islower() else key  # not in names such as OMP_NUM_THREADS
    return plain.replace("|", "\\|")


def label(path: tuple[str, ...]) -> str:
    """Return where a record stands, in words."""
    return " · ".join(map(words, path))


def line(entries: list[str]) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(entries)} |"


def own_parts(paths: list[tuple[str, ...]]) -> tuple[str, list[str]]:
    """Return what the paths of a table's rows have in common, and what is left of each."""
    if len(set(map(len, paths))) > 1:
        return "", [label(path) for path in paths]
    alike = [len(set(parts)) == 1 for parts in zip(*paths)]
    shared = [part for part, same in zip(paths[0], alike) if same]
    return label(tuple(shared)), [
        label(tuple(part for part, same in zip(path, alike) if not same)) for path in paths
    ]


def tables(result: dict) -> list[str]:
    """Return the figures as Markdown: records of one kind as rows of a table, others in a line."""
    grouped: dict[tuple[str, ...], list[tuple[tuple[str, ...], dict]]] = {}
    for path, own in records({key: value for key, value in result.items() if key not in CIRCUMSTANCES}):
        grouped.setdefault(tuple(own), []).append((path, own))
    lines = []
    for keys, rows in grouped.items():
        if len(rows) == 1:
            path, own = rows[0]
            figures = "; ".join(f"{words(key)}: {cell(value)}" for key, value in own.items())
            lines += [f"**{label(path)}.** {figures}." if path else f"{figures}.", ""]
            continue
        shared, names = own_parts([path for path, _ in rows])
        head = [shared or "case", *map(words, keys)]
        body = [[name, *(cell(own[key]) for key in keys)] for name, (_, own) in zip(names, rows)]
        lines += [line(head), "|" + "---|" * len(head), *map(line, body), ""]
    return lines


def title_of(script: Path) -> str:
    """Return the first sentence of a script's docstring, without its end."""
    text = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem
    return re.split(r"[.;]\s", " ".join(text.split("\n\n")[0].split()) + " ")[0]


def circumstances(result: dict) -> str:
    """Return command, machine and versions in one line."""
    hardware, versions = result["hardware"], result["versions"]
    machine = hardware.get("gpu") or f"{hardware['processor']}, {hardware['cores']} cores"
    known = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"`{result['command']}` on {machine}; {known}."


def results_page() -> str:
    """Return the page of all results."""
    stored = results_table.results()
    parts = [RESULTS_HEAD, "## In short\n", results_table.table(stored) + "\n"]
    for name, result in stored.items():
        script = BENCHMARKS / f"{name}.py"
        heading = title_of(script) if script.exists() else words(name)
        parts += [f"## {heading}\n", circumstances(result) + "\n", "\n".join(tables(result))]
    return "\n".join(parts).rstrip("\n") + "\n"


def holds(notebook: nbformat.NotebookNode) -> dict[str, int]:
    """Count what a chapter offers."""
    source = "\n".join(item.source for item in notebook.cells if item.cell_type == "code")
    outputs = [
        output.get("data", {}).get("text/html", "")
        for item in notebook.cells
        if item.cell_type == "code"
        for output in item.outputs
    ]
    return {
        "explorers": sum('class="cnx-explorer"' in html or "data-live=" in html for html in outputs),
        "quests": sum(bool(re.search(r'class="[^"]*\bcnx-quest\b', html)) for html in outputs),
        "exercises": len(set(re.findall(r'\bcheck\(\s*"([^"]+)"', source))),
    }


def status_page() -> str:
    """Return the page about the chapters."""
    measured = results_table.results()["chapters"]
    lines = [STATUS_HEAD, circumstances(measured) + "\n"]
    lines += [
        "| chapter | explorers | quests | exercises | seconds with data | without |",
        "|---|---|---|---|---|---|",
    ]
    totals = {"with data": 0.0, "without data": 0.0}
    for path in chapter_paths():
        notebook = nbformat.read(path, as_version=4)
        title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
        counted = holds(notebook)
        seconds = measured["processor_seconds"].get(path.stem, {})
        entries = [f"[{title}]({path.stem})", *map(str, counted.values())]
        for kind in totals:
            totals[kind] += seconds.get(kind, 0)
            entries.append(f"{seconds[kind]:.0f}" if kind in seconds else "–")
        lines.append("| " + " | ".join(entries) + " |")
    lines.append(f"| all | | | | {totals['with data']:.0f} | {totals['without data']:.0f} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or say which are behind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    behind = 0
    for name, text in (("results.md", results_page()), ("status.md", status_page())):
        path = BOOK / name
        same = path.exists() and path.read_text(encoding="utf-8") == text
        if not same and not options.check:
            path.write_text(text, encoding="utf-8")
        behind += not same
        print(f"book/{name}:", "unchanged" if same else "behind" if options.check else "written")
    return int(options.check and behind > 0)


if __name__ == "__main__":
    sys.exit(main())
