"""The book as a PDF: links stay inside, answers come at the end of a chapter, the cheat sheet is one page."""

from __future__ import annotations

import re

import pdf
import pytest
import yaml
from bs4 import BeautifulSoup
from repository import BOOK

KNOWN = {"index", "intro", "03_convolution", "api/nn", "glossary"}


@pytest.mark.parametrize(
    ("link", "page", "expected"),
    [
        ("#padding", "03_convolution", "#03_convolution--padding"),
        ("glossary.html#term-kernel", "03_convolution", "#glossary--term-kernel"),
        ("../03_convolution.html", "api/nn", "#03_convolution"),
        ("../_images/a.webp", "api/nn", "_images/a.webp"),
        ("_static/logo.svg", "intro", "_static/logo.svg"),
        ("https://example.org/a.html#b", "intro", "https://example.org/a.html#b"),
        ("mailto:a@example.org", "intro", "mailto:a@example.org"),
    ],
)
def test_links_of_a_page_become_links_of_the_book(link, page, expected):
    assert pdf.localise(link, page, KNOWN) == expected


def test_pages_come_in_the_order_of_the_table_of_contents():
    toc = {
        "root": "intro",
        "parts": [
            {"chapters": [{"file": "a"}, {"file": "b", "sections": [{"file": "b/one"}]}]},
            {"chapters": [{"file": "c"}]},
        ],
    }
    assert pdf.pages_in_order(toc) == ["intro", "a", "b", "b/one", "c"]


@pytest.fixture(scope="module")
def document(site):
    pages = pdf.pages_in_order(yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8")))
    return BeautifulSoup(pdf.book(site, pages), "html.parser")


@pytest.mark.site
def test_every_link_and_picture_of_the_book_leads_somewhere(document, site):
    ids = [element["id"] for element in document.select("[id]")]
    assert len(ids) == len(set(ids))
    inner = [link["href"][1:] for link in document.select('a[href^="#"]')]
    assert len(inner) > 100
    assert sorted(set(inner) - set(ids)) == []
    pictures = {image["src"] for image in document.select("img") if not image["src"].startswith("data:")}
    assert pictures
    assert sorted(path for path in pictures if not (site / path).is_file()) == []


PAGE = """<article>
<h1>Chapter</h1><div class="admonition"><p class="admonition-title">Exercise (One neuron)</p></div>
<details><summary>Solution</summary><pre>return 1</pre></details>
<fieldset><legend><span>Question 1 of 1</span> Why?</legend><label>Because</label>
<details><summary>Answer to question 1</summary><ul><li>Right: Because</li></ul></details></fieldset>
<h2>Summary</h2></article>"""


def test_answers_come_after_everything_else_under_the_name_of_what_they_answer():
    text = BeautifulSoup(PAGE, "html.parser").article
    pdf.move_answers(text)
    words = [line.strip() for line in text.get_text("\n").splitlines() if line.strip()]
    assert words[-6:] == [
        "Summary",
        "Solutions and answers",
        "Exercise (One neuron)",
        "return 1",
        "Question 1 of 1 Why?",
        "Right: Because",
    ]
    assert not text.select("details")


def test_a_page_without_answers_stays_as_it_is():
    text = BeautifulSoup("<article><h1>API</h1></article>", "html.parser").article
    pdf.move_answers(text)
    assert str(text) == "<article><h1>API</h1></article>"


@pytest.mark.site
def test_nothing_that_needs_a_computer_is_left_in_the_book(document):
    assert document.select("details, script, .cnx-check-not-attempted") == []
    assert len(document.select(".answer-to")) > 150
    assert document.select(".cnx-explorer img")


@pytest.mark.site
def test_the_cheat_sheet_is_one_page(site, tmp_path, browser):
    path = tmp_path / "sheet.pdf"
    pdf.print_sheet(browser, site, path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert b"file:" not in content
    assert not (site / "_print.html").exists()
