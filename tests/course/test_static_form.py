"""The form without a kernel: HTML that is complete, accessible and the same each time."""

import base64
import json
import re
from html.parser import HTMLParser

import pytest

from cnncourse.course import explore, quest
from cnncourse.course.static_form import MAX_FRAMES, StaticForm

VOID = {"img", "input", "br", "meta"}


class Tree(HTMLParser):
    """All elements with their attributes and text; fails on tags that do not pair."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", "within": [e["tag"] for e in self.open], **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, cls=None):
        return [
            e for e in self.elements if e["tag"] == tag and (cls is None or cls in e.get("class", "").split())
        ]


def frames_of(tree):
    return json.loads(tree.all("script", "cnx-frames")[0]["text"])


@pytest.fixture
def form(explorer, power):
    return StaticForm(explorer(power, start={"scale": 4}, exponent=[1, 2], scale=[3, 4, 5]))


def test_the_same_explorer_gives_the_same_bytes(explorer, power):
    once, again = (StaticForm(explorer(power, exponent=[1, 2, 3])).html for _ in range(2))
    assert once == again


def test_no_element_has_an_id_so_that_equal_explorers_share_a_page(form):
    assert not [e for e in Tree(form.html).elements if "id" in e or "for" in e]


def test_nothing_is_fetched_from_elsewhere(form):
    assert "http" not in form.html
    assert {e["src"][:23] for e in Tree(form.html).all("img")} == {"data:image/webp;base64,"}


def test_the_frame_list_keeps_its_contract(form):
    data = frames_of(Tree(form.html))
    assert data["choices"] == [
        {"name": "exponent", "values": ["1", "2"]},
        {"name": "scale", "values": ["3", "4", "5"]},
    ]
    assert (data["width"], data["height"], data["start"]) == (300, 200, [0, 1])
    assert len(data["frames"]) == 6
    for frame in data["frames"]:
        assert set(frame) == {"src", "alt", "html", "solved", "hint"}
        assert frame["src"].startswith("data:image/webp;base64,")
        assert base64.b64decode(frame["src"].split(",")[1])[8:12] == b"WEBP"
    assert len({frame["alt"] for frame in data["frames"]}) == 6
    assert len({frame["src"] for frame in data["frames"]}) == 6


def test_the_first_frame_is_complete_without_a_script(form):
    tree = Tree(form.html)
    data = frames_of(tree)
    (image,) = tree.all("img", "cnx-frame")
    assert (image["src"], image["alt"]) == (data["frames"][1]["src"], data["frames"][1]["alt"])
    assert (image["width"], image["height"]) == ("300", "200")


def test_each_slider_has_a_label_and_its_value_in_words(form):
    tree = Tree(form.html)
    sliders = tree.all("input")
    assert [(s["type"], s["min"], s["max"], s["value"], s["aria-valuetext"]) for s in sliders] == [
        ("range", "0", "1", "0", "1"),
        ("range", "0", "2", "1", "4"),
    ]
    assert all("label" in slider["within"] for slider in sliders)
    assert [label["text"] for label in tree.all("label")] == ["exponent", "scale"]
    assert [output["text"] for output in tree.all("output")] == ["1", "4"]
    # Said by the slider itself; as a live region the value would be spoken twice.
    assert all(output["aria-live"] == "off" for output in tree.all("output"))


@pytest.mark.parametrize("scale, notes", [([1, 2], ["The sliders are off."]), ([1], ["The slider is off."])])
def test_a_line_says_what_to_do_where_no_script_runs(explorer, power, scale, notes):
    tree = Tree(StaticForm(explorer(power, exponent=[1, 2], scale=scale)).html)
    (note,) = tree.all("p", "cnx-off")
    assert [bold["text"] for bold in tree.all("strong") if "p" in bold["within"]] == notes
    assert "Run All Cells" in note["text"]
    assert "Trust Notebook" in note["text"]
    # Nothing that a sanitiser would keep may hide it.
    assert set(note) == {"tag", "text", "within", "class"}


def test_without_a_slider_there_is_nothing_to_switch_on(explorer, power):
    assert Tree(StaticForm(explorer(power, exponent=[2])).html).all("p", "cnx-off") == []


def test_a_choice_with_one_value_has_no_slider(explorer, power):
    tree = Tree(StaticForm(explorer(power, exponent=[2], scale=[1, 2])).html)
    assert [label["text"] for label in tree.all("label")] == ["scale"]
    assert len(frames_of(tree)["frames"]) == 2


def test_text_from_outside_cannot_become_markup(explorer):
    evil = '</script><b a="1">&'
    made = explorer(
        lambda a: "<p>x</p>",
        title=evil,
        alt=lambda a: evil,
        solved=lambda a: (False, evil),
        prompt=evil,
        a=[evil, 1],
    )
    tree = Tree(StaticForm(made).html)
    assert tree.all("b") == []
    assert tree.all("div", "cnx-frame")[0]["aria-label"] == evil
    assert tree.all("output")[0]["text"] == evil
    assert tree.all("span", "cnx-hint")[0]["text"] == evil
    assert frames_of(tree)["frames"][0]["hint"] == evil


def test_html_frames_travel_as_html(explorer):
    made = explorer(lambda a: f"<svg><title>{a}</title></svg>", a=[1, 2])
    tree = Tree(StaticForm(made).html)
    frame = tree.all("div", "cnx-frame")[0]
    assert (frame["role"], frame["aria-label"]) == ("img", "Lambda: a 1.")
    assert [f["html"] for f in frames_of(tree)["frames"]] == [
        f"<svg><title>{a}</title></svg>" for a in (1, 2)
    ]
    assert [f["src"] for f in frames_of(tree)["frames"]] == [None, None]


def test_a_quest_carries_a_verdict_and_a_hint_with_each_frame(explorer):
    made = explorer(
        lambda a: "<p>x</p>",
        solved=lambda a: (a == 2, f"hint {a}"),
        prompt="Find 2.",
        title="Two",
        a=[1, 2, 3],
    )
    text = StaticForm(made).html
    tree = Tree(text)
    assert text.startswith('<div class="cnx-quest"')
    assert [(f["solved"], f["hint"]) for f in frames_of(tree)["frames"]] == [
        (False, "hint 1"),
        (True, "hint 2"),
        (False, "hint 3"),
    ]
    (verdict,) = tree.all("p", "cnx-verdict")
    assert verdict["data-solved"] == "no"
    assert verdict["text"] == "Not yet. hint 1"
    assert tree.all("p", "cnx-live")[0]["aria-live"] == "polite"
    assert "Find 2." in tree.all("p", "cnx-prompt")[0]["text"]


def test_an_explorer_has_no_verdict(form):
    tree = Tree(form.html)
    assert tree.all("p", "cnx-verdict") == []
    assert {f["solved"] for f in frames_of(tree)["frames"]} == {None}


def test_at_most_36_frames(explorer):
    page = StaticForm(explorer(lambda a, b: f"<p>{a}{b}</p>", a=range(18), b=[1, 2]))
    assert len(page.frames) == MAX_FRAMES == 36
    with pytest.raises(
        ValueError, match=r"got 38 frames \(a 19 × b 2\).* at most 36\. Shorten .*a with 18 values"
    ):
        StaticForm(explorer(lambda a, b: f"<p>{a}{b}</p>", a=range(19), b=[1, 2]))


def test_frames_of_different_size_are_refused(explorer):
    from matplotlib.figure import Figure

    with pytest.raises(ValueError, match="300 × 200 for width 3, but 400 × 200 for width 4"):
        StaticForm(explorer(lambda width: Figure(figsize=(width, 2)), width=[3, 4]))


def test_book_mode_shows_one_html_output(monkeypatch, power):
    monkeypatch.setenv("CNNCOURSE_BOOK", "1")
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    explore(power, exponent=[1, 2])
    quest(lambda a: "<p>x</p>", lambda a: (a == 2, "x"), prompt="Find 2.", a=[1, 2])
    bundles = [output._repr_mimebundle_() for output in shown]
    assert [sorted(bundle) for bundle in bundles] == [["text/html", "text/plain"]] * 2
    assert re.match(r'<div class="cnx-explorer"', bundles[0]["text/html"])
    assert bundles[1]["text/plain"] == "Quest: Lambda; sliders: a (2 values)"


def test_without_a_kernel_the_static_form_is_shown(monkeypatch, power, capsys):
    monkeypatch.delenv("CNNCOURSE_BOOK", raising=False)
    explore(power, exponent=[1, 2])
    assert capsys.readouterr().out == "Explorer: Draw power; sliders: exponent (2 values)\n"
