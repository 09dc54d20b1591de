"""The form with a kernel: a slider is moved by setting its index, as the front end does."""

import base64
import io
import re
from types import SimpleNamespace

import ipywidgets
import pytest
from PIL import Image

from cnncourse.course import explore
from cnncourse.course.kernel_form import KernelForm


@pytest.fixture
def form(explorer, power):
    return KernelForm(explorer(power, start={"scale": 4}, exponent=[1, 2], scale=[3, 4, 5]))


def _alt(form):
    return re.search(r'alt="([^"]*)"', form.picture.value)[1]


def test_there_is_one_slider_for_each_choice(form):
    assert list(form.sliders) == ["exponent", "scale"]
    assert [option[0] for option in form.sliders["scale"].options] == ["3", "4", "5"]
    assert form.sliders["scale"].index == 1
    assert form.sliders["scale"].description == "scale"


def test_a_move_draws_anew_with_new_words(form):
    before = form.picture.value
    form.sliders["exponent"].index = 1
    assert form.picture.value != before
    assert _alt(form) == "Draw power: exponent 2, scale 4. Powers."


def test_the_picture_is_a_png_of_twice_its_size_on_the_page(form):
    source = re.search(r'src="data:image/png;base64,([^"]*)"', form.picture.value)[1]
    assert Image.open(io.BytesIO(base64.b64decode(source))).size == (600, 400)
    assert 'width="300" height="200"' in form.picture.value


def test_a_position_seen_before_is_not_drawn_again(explorer):
    drawn = []
    form = KernelForm(explorer(lambda a: drawn.append(a) or f"<p>{a}</p>", a=[1, 2]))
    for index in (1, 0, 1):
        form.sliders["a"].index = index
    assert drawn == [1, 2]
    assert form.picture.value == "<p>2</p>"


def test_equal_values_are_still_separate_positions(explorer):
    form = KernelForm(explorer(lambda a: f"<p>{a!r}</p>", a=[1, 1.0, True]))
    form.sliders["a"].index = 2
    assert form.picture.value == "<p>True</p>"


def test_a_quest_shows_verdict_and_hint(explorer):
    form = KernelForm(
        explorer(lambda a: "<p>x</p>", solved=lambda a: (a == 2, f"<hint {a}>"), prompt="Find 2.", a=[1, 2])
    )
    assert "Not yet." in form.verdict.value
    assert "&lt;hint 1&gt;" in form.verdict.value
    form.sliders["a"].index = 1
    assert "✓ Solved." in form.verdict.value


def test_more_than_36_frames_are_fine_with_a_kernel(explorer):
    form = KernelForm(explorer(lambda a: f"<p>{a}</p>", a=range(100)))
    form.sliders["a"].index = 99
    assert form.picture.value == "<p>99</p>"


def test_only_widgets_that_ipywidgets_7_has_are_used(form):
    names = {type(child).__name__ for child in form.box.children}
    assert names == {"HTML", "SelectionSlider"}


def test_a_draw_that_fails_at_a_move_says_so_in_the_place_of_the_picture(explorer):
    form = KernelForm(explorer(lambda a: f"<p>{1 / a}</p>", a=[1, 0, 2]))
    form.sliders["a"].index = 1
    assert 'role="alert"' in form.picture.value
    assert "ZeroDivisionError: division by zero" in form.picture.value
    form.sliders["a"].index = 2
    assert form.picture.value == "<p>0.5</p>"


def test_the_tooltip_of_a_slider_is_its_name(form):
    assert form.sliders["scale"].tooltip == "scale"


def test_a_kernel_gets_the_live_form(monkeypatch, power):
    monkeypatch.delenv("CNNCOURSE_BOOK", raising=False)
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw=False: shown.append(data))
    explore(power, exponent=[1, 2])
    script, bundle = shown
    assert script.data.startswith("<script>")
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert isinstance(ipywidgets.widgets.widget._instances[view["model_id"]], ipywidgets.VBox)


def test_a_program_without_widgets_shows_the_first_frame_and_says_what_is_missing(form):
    bundle = form.bundle
    assert form.picture.value in bundle["text/html"]
    assert "Draw power" in bundle["text/html"]
    assert "need ipywidgets" in bundle["text/html"]
    assert "pip install jupyterlab_widgets" in bundle["text/plain"]
    assert "base64" not in bundle["text/plain"]


def test_the_bundle_is_what_the_widget_itself_would_display(form):
    kind = "application/vnd.jupyter.widget-view+json"
    assert form.bundle[kind] == form.box._repr_mimebundle_()[kind]
