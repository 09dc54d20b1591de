"""Explorers before they take a form: choices, frames, and what is refused."""

import io

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from PIL import Image

from cnncourse.course import explore, quest
from cnncourse.course import explorer as declared
from cnncourse.course.frames import text_of


def test_the_last_choice_varies_fastest(explorer, power):
    made = explorer(power, exponent=[1, 2], scale=(3, 4, 5))
    assert made.count == 6
    values = [made.values(position) for position in made.positions()]
    assert values[:2] == [{"exponent": 1, "scale": 3}, {"exponent": 1, "scale": 4}]
    assert values[-1] == {"exponent": 2, "scale": 5}


@pytest.mark.parametrize(
    "values, texts",
    [
        (range(2), ("0", "1")),
        (np.array([0.1, 1e-5]), ("0.1", "1e−5")),
        ([-1, True, "same", (2, 3)], ("−1", "yes", "same", "(2, 3)")),
    ],
)
def test_any_sequence_is_a_choice(explorer, values, texts):
    made = explorer(lambda a: "<p>x</p>", a=values)
    assert made.choices[0].texts == texts


def test_numpy_values_reach_draw_as_python_numbers(explorer):
    made = explorer(lambda a: f"<p>{a}</p>", a=np.arange(3))
    assert all(type(value) is int for value in made.choices[0].values)


def test_start_names_the_first_frame(explorer, power):
    made = explorer(power, start={"scale": 7}, exponent=[1, 2], scale=[5, 7])
    assert made.start == (0, 1)


def test_a_frame_is_the_figure_at_double_density(explorer, power):
    frame = explorer(power, exponent=[2]).frame((0,))
    picture = Image.open(io.BytesIO(frame.picture))
    assert picture.format == "WEBP"
    assert (frame.width, frame.height) == (300, 200)
    assert picture.size == (600, 400)


def test_words_come_from_values_and_titles_when_alt_is_missing(explorer, power):
    frame = explorer(power, exponent=[2, 3]).frame((1,))
    assert frame.alt == "Draw power: exponent 3. Powers."


def test_alt_and_title_may_travel_with_the_draw_function(explorer):
    @declared("Squares", lambda side: f"{side} squared is {side**2}.")
    def square(side):
        return "<p>x</p>"

    made = explorer(square, side=[3])
    assert made.title == "Squares"
    assert made.frame((0,)).alt == "3 squared is 9."
    assert explorer(square, title="Mine", alt=lambda side: "mine", side=[3]).frame((0,)).alt == "mine"


def test_a_pyplot_figure_is_not_left_open(explorer):
    def draw(size):
        fig, _ = pyplot.subplots()
        return fig

    explorer(draw, size=[1]).frame((0,))
    assert pyplot.get_fignums() == []


def test_drawing_leaves_the_settings_of_matplotlib_alone(explorer, power):
    with matplotlib.rc_context({"font.size": 31}):
        explorer(power, exponent=[1]).frame((0,))
        assert matplotlib.rcParams["font.size"] == 31


def test_text_of_writes_a_true_minus_sign():
    assert text_of(np.float64(-0.5)) == "−0.5"
    assert text_of(np.bool_(False)) == "no"


def _page(a):
    return "<p>x</p>"


@pytest.mark.parametrize(
    "error, words, arguments",
    [
        (ValueError, ["choices", "got none"], {"draw": _page}),
        (ValueError, ["a must hold a value, got none"], {"draw": _page, "a": []}),
        (TypeError, ["a must be a list", "got 'abc'", "a=[…]"], {"draw": _page, "a": "abc"}),
        (TypeError, ["a must be a list", "got 5"], {"draw": _page, "a": 5}),
        (TypeError, ["a must be a list", "got {1, 2}"], {"draw": _page, "a": {1, 2}}),
        (ValueError, ["a must have one axis, got 2 axes"], {"draw": _page, "a": np.eye(2)}),
        (TypeError, ["draw must be a function of a, got 'x'"], {"draw": "x", "a": [1]}),
        (TypeError, ["draw: it takes (a)", "the choices are b"], {"draw": _page, "b": [1]}),
        (TypeError, ["alt: it takes ()"], {"draw": _page, "alt": lambda: "x", "a": [1]}),
        (TypeError, ["alt must be a function of a, got 'words'"], {"draw": _page, "alt": "words", "a": [1]}),
        (TypeError, ["start must say", "got 1"], {"draw": _page, "start": 1, "a": [1]}),
        (
            ValueError,
            ["start must name choices, got 'b'", "choices are a"],
            {"draw": _page, "start": {"b": 1}, "a": [1]},
        ),
        (
            ValueError,
            ["start must be a value of a, got 3", "[1, 2]"],
            {"draw": _page, "start": {"a": 3}, "a": [1, 2]},
        ),
    ],
)
def test_bad_arguments_are_refused_with_a_remedy(shown, error, words, arguments):
    with pytest.raises(error) as caught:
        explore(**arguments)
    for word in words:
        assert word in str(caught.value)
    assert shown == []


@pytest.mark.parametrize(
    "returned, word", [(None, "NoneType"), ("  ", "an empty text"), (3, "int"), ([1], "list")]
)
def test_draw_must_return_a_figure_or_html(explorer, returned, word):
    with pytest.raises(TypeError, match=rf"draw: it returned {word} for a 1.*return fig"):
        explorer(lambda a: returned, a=[1]).frame((0,))


@pytest.mark.parametrize("returned", [None, "", 4])
def test_alt_must_return_words(explorer, returned):
    with pytest.raises(TypeError, match=r"alt: it returned .* for a 1"):
        explorer(_page, alt=lambda a: returned, a=[1]).frame((0,))


@pytest.mark.parametrize("returned", [True, (1, "x"), (True, None), [True, "x"], (True, "x", "y")])
def test_solved_must_return_verdict_and_hint(explorer, returned):
    with pytest.raises(TypeError, match=r"solved: it returned .* for a 1"):
        explorer(_page, solved=lambda a: returned, prompt="?", a=[1]).frame((0,))


def test_a_quest_must_not_start_solved(shown):
    with pytest.raises(ValueError, match=r"start: the quest is solved where it starts \(a 1\)"):
        quest(_page, lambda a: (a == 1, "x"), prompt="Find 1.", a=[1, 2])
    quest(_page, lambda a: (a == 1, "x"), prompt="Find 1.", start={"a": 2}, a=[1, 2])
    assert shown[0].start == (1,)


@pytest.mark.parametrize("prompt", ["", "  ", None])
def test_a_quest_must_say_what_to_look_for(prompt):
    with pytest.raises(ValueError, match="prompt: got"):
        quest(_page, lambda a: (False, "x"), prompt=prompt, a=[1])


def test_a_quest_needs_a_judge():
    with pytest.raises(TypeError, match="solved: got None"):
        quest(_page, None, prompt="Find 1.", a=[1])
