"""What the tools share: what follows from the address in `_config.yml`, the chapters, the browser.

The address stands in `_config.yml` (`repository: url:`) and nowhere else by hand. Everything that repeats it,
the first code cell of each chapter and the links in the README, is generated from here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "_config.yml"
BOOK = ROOT / "book"
PLACEHOLDER_OWNER = "OWNER"

_URL_LINE = re.compile(
    r"^(repository:[^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n)*?[ \t]+url:[ \t]*)([^\s#]+)", re.MULTILINE
)
_VALID_URL = re.compile(r"https://[\w.-]+(?::\d+)?(?:/[\w.~-]+)+")


def repository_url(config: Path = CONFIG) -> str:
    """Return the repository address written in `_config.yml`, without quotes or a trailing slash."""
    found = _URL_LINE.search(config.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(
            f"{config.name} has no 'repository: url:' line; add one with the address of the repository"
        )
    return found.group(2).strip("\"'").rstrip("/")


def set_repository_url(url: str, config: Path = CONFIG) -> str:
    """Write `url` into `_config.yml`, leave every other byte alone, and return the address as written."""
    url = url.rstrip("/").removesuffix(".git")
    if not _VALID_URL.fullmatch(url):
        raise ValueError(f"url must look like https://github.com/you/cnncourse, got {url!r}")
    repository_url(config)
    text = config.read_text(encoding="utf-8")
    config.write_text(_URL_LINE.sub(lambda line: line.group(1) + url, text, count=1), encoding="utf-8")
    return url


def is_placeholder(url: str) -> bool:
    """Tell whether the address is still the one the project was written with."""
    return PLACEHOLDER_OWNER in url.split("/")


def setup_source(url: str) -> str:
    """Return the first code cell of every chapter.

    It does nothing where cnncourse can be imported. Elsewhere, as in Colab, it installs the course with the
    extra `course`, which names neither torch nor an upper bound for numpy: pip leaves both as they are.
    """
    return (
        "# Setup: does nothing where the course is installed; in Colab it takes some seconds.\n"
        "import importlib.util\n"
        "\n"
        'if importlib.util.find_spec("cnncourse") is None:\n'
        f'    %pip install -q "cnncourse[course] @ git+{url}"'
    )


def colab_link(url: str, notebook: str, branch: str = "main") -> str:
    """Return the address that opens `notebook` (a path inside the repository) in Colab."""
    owner_and_name = url.split("//", 1)[1].split("/", 1)[1]
    return f"https://colab.research.google.com/github/{owner_and_name}/blob/{branch}/{notebook}"


def chapter_paths(book: Path = BOOK) -> list[Path]:
    """Return every notebook of the book in reading order, checkpoints of editors left out."""
    found = [path for path in book.rglob("*.ipynb") if not any(part.startswith(".") for part in path.parts)]
    return sorted(found)


def notebook_of(chapter: str, book: Path = BOOK) -> Path:
    """Return the notebook of a chapter; its number stands in the file's name alone."""
    found = list(book.glob(f"[0-9][0-9]_{chapter}.ipynb"))
    if len(found) != 1:
        raise ValueError(f"chapter={chapter!r} has {len(found)} notebooks in {book.name}/; it must have one")
    return found[0]


def source_files(root: Path = ROOT) -> list[str]:
    """Return every file that git tracks or would track and that is there: no leftovers."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in names if name and (root / name).is_file()]


def copy_sources(destination: Path) -> None:
    """Copy the project as it stands now."""
    for name in source_files():
        (destination / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, destination / name)


def replace_between(text: str, name: str, body: str) -> str:
    """Put `body` between the markers `<!-- name:begin … -->` and `<!-- name:end -->` of `text`."""
    marked = re.compile(rf"(<!-- {name}:begin[^>]*-->\n).*?(<!-- {name}:end -->)", re.DOTALL)
    if len(marked.findall(text)) != 1:
        raise ValueError(
            f"expected exactly one pair of markers <!-- {name}:begin --> and <!-- {name}:end -->"
        )
    return marked.sub(lambda found: f"{found.group(1)}{body.rstrip()}\n{found.group(2)}", text)


def chromium_path() -> str:
    """Return the browser, or stop with the one thing to do."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise SystemExit("no chromium found; install it, or name the program in CHROMIUM")
    return path
