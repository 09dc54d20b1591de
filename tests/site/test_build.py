"""The extension inside Sphinx, on a book of two pages: what it warns of, what stops it, what it writes."""

import re
from io import StringIO

import nbformat
import pytest
from bs4 import BeautifulSoup
from cnnsite.pages import lighten

from cnncourse import models
from cnncourse.course.trust import script_note

OPTIONS = {
    "extensions": ["myst_nb", "cnnsite"],
    "html_theme": "cnncourse",
    "html_math_renderer": "mathml",
    "html_theme_options": {
        "repository_url": "https://github.com/OWNER/cnncourse",
        "repository_branch": "main",
        "path_to_docs": "book",
    },
    "myst_enable_extensions": ["amsmath", "colon_fence", "dollarmath"],
    "nb_execution_mode": "off",
    "html_sourcelink_suffix": "",
    "root_doc": "intro",
    "author": "somebody",
}


@pytest.fixture
def build(tmp_path):
    """Build `intro.md` (and a notebook) and return its HTML, what was said, and what was warned of."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    def run(text, notebook=None):
        source, out = tmp_path / "book", tmp_path / "out"
        source.mkdir()
        (source / "intro.md").write_text(text, encoding="utf-8")
        if notebook is not None:
            nbformat.write(notebook, source / "chapter.ipynb")
        said, warned = StringIO(), StringIO()
        with docutils_namespace():
            app = Sphinx(source, None, out, tmp_path / "trees", "html", OPTIONS, status=said, warning=warned)
            app.build()
        return (out / "intro.html").read_text("utf-8"), said.getvalue(), warned.getvalue()

    return run


def notebook_with(html):
    cell = nbformat.v4.new_code_cell("explore()")
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
    markdown = nbformat.v4.new_markdown_cell("# Chapter")
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=[markdown, cell], metadata=metadata)


def test_formulas_numbers_and_references(build):
    page, _, warned = build(
        "# Title\n\nInline $x_i$, and\n\n```{math}\n:label: one\na = b\n```\n\nsee {eq}`one`.\n\n$$c = d$$\n"
    )
    assert warned == ""
    assert page.count("<math ") == 3
    assert 'display="inline"' in page
    assert '<span class="eqno">(1)' in page
    target = re.search(r'href="#(equation-one)"[^>]*>(.*?)</a>', page)
    assert target
    assert f'id="{target[1]}"' in page
    assert not re.search(r"<script[^>]+mathjax", page, re.IGNORECASE)


def test_a_formula_that_cannot_be_drawn_stops_the_build_and_says_where(build):
    from sphinx.errors import ExtensionError

    with pytest.raises(ExtensionError, match=r"(?s)intro.*\\nosuchthing is not known.*\\nosuchthing\{x\}"):
        build("# Title\n\nText $\\nosuchthing{x}$.\n")


def test_punctuation_stays_with_its_formula(build):
    page, _, _ = build("# Title\n\n`k`, $a$, $b$, and $c$ more.\n")
    assert re.search(r'</code>, <span class="nowrap"><math.*?alttext="a".*?</math>,</span> ', page)
    assert re.search(r'<span class="nowrap"><math.*?alttext="b".*?</math>,</span> and <math', page)


def test_an_exercise_is_a_quotation_in_the_notebook_and_a_box_in_the_book(build):
    page, _, warned = build(
        "# Title\n\n> **Exercise: The size of `y`**\n>\n> How large?\n>\n> ```\n> 1  0\n> ```\n\n"
        "> **A quotation** of another kind\n"
    )
    assert warned == ""
    box = BeautifulSoup(page, "html.parser").find(id="exercise-the-size-of-y")
    assert box["class"] == ["exercise", "admonition"]
    title = box.find(class_="admonition-title")
    assert title.get_text() == "Exercise: The size of y"
    assert title.code.get_text() == "y"
    assert "How large?" in box.get_text()
    assert box.find("pre").get_text().strip() == "1  0"
    assert page.count("<blockquote>") == 1


EXPLORER = (
    '<div class="cnx-explorer" role="group" aria-label="Explorer: Sums &amp; products">the explorer</div>'
)


@pytest.mark.parametrize("call", ["chapter", "chapter\n:title: Sums & products"])
def test_an_explorer_is_borrowed_from_a_chapter(build, call):
    page, _, warned = build(
        f"# Title\n\n```{{toctree}}\nchapter\n```\n\n```{{explorer}} {call}\n```\n", notebook_with(EXPLORER)
    )
    assert EXPLORER in page
    assert warned == ""


@pytest.mark.parametrize(
    "call, complaint",
    [
        ("nowhere", "no notebook nowhere.ipynb"),
        ("chapter\n:title: Sum", "no explorer 'Sum'; stored are: Sums & products"),
    ],
)
def test_an_explorer_that_is_not_there_is_named(build, call, complaint):
    _, _, warned = build(
        f"# Title\n\n```{{toctree}}\nchapter\n```\n\n```{{explorer}} {call}\n```\n", notebook_with(EXPLORER)
    )
    assert complaint in warned


def test_every_network_of_the_package_is_a_row_of_a_table(build):
    page, _, warned = build("# Title\n\n```{networks}\n```\n")
    assert warned == ""
    rows = BeautifulSoup(page, "html.parser").table.tbody.find_all("tr")
    cells = [[cell.get_text() for cell in row.find_all("td")] for row in rows]
    assert [row[0] for row in cells] == models.names()
    assert ["vgg16", "3×224×224", "1000", "138,357,544", "VGG-16: configuration D."] in [r[:5] for r in cells]


def test_code_is_marked_where_it_has_a_colour(build):
    page, _, _ = build("# Title\n\n```python\nfor n in range(3):\n    print(n)  # all\n```\n")
    code = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)[1]
    assert '<span class="k">for</span> n ' in code
    assert '<span class="c1"># all</span>' in code
    assert re.sub(r"<[^>]*>", "", code) == "for n in range(3):\n    print(n)  # all\n"


def test_a_picture_without_text_is_a_warning(build):
    _, _, warned = build('# Title\n\n<img src="https://example.org/a.png">\n')
    assert "no alternative text" in warned


def test_the_placeholder_address_is_said_and_does_not_fail(build):
    _, said, warned = build("# Title\n\nText.\n")
    assert "still the placeholder https://github.com/OWNER/cnncourse" in said
    assert "placeholder" not in warned


def test_a_page_has_one_viewport_and_names_its_permalinks(build):
    page, _, _ = build("# Title\n\nText.\n")
    assert page.count('name="viewport"') == 1
    assert re.search(r'<h1>Title<a class="headerlink" [^>]*aria-label="Link to this heading">', page)


def test_links_to_the_source(build):
    page, _, _ = build("# Title\n\nText that is long enough to describe what this page holds.\n")
    assert 'href="https://github.com/OWNER/cnncourse/edit/main/book/intro.md"' in page
    assert 'content="Text that is long enough to describe what this page holds."' in page


def test_a_list_of_results_does_not_stand_in_a_paragraph(build):
    page, _, warned = build(
        "# Title\n\n```{eval-rst}\n.. py:function:: split(x)\n\n   :returns: * **a** -- one\n"
        "             * **b** -- two\n```\n"
    )
    assert warned == ""
    assert re.search(r'<dd class="field-odd"><ul class="simple">\s*<li>.*</ul>\s*</dd>', page, re.DOTALL)


def test_a_notebook_to_download_keeps_the_first_frame_of_its_explorers(build, tmp_path):
    picture = '<img src="data:image/webp;base64,UklGRg==" alt="The first of 2 frames" width="1" height="1">'
    frames = '<script type="application/json" class="cnx-frames">{"frames": []}</script>\n'
    script = '<script class="cnx-script">start()</script>\n'
    html = f'<div class="cnx-explorer">{picture}{script_note("It is off.")}</div>\n{frames}{script}'
    build("# Title\n\n```{toctree}\nchapter\n```\n", notebook_with(html))
    (copy,) = (tmp_path / "out" / "_sources").glob("chapter*.ipynb")
    notebook = nbformat.read(copy, as_version=4)
    nbformat.validate(notebook)
    kept = notebook.cells[1].outputs[0].data["text/html"]
    assert picture in kept
    assert "<script" not in kept
    assert "It is off.</strong> Run the cells (Run → Run All Cells).</p>" in kept  # trust would not help
    assert notebook.cells[1].source == "explore()"


def test_a_page_says_nothing_of_scripts_that_do_not_run(build, tmp_path):
    html = (
        f'<div class="cnx-explorer">{script_note("It is off.")}\n</div>{script_note("It is off.")}<p>quiz</p>'
    )
    build("# Title\n\n```{toctree}\nchapter\n```\n", notebook_with(html))
    page = (tmp_path / "out" / "chapter.html").read_text("utf-8")
    assert "It is off." not in page
    assert re.search(r'<div class="cnx-explorer">\s*</div><p>quiz</p>', page)


@pytest.mark.site
def test_the_site_stays_light(site):
    """A directory of static files of at most 40 MB."""
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= 40e6


def test_code_keeps_its_words_and_colours_with_fewer_marks():
    marked = [("k", "print"), ("p", "("), ("sa", "f"), ("s2", "&quot;is "), ("si", "{"), ("n", "x")]
    marked += [("si", ":"), ("s2", ".2f"), ("si", "}"), ("s2", "&quot;"), ("p", ")")]
    code = "<span></span>" + "".join(f'<span class="{kind}">{text}</span>' for kind, text in marked)
    assert lighten(code) == (
        '<span class="k">print</span>(<span class="s">f&quot;is {</span>x<span class="s">:.2f}&quot;</span>)'
    )
    assert lighten('<div class="cell docutils container"><code><span class="pre">x</span></code>') == (
        '<div class="cell"><code>x</code>'
    )
