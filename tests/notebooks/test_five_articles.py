"""The appendix on the five articles settles every statement that it judges."""

from __future__ import annotations

import re
from typing import NamedTuple

import nbformat
from repository import ROOT

BOOK = nbformat.read(ROOT / "book" / "five_articles.ipynb", as_version=4)
ROW = re.compile(r"^\| (\d+) \| Article ([1-5]): (.+?) \| \*\*(\w+)\.\*\* (.+?) \|$", re.MULTILINE)
HEAD = r"^# (\d+): "  # the comment that says which statement the code below it settles


class Statement(NamedTuple):
    number: int
    article: int
    words: str
    verdict: str
    holds: str


def text_of(kind: str) -> str:
    return "\n".join(cell.source for cell in BOOK.cells if cell.cell_type == kind)


STATEMENTS = [
    Statement(int(number), int(article), *rest) for number, article, *rest in ROW.findall(text_of("markdown"))
]


def test_there_are_enough_and_from_every_article():
    assert [statement.number for statement in STATEMENTS] == list(range(1, len(STATEMENTS) + 1))
    assert len(STATEMENTS) >= 25
    assert f"**{len(STATEMENTS)}** of their statements" in text_of("markdown")
    assert {statement.article for statement in STATEMENTS} == {1, 2, 3, 4, 5}


def test_the_judgement_is_fair_in_form():
    verdicts = [statement.verdict for statement in STATEMENTS]
    assert set(verdicts) == {"Right", "Loose", "Wrong"}
    assert all(verdicts.count(verdict) >= 5 for verdict in set(verdicts))


def test_each_is_settled_by_code_or_a_source():
    computed = {int(number) for number in re.findall(HEAD, text_of("code"), re.MULTILINE)}
    assert computed <= {statement.number for statement in STATEMENTS}
    sourced = {
        statement.number
        for statement in STATEMENTS
        if re.search(r"references\.md#|https://", statement.holds)
    }
    assert {statement.number for statement in STATEMENTS} - computed - sourced == set()


def test_a_computation_that_settles_ends_in_an_assert():
    """Each piece of code that carries a number has an assert, at the latest in the next cell."""
    cells = [cell.source for cell in BOOK.cells if cell.cell_type == "code"]
    for source, following in zip(cells, [*cells[1:], ""], strict=True):
        for piece in re.split(rf"(?={HEAD})", source, flags=re.MULTILINE):
            if re.match(HEAD, piece):
                assert re.search(r"\bassert |raise AssertionError", piece + following), piece
