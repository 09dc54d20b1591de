"""The rooms of the package import along the arrows listed here and along no other, lazily or not."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "cnncourse"

# room -> rooms it may import; what only annotations need does not count. A room is the first name below
# `cnncourse`; `__init__` is the package itself.
ARROWS = {
    "__init__": set(),
    "__main__": {"cli"},
    "errors": set(),
    "settings": set(),
    "ops": {"errors"},
    "nn": {"ops", "errors"},
    "bridge": {"nn", "ops", "errors"},
    "data": {"errors", "settings"},
    "models": {"errors", "settings"},
    "results": set(),
    "train": {"models", "data", "results", "errors"},
    "transfer": {"data", "train", "errors"},
    "explain": {"errors"},
    "plots": set(),
    "recipes": {"train", "models", "data", "transfer", "results"},
    "cli": {"train", "models", "data", "recipes", "results", "errors"},
    # The engine of the course, and what the chapters bring: the library above knows nothing of them.
    "course": {"plots", "errors"},
    "chapters": {"course", "errors", "plots", "ops"},
}

# room -> (third-party packages at the top of a file, those that may be imported inside a function only)
THIRD_PARTY = {
    "__init__": (set(), set()),
    "__main__": (set(), set()),
    "errors": (set(), set()),
    "settings": (set(), set()),
    "ops": ({"numpy"}, set()),
    "nn": ({"numpy"}, set()),
    "results": ({"numpy"}, set()),
    "bridge": ({"numpy"}, {"torch"}),
    "data": ({"numpy"}, {"PIL", "sklearn", "torchvision"}),
    "models": ({"torch"}, {"safetensors", "torchvision"}),
    "train": ({"numpy", "torch", "safetensors", "tqdm"}, set()),
    "transfer": ({"numpy", "torch"}, set()),
    "explain": ({"numpy", "torch"}, set()),
    "plots": ({"numpy", "matplotlib", "PIL"}, set()),
    "recipes": ({"torch"}, set()),
    "cli": (set(), {"numpy", "torch"}),
    "course": ({"numpy", "matplotlib"}, {"anywidget", "ipywidgets", "IPython", "sklearn", "traitlets"}),
    "chapters": ({"numpy", "matplotlib"}, {"ipywidgets", "IPython", "PIL", "sklearn"}),
}
# The one torch file of the room that users without torch import.
TORCH_IN_DATA = "data/torch_batches.py"


@dataclass(frozen=True)
class Import:
    """One imported module: its full dotted name, the line, and whether it stands inside a function."""

    name: str
    line: int
    lazy: bool


def imports_of(path: Path, package: Path) -> list[Import]:
    """Return every import of a file, relative ones resolved, `import_module("…")` included."""
    parts = [package.name, *path.relative_to(package).with_suffix("").parts]
    module = parts if path.name == "__init__.py" else parts[:-1]
    found: list[Import] = []
    _collect(ast.parse(path.read_text(encoding="utf-8")), module[: len(parts) - 1], False, found)
    return found


def _collect(node: ast.AST, package: list[str], lazy: bool, found: list[Import]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_type_checking(child.test):
            for other in child.orelse:
                _collect(other, package, lazy, found)
            continue
        inside = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for name in _imported_names(child, package):
            found.append(Import(name, child.lineno, inside))
        _collect(child, package, inside, found)


def _is_type_checking(test: ast.expr) -> bool:
    """`if TYPE_CHECKING:` never runs; annotations may name what a room must not import."""
    return "TYPE_CHECKING" in ast.unparse(test)


def _imported_names(node: ast.AST, package: list[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        prefix = ".".join([*base, *([node.module] if node.module else [])])
        return [f"{prefix}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
        return [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
    return []


def room_of(path: Path, package: Path) -> str:
    return path.relative_to(package).parts[0].removesuffix(".py")


def violations(package: Path, used: set[tuple[str, str, str]] | None = None) -> list[str]:
    """Return one line for each import that no arrow allows; add to ``used`` what was made use of."""
    rooms = {entry.stem for entry in package.iterdir()}
    used = set() if used is None else used
    wrong = []
    for path in sorted(package.rglob("*.py")):
        room, place = room_of(path, package), path.relative_to(package).as_posix()
        if room not in ARROWS:
            wrong.append(f"{place}: the room '{room}' is unknown; add it to ARROWS with its arrows")
            continue
        for item in imports_of(path, package):
            top, *rest = item.name.split(".")
            if top == package.name:
                target = rest[0] if rest and rest[0] in rooms else "__init__"
                allowed = target in {room, "__init__"} | ARROWS[room]
                used.add((room, "arrow", target))
            else:
                target, allowed = (
                    top,
                    top in sys.stdlib_module_names or _third_party_allowed(top, room, place, item),
                )
                if place != TORCH_IN_DATA:
                    used.add((room, "lazily" if item.lazy else "at the top", top))
            if not allowed:
                how = "lazily" if item.lazy else "at the top"
                wrong.append(f"{place}:{item.line}: {room} imports {target} {how}")
    return wrong


def _third_party_allowed(top: str, room: str, place: str, item: Import) -> bool:
    if place == TORCH_IN_DATA and top in {"torch", "torchvision"}:
        return True
    at_top, lazily = THIRD_PARTY[room]
    return top in at_top or (item.lazy and top in lazily)


def test_every_import_follows_an_arrow():
    assert violations(PACKAGE) == []


def test_every_permission_is_made_use_of():
    used: set[tuple[str, str, str]] = set()
    violations(PACKAGE, used)
    permitted = {(room, "arrow", target) for room, targets in ARROWS.items() for target in targets}
    permitted |= {(room, "at the top", name) for room, (top, _) in THIRD_PARTY.items() for name in top}
    permitted |= {(room, "lazily", name) for room, (_, lazy) in THIRD_PARTY.items() for name in lazy}
    assert permitted - used == set()


def test_rooms_of_the_table_agree():
    assert ARROWS.keys() == THIRD_PARTY.keys()
    assert set().union(*ARROWS.values()) <= ARROWS.keys()


@pytest.mark.parametrize(
    ("place", "source", "complaint"),
    [
        ("ops/conv.py", "import torch\n", "ops imports torch at the top"),
        ("ops/conv.py", "def f():\n    from cnncourse import train\n", "ops imports train lazily"),
        ("ops/conv.py", "from ..nn import optim\n", "ops imports nn at the top"),
        ("ops/conv.py", "from .. import nn\n", "ops imports nn at the top"),
        ("ops/__init__.py", "from ..nn import optim\n", "ops imports nn at the top"),
        ("plots/curves.py", "def f():\n    import torch\n", "plots imports torch lazily"),
        (
            "plots/curves.py",
            "from importlib import import_module\nimport_module('cnncourse.train')\n",
            "plots imports train",
        ),
        ("data/folder.py", "import PIL.Image\n", "data imports PIL at the top"),
        ("data/folder.py", "def f():\n    import torch\n", "data imports torch lazily"),
        (
            "course/live.py",
            "try:\n    import ipywidgets\nexcept ImportError:\n    pass\n",
            "course imports ipywidgets",
        ),
        ("course/find.py", "import cnncourse.chapters.pooling\n", "course imports chapters at the top"),
        ("plots/curves.py", "from cnncourse.course import runs\n", "plots imports course at the top"),
        ("bridge.py", "import cnncourse.train.loop\n", "bridge imports train at the top"),
        ("attic/x.py", "", "the room 'attic' is unknown"),
    ],
)
def test_a_wrong_arrow_is_found(tmp_path, place, source, complaint):
    package = tmp_path / "cnncourse"
    for room in ("ops", "nn", "train", "plots", "data", "course", "chapters"):
        (package / room).mkdir(parents=True)
    file = package / place
    file.parent.mkdir(exist_ok=True)
    file.write_text(source)
    found = violations(package)
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (
            "ops/conv.py",
            "import math\nimport numpy as np\nfrom .shapes import x\nfrom cnncourse.ops import pad\n",
        ),
        ("nn/conv.py", "from ..ops import conv2d\nfrom cnncourse import __version__\n"),
        ("data/torch_batches.py", "import torch\n"),
        ("data/embedded.py", "def f():\n    from sklearn.datasets import load_digits\n"),
        ("plots/curves.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n"),
    ],
)
def test_a_right_arrow_is_accepted(tmp_path, place, source):
    package = tmp_path / "cnncourse"
    for room in ("ops", "nn", "plots", "data"):
        (package / room).mkdir(parents=True)
    (package / place).write_text(source)
    assert violations(package) == []
