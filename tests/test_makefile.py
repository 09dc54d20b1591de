"""The Makefile installs what a command needs, once, and says what is wrong. Python and pip are stand-ins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Answers `-c` questions about itself, makes an environment of stand-ins, and notes every other call.
FAKE_PYTHON = """#!/bin/sh
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin"
    for name in python jupyter-book jupyter ruff; do cp "$FAKE/python3" "$3/bin/$name"; done ;;
  "-c import sys"*) exit "${FAKE_TOO_OLD:-0}" ;;
  "-c import venv"*) exit "${FAKE_NO_VENV:-0}" ;;
  "--version "*) echo "Python 3.8.1"; exit 0 ;;
esac
echo "$(basename "$0") $*" >> "$FAKE/calls"
"""


class Workshop:
    """A folder with the Makefile and stand-ins for every program it calls."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.fake = folder / "course", folder / "fake"
        (self.folder / "book").mkdir(parents=True)
        self.fake.mkdir()
        shutil.copy(ROOT / "Makefile", self.folder)
        (self.folder / "pyproject.toml").touch()
        (self.folder / "lock.txt").touch()
        (self.folder / "book" / "01_a.ipynb").touch()
        (self.fake / "python3").write_text(FAKE_PYTHON)
        (self.fake / "python3").chmod(0o755)

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run make and return what it said; the calls it made are in `calls`."""
        (self.fake / "calls").write_text("")
        # A fresh environment: make hands its variables to what it runs, and it may be running these tests.
        clean = {"FAKE": str(self.fake), "PATH": f"{self.fake}:{os.environ['PATH']}", **environment}
        return subprocess.run(
            ["make", *arguments], cwd=self.folder, env=clean, capture_output=True, text=True
        )

    @property
    def calls(self) -> list[str]:
        return (self.fake / "calls").read_text().splitlines()

    @property
    def installs(self) -> list[str]:
        return [call.split(" install ", 1)[1] for call in self.calls if " install " in call]

    def renew(self, name: str) -> None:
        """Give a file a time after every other one, as an edit does."""
        newest = max(path.stat().st_mtime for path in self.folder.rglob("*"))
        os.utime(self.folder / name, (newest + 10, newest + 10))


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path)


def test_book_installs_what_rendering_needs_and_builds_with_warnings_as_errors(workshop):
    done = workshop.make("book")
    assert done.returncode == 0, done.stderr
    assert workshop.installs == ["-q -e .[book]"]
    build = "jupyter-book build book --config _config.yml --path-output _site -W --keep-going"
    assert workshop.calls[-1] == build
    assert f"{workshop.folder}/_site/_build/html/index.html" in done.stdout
    assert "make serve" in done.stdout


def test_a_second_call_installs_nothing(workshop):
    workshop.make("book")
    workshop.make("book")
    assert workshop.installs == []
    workshop.renew("pyproject.toml")
    workshop.make("book")
    assert workshop.installs == ["-q -e .[book]"]


def test_a_changed_style_renders_every_page_again(workshop):
    for name in ("book/assets/site.css", "tools/cnnsite/pages.py", "_site/_build/html/index.html"):
        (workshop.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (workshop.folder / name).touch()
    workshop.renew("_site/_build/html/index.html")
    workshop.make("book")
    assert workshop.calls[-1].endswith("--keep-going")
    workshop.renew("book/assets/site.css")
    workshop.make("book")
    assert workshop.calls[-1].endswith("--keep-going --all")


def test_test_runs_style_tests_and_chapters(workshop):
    done = workshop.make("test")
    assert done.returncode == 0, done.stderr
    assert workshop.installs == ["-e .[dev]"]
    rest = [call for call in workshop.calls if " venv " not in call and " install " not in call]
    assert [call.split()[0] for call in rest] == ["ruff", "ruff", "python", "python"]
    assert "-m not site and not clean_env and not slow" in rest[2]
    assert "--nbval" in rest[3]
    assert rest[3].endswith("book/01_a.ipynb")


def test_the_full_environment_renders_the_book_as_it_is(workshop):
    workshop.make("install")
    workshop.make("book")
    assert workshop.installs == []


def test_torch_alone_comes_from_the_index_given(workshop):
    workshop.make("install", "TORCH_INDEX=https://example.org/cpu")
    assert workshop.installs == ["--index-url https://example.org/cpu torch torchvision", "-e .[dev]"]


def test_a_lock_binds_every_install_and_is_remembered(workshop):
    workshop.make("install")
    workshop.make("install", "CONSTRAINTS=lock.txt")
    assert workshop.installs == ["-c lock.txt -e .[dev]"]
    workshop.make("install", "CONSTRAINTS=lock.txt")
    assert workshop.installs == []
    workshop.make("install")
    assert workshop.installs == []
    workshop.renew("lock.txt")
    workshop.make("install", "CONSTRAINTS=lock.txt")
    assert workshop.installs == ["-c lock.txt -e .[dev]"]


def test_a_failed_install_is_tried_again(workshop):
    broken = FAKE_PYTHON + 'case "$*" in *" install "*) exit 1 ;; esac\n'
    (workshop.fake / "python3").write_text(broken)
    assert workshop.make("book").returncode != 0
    assert workshop.make("book").returncode != 0
    assert workshop.installs == ["-q -e .[book]"]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"FAKE_TOO_OLD": "1"}, "needs Python 3.10 or newer; 'python3' is Python 3.8.1"),
        ({"FAKE_NO_VENV": "1"}, "sudo apt install python3-venv"),
        ({"PYTHON": "python9"}, "There is no 'python9' here"),
    ],
)
def test_an_unfit_python_gets_a_reason_and_a_remedy(workshop, environment, message):
    done = workshop.make("book", **environment)
    assert done.returncode != 0
    assert message in done.stdout
    assert not (workshop.folder / ".venv").exists()


def test_the_bare_command_lists_every_other(workshop):
    done = workshop.make()
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE).group(1).split()
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert sorted([*listed, "FORCE"]) == sorted(phony)


def test_site_url_asks_for_an_address(workshop):
    done = workshop.make("site-url")
    assert done.returncode != 0
    assert "make site-url URL=https://github.com/you/cnncourse" in done.stdout


def test_old_make_and_plain_sh_understand_it():
    text = (ROOT / "Makefile").read_text()
    for newer_than_3_81 in (r"^\.ONESHELL", r"^\w+ *(!|::)=", r"\$\(file ", r"^[^\t\n]*&:"):
        assert not re.search(newer_than_3_81, text, re.MULTILINE)
    for beyond_plain_sh in ("[[", "source ", "<<<", "echo -e", "sed -i", "readlink -f"):
        assert beyond_plain_sh not in text
