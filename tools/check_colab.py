"""Run chapters the way Colab does: alone in a folder, in an environment that has everything but the course.

    python tools/check_colab.py newest       # the newest version of everything, this Python
    python tools/check_colab.py oldest       # the lower bounds of pyproject.toml, Python 3.10 if there is one

The setup cell of each chapter is run as it is stored, by a real kernel. Git is told to take the repository
from a copy of this working tree, so that nothing but the package index is asked. Afterwards every package of
before must have the version it had.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from lower_bounds import lower_bounds
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from repository import copy_sources, notebook_of, repository_url, setup_source

CHAPTERS = ("convolution", "padding_and_stride", "training_in_pytorch")
KERNEL = "clean-environment"
SECONDS_PER_CELL = 600


def find_python(age: str) -> str:
    """Return the interpreter to build the environment with."""
    if age == "oldest":
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
        for candidate in (shutil.which("python3.10"), *pyenv.glob("versions/3.10*/bin/python")):
            if candidate and subprocess.run([candidate, "--version"], capture_output=True).returncode == 0:
                return str(candidate)
    return sys.executable


def preinstalled(age: str) -> list[str]:
    """Return what Colab has before the first cell runs: all that the course needs, and a kernel."""
    bounds = lower_bounds()
    if age == "newest":
        return [*bounds, "ipykernel"]
    return [*(f"{name}=={version}" for name, version in bounds.items()), "ipykernel"]


def build_environment(age: str, folder: Path) -> Path:
    """Create the environment and return its interpreter."""
    subprocess.run([find_python(age), "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *preinstalled(age)], check=True)
    return python


def installed(python: Path) -> dict[str, str]:
    """Return the version of each package in the environment."""
    done = subprocess.run([python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True)
    return {item["name"]: item["version"] for item in json.loads(done.stdout)}


def publish_working_tree(folder: Path) -> str:
    """Commit a copy of the working tree to a repository of its own and return the address of that."""
    copy_sources(folder)
    identity = ["-c", "user.name=check", "-c", "user.email=check@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "copy"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder.as_uri()


def taken_from(address: str) -> dict[str, str]:
    """Return the environment in which git reads the course from `address`, not from its public place."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{address}.insteadOf",
        "GIT_CONFIG_VALUE_0": repository_url(),
    }


def register_kernel(python: Path, folder: Path) -> None:
    """Let this process start kernels in the environment."""
    spec = folder / "kernels" / KERNEL
    spec.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    content = {"argv": command, "display_name": KERNEL, "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(content))
    os.environ["JUPYTER_PATH"] = str(folder)


def require_setup_cell(path: Path) -> None:
    """Raise ValueError, before minutes are spent, if the chapter does not begin with the generated cell."""
    first = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    if first.source != setup_source(repository_url()):
        raise ValueError(f"{path.name} does not begin with the setup cell; run make sync")


def run_chapter(path: Path, address: str, folder: Path) -> None:
    """Execute a copy of the chapter that stands alone in its folder, with sliders in their live form."""
    notebook = nbformat.read(path, as_version=4)
    folder.mkdir(parents=True, exist_ok=True)
    environment = {key: value for key, value in os.environ.items() if key != "CNNCOURSE_BOOK"}
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name=KERNEL,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=environment | taken_from(address))


def compare(before: dict[str, str], after: dict[str, str]) -> None:
    """Raise ValueError unless cnncourse, and nothing else, was added to what was installed."""
    if "cnncourse" not in after:
        raise ValueError("the setup cell has not installed cnncourse")
    names = sorted((before.keys() | after.keys()) - {"cnncourse"})
    changed = [
        f"{name} {before.get(name)} -> {after.get(name)}"
        for name in names
        if before.get(name) != after.get(name)
    ]
    if changed:
        raise ValueError(f"the setup cell changed what was there before: {', '.join(changed)}")


def check(age: str, chapters: list[Path], folder: Path) -> None:
    """Build the environment, run the chapters, and see that nothing but cnncourse was added."""
    for path in chapters:
        require_setup_cell(path)
    started = time.perf_counter()
    python = build_environment(age, folder / "environment")
    before = installed(python)
    told = ", ".join(f"{name} {before[name]}" for name in ("numpy", "torch", "matplotlib", "ipywidgets"))
    print(f"{age}: {told}, built in {time.perf_counter() - started:.0f} s", flush=True)
    address = publish_working_tree(folder / "course")
    register_kernel(python, folder / "jupyter")
    for path in chapters:
        started = time.perf_counter()
        run_chapter(path, address, folder / "content")
        print(f"{age}: {path.stem} ran in {time.perf_counter() - started:.0f} s", flush=True)
    compare(before, installed(python))
    print(f"{age}: every package has the version it had")


def main(arguments: list[str] | None = None) -> int:
    """Check one environment; the exit code is 0 when all chapters ran and nothing was changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("age", choices=["newest", "oldest"])
    parser.add_argument("chapters", nargs="*", default=CHAPTERS, help=f"default: {' '.join(CHAPTERS)}")
    options = parser.parse_args(arguments)
    try:
        paths = [notebook_of(name) for name in options.chapters]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            check(options.age, paths, Path(folder))
        except (CellExecutionError, ValueError) as error:
            print(f"{options.age}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
