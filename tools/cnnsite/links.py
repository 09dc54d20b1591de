"""Links of the chapters that every notebook program shows, turned into the cross-references of the book.

A chapter writes ``[kernel](glossary.md#term-kernel)``, ``[Zeiler (2012)](references.md#zeiler2012adadelta)``,
``[(Zeiler, 2012)](references.md#zeiler2012adadelta)`` and ``[(eq-neuron)](#eq-neuron)``. JupyterLab, Colab
and GitHub show the words. The book makes of them what MyST's roles ``term``, ``cite:t``, ``cite:p`` and
``eq`` make: checked links, references in one style, numbers of formulas.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from docutils.nodes import make_id
from pybtex.database import Entry, parse_file
from pybtex.richtext import Text
from sphinx.application import Sphinx

LINK = re.compile(r"\[([^][]+)\]\((glossary\.md#term-|references\.md#|#(?=eq-))([^)\s]+)\)")
GLOSSARY = re.compile(r"^:::\{glossary\}\n(.*?)^:::$", re.DOTALL | re.MULTILINE)


@cache
def terms(glossary: Path) -> dict[str, str]:
    """Return the words that the glossary explains, by the end of their anchor."""
    text = glossary.read_text(encoding="utf-8") if glossary.exists() else ""
    lines = "\n".join(GLOSSARY.findall(text)).splitlines()
    return {make_id(line): line for line in lines if line and not line[0].isspace()}


@cache
def works(bibliography: Path) -> dict[str, Entry]:
    """Return the entries of a bibliography by their keys."""
    return parse_file(bibliography).entries


def label(entry: Entry, in_brackets: bool) -> str:
    """Return how a notebook names a work: ``Zeiler and Fergus (2014)``, or all of it in brackets."""
    names = [
        str(Text.from_latex(" ".join((*person.prelast_names, *person.last_names))))
        for person in entry.persons.get("author") or entry.persons["editor"]
    ]
    who = names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else f"{names[0]} et al."
    return f"{who}, {entry.fields['year']}" if in_brackets else f"{who} ({entry.fields['year']})"


def labels(bibliography: Path, keys: str, in_brackets: bool) -> str:
    """Return how a notebook names the works of these keys, which commas separate."""
    named = [label(works(bibliography)[key], in_brackets) for key in keys.split(",")]
    return f"({'; '.join(named)})" if in_brackets else " and ".join(named)


def to_roles(text: str, words: dict[str, str]) -> str:
    """Turn the links of a text into MyST's roles; one to an unknown word stays, and Sphinx warns of it."""

    def role(link: re.Match) -> str:
        shown, kind, target = link.groups()
        if kind.startswith("references"):
            return f"{{cite:{'p' if shown.startswith('(') else 't'}}}`{target}`"
        if kind == "#":
            return f"{{eq}}`{target}`"
        return f"{{term}}`{shown} <{words[target]}>`" if target in words else link[0]

    return LINK.sub(role, text)


def read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Do so in the prose of a notebook that Sphinx is about to read."""
    if Path(app.env.doc2path(docname)).suffix != ".ipynb":
        return
    words = terms(Path(app.srcdir, "glossary.md"))
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = to_roles("".join(cell["source"]), words)
    source[0] = json.dumps(notebook)
