"""tools/notebooks.py: what it stores depends on the cells alone, and a failing cell changes nothing."""

from __future__ import annotations

import json
import shutil

import nbformat
import notebooks
import pytest
from repository import setup_source

URL = "https://example.org/someone/cnncourse"
MESSY_SOURCES = [
    "import os, sys",
    "print('book mode', os.environ['CNNCOURSE_BOOK'])\nprint({'b', 'a', 'c'})",
    "for i in range(3):\n    print('\\rstep', i, end='', flush=True)\nprint()",
    "from IPython.display import HTML\nHTML('<b>bold</b>')",
]


def write(path, sources, **metadata):
    """Store a notebook as an untidy editor would: random ids, times, an old kernel name."""
    cells = [nbformat.v4.new_markdown_cell("# Title")]
    cells += [nbformat.v4.new_code_cell(source, metadata=dict(metadata)) for source in sources]
    book = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "old", "display_name": "x"}}
    )
    nbformat.write(book, path)
    return path


def run(path, *, execute=True, check=False):
    return notebooks.attempt(path, URL, execute, check)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a notebook that has been run and stored once."""
    path = write(
        tmp_path_factory.mktemp("book") / "a.ipynb", MESSY_SOURCES, ExecuteTime={"start": "now"}, tags=["x"]
    )
    good, line = run(path)
    assert good, line
    return path


def test_a_second_run_changes_no_byte(stored, tmp_path):
    again = shutil.copy(stored, tmp_path / "again.ipynb")
    good, line = run(again)
    assert good
    assert "unchanged" in line
    assert again.read_bytes() == stored.read_bytes()


def test_stored_form(stored):
    text = stored.read_text()
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert text.endswith("}\n")
    assert book.metadata == {
        "kernelspec": notebooks.KERNELSPEC,
        "language_info": {"name": "python"},
        "cnncourse": {"executed": notebooks.fingerprint(book)},
    }
    assert all(set(cell.metadata) <= set(notebooks.KEPT_CELL_METADATA) for cell in book.cells)
    assert json.loads(text) == json.loads(json.dumps(json.loads(text), sort_keys=True))


def test_outputs_are_those_of_book_mode(stored):
    outputs = {
        cell.source: cell.outputs for cell in nbformat.read(stored, as_version=4).cells if "outputs" in cell
    }
    text = outputs[MESSY_SOURCES[1]][0].text
    assert text.startswith("book mode 1\n")
    assert len(text.splitlines()) == 2
    assert outputs[MESSY_SOURCES[2]][0].text == "step 2\n"
    assert outputs[MESSY_SOURCES[3]][0].data["text/html"] == "<b>bold</b>"


def test_the_setup_cell_is_the_first_code_cell(stored):
    first = next(cell for cell in nbformat.read(stored, as_version=4).cells if cell.cell_type == "code")
    assert first.metadata.tags == ["setup", "remove-cell"]
    assert first.source == setup_source(URL)
    assert first.outputs == []


def test_a_measured_time_is_kept_until_the_code_changes(tmp_path):
    path = write(tmp_path / "time.ipynb", ["import time", "print(time.time_ns())"], tags=["keep-output"])
    run(path)
    first = path.read_bytes()
    run(path)
    assert path.read_bytes() == first
    book = nbformat.reads(first.decode(), as_version=4)
    shown = book.cells[-1].outputs
    book.cells[2].source = "import time as time"
    nbformat.write(book, path)
    run(path)
    assert nbformat.read(path, as_version=4).cells[-1].outputs != shown


def test_sync_follows_a_new_address(stored, tmp_path):
    path = shutil.copy(stored, tmp_path / "moved.ipynb")
    good, _ = notebooks.attempt(path, "https://example.org/other/place", run=False, check=False)
    assert good
    assert "git+https://example.org/other/place" in path.read_text()
    assert URL not in path.read_text()


def test_check_writes_nothing(tmp_path):
    path = write(tmp_path / "b.ipynb", ["1 + 1"])
    before = path.read_bytes()
    good, line = run(path, execute=False, check=True)
    assert not good
    assert "would change" in line
    assert path.read_bytes() == before


def test_a_failing_cell_leaves_the_file_alone(tmp_path):
    path = write(tmp_path / "broken.ipynb", ["x = 1", "raise RuntimeError('the reason')"])
    before = path.read_bytes()
    good, line = run(path)
    assert not good
    assert "the reason" in line
    assert path.read_bytes() == before


def test_two_setup_cells_are_refused(tmp_path):
    path = write(tmp_path / "two.ipynb", ["1", "2"], tags=["setup"])
    good, line = run(path, execute=False)
    assert not good
    assert "2 cells carry the tag 'setup'" in line


def test_ids_are_unique_and_kept():
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(str(n)) for n in range(4)])
    book.cells[1].id = book.cells[2].id = "same"
    del book.cells[3]["id"]
    ids = [cell.id for cell in notebooks.normalise(book).cells]
    assert len(set(ids)) == len(ids)
    assert ids[1] == "same"
    assert ids == [cell.id for cell in notebooks.normalise(book).cells]


def test_a_missing_notebook_gets_one_line(capsys):
    assert notebooks.main(["run", "book/there_is_none.ipynb"]) == 2
    assert "no such notebook" in capsys.readouterr().err
