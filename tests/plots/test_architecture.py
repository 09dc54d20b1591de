"""The drawing of a network: blocks to scale, the numbers of its rows, and the same in words."""

from types import SimpleNamespace

import pytest
import torch

from cnncourse import models, plots
from cnncourse.plots.architecture import Block, blocks_of, draw_blocks, layout
from cnncourse.plots.style import CSS_PIXELS_PER_INCH, canvas

ROWS = [("input", (1, 28, 28), 0), ("conv", (4, 14, 14), 40), ("ReLU", (4, 14, 14), 0), ("dense", (16,), 99)]


@pytest.fixture
def lenet():
    with torch.device("meta"):
        net = models.create("lenet5", in_channels=1)
    return models.summary(net, (1, 28, 28))


def test_blocks_are_to_scale():
    blocks = blocks_of(ROWS)
    _, ax = canvas(480, 300)
    draw_blocks(ax, blocks, x=60, y=10)
    first, conv, dense = ax.patches
    assert conv.get_height() == pytest.approx(first.get_height() / 2)  # 14 of 28
    assert dense.get_width() == pytest.approx(2 * conv.get_width())  # the root of 16 / 4
    assert first.get_width() == pytest.approx(dense.get_width() / 4)
    for block in ax.patches:
        assert block.get_x() + block.get_width() / 2 == pytest.approx(60)
    bottoms = [block.get_y() + block.get_height() for block in ax.patches]
    assert all(block.get_y() > bottom for block, bottom in zip(ax.patches[1:], bottoms))


def test_every_row_of_a_summary_that_changes_something_is_there(lenet):
    ax = plots.plot_architecture(lenet)
    texts = [text.get_text() for text in ax.texts]
    assert [t for t in texts if "×" in t] == ["6 × 28 × 28", "6 × 14 × 14", "16 × 10 × 10", "16 × 5 × 5"]
    assert "ReLU" not in texts
    assert texts.count("Conv2d") == 2
    written = sum(int(t.replace(",", "")) for t in texts if t in ("156", "2,416", "48,120", "10,164", "850"))
    assert written == 61_706 == lenet.parameters


def test_three_forms_of_a_row_are_the_same():
    forms = [
        ("fc", [10], 850),
        {"name": "fc", "output_shape": (10,), "parameters": 850},
        SimpleNamespace(name="fc", output_shape=(10,), parameters=850),
    ]
    assert [blocks_of([row])[0] for row in forms] == [Block("fc", (10,), 850)] * 3


def test_a_layer_known_by_number_is_called_by_its_class(lenet):
    assert blocks_of(lenet)[0].name == "Conv2d"
    named = SimpleNamespace(name="layer1.conv2", kind="Conv2d", output_shape=(1, 2, 2), parameters=3)
    assert blocks_of([named])[0].name == "layer1.conv2"


def test_the_words_hold_the_numbers(lenet):
    text = plots.describe_architecture(lenet)
    assert text.startswith("A network of 8 blocks and 61,706 parameters. Conv2d: 6 × 28 × 28, 156 param")
    assert text.endswith("Linear: 10, 850 parameters.")
    assert "MaxPool2d: 16 × 5 × 5;" in text


def test_fits_a_phone_and_its_letters_are_not_small(lenet):
    ax = plots.plot_architecture(lenet)
    assert ax.figure.get_size_inches()[0] * CSS_PIXELS_PER_INCH <= 480
    assert min(text.get_fontsize() for text in ax.texts) >= 10
    _, height = layout(blocks_of(lenet))
    assert ax.get_ylim()[0] >= height


def test_draws_where_it_is_told():
    _, ax = canvas(480, 300)
    assert plots.plot_architecture(ROWS, ax=ax) is ax


@pytest.mark.parametrize(
    "rows, error, words",
    [
        ([], ValueError, "got none"),
        ([("conv", (2, 3), 1)], ValueError, r"'conv' has the shape \(2, 3\), .*Leave out the batch"),
        ([("conv", (i + 1, 8, 8), 1) for i in range(21)], ValueError, "got 21 .*at most 20 can be read"),
        ([("conv", (1, 8, 8))], TypeError, "has a name, an output shape and a number of parameters"),
        ([{"name": "conv"}], TypeError, "has a name, an output shape"),
        ([7], TypeError, "got 7, but a row"),
    ],
)
def test_refuses_what_it_cannot_draw(rows, error, words):
    with pytest.raises(error, match=words):
        plots.plot_architecture(rows)
