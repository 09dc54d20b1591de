"""The table of networks on the page of `cnncourse.models`, read from the registry while the book is built."""

from __future__ import annotations

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.ext.autodoc.mock import mock
from sphinx.util.docutils import SphinxDirective

HEAD = ("| name | images | classes | parameters | what it is | described in |", "|---|---|---:|---:|---|---|")


class NetworkTable(SphinxDirective):
    """``{networks}`` shows one row for each network that `cnncourse.models` builds."""

    def run(self) -> list[nodes.Node]:
        """Return the table. torch need not be installed: the rows say all without it."""
        with mock(getattr(self.config, "autodoc_mock_imports", [])):
            from cnncourse.models import registry, zoo
        self.env.note_dependency(zoo.__file__)
        lines = [*HEAD]
        for name in registry.names():
            row = registry.about(name)
            shape = "×".join(map(str, row.image_shape))
            cells = (f"`{name}`", shape, str(row.classes), f"{row.parameters:,}", row.text, row.paper)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        holder = nodes.Element()
        self.state.nested_parse(StringList(lines, zoo.__file__), 0, holder)
        return holder.children
