"""The API pages of the book hold every public operator and layer, each once, and need NumPy alone."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections import Counter
from importlib import import_module

import pytest
import yaml
from cnnsite.operators import operators_of
from repository import BOOK, ROOT

from cnncourse import nn, ops

PAGES = sorted((BOOK / "api").glob("*.md"))
DIRECTIVE = re.compile(r"^\.\. auto(function|class|exception):: (\S+)$", re.MULTILINE)
WHOLE_ROOMS = [
    found
    for page in PAGES
    for found in re.findall(r"^\.\. automodule:: (\S+)$", page.read_text("utf-8"), re.M)
]
LISTED = [found for page in PAGES for found in DIRECTIVE.findall(page.read_text("utf-8"))]
LISTED += [
    ("exception" if name.endswith("Error") else "function", name)
    for page in PAGES
    for modules in re.findall(r"^\.\. operators:: (.+)$", page.read_text("utf-8"), re.MULTILINE)
    for module in modules.split()
    for name in operators_of(module)
]
# Modules without `__all__` whose pages shall be as complete as those that have one.
WHOLE_MODULES = ["cnncourse.nn.init", "cnncourse.nn.optim"]


def listed_in(room: str) -> list[str]:
    """Return the names listed directly under a module, sorted."""
    return sorted(name.rpartition(".")[2] for _, name in LISTED if name.rpartition(".")[0] == room)


def thing(name: str) -> object:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def test_every_operator_is_listed_once():
    assert listed_in("cnncourse.ops") == sorted(ops.__all__)


def test_every_layer_is_listed_once():
    classes = [name for name in nn.__all__ if not inspect.ismodule(getattr(nn, name))]
    assert listed_in("cnncourse.nn") == sorted(classes)


@pytest.mark.parametrize("room", WHOLE_MODULES)
def test_every_public_function_of_a_module_is_listed_once(room):
    public = [
        name
        for name, value in vars(import_module(room)).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith(room)
    ]
    assert listed_in(room) == sorted(public)


def test_nothing_is_listed_twice():
    assert [name for name, times in Counter(name for _, name in LISTED).items() if times > 1] == []


@pytest.mark.parametrize("kind, name", LISTED)
def test_what_is_listed_exists_is_documented_and_of_its_kind(kind, name):
    value = thing(name)
    assert inspect.getdoc(value)
    is_error = inspect.isclass(value) and issubclass(value, Exception)
    found = "exception" if is_error else "class" if inspect.isclass(value) else "function"
    assert found == kind


def test_every_page_is_in_the_table_of_contents_and_on_the_first_page():
    contents = (BOOK / "_toc.yml").read_text("utf-8")
    first = (BOOK / "api/index.md").read_text("utf-8")
    for page in PAGES:
        assert contents.count(f"file: api/{page.stem}\n") == 1
        assert page.stem == "index" or first.count(f"{{doc}}`{page.stem}`") == 1


def test_rooms_that_are_shown_whole_have_docstrings_throughout():
    for room in WHOLE_ROOMS:
        module = import_module(room)
        assert [name for name in module.__all__ if not inspect.getdoc(getattr(module, name))] == []


def test_the_pages_are_built_without_torch_and_matplotlib():
    """`make book` installs neither: Sphinx has stand-ins for those that the configuration names."""
    mocked = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"][
        "autodoc_mock_imports"
    ]
    rooms = sorted({name.rpartition(".")[0] for _, name in LISTED} | set(WHOLE_ROOMS))
    program = (
        "from sphinx.ext.autodoc.mock import mock\n"
        f"with mock({mocked}):\n"
        f"    for room in {rooms}: __import__(room)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
