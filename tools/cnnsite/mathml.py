"""Formulas as MathML, made while the book is built.

Every current browser draws MathML by itself, so a page needs no script, no font file and no request, and a
screen reader reads the formula. ``latex2mathml`` does the translation; this module checks its answer (it
passes over what it does not know in silence) and repairs what browsers draw badly.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)
NAMESPACE = "http://www.w3.org/1998/Math/MathML"
# How many children MathML asks for; anything else means an argument was missing in the LaTeX.
CHILDREN = {
    "mfrac": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "mroot": 2,
    "msubsup": 3,
    "munderover": 3,
}
LARGE_OPERATORS = set("∑∏∐⋂⋃⨁⨂⋁⋀")
LIMIT_WORDS = {"max", "min", "lim", "sup", "inf", "argmax", "argmin", "arg max", "arg min"}
VARIANT_STYLES = {
    "bold": "font-weight:bold",
    "bold-italic": "font-weight:bold",  # a single letter is italic already
    "monospace": "font-family:monospace",
}
TOKENS = {"mi", "mn", "mo", "mtext"}


def to_mathml(latex: str, *, display: bool = False) -> str:
    """Translate one formula.

    Parameters
    ----------
    latex : str
        The formula, without dollar signs.
    display : bool, default False
        A formula on its own line (``True``) or within a sentence (``False``).

    Returns
    -------
    str
        A ``<math>`` element whose ``alttext`` is the LaTeX.

    Raises
    ------
    ValueError
        If the formula cannot be translated in full; the text says which part.

    Examples
    --------
    >>> to_mathml("x_i")
    '<math display="inline" alttext="x_i"><mrow><msub><mi>x</mi><mi>i</mi></msub></mrow></math>'
    """
    source = _prepare(latex)
    try:
        markup = convert(source, display="block" if display else "inline")
    except Exception as error:  # latex2mathml has a dozen exception classes without a common parent
        raise ValueError(f"{type(error).__name__} {error}".strip()) from error
    try:
        root = ET.fromstring(markup)
    except ET.ParseError as error:
        raise ValueError("a stray & or an unknown environment") from error
    for element in root.iter():
        element.tag = element.tag.replace(f"{{{NAMESPACE}}}", "")
    _check(root)
    _repair(root, display)
    root.set("alttext", " ".join(latex.split()))
    return ET.tostring(root, encoding="unicode")


def _prepare(latex: str) -> str:
    """Replace the environments that latex2mathml does not know, or would number by itself."""
    if len(re.findall(r"(?<!\\)\{", latex)) != len(re.findall(r"(?<!\\)\}", latex)):
        raise ValueError("braces do not match")
    latex = re.sub(r"\\(begin|end)\{(?:aligned|align|split|gathered|gather)\*?\}", r"\\\1{align*}", latex)
    latex = re.sub(r"\\(?:begin|end)\{equation\*?\}", "", latex)
    return re.sub(r"\\label\{[^}]*\}", "", latex).strip()


def _check(root: ET.Element) -> None:
    """Find what latex2mathml let through."""
    for element in root.iter():
        text = element.text or ""
        if element.tag in TOKENS and re.match(r"\\[A-Za-z]", text):
            raise ValueError(f"the command {text} is not known")
        if element.tag == "mspace" and element.get("linebreak"):
            raise ValueError(r"a line break \\ outside of an environment; use \begin{aligned}")
        wanted = CHILDREN.get(element.tag)
        if wanted is not None and len(element) != wanted:
            raise ValueError(f"an argument is missing (<{element.tag}> has {len(element)} of {wanted} parts)")


def _repair(root: ET.Element, display: bool) -> None:
    """Turn MathML 3, which is what was written, into MathML Core, which is what browsers draw."""
    for element in root.iter():
        _join_upright_letters(element)
        _name_functions(element)
        if display:
            _limits_above_and_below(element)
        _replace_attributes(element)
        if element.tag == "mi" and element.text in {"⌈", "⌉", "⌊", "⌋"}:
            element.tag = "mo"
        if element.tag == "mrow" and len(element) == 1 and element[0].tag == "mo":
            element[0].set("lspace", "0")  # the comma of 10{,}000 takes no space
            element[0].set("rspace", "0")


def _replace_attributes(element: ET.Element) -> None:
    """Say with CSS what MathML Core has no attribute for."""
    variant = element.get("mathvariant")
    if variant in VARIANT_STYLES:
        del element.attrib["mathvariant"]
        element.set("style", VARIANT_STYLES[variant])
    if element.tag == "mtd":
        align = element.attrib.pop("columnalign", None)
        if align in {"left", "right"}:
            element.set("class", align)
    if element.tag == "mtable":
        element.attrib.pop("rowspacing", None)
        if element.attrib.pop("columnspacing", "").startswith("0em"):
            element.set("class", "aligned")
    if element.tag == "mspace" and element.get("width", "").startswith("negative"):
        element.set("width", "0")


def _join_upright_letters(parent: ET.Element) -> None:
    r"""Write ``\mathrm{out}`` as one name, not as three letters that are read one by one."""
    previous = None
    for child in list(parent):
        upright = child.tag == "mi" and child.get("mathvariant") == "normal" and (child.text or "").isalpha()
        if upright and previous is not None:
            previous.text += child.text
            del previous.attrib["mathvariant"]
            previous.set("mathvariant", "normal")
            parent.remove(child)
        else:
            previous = child if upright else None
    for child in parent:
        if child.tag == "mi" and child.get("mathvariant") == "normal" and len(child.text or "") > 1:
            del child.attrib["mathvariant"]  # a longer name is upright anyway


def _name_functions(parent: ET.Element) -> None:
    """Give names such as log or softmax the thin space of a function, instead of an operator's wide ones."""
    for index, child in reversed(list(enumerate(parent))):
        base = child
        while base.tag in {"msub", "msup", "msubsup", "munder"} and len(base):
            base = base[0]
        name = (base.text or "").strip()
        if base.tag not in {"mo", "mi"} or not re.fullmatch(r"[A-Za-z][A-Za-z ]+", name):
            continue
        from_operator = base.tag == "mo" or name in {"log", "exp", "sin", "cos", "tanh", "ln", "det"}
        base.tag = "mi"
        if parent.tag not in {"mrow", "math", "mtd", "mstyle"} or not from_operator:
            continue
        after = parent[index + 1] if index + 1 < len(parent) else None
        if after is not None and not (after.text or "").startswith(("(", ")", ",")) and after.tag != "mspace":
            parent.insert(index + 1, ET.Element("mspace", width="0.17em"))
        if index and parent[index - 1].tag in {"mi", "mn", "msub", "msup", "mfrac"}:
            parent.insert(index, ET.Element("mspace", width="0.17em"))


def _limits_above_and_below(element: ET.Element) -> None:
    if element.tag not in {"msub", "msup", "msubsup"} or not len(element):
        return
    base = (element[0].text or "").strip()
    if base in LARGE_OPERATORS or base in LIMIT_WORDS:
        element.tag = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}[element.tag]


class KeepPunctuation(SphinxPostTransform):
    """Keep a comma on the line of the formula before it: browsers may break a line after any formula."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_options: object) -> None:
        """Put each formula of a sentence into one unbreakable box with the punctuation that follows it."""
        for formula in list(self.document.findall(nodes.math)):
            following = formula.next_node(descend=False, siblings=True)
            marks = re.match(r"[,.;:!?)\]’”%-]+", following) if isinstance(following, nodes.Text) else None
            if marks is None:
                continue
            siblings = formula.parent.children
            # By identity: `index` would find the first of several equal texts.
            place = next(place for place, child in enumerate(siblings) if child is following)
            formula.parent[place] = nodes.Text(following[marks.end() :])
            box = nodes.inline(classes=["nowrap"])
            formula.replace_self(box)
            box += [formula, nodes.Text(marks[0])]


def _convert(translator: HTML5Translator, node: nodes.Element, *, display: bool) -> str:
    latex = node.astext()
    try:
        return to_mathml(latex, display=display)
    except ValueError as error:
        place = f"{node.source or translator.builder.current_docname}:{node.line or '?'}"
        raise ExtensionError(
            f"{place}: this formula cannot be turned into MathML: {error}.\n    {latex}\n"
            "    Write it with simpler commands, or extend tools/cnnsite/mathml.py."
        ) from error


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a sentence."""
    translator.body.append(_convert(translator, node, display=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on its own line, with its number and a link to itself when it has a label."""
    parts = [translator.starttag(node, "div", CLASS="math-block")]
    parts.append(f'<div class="math-scroll">{_convert(translator, node, display=True)}</div>')
    if node.get("number"):
        number = html.escape(str(get_node_equation_number(translator, node)))
        link = ""
        if node.get("ids"):
            title = f"Link to equation {number}"
            link = f'<a class="headerlink" href="#{node["ids"][0]}" aria-label="{title}">#</a>'
        parts.append(f'<span class="eqno">({number}){link}</span>')
    translator.body.append("".join(parts) + "</div>\n")
    raise nodes.SkipNode
