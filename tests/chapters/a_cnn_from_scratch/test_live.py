"""The drawing pad: a drawing is made by setting the text field, as the pad's script does."""

import re
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
from scipy import ndimage

from cnncourse.chapters.a_cnn_from_scratch.drawing import as_mnist, live, stored_answer
from cnncourse.chapters.a_cnn_from_scratch.drawing_pad import DrawingPad, read_cells
from cnncourse.chapters.a_cnn_from_scratch.layers import lenet_digit
from cnncourse.plots import Picture


def written(image):
    """The text that the pad's script writes for an image of 0 to 255."""
    return np.asarray(image, np.uint8).tobytes().hex()


def probabilities(best, classes=10):
    """Nine tenths for one class, the rest shared."""
    shares = np.full(classes, 0.1 / (classes - 1))
    shares[best] = 0.9
    return shares


@pytest.fixture
def stroke():
    """A stroke that leans to the right, off the middle."""
    image = np.zeros((28, 28))
    for row in range(2, 12):
        image[row, 3 + row // 2 : 6 + row // 2] = 255
    return image


@pytest.fixture
def kernel(monkeypatch):
    """A kernel is there; what would be shown is collected."""
    monkeypatch.delenv("CNNCOURSE_BOOK", raising=False)
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda thing, raw=False: shown.append(thing))
    return shown


def box_of(bundle):
    """The widget that a displayed bundle points to."""
    view = bundle["application/vnd.jupyter.widget-view+json"]
    return ipywidgets.widgets.widget._instances[view["model_id"]]


def field_and_answer(shown):
    page, bundle = shown
    return page, *box_of(bundle).children


def test_cells_are_read_row_by_row():
    image = np.arange(784).reshape(28, 28) % 256
    cells = read_cells(written(image))
    assert cells.dtype == np.float32
    np.testing.assert_allclose(cells, image / 255, atol=1e-7)
    assert not read_cells("").any()


@pytest.mark.parametrize("text", ["ff", "zz" * 784, "00" * 785])
def test_a_text_that_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError, match=rf"text: got {len(text)} characters, .* Clear the pad"):
        read_cells(text)


def test_a_drawing_reaches_predict_and_the_answer_is_shown(kernel, stroke):
    seen = []

    def predict(image):
        seen.append(image)
        return probabilities(3)

    live(predict, prepare=False)
    _, field, answer = field_and_answer(kernel)
    assert "Draw a digit" in answer.value
    field.value = written(stroke)
    assert seen[0].shape == (28, 28)
    assert seen[0].dtype == np.float32
    np.testing.assert_allclose(seen[0], stroke / 255, atol=1e-7)
    assert "<strong>3</strong>, 90 %" in answer.value
    widths = re.findall(r"width:([\d.]+)%;background", answer.value)
    assert [float(width) for width in widths] == [90.0 if label == 3 else 1.1 for label in range(10)]


def test_clearing_asks_nobody_and_invites_again(kernel, stroke):
    asked = []
    live(lambda image: asked.append(image) or probabilities(1))
    _, field, answer = field_and_answer(kernel)
    field.value = written(stroke)
    field.value = written(np.zeros((28, 28)))
    assert len(asked) == 1
    assert "Draw a digit" in answer.value


def test_a_failing_predict_says_so_below_the_pad(kernel, stroke):
    live(lambda image: 1 / 0)
    _, field, answer = field_and_answer(kernel)
    field.value = written(stroke)
    assert 'role="alert"' in answer.value
    assert "ZeroDivisionError" in answer.value


def test_scores_are_refused_with_the_remedy(kernel, stroke):
    live(lambda image: np.array([[3.0, -1.0, "<b>"]], dtype=object))
    _, field, answer = field_and_answer(kernel)
    field.value = written(stroke)
    assert "Put a softmax around scores" in answer.value
    assert "<b>" not in answer.value


@pytest.mark.parametrize(
    "scores", [[3.0, -1.0], [0.5, 0.6], [1.0], [[0.5, 0.5], [0.5, 0.5]], "seven", [np.nan, 1]]
)
def test_what_are_no_probabilities_are_refused(scores):
    with pytest.raises(ValueError, match=r"predict: it returned .* add up to 1"):
        stored_answer(lambda image: scores)


def test_pad_and_field_know_each_other_and_no_other_pad(kernel):
    live(probabilities)
    live(probabilities)
    names = []
    for page, bundle in (kernel[:2], kernel[2:]):
        names += re.findall(r'data-field="([^"]+)"', page.data)
        assert box_of(bundle).children[0]._dom_classes == (names[-1],)
    assert len(set(names)) == 2


def test_only_widgets_that_ipywidgets_7_has_are_used():
    pad = DrawingPad(str)
    assert [type(child).__name__ for child in pad.box.children] == ["Textarea", "HTML"]
    assert isinstance(pad.box, ipywidgets.VBox)
    assert pad.drawing.layout.display == "none"
    assert pad.drawing.continuous_update


def test_the_drawing_is_brought_to_the_form_of_mnist(stroke):
    out = as_mnist(stroke / 255)
    rows, columns = np.nonzero(out > 0.05)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    centre = ndimage.center_of_mass(out)
    np.testing.assert_allclose(centre, 14, atol=0.51)
    assert out.min() >= 0
    assert out.max() <= 1
    assert out.dtype == np.float32


def test_where_it_was_drawn_makes_no_difference(stroke):
    moved = np.roll(stroke, (9, 5), axis=(0, 1))
    np.testing.assert_array_equal(as_mnist(moved / 255), as_mnist(stroke / 255))


def test_a_large_drawing_comes_out_as_large_as_a_small_one(stroke):
    large = np.kron(stroke[1:13, 1:13], np.ones((2, 2)))[:28, :28]
    larger = np.zeros((28, 28))
    larger[: len(large), : len(large)] = large
    heights = [np.ptp(np.nonzero(as_mnist(image / 255).max(axis=1) > 0.05)) + 1 for image in (stroke, larger)]
    assert heights == [20, 20]


def test_a_digit_of_mnist_stays_as_it_is():
    digit = lenet_digit() / 255
    np.testing.assert_allclose(as_mnist(digit), digit, atol=1e-6)


def test_an_empty_drawing_stays_empty():
    assert not as_mnist(np.zeros((28, 28))).any()


def test_a_single_dot_fits():
    dot = np.zeros((28, 28))
    dot[27, 27] = 1
    assert as_mnist(dot)[4:24, 4:24].min() > 0.9


def test_without_a_kernel_a_sentence_and_a_picture_are_shown(monkeypatch, capsys):
    monkeypatch.setenv("CNNCOURSE_BOOK", "1")
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    seen = []
    live(lambda image: seen.append(image) or probabilities(7))
    assert capsys.readouterr().out == (
        "In a running notebook this cell shows a pad to draw on. Here is the answer to a stored digit.\n"
    )
    (picture,) = shown
    assert isinstance(picture, Picture)
    assert picture.alt.startswith("A stored handwritten 7, read as 7 with 90 %: 0 1 %, 1 1 %,")
    np.testing.assert_allclose(seen[0], lenet_digit() / 255, atol=1e-7)


def test_what_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match=r"predict: got a ndarray, .* without calling it"):
        live(np.zeros(10))
