"""Ways to call the command line from tests."""

from __future__ import annotations

import os
import subprocess
import sys

from cnncourse.cli import main


def cnncourse(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "cnncourse", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)


def one_line_error(capsys, *arguments: object) -> str:
    """Run `main` in this process; it must refuse with exit code 2 and one line on stderr."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as leaving:
        code = leaving.code
    captured = capsys.readouterr()
    assert code == 2, captured
    assert captured.err.count("\n") == 1, captured.err
    assert captured.out == ""
    assert "error: " in captured.err
    return captured.err


def accuracy_in(text: str) -> float:
    return float(text.split("accuracy ")[1].split("%")[0]) / 100
