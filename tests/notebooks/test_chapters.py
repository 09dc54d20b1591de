"""Every chapter has the parts, the sizes and the stored outputs that a chapter of this book must have."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import nbformat
import notebooks
import pytest
from nbformat import NotebookNode
from repository import ROOT, chapter_paths, notebook_of, repository_url, setup_source

from cnncourse.plots import style

PATHS = chapter_paths()
CHAPTERS = [path for path in PATHS if re.match(r"\d\d_", path.name)]
MEGABYTES = 2.0
POINTS = 10.5  # of the smallest letters in a figure


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(book: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def source_of(book: NotebookNode, kind: str) -> str:
    return "\n".join(cell.source for cell in book.cells if cell.cell_type == kind)


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def html_of(book: NotebookNode) -> str:
    found = [
        output.data.get("text/html", "")
        for cell in code_cells(book)
        for output in cell.outputs
        if "data" in output
    ]
    return "\n".join(found)


def syntax(cell: NotebookNode) -> ast.Module:
    """Parse a code cell; a line that is a magic command counts as nothing."""
    return ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.MULTILINE))


each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def test_there_are_chapters():
    assert CHAPTERS


def test_the_table_of_contents_lists_every_notebook():
    listed = set(re.findall(r"file: ([\w/]+)", (ROOT / "book" / "_toc.yml").read_text()))
    assert {path.relative_to(ROOT / "book").with_suffix("").as_posix() for path in PATHS} <= listed


@each_notebook
def test_stored_form(path):
    text = path.read_text(encoding="utf-8")
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert nbformat.writes(notebooks.normalise(book)).rstrip("\n") + "\n" == text, "run make notebooks"
    assert len(text.encode()) <= MEGABYTES * 1e6


@each_notebook
def test_the_outputs_are_those_of_the_code(path):
    book = read(path)
    assert notebooks.executed_code(book) == notebooks.fingerprint(book), (
        "the code has changed: run make notebooks"
    )
    counts = [cell.execution_count for cell in code_cells(book) if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1)), "run from top to bottom in a fresh kernel"


@each_notebook
def test_the_setup_cell_is_the_generated_one(path):
    first = code_cells(read(path))[0]
    assert first.source == setup_source(repository_url()), "run make sync"
    assert "setup" in tags(first)
    assert first.outputs == []


@each_notebook
def test_no_output_is_an_error_or_a_warning(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", f"{cell.source}\n-> {output.text}"


@each_notebook
def test_what_depends_on_the_machine_is_followed_by_an_assert(path):
    cells = code_cells(read(path))
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if "nbval-ignore-output" in tags(cell):
            assert following is not None, "it is the last cell"
            held = [node for node in ast.walk(syntax(following)) if isinstance(node, ast.Assert)]
            assert held, f"no assert after\n{cell.source}"
        if "keep-output" in tags(cell):
            assert "nbval-ignore-output" in tags(cell), cell.source


@each_notebook
def test_every_image_has_alternative_text(path):
    book = read(path)
    assert re.findall(r"!\[\s*\]\(", source_of(book, "markdown")) == []
    drawn = source_of(book, "markdown") + html_of(book)
    for image in re.findall(r"<img\b[^>]*>", drawn):
        # An explorer's image may be described by its frame; an empty alt marks decoration.
        assert re.search(r'\balt="[^"]+"|aria-hidden="true"', image), image[:200]
    for cell in code_cells(book):
        kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
        if any(kind.startswith("image/") for kind in kinds):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert alt.strip(), f"put the text into the cell's metadata, mystnb: image: alt\n{cell.source}"


@each_notebook
def test_figures_can_be_read_on_a_phone(path):
    for cell in code_cells(read(path)):
        shown = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
        widths = re.findall(r'<img class="cnx-picture"[^>]*\bwidth="(\d+)"', shown)
        for width in widths:
            assert int(width) <= style.WIDEST * style.CSS_PIXELS_PER_INCH, f"draw it narrower\n{cell.source}"
        if widths:
            for size in re.findall(r"\b(?:font|label|title)size=([\d.]+)", cell.source):
                assert float(size) >= POINTS, f"write it larger\n{cell.source}"


@each_notebook
def test_every_frame_has_alternative_text_of_its_own(path):
    lists = re.findall(
        r'<script type="application/json" class="cnx-frames"[^>]*>(.*?)</script>',
        html_of(read(path)),
        re.DOTALL,
    )
    for frames in (json.loads(text)["frames"] for text in lists):
        texts = [frame["alt"] for frame in frames]
        assert all(text.strip() for text in texts)
        assert len(set(texts)) == len(texts), "two positions of the slider say the same"


@each_notebook
def test_random_numbers_come_from_a_named_seed(path):
    code = source_of(read(path), "code")
    assert not re.search(r"default_rng\(\)|np\.random\.(?!default_rng|Generator|SeedSequence)\w+\(", code)
    if re.search(r"\btorch\.(rand|randn|randint|randperm)\(", code):
        assert re.search(r"manual_seed\(", code)


@each_notebook
def test_a_cell_draws_from_a_generator_of_its_own(path):
    """A generator that another cell made goes on where it stands: a second run would print something else."""
    for cell in code_cells(read(path)):
        tree = syntax(cell)
        stored = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        stored |= {
            argument.arg
            for node in ast.walk(tree)
            if isinstance(node, ast.arguments)
            for argument in node.args
        }
        used = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        assert "rng" not in used - stored, f"begin with rng = np.random.default_rng(SEED)\n{cell.source}"


@each_chapter
def test_the_opening_says_goals_needs_and_minutes(path):
    first = read(path).cells[0]
    assert first.source.startswith("# ")
    assert re.search(r"After this chapter you can\W+(- .+\n?)+", first.source)
    assert "You need" in first.source
    assert re.search(r"\b\d+ minutes", first.source)


@each_chapter
def test_an_explorer_comes_before_the_first_formula(path):
    book = read(path)
    marks = ("cnx-explorer", "data-live")
    shown = [
        n for n, cell in enumerate(book.cells) if any(mark in str(cell.get("outputs")) for mark in marks)
    ]
    formulas = [
        n for n, cell in enumerate(book.cells) if cell.cell_type == "markdown" and "$$" in cell.source
    ]
    assert not shown or not formulas or shown[0] < formulas[0]


@each_chapter
def test_there_is_something_to_do_and_a_summary(path):
    book = read(path)
    code, prose = source_of(book, "code"), source_of(book, "markdown")
    assert re.search(r"\b(check|quiz)\(", code) or "cnx-quest" in html_of(book)
    assert re.search(r"^## Summary", prose, re.MULTILINE)


@each_chapter
def test_operators_and_torch_are_held_against_each_other(path):
    code = source_of(read(path), "code")
    if re.search(r"\bops\.", code) and "torch" in code:
        assert re.search(r"^\s*assert ", code, re.MULTILINE)


def defined(path: Path) -> dict[str, str]:
    """Return what a notebook defines, without the stubs of exercises, whose body is `...`."""
    found = {}
    for cell in code_cells(read(path)):
        for node in syntax(cell).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                last = node.body[-1]
                stub = (
                    isinstance(last, ast.Expr)
                    and isinstance(last.value, ast.Constant)
                    and last.value.value is ...
                )
                if not stub:
                    found[node.name] = ast.unparse(node)
    return found


def test_no_helper_is_defined_in_two_notebooks():
    homes: dict[str, str] = {}
    for path in PATHS:
        for name in defined(path):
            assert name not in homes, (
                f"{name} is defined in {homes[name]} and in {path.name}: move it into the package"
            )
            homes[name] = path.name


def test_the_longer_run_in_numpy_is_the_stored_one():
    accuracy = json.loads((ROOT / "benchmarks/results/lenet_numpy.json").read_text())["test_accuracy"]
    text = notebook_of("a_cnn_from_scratch").read_text(encoding="utf-8")
    for run in ("numpy", "torch"):
        assert f" {accuracy[run]:.2%}".replace("%", " %") in text, run
