"""Descriptions say the numbers of the data; a Picture carries them to the page."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from PIL import Image

from cnncourse import plots
from cnncourse.plots import encode, style


def test_history_in_words(history):
    assert plots.describe_history(history) == (
        "Training of lenet5 on digits over 3 epochs. Train loss from 0.9 to 0.3; validation loss from 0.7 to "
        "0.45, lowest 0.4 in epoch 2."
    )
    assert "highest 0.6 in epoch 2" in plots.describe_history(history, metric="accuracy")
    assert "Learning rate from 0.1 to 0.1." in plots.describe_history(history, metric="lr")


def test_confusion_in_words(result):
    assert plots.describe_confusion(result) == (
        "Confusion matrix of 3 classes: 4 of 6 right, 66.7 %. Most often confused: cat taken for "
        "dog, 1 time; "
        "owl taken for cat, 1 time."
    )


def test_mistakes_in_words(result):
    assert (
        plots.describe_mistakes(result, count=1)
        == "The 1 surest of 2 mistakes: owl taken for cat (90 % sure)."
    )
    result.predicted = result.labels
    assert plots.describe_mistakes(result) == "No mistakes."


def test_arrays_in_words():
    assert plots.describe_images(np.zeros((1, 3, 8, 9))) == "1 colour image of 8 × 9 pixels."
    assert plots.describe_grid([[1, np.nan]]) == "Grid of 1 × 2 numbers: 1 empty."
    assert plots.describe_filters(np.ones((6, 1, 5, 5))).startswith(
        "6 filters of 5 × 5 weights for 1 input channel"
    )
    maps = np.zeros((1, 3, 2, 2))
    maps[0, 1] = 4
    assert plots.describe_feature_maps(maps) == (
        "3 feature maps of 2 × 2, values from 0 to 4. Strongest on average: map 1. 2 of them are "
        "zero everywhere."
    )


def test_maps_in_words():
    maps = np.zeros((2, 3, 4))
    maps[0, 1, 3], maps[1, 2, 0] = 4, -1
    assert plots.describe_maps(maps, ["cat", "dog"]) == (
        "Each image with a map of 3 × 4 pixels. cat: from 0 to 4, greatest at row 1, column 3; "
        "dog: from −1 to 0, greatest at row 0, column 0."
    )
    assert "map 1: from −1" in plots.describe_maps(maps)


def test_a_picture_carries_its_words_and_its_size(history):
    ax = plots.plot_history(history)
    picture = plots.Picture(ax, 'loss < 1 & "low"')
    text = picture._repr_html_()
    assert 'alt="loss &lt; 1 &amp; &quot;low&quot;"' in text
    image = Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]*)", text)[1])))
    assert image.size == (2 * picture.width, 2 * picture.height)
    assert f'width="{picture.width}" height="{picture.height}"' in text
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_a_picture_needs_words(alt):
    with pytest.raises(ValueError, match="alt: got"):
        plots.Picture(Figure(), alt)


def test_a_picture_is_made_of_a_figure():
    with pytest.raises(TypeError, match="drawing: got ndarray"):
        plots.Picture(np.zeros(3), "words")


def _figure(dots=3):
    fig = Figure(figsize=(3, 2), facecolor=style.PAPER)
    fig.add_subplot(title="A title").plot(range(dots))
    return fig


def test_the_same_figure_gives_the_same_bytes():
    assert encode.to_webp(_figure()) == encode.to_webp(_figure())
    assert encode.to_png(_figure()) == encode.to_png(_figure())
    assert encode.to_webp(_figure()) != encode.to_webp(_figure(4))


def test_webp_is_the_figure_to_the_eye():
    exact, width, height = encode.render(_figure())
    packed = Image.open(io.BytesIO(encode.to_webp(_figure())[0])).convert("RGB")
    assert packed.size == exact.size == (2 * width, 2 * height)
    difference = np.abs(np.asarray(packed, dtype=int) - np.asarray(exact, dtype=int))
    assert difference.max() <= 16


def test_the_paper_keeps_its_very_colour():
    packed = Image.open(io.BytesIO(encode.to_webp(_figure())[0])).convert("RGB")
    assert packed.getpixel((0, 0)) == (0xFC, 0xFB, 0xF8)


def test_many_colours_are_kept_exactly():
    fig = Figure(figsize=(2, 2))
    noise = np.random.default_rng(0).random((64, 64, 3))
    fig.add_axes((0, 0, 1, 1)).imshow(noise)
    exact = encode.render(fig)[0]
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(encode.to_webp(fig)[0])).convert("RGB")), exact
    )


def test_encoding_leaves_the_figure_as_it_was():
    fig = _figure()
    dpi, canvas = fig.dpi, fig.canvas
    encode.to_png(fig)
    assert (fig.dpi, fig.canvas) == (dpi, canvas)


def test_use_style_sets_the_paper():
    import matplotlib

    with matplotlib.rc_context():
        plots.use_style()
        assert matplotlib.rcParams["figure.facecolor"] == style.PAPER
