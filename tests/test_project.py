"""Rules for every file: docstrings that run, sizes, no leftovers; a README whose links and tables hold."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import repository
import results_table
import site_url

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cnncourse"
PYTHON_FILES = sorted(
    path for folder in ("cnncourse", "tests", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 80
# What these rooms return is looked at, not printed: their examples are the chapters, which nbval runs.
SHOWN_IN_CHAPTERS = {"plots"}
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)


# ------------------------------------------------------------------------ docstrings


@dataclass(frozen=True)
class Public:
    """A public function or class: the file it stands in and its syntax tree."""

    path: Path
    node: ast.FunctionDef | ast.ClassDef

    @property
    def arguments(self) -> set[str]:
        """The names a caller may pass: of the function, or of the class's own `__init__`."""
        functions = [self.node]
        if isinstance(self.node, ast.ClassDef):
            functions = [item for item in self.node.body if getattr(item, "name", "") == "__init__"]
        found = set()
        for function in functions:
            every = function.args
            listed = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
            found |= {argument.arg for argument in listed if argument}
        return found - {"self", "cls"}

    def contains(self, kind: type[ast.AST]) -> list[ast.AST]:
        """Return the statements of one kind in the function's own body, those of inner functions left out."""
        found, waiting = [], list(self.node.body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, kind):
                found.append(node)
            if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
                waiting += ast.iter_child_nodes(node)
        return found


def definitions(path: Path) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def public() -> list[Public]:
    """Return what the rooms offer: names their `__init__` takes from their files, and one-file rooms."""
    found = []
    for path in sorted(PACKAGE.glob("*.py")):
        if not path.stem.startswith("__"):
            listed = re.search(
                r"^__all__ = (\[.*?\])", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
            )
            named = definitions(path).items()
            offered = ast.literal_eval(listed[1]) if listed else [name for name, _ in named if name[0] != "_"]
            found += [Public(path, node) for name, node in named if name in offered]
    for start in sorted(PACKAGE.glob("*/__init__.py")):
        if start.parent.name == "cli":
            continue  # what it offers is the command, whose --help is tested with it
        for node in ast.walk(ast.parse(start.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                own = node.module.removeprefix(f"cnncourse.{start.parent.name}.")
                path = start.parent / f"{own.replace('.', '/')}.py"
                known = definitions(path) if path.is_file() else {}
                names = [alias.name for alias in node.names if not alias.name.startswith("_")]
                found += [Public(path, known[name]) for name in names if name in known]
    return found


PUBLIC = public()
# Every `<op>_backward(grad_output, <the forward's arguments>)` returns gradients in the order of the inputs:
# the room says so once, and what is particular to one of them stands in its summary.
CALLED_BY_NAME = [item for item in PUBLIC if not item.node.name.endswith("_backward")]
FUNCTIONS = [item for item in CALLED_BY_NAME if isinstance(item.node, ast.FunctionDef)]


def sections(docstring: str) -> dict[str, str]:
    """Return the numpydoc sections of a docstring by name."""
    pieces = SECTION.split(docstring)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def documented_arguments(section: str) -> set[str]:
    heads = re.findall(r"^((?:\*{0,2}\w+)(?:, \*{0,2}\w+)*)\s*(?::.*)?$", section, re.MULTILINE)
    return {name.strip("* ") for head in heads for name in head.split(",")}


def name_of(item: Public) -> str:
    return f"{item.path.relative_to(PACKAGE).as_posix()}:{item.node.name}"


@pytest.mark.parametrize("item", PUBLIC, ids=name_of)
def test_public_docstrings_begin_with_a_summary(item):
    text = ast.get_docstring(item.node)
    assert text, f"{name_of(item)} has no docstring"
    summary = text.split("\n\n")[0]
    assert summary.rstrip().endswith((".", "?")), f"the summary is not a sentence: {summary!r}"
    assert "\n" not in summary, f"the summary takes more than a line: {summary!r}"


@pytest.mark.parametrize("item", CALLED_BY_NAME, ids=name_of)
def test_public_docstrings_describe_every_argument(item):
    found = sections(ast.get_docstring(item.node) or "")
    missing = item.arguments - documented_arguments(found.get("Parameters", ""))
    assert not missing, f"not under Parameters: {', '.join(sorted(missing))}"


@pytest.mark.parametrize("item", FUNCTIONS, ids=name_of)
def test_public_functions_say_what_comes_back_and_show_it(item):
    found = sections(ast.get_docstring(item.node) or "")
    if any(statement.value is not None for statement in item.contains(ast.Return)):
        assert "Returns" in found, "it returns something; say what, with its shape, under Returns"
    if item.contains(ast.Raise):
        assert "Raises" in found, "it raises; say when, under Raises"
    if item.path.relative_to(PACKAGE).parts[0] not in SHOWN_IN_CHAPTERS:
        assert ">>>" in found.get("Examples", ""), "give an example that runs, under Examples"


# --------------------------------------------------------------------- sizes, leftovers


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1 - lines_of_docstring(node)
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines of code"
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name != "*" for alias in node.names), "a star import hides undefined names"


def lines_of_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    return first.end_lineno - first.lineno + 1 if ast.get_docstring(node) else 0


def tracked_files() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


# Brackets keep the patterns from finding themselves.
LEFTOVERS = {
    "a path of one machine": r"/wor[k]/|/roo[t]/|/opt/pyp[i]|/hom[e]/\w|/Users/\w|C:\\\\Users",
    "the host of a package index": r"pythonhoste[d]|registry\.npm[j]s|pypi\.or[g]",
    "unfinished work": r"\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b",
    "a merge left open": r"^(<{7}|>{7}) ",
}


@pytest.mark.parametrize("kind", LEFTOVERS)
def test_no_tracked_file_holds(kind):
    pattern = re.compile(LEFTOVERS[kind], re.MULTILINE)
    found = []
    for path in tracked_files():
        with contextlib.suppress(UnicodeDecodeError):
            # What is embedded in a notebook in base64 may spell anything.
            text = re.sub(r"[A-Za-z0-9+/=]{200,}", "", path.read_text(encoding="utf-8"))
            found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_a_chapter_s_number_stands_in_its_file_s_name_alone():
    """Other books have numbered chapters too: a line that cites one is left out."""
    numbered, cited = re.compile(r"\b[Cc]hapter \d"), re.compile(r"references\.md#|Dumoulin|MAT-File")
    found = []
    for path in tracked_files():
        if path.suffix in (".py", ".md", ".ipynb", ".json"):
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if numbered.search(line)]
            found += [f"{path.relative_to(ROOT)}: {line[:99]}" for line in lines if not cited.search(line)]
    assert found == [], "name the chapter by its title"


def test_no_data_set_is_tracked():
    assert [path for path in tracked_files() if path.stat().st_size > 2_000_000] == []


# ------------------------------------------------------------------------------ README


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_to_files_lead_somewhere(name):
    text = re.sub(r"`[^`\n]*`", "", (ROOT / name).read_text(encoding="utf-8"))
    linked = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert [target for target in linked if not (ROOT / target).exists()] == []


def test_commands_and_files_named_in_the_texts_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
        files = re.findall(r"`((?:tools|tests|benchmarks|book|cnncourse|\.github)/[\w./-]*)`", text)
        assert [file for file in files if not (ROOT / file).exists()] == []


def test_generated_parts_of_the_readme_are_current():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert site_url.readme_text(text, repository.repository_url()) == text, "run make sync"
    table = results_table.table(results_table.results())
    assert repository.replace_between(text, "results", table) == text, "run make sync"


def test_the_ten_lines_of_the_readme_print_what_it_says():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    printed = re.search(r"This prints:\n\n```text\n(.*?)```", text, re.DOTALL).group(1)
    assert len([line for line in program.splitlines() if line.strip()]) <= 10
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(program, "README.md", "exec"), {})
    assert said.getvalue() == printed


def test_the_address_stands_once():
    url = repository.repository_url()
    generated = {"README.md", "_config.yml"} | {path.name for path in repository.chapter_paths()}
    holders = [
        path for path in tracked_files() if path.name not in generated and ROOT / "tests" not in path.parents
    ]
    found = []
    for path in holders:
        with contextlib.suppress(UnicodeDecodeError):
            if url in path.read_text(encoding="utf-8"):
                found.append(path.relative_to(ROOT).as_posix())
    assert found == []
