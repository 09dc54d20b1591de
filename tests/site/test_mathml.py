"""Formulas become MathML: what is drawn, and what is refused instead of drawn wrongly."""

import xml.etree.ElementTree as ET

import pytest
from cnnsite.mathml import to_mathml


def parsed(latex, display=False):
    return ET.fromstring(to_mathml(latex, display=display))


def texts(root):
    return "".join(root.itertext())


@pytest.mark.parametrize(
    "latex, shown",
    [
        (r"\lfloor x \rfloor", "⌊x⌋"),
        (r"\left\lceil \frac{a}{b} \right\rceil", "⌈ab⌉"),
        (r"x \in \{0, 1\}", "x∈{0,1}"),
        (r"28 \times 28", "28×28"),
        (r"\mathbb{R}^{N}", "ℝN"),
        (r"\hat{y} = \operatorname{softmax}(z)", "y^=softmax(z)"),
        (r"\theta \leftarrow \theta - \eta \nabla L", "θ←θ−η∇L"),
        (r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}", "{xx>00otherwise"),
    ],
)
def test_symbols_arrive(latex, shown):
    assert texts(parsed(latex)).replace(" ", "") == shown.replace(" ", "")


def test_latex_is_kept_as_the_alternative_text():
    assert parsed("a\n  < b").get("alttext") == "a < b"


def test_sums_carry_their_limits_above_and_below_on_their_own_line():
    latex = r"\sum_{i=0}^{n} x_i"
    assert parsed(latex, display=True).find(".//munderover") is not None
    assert parsed(latex, display=False).find(".//msubsup") is not None


@pytest.mark.parametrize("environment", ["aligned", "align", "align*", "split"])
def test_aligned_lines_become_a_table(environment):
    root = parsed(rf"\begin{{{environment}}} a &= b \\ c &= d \end{{{environment}}}", display=True)
    table = root.find(".//mtable")
    assert table.get("class") == "aligned"
    assert [len(row) for row in table] == [2, 2]
    assert [cell.get("class") for cell in table[0]] == ["right", "left"]


def test_upright_names_are_one_word():
    root = parsed(r"n_{\mathrm{out}} = \mathrm{ReLU}(x)")
    names = [element.text for element in root.iter("mi")]
    assert "out" in names
    assert "ReLU" in names


def test_function_names_keep_a_distance():
    root = parsed(r"2 \log x")
    row = root.find("mrow")
    assert [element.tag for element in row] == ["mn", "mspace", "mi", "mspace", "mi"]


def test_no_attribute_is_left_that_browsers_ignore():
    root = parsed(r"\textbf{a} \boldsymbol{w} \begin{bmatrix} 1 & 2 \end{bmatrix} \mathtt{ab}", display=True)
    for element in root.iter():
        assert element.get("mathvariant") in {None, "normal"}
        assert element.get("columnalign") is None
        assert element.get("columnspacing") is None


@pytest.mark.parametrize(
    "latex, complaint",
    [
        (r"\foo{x}", r"the command \\foo is not known"),
        (r"\frac{a", "braces do not match"),
        (r"a }", "braces do not match"),
        (r"\frac{a}", "argument is missing"),
        (r"a \\ b", "line break"),
        (r"a & b", "stray &"),
        (r"\begin{nonsense} a & b \end{nonsense}", "unknown environment|not known|stray &"),
    ],
)
def test_what_cannot_be_drawn_is_refused(latex, complaint):
    with pytest.raises(ValueError, match=complaint):
        to_mathml(latex)
