"""The prose of chapters reads well where MyST is not known, and becomes cross-references in the book."""

import re
from pathlib import Path

import nbformat
import pytest
from cnnsite import links
from repository import BOOK, chapter_paths

ROLE = re.compile(r"\{[a-z:]+\}`[^`]*`")
BIBLIOGRAPHY = BOOK / "references.bib"


@pytest.mark.parametrize("path", chapter_paths(), ids=lambda path: path.stem)
def test_prose_has_no_roles_and_names_each_work_as_the_bibliography_does(path: Path):
    cells = nbformat.read(path, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert ROLE.findall(prose) == []
    for shown, kind, target in links.LINK.findall(prose):
        if kind == "references.md#":
            assert shown == links.labels(BIBLIOGRAPHY, target, shown.startswith("(")), target
        elif kind == "#":
            assert shown == f"({target})"


def test_links_become_roles():
    text = (
        "A [small grid](glossary.md#term-kernel), see [Zeiler (2012)](references.md#z2012), more "
        "[(Zeiler, 2012; Ba, 2015)](references.md#z2012,b2015), formula [(eq-sum)](#eq-sum) and [text](#eq)."
    )
    assert links.to_roles(text, {"kernel": "Kernel"}) == (
        "A {term}`small grid <Kernel>`, see {cite:t}`z2012`, more {cite:p}`z2012,b2015`, formula "
        "{eq}`eq-sum` and [text](#eq)."
    )


def test_a_link_to_an_unknown_word_stays_so_that_sphinx_warns_of_it():
    assert links.to_roles("[x](glossary.md#term-x)", {}) == "[x](glossary.md#term-x)"


def test_every_word_of_the_glossary_is_found():
    words = links.terms(BOOK / "glossary.md")
    assert len(words) >= 80
    assert words["temperature-softmax"] == "temperature (softmax)"
    assert words["relu"] == "ReLU"


@pytest.mark.parametrize(
    ("authors", "in_brackets", "expected"),
    [
        ("Zeiler, Matthew D.", False, "Zeiler (2014)"),
        ("Zeiler, Matthew D. and Fergus, Rob", True, "Zeiler and Fergus, 2014"),
        ("van der Maaten, Laurens", False, "van der Maaten (2014)"),
        (r"Sch{\"o}n, A. and B, C. and D, E.", False, "Schön et al. (2014)"),
    ],
)
def test_works_are_named_by_their_authors(tmp_path, authors, in_brackets, expected):
    path = tmp_path / "one.bib"
    path.write_text(f"@article{{key, author = {{{authors}}}, year = {{2014}}}}", encoding="utf-8")
    wanted = f"({expected})" if in_brackets else expected
    assert links.labels(path, "key", in_brackets) == wanted
