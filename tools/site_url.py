"""Set the address of the repository, and write again what is generated from it in the README.

    python tools/site_url.py set https://github.com/you/cnncourse
    python tools/site_url.py sync
    python tools/site_url.py sync --check      # write nothing, exit 1 where the README is behind

`make site-url URL=…` runs the first, then brings the setup cells of the chapters along (tools/notebooks.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from repository import (
    ROOT,
    chapter_paths,
    colab_link,
    is_placeholder,
    replace_between,
    repository_url,
    set_repository_url,
)

README = ROOT / "README.md"


def chapter_title(path: Path) -> str:
    """Return the first heading of a notebook."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line.removeprefix("# ").strip()
    raise ValueError(f"{path.name} has no heading; begin its first cell with '# Title'")


def colab_table(url: str, chapters: list[Path], root: Path = ROOT) -> str:
    """Return the README's table of chapters, each with the link that opens it in Colab."""
    lines = ["| chapter | open in Colab |", "|---|---|"]
    for path in chapters:
        place = path.relative_to(root).as_posix()
        lines.append(f"| [{chapter_title(path)}]({place}) | [{path.stem}]({colab_link(url, place)}) |")
    return "\n".join(lines)


def clone_lines(url: str) -> str:
    """Return the README's two commands, with the line that fetches the course before them."""
    name = url.rsplit("/", 1)[1]
    lines = [
        f"git clone {url}",
        f"cd {name}",
        "make book     # render the book",
        "make test     # check everything",
    ]
    return "\n".join(["```sh", *lines, "```"])


def readme_text(text: str, url: str) -> str:
    """Return the README with its generated parts written for `url`."""
    text = replace_between(text, "commands", clone_lines(url))
    return replace_between(text, "colab", colab_table(url, chapter_paths()))


def sync(url: str, *, check: bool) -> int:
    before = README.read_text(encoding="utf-8")
    after = readme_text(before, url)
    if after != before and not check:
        README.write_text(after, encoding="utf-8")
    state = "unchanged" if after == before else ("behind: run make sync" if check else "written")
    print(f"README.md: {state}")
    if is_placeholder(url):
        print(
            f"The address is still the placeholder {url}; set yours with: make site-url URL=https://github.com/you/cnncourse"
        )
    return int(check and after != before)


def main(arguments: list[str] | None = None) -> int:
    """Run one action; a wrong address gets one line and exit code 2."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["set", "sync"])
    parser.add_argument("url", nargs="?", help="for set: the address of the repository")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    if options.action == "set":
        try:
            set_repository_url(options.url or "")
        except ValueError as error:
            print(error, file=sys.stderr)
            return 2
    return sync(repository_url(), check=options.check)


if __name__ == "__main__":
    sys.exit(main())
