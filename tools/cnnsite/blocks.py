"""Blocks of the book: folded answers, and an explorer borrowed from a chapter."""

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
from sphinx.writers.html5 import HTML5Translator

TITLE = re.compile(r'class="cnx-explorer"[^>]*aria-label="Explorer: ([^"]*)"')


class folded(nodes.General, nodes.Element):
    """A ``<details>`` element; its first child is the summary."""


class folded_summary(nodes.Part, nodes.TextElement):
    """The line that opens a folded block."""


def visit_folded(translator: HTML5Translator, node: folded) -> None:
    """Open the ``<details>``; the classes of the admonition stay on it."""
    translator.body.append(translator.starttag(node, "details"))


def depart_folded(translator: HTML5Translator, _node: folded) -> None:
    """Close the ``<details>``."""
    translator.body.append("</details>\n")


def visit_summary(translator: HTML5Translator, _node: folded_summary) -> None:
    """Open the ``<summary>``."""
    translator.body.append("<summary>")


def depart_summary(translator: HTML5Translator, _node: folded_summary) -> None:
    """Close the ``<summary>``."""
    translator.body.append("</summary>\n")


class FoldDropdowns(SphinxPostTransform):
    """Turn every admonition of class ``dropdown`` into ``<details>``: it opens without a script.

    Links within the title are replaced by their text, because a link inside the line one clicks to open the
    block would be two controls in one place.
    """

    default_priority = 190  # after sphinx-exercise (20, 21) has written the titles of its solutions
    formats = ("html",)

    def run(self, **_options: object) -> None:
        """Replace the nodes of one page."""
        for node in list(self.document.findall(nodes.Admonition)):
            if "dropdown" not in node.get("classes", []):
                continue
            block = folded(ids=node.get("ids", []), classes=[*node["classes"], "admonition"])
            children = list(node.children)
            title = children.pop(0) if children and isinstance(children[0], nodes.title) else None
            block += folded_summary("", title.astext() if title is not None else "Show")
            block += children
            node.replace_self(block)


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
