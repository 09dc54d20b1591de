"""Blocks of the book: folded answers, and an explorer borrowed from a chapter."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator


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

    ``{explorer} 03_convolution`` shows the first explorer of that notebook; ``:number: 2`` the second. The
    page that borrows it needs no code, and what it shows is the output that the chapter's tests have checked.
    """

    required_arguments = 1
    option_spec: ClassVar = {"number": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        """Read the notebook and return the stored HTML."""
        path = Path(self.env.srcdir) / f"{self.arguments[0]}.ipynb"
        number = self.options.get("number", 1)
        if not path.is_file():
            raise self.error(f"there is no notebook {path.name} to take an explorer from")
        self.env.note_dependency(str(path))
        found = explorers_of(path)
        if len(found) < number:
            raise self.error(
                f"{path.name} has {len(found)} explorers, number {number} was asked for; run its cells"
            )
        return [nodes.raw("", found[number - 1], format="html")]


def explorers_of(path: Path) -> list[str]:
    """Return the HTML of every explorer that is stored in a notebook, in order."""
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pages = [str(output.get("data", {}).get("text/html", "")) for output in outputs]
    return [page for page in pages if "cnx-explorer" in page]
