"""Begin a chapter, and give the chapters the numbers that follow from the table of contents.

    python tools/chapters.py new optical_flow                 # behind the last chapter
    python tools/chapters.py new optical_flow --after pooling
    python tools/chapters.py renumber                         # after a change of the order in book/_toc.yml

A chapter's number stands in the name of its notebook and nowhere else: `renumber` renames the notebooks and
rewrites every link, badge and table that names one. `make new-chapter` and `make renumber` do the rest too.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from repository import ROOT, source_files

ENTRY = re.compile(r"^( *- file: )(\d\d_\w+)$", re.MULTILINE)
TEMPLATE = Path(__file__).parent / "template"


def entries(toc: str) -> list[str]:
    """Return the numbered notebooks of a table of contents, in its order."""
    return [name for _, name in ENTRY.findall(toc)]


def renumber(root: Path) -> dict[str, str]:
    """Rename the notebooks in the order of the contents and rewrite what names them; return what changed."""
    toc = root / "book" / "_toc.yml"
    old = entries(toc.read_text(encoding="utf-8"))
    names = [name[3:] for name in old]
    if len(set(names)) < len(names):
        raise ValueError(f"{toc.name} lists a chapter twice: {', '.join(sorted(names))}")
    changes = {before: f"{number:02d}_{before[3:]}" for number, before in enumerate(old, start=1)}
    changes = {before: after for before, after in changes.items() if before != after}
    missing = [before for before in changes if not (root / "book" / f"{before}.ipynb").is_file()]
    if missing:
        raise ValueError(f"{toc.name} lists {missing[0]}, but there is no book/{missing[0]}.ipynb")
    for before in changes:  # in two steps: a new name may be another chapter's old one
        (root / "book" / f"{before}.ipynb").rename(root / "book" / f"{before}.moving")
    for before, after in changes.items():
        (root / "book" / f"{before}.moving").rename(root / "book" / f"{after}.ipynb")
    if changes:
        _rewrite(root, changes)
    return changes


def _rewrite(root: Path, changes: dict[str, str]) -> None:
    """Put new names for old ones in every text file of the repository."""
    found = re.compile("|".join(rf"(?<![\w]){re.escape(name)}(?!\w)" for name in changes))
    for path in (root / name for name in source_files(root)):
        content = path.read_bytes()
        if b"\0" in content or not any(name.encode() in content for name in changes):
            continue
        text = content.decode("utf-8")
        path.write_bytes(found.sub(lambda name: changes[name.group()], text).encode("utf-8"))


def new(root: Path, name: str, after: str | None) -> Path:
    """Make a chapter's folder and notebook from the template and list it; return the notebook."""
    folder = root / "cnncourse" / "chapters" / name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == "template":
        raise ValueError(f"name={name!r} must be small letters, digits and _, such as optical_flow")
    if folder.exists():
        raise ValueError(f"name={name!r}: there is a chapter of that name, cnncourse/chapters/{name}")
    toc = root / "book" / "_toc.yml"
    text = toc.read_text(encoding="utf-8")
    listed = entries(text)
    place = next((entry for entry in listed if entry[3:] == after), None) if after else listed[-1]
    if place is None:
        known = ", ".join(entry[3:] for entry in listed)
        raise ValueError(f"after={after!r} is no chapter; they are {known}")
    folder.mkdir()
    (folder / "__init__.py").touch()
    for part in ("exercises.py", "explorers.py", "quiz.json"):
        (folder / part).write_text(_own(part, name), encoding="utf-8")
    # 00 sorts nowhere and is renumbered at once.
    notebook = root / "book" / f"00_{name}.ipynb"
    nbformat.write(jupytext.reads(_own("notebook.py", name), fmt="py:percent"), notebook)
    line = re.compile(rf"^( *- file: ){place}$", re.MULTILINE)
    toc.write_text(line.sub(rf"\g<0>\n\g<1>00_{name}", text), encoding="utf-8")
    return notebook.with_name(f"{renumber(root)[notebook.stem]}.ipynb")


def _own(part: str, name: str) -> str:
    return (TEMPLATE / part).read_text(encoding="utf-8").replace("template", name)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run one action; what cannot be done gets one line and exit code 2."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    actions = parser.add_subparsers(dest="action", required=True)
    making = actions.add_parser("new", help="begin a chapter")
    making.add_argument("name", help="such as optical_flow")
    making.add_argument("--after", help="name of the chapter that it follows; default the last one")
    actions.add_parser("renumber", help="number the notebooks in the order of the contents")
    options = parser.parse_args(arguments)
    try:
        if options.action == "new":
            print(new(root, options.name, options.after).relative_to(root))
        else:
            changes = renumber(root)
            print("\n".join(f"{before} -> {after}" for before, after in changes.items()) or "unchanged")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
