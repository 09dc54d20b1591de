"""Live explorers in Python: state, checks, the HTML without a kernel, and the widget with one."""

import json
import re

import numpy as np
import pytest

from cnncourse.chapters.a_cnn_from_scratch.read_drawing import draw_digit
from cnncourse.chapters.convolution.lab import kernel_lab
from cnncourse.chapters.convolution.levels import LEVELS, is_solved
from cnncourse.chapters.convolution.windows import convolution_windows
from cnncourse.course.live import _make_widget
from cnncourse.ops import conv2d

EDGE = [[0.0, 0, 255, 255]] * 4


@pytest.fixture(
    params=[kernel_lab, convolution_windows, draw_digit], ids=["kernel_lab", "convolution", "draw_digit"]
)
def explorer(request):
    return request.param()


def data_of(explorer):
    text = re.search(r'class="cnl-state">(.*?)</script>', explorer.html(), re.DOTALL)[1]
    return json.loads(text)


def test_the_kernel_is_an_array_and_setting_it_changes_the_result():
    lab = kernel_lab(image=EDGE)
    assert isinstance(lab.kernel, np.ndarray)
    lab.kernel = [[0, 0, 0], [0, 2, 0], [0, 0, 0]]
    assert lab.result["output"].tolist() == [[0, 510], [0, 510]]
    assert lab.state["kernel"] == [[0, 0, 0], [0, 2, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    "change, words",
    [
        ({"kernel": [[1, 2], [3]]}, "kernel must be rows of numbers"),
        ({"kernel": [1, 2, 3]}, "kernel must have 2 axes"),
        ({"kernel": [[np.nan]]}, "kernel must hold finite numbers"),
        ({"kernel": np.ones((9, 9))}, "at most 7 × 7"),
        ({"kernel": np.ones((5, 5))}, "image must be at least as large as the kernel"),
        ({"image": [[300.0]]}, "image must lie between 0 and 255"),
        ({"level": 7}, "level must be a whole number from 1 to 6"),
        ({"level": True}, "level must be a whole number"),
        ({"weight": 1}, "weight must be one of kernel, image, level"),
    ],
)
def test_what_the_lab_cannot_show_is_refused_and_the_state_stays(change, words):
    lab = kernel_lab(image=EDGE)
    before = lab.state
    with pytest.raises((TypeError, ValueError), match=words):
        lab.set(**change)
    assert lab.state == before


@pytest.mark.parametrize(
    "change, words",
    [
        ({"input": np.zeros((10, 3))}, "at most 9 × 9"),
        ({"input": np.zeros((4, 5, 5))}, "3 channels"),
        ({"input": np.zeros((2, 5, 5))}, "as many channels as the input, 2"),
        ({"kernel": np.zeros((6, 6))}, "at most 5 × 5"),
        ({"padding": "some"}, "padding must be a whole number"),
        ({"padding": "same", "stride": 2}, "stride"),
        ({"padding_mode": "mirror"}, "must be one of zeros, reflect"),
        ({"dilation": 4}, "kernel"),
    ],
)
def test_what_the_windows_cannot_show_is_refused(change, words):
    windows = convolution_windows()
    with pytest.raises((TypeError, ValueError), match=words):
        windows.set(**change)
    assert windows.result["output"].shape == (4, 4)


def test_arrays_cannot_be_changed_from_within():
    with pytest.raises(ValueError, match="read-only"):
        kernel_lab().kernel[0, 0] = 5


def test_names_are_taken_for_kernels_and_pictures():
    assert kernel_lab("identity", "flower").image.shape == (168, 168)
    with pytest.raises(ValueError, match="image must be one of pagoda, flower"):
        kernel_lab(image="cat")
    with pytest.raises(ValueError, match=r"Did you mean .*Sobel x"):
        kernel_lab("sobel")


def test_the_html_is_a_picture_with_words_and_the_state(explorer):
    page = explorer.html()
    assert f'data-live="{explorer.name}"' in page
    assert re.search(r'<img class="cnl-still" src="data:image/webp;base64,[^"]+" alt="[^"]{40,}"', page)
    stored = data_of(explorer)
    assert stored.keys() == explorer.state.keys() | {"constants"}
    assert explorer.html() == page
    assert len(page) < 200_000
    assert explorer._repr_mimebundle_() == {"text/html": page, "text/plain": repr(explorer)}


def test_a_script_in_the_data_ends_nothing():
    lab = kernel_lab(image=EDGE)
    lab.constants = lambda: {"levels": "</script><!--"}
    assert lab.html().count("</script>") == 1
    assert data_of(lab)["constants"]["levels"] == "</script><!--"


def test_the_widget_and_python_keep_step(explorer):
    widget = explorer._widget = _make_widget(explorer)
    name = "image" if explorer.name == "draw_digit" else "kernel"
    first, second = np.eye(28).tolist(), np.ones((28, 28)).tolist()
    if name == "kernel":
        first, second = [[1, 2], [3, 4]], [[5, 6], [7, 8]]
    assert getattr(widget, name) == explorer.state[name]
    setattr(explorer, name, first)
    assert getattr(widget, name) == first
    setattr(widget, name, second)  # as the page does it
    assert explorer.state[name] == second
    assert "export default" in widget._esm
    assert ".cnl" in widget._css


def test_with_a_kernel_the_output_is_the_widget_and_the_picture_for_programs_without(monkeypatch):
    monkeypatch.setattr("cnncourse.course.live._has_kernel", lambda: True)
    lab = kernel_lab()
    data, _ = lab._repr_mimebundle_()
    again, _ = lab._repr_mimebundle_()
    view = "application/vnd.jupyter.widget-view+json"
    assert data[view]["model_id"] == again[view]["model_id"] == lab._widget.model_id
    assert data["text/html"] == lab.html()
    assert data["text/plain"] == repr(lab)


def test_the_kernel_that_is_shown_solves_its_level_and_no_other():
    for level in LEVELS:
        weights = np.array(level.kernel, dtype=float)
        assert [is_solved(weights, other) for other in LEVELS] == [other is level for other in LEVELS]


def test_no_kernel_of_the_list_solves_a_level_that_asks_for_more():
    assert not any(is_solved(np.zeros((3, 3)), level) for level in LEVELS)
    assert not any(is_solved(np.ones((7, 7)), level) for level in LEVELS)
    assert not any(is_solved(np.eye(4), level) for level in LEVELS)


def test_the_level_of_many_answers_takes_what_the_picture_shows():
    rng = np.random.default_rng(0)
    for _ in range(50):
        weights = rng.normal(size=(3, 3))
        weights -= weights.mean(axis=0)
        vertical = np.tile([0.0, 0, 0, 255, 255, 255], (6, 1))
        seen = [
            np.abs(conv2d(image[None, None], weights[None, None])).max() for image in (vertical, vertical.T)
        ]
        assert seen[0] < 1e-9
        assert is_solved(weights, LEVELS[3]) == bool((np.abs(weights.sum(axis=1)) >= 0.5).any())
