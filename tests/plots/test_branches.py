"""The drawing of a block with paths: every layer once, in order, and the same in words."""

import pytest

from cnncourse import plots
from cnncourse.plots.style import CSS_PIXELS_PER_INCH

INCEPTION = [["1 × 1"], ["1 × 1", "3 × 3"], ["1 × 1", "5 × 5"], ["pooling", "1 × 1"]]


def places(ax):
    return [(text.get_text(), *text.get_position()) for text in ax.texts]


def test_layers_stand_below_each_other_and_paths_beside_each_other():
    ax = plots.plot_branches(INCEPTION, join="concatenate")
    found = places(ax)
    layers = found[1:-2]
    assert [name for name, _, _ in layers] == [name for path in INCEPTION for name in path]
    columns = [x for _, x, _ in layers]
    assert columns == sorted(columns)
    assert len(set(columns)) == 4
    (_, _, above), (_, _, below) = layers[1:3]
    assert above < below
    assert above < layers[0][2] < below  # a short path stands in the middle
    assert found[0][0] == "input"
    assert found[-2][0] == "concatenate"
    assert found[-1][2] > found[-2][2] > below


def test_nothing_overlaps_or_leaves_the_picture():
    ax = plots.plot_branches(INCEPTION, join="concatenate")
    width, height = ax.figure.get_size_inches() * CSS_PIXELS_PER_INCH
    assert width <= 480
    boxes = [text.get_window_extent() for text in ax.texts]
    assert all(box.x0 >= 0 for box in boxes)
    assert all(box.x1 <= width for box in boxes)
    assert all(box.y1 <= height for box in boxes)
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert not any(a.overlaps(b) for a, b in pairs)
    assert min(text.get_fontsize() for text in ax.texts) >= 10


def test_an_empty_path_is_said_to_pass_its_input_on():
    assert "unchanged" in [name for name, _, _ in places(plots.plot_branches([[], ["3 × 3"]]))]
    assert plots.describe_branches([[], ["3 × 3"]], join="×") == (
        "A block with 2 paths from one input: unchanged; 3 × 3. Their ends are multiplied."
    )
    assert plots.describe_branches([["3 × 3", "ReLU"]]) == "A block with one path: 3 × 3, then ReLU."


@pytest.mark.parametrize(
    "branches, join, words",
    [([], "+", "got 0"), ([["a"]] * 5, "+", "got 5"), ([["a"]], "-", r"join: got '-', .*\+, ×, concatenate")],
)
def test_refuses_what_it_cannot_draw(branches, join, words):
    with pytest.raises(ValueError, match=words):
        plots.plot_branches(branches, join=join)
    with pytest.raises(ValueError, match=words):
        plots.describe_branches(branches, join=join)
