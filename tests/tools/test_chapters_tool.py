"""tools/chapters.py on a small repository: numbers follow the contents, and a new chapter is whole."""

import subprocess

import chapters
import nbformat
import pytest

TOC = "root: intro\nparts:\n  - caption: A\n    chapters:\n      - file: 01_one\n      - file: 02_two\n"


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "cnncourse" / "chapters" / "one").mkdir(parents=True)
    (tmp_path / "book" / "_toc.yml").write_text(TOC)
    for stem in ("01_one", "02_two"):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("See [two](02_two.ipynb#x).")])
        nbformat.write(book, tmp_path / "book" / f"{stem}.ipynb")
    (tmp_path / "README.md").write_text("[one](book/01_one.ipynb) 102_two 02_two_more 02_two\n")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def test_an_inserted_line_moves_the_others_and_every_link(repository):
    toc = repository / "book" / "_toc.yml"
    toc.write_text(
        toc.read_text().replace("      - file: 01_one\n", "      - file: 00_new\n      - file: 01_one\n")
    )
    nbformat.write(nbformat.v4.new_notebook(), repository / "book" / "00_new.ipynb")
    assert chapters.main(["renumber"], repository) == 0
    notebooks = sorted(path.name for path in (repository / "book").glob("*.ipynb"))
    assert notebooks == ["01_new.ipynb", "02_one.ipynb", "03_two.ipynb"]
    assert chapters.entries(toc.read_text()) == ["01_new", "02_one", "03_two"]
    assert (repository / "README.md").read_text() == "[one](book/02_one.ipynb) 102_two 02_two_more 03_two\n"
    assert "[two](03_two.ipynb#x)" in (repository / "book" / "02_one.ipynb").read_text()
    assert chapters.renumber(repository) == {}


def test_two_chapters_change_places(repository):
    toc = repository / "book" / "_toc.yml"
    toc.write_text(TOC.replace("01_one", "swap").replace("02_two", "01_one").replace("swap", "02_two"))
    chapters.renumber(repository)
    assert chapters.entries(toc.read_text()) == ["01_two", "02_one"]
    assert "[two](01_two.ipynb#x)" in (repository / "book" / "02_one.ipynb").read_text()


def test_a_new_chapter_stands_where_it_is_wanted(repository, capsys):
    assert chapters.main(["new", "between", "--after", "one"], repository) == 0
    assert capsys.readouterr().out == "book/02_between.ipynb\n"
    toc = (repository / "book" / "_toc.yml").read_text()
    assert chapters.entries(toc) == ["01_one", "02_between", "03_two"]
    folder = repository / "cnncourse" / "chapters" / "between"
    assert sorted(p.name for p in folder.iterdir()) == [
        "__init__.py",
        "exercises.py",
        "explorers.py",
        "quiz.json",
    ]
    text = (repository / "book" / "02_between.ipynb").read_text()
    assert "exercise:between.area" in text
    assert "cnncourse.chapters.between.explorers" in text
    assert "template" not in text + (folder / "exercises.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "one"], "there is a chapter of that name"),
        (["new", "Big Name"], "must be small letters"),
        (["new", "x", "--after", "nowhere"], "after='nowhere' is no chapter; they are one, two"),
    ],
)
def test_what_cannot_be_made_gets_one_line(repository, capsys, arguments, words):
    assert chapters.main(arguments, repository) == 2
    assert words in capsys.readouterr().err
    assert (repository / "book" / "_toc.yml").read_text() == TOC


def test_a_listed_notebook_that_is_not_there_is_named(repository, capsys):
    (repository / "book" / "02_two.ipynb").unlink()
    toc = repository / "book" / "_toc.yml"
    toc.write_text(TOC.replace("      - file: 01_one\n", ""))
    assert chapters.main(["renumber"], repository) == 2
    assert "there is no book/02_two.ipynb" in capsys.readouterr().err
