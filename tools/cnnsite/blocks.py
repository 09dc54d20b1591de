"""Blocks of the book: boxes around exercises, and an explorer borrowed from a chapter."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import ClassVar

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

TITLE = re.compile(r'class="(?:cnx-explorer|cnl)"[^>]*aria-label="Explorer: ([^"]*)"')


class ExerciseBoxes(SphinxPostTransform):
    """Turn a quotation that begins with ``**Exercise: …**`` into a box with that title.

    In the notebook it stays a quotation, which every program shows as one.
    """

    default_priority = 190
    formats = ("html",)

    def run(self, **_options: object) -> None:
        """Replace the nodes of one page."""
        for quotation in list(self.document.findall(nodes.block_quote)):
            opening, *rest = quotation.children
            strong = next(iter(opening.findall(nodes.strong)), None)
            text = opening.astext()
            if strong is None or strong.astext() != text or not text.startswith("Exercise: "):
                continue
            title = nodes.title("", "", *strong.children)
            box = nodes.admonition("", title, *rest, classes=["exercise"], ids=[nodes.make_id(text)])
            quotation.replace_self(box)


class ExplorerFromChapter(SphinxDirective):
    """Show an explorer that a chapter has stored.

    ``{explorer} 03_convolution`` shows the first explorer of that notebook, with ``:title:`` the one of that
    title. The page that borrows it needs no code, and shows the output that the chapter's tests have checked.
    """

    required_arguments = 1
    option_spec: ClassVar = {"title": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Read the notebook and return the stored HTML."""
        path = Path(self.env.srcdir) / f"{self.arguments[0]}.ipynb"
        if not path.is_file():
            raise self.error(f"there is no notebook {path.name} to take an explorer from")
        self.env.note_dependency(str(path))
        found = explorers_of(path)
        title = self.options.get("title") or next(iter(found), None)
        if title not in found:
            titles = ", ".join(found) or "none"
            raise self.error(
                f"{path.name} has no explorer {title!r}; stored are: {titles}. Run its cells first"
            )
        return [nodes.raw("", found[title], format="html")]


def explorers_of(path: Path) -> dict[str, str]:
    """Return the HTML of every explorer that is stored in a notebook, by its title, in order."""
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pages = [str(output.get("data", {}).get("text/html", "")) for output in outputs]
    named = [(TITLE.search(page), page) for page in pages]
    return {html.unescape(title[1]): page for title, page in named if title}
