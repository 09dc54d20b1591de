"""The course's own Sphinx extension and theme: pages that need no other host, no kernel and little script.

``_config.yml`` loads it. What it does, one file each:

- ``mathml``: formulas become MathML while the book is built.
- ``images``: frames of explorers become files; figures get their size; a picture without a text is reported.
- ``live``: the scripts of live explorers, on the pages that have one.
- ``blocks``: boxes around exercises; the directive that shows a chapter's explorer on another page.
- ``operators``: the directive that documents all operators of some modules.
- ``networks``: the directive that lists every network of the package.
- ``links``: links of the notebooks to glossary, references and formulas become cross-references.
- ``pages``: what the templates in ``theme/`` need to know about a page (links to Colab, to the source, …).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from cnnsite import blocks, links, mathml, networks, operators, pages


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the parts to Sphinx."""
    app.add_html_theme("cnncourse", str(Path(__file__).parent / "theme"))
    app.add_html_math_renderer("mathml", (mathml.visit_inline, None), (mathml.visit_block, None))
    app.add_post_transform(mathml.KeepPunctuation)
    app.add_post_transform(blocks.ExerciseBoxes)
    app.add_directive("explorer", blocks.ExplorerFromChapter)
    app.add_directive("operators", operators.Operators)
    app.add_directive("networks", networks.NetworkTable)
    # jupyter-book sets it even where sphinx-comments, whose option it is, is not loaded.
    app.add_config_value("comments_config", {}, "env")
    app.connect("source-read", links.read)
    app.connect("html-page-context", pages.prepare, priority=900)
    app.connect("build-finished", pages.finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
