"""The directive that documents every operator of some modules: a new operator needs no line on a page."""

from __future__ import annotations

import inspect
from importlib import import_module

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROOM = "cnncourse.ops"


def operators_of(module: str) -> list[str]:
    """Return the full names of a module's public functions and classes, in their order there.

    What a package above it offers under its own name is named so.
    """
    own = import_module(f"{ROOM}.{module}")
    found = [
        (inspect.getsourcelines(value)[1], name)
        for name, value in vars(own).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == own.__name__ and callable(value)
    ]
    packages = [import_module(name) for name in (own.__name__.rpartition(".")[0], ROOM)]
    homes = [
        [package for package in packages if name in package.__all__] + [own] for _, name in sorted(found)
    ]
    return [f"{home[0].__name__}.{name}" for home, (_, name) in zip(homes, sorted(found))]


class Operators(SphinxDirective):
    """``operators:: conv unfold`` documents ``cnncourse.ops.conv`` and ``cnncourse.ops.unfold``."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Hand the names on to autodoc."""
        lines = []
        for module in self.arguments[0].split():
            for name in operators_of(module):
                kind = "exception" if name.endswith("Error") else "function"
                lines += [f".. auto{kind}:: {name}", ""]
        node = nodes.Element()
        self.state.nested_parse(StringList(lines, source="operators"), self.content_offset, node)
        return node.children
