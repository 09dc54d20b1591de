"""The notebooks show what the chapters declare: each exercise once and word for word, each explorer."""

import copy
import inspect
import re

import nbformat
import pytest
from exercise_cells import exercise_of, shown_exercises, sync_exercise_cells
from repository import chapter_paths

from cnncourse.course import chapters, names
from cnncourse.course.cells import notebook_cells
from cnncourse.course.quizzes import quiz_names

BOOKS = {path.stem: nbformat.read(path, as_version=4) for path in chapter_paths()}
CODE = "\n".join(cell.source for book in BOOKS.values() for cell in book.cells if cell.cell_type == "code")


@pytest.mark.parametrize("stem", BOOKS)
def test_the_cells_are_those_of_the_declarations(stem):
    book = copy.deepcopy(BOOKS[stem])
    sync_exercise_cells(book)
    assert book == BOOKS[stem], "run make sync"


@pytest.mark.parametrize("stem", BOOKS)
def test_an_answer_is_checked_only_in_the_cells_of_its_exercise(stem):
    for cell in BOOKS[stem].cells:
        for name in re.findall(r'\bcheck\(\s*"([^"]+)"', cell.source if cell.cell_type == "code" else ""):
            assert exercise_of(cell) == name, f"tag the cell exercise:{name} and run make sync"


def test_each_exercise_stands_in_one_notebook():
    shown = [name for book in BOOKS.values() for name in shown_exercises(book)]
    missing = sorted(set(names()) - set(shown))
    assert missing == [], "place each by a cell tagged exercise:NAME and run make sync"
    assert sorted(shown) == sorted(names())


def test_each_quiz_stands_in_a_notebook():
    assert sorted(re.findall(r'^quiz\("(\w+)"\)', CODE, re.MULTILINE)) == sorted(quiz_names())


def test_each_explorer_and_quest_is_shown():
    for chapter in chapters.names():
        for module in chapters.modules(chapter):
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == module.__name__ and getattr(function, "choices", None):
                    shown = re.search(rf"explore\({name}\b", CODE) is not None
                    assert shown, f"{chapter}: {name} is shown nowhere; write explore({name}) in a notebook"


def empty_cell(name: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell("", metadata={"tags": [f"exercise:{name}"]})


def test_one_empty_cell_places_an_exercise():
    book = nbformat.v4.new_notebook(cells=[empty_cell("convolution.output_size")])
    sync_exercise_cells(book)
    assert [(cell.cell_type, cell.source) for cell in book.cells] == notebook_cells("convolution.output_size")
    again = copy.deepcopy(book)
    sync_exercise_cells(again)
    assert again == book


def test_a_changed_cell_is_written_anew_and_the_others_keep_their_outputs():
    book = nbformat.v4.new_notebook(cells=[empty_cell("convolution.output_size")])
    sync_exercise_cells(book)
    _, stub, check, _ = book.cells
    stub.source, stub.outputs = "def output_size(): pass", [nbformat.v4.new_output("stream", text="old")]
    check.outputs = [nbformat.v4.new_output("stream", text="kept")]
    sync_exercise_cells(book)
    assert book.cells[1].source == notebook_cells("convolution.output_size")[1][1]
    assert book.cells[1].outputs == []
    assert book.cells[2].outputs[0].text == "kept"


def test_two_places_for_one_exercise_are_refused():
    between = nbformat.v4.new_markdown_cell("text")
    cells = [empty_cell("convolution.output_size"), between, empty_cell("convolution.output_size")]
    with pytest.raises(ValueError, match=r"convolution\.output_size: its cells stand at two places"):
        sync_exercise_cells(nbformat.v4.new_notebook(cells=cells))
