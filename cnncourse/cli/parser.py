"""What all commands share: a parser whose errors are one line, and errors in one line."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import NoReturn, TextIO

from cnncourse.errors import printable


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that keeps the line breaks of its texts and answers a mistake with one line."""

    def __init__(
        self,
        prog: str | None = None,
        description: str = "",
        epilog: str = "",
        help: str = "",
        add_help: bool = True,
    ) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            add_help=add_help,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Print one line and leave with exit code 2."""
        print(f"{self.prog}: error: {message} (see {self.prog} --help)", file=sys.stderr)
        sys.exit(2)


class Terminal:
    """A stream in which control characters of names are spelt out; a progress bar may begin its line anew."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text that cannot command the terminal."""
        line = text.strip("\r")
        return self._stream.write(text.replace(line, printable(line, keep="\n\t"), 1) if line else text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def describe(error: Exception) -> str:
    """Return an error's text in one line; for a file that cannot be used, its name and why."""
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        text = f"{error.filename}: {error.strerror}"
    elif isinstance(error, ModuleNotFoundError) and error.name:
        text = f"{error.name} is not installed: {_how_to_get(error.name)}"
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())


def _how_to_get(module: str) -> str:
    """Return the command that installs what a module belongs to."""
    extras = {"torch": "torch", "torchvision": "torch", "safetensors": "torch", "tqdm": "torch"}
    return pip_install(extra=extras.get(module.split(".")[0], "course"))


def pip_install(*names: str, extra: str = "") -> str:
    """Return the command that installs packages, or an extra of the course, for the Python that runs.

    The course is named as it lies here: a checkout by its path, else by its name. Another Python's pip, which
    `pip` alone may be, would install beside it.
    """
    if extra:
        root = Path(__file__).resolve().parents[2]
        is_checkout = (root / "pyproject.toml").is_file()
        names = ("-e", f"{root}[{extra}]") if is_checkout else (f"cnncourse[{extra}]",)
    return shlex.join([sys.executable or "python", "-m", "pip", "install", *names])
