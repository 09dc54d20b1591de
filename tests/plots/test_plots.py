"""Plots show the numbers they were given, in the axes they were given."""

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from cnncourse import plots
from cnncourse.plots import style
from cnncourse.results import EvalResult, History

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 3, 4, 6), dtype=np.uint8)


def _texts(ax):
    return [text.get_text() for text in ax.texts]


def _plots(history, result):
    return {
        "history": lambda ax: plots.plot_history(history, ax=ax),
        "confusion": lambda ax: plots.plot_confusion(result, ax=ax),
        "images": lambda ax: plots.plot_images(PIXELS, range(5), ax=ax),
        "filters": lambda ax: plots.plot_filters(np.ones((2, 1, 3, 3)), ax=ax),
        "feature_maps": lambda ax: plots.plot_feature_maps(np.ones((4, 5, 5)), ax=ax),
        "maps": lambda ax: plots.plot_maps(PIXELS, np.ones((5, *PIXELS.shape[-2:])), ax=ax),
        "mistakes": lambda ax: plots.plot_mistakes(result, np.zeros((6, 1, 4, 4)), ax=ax),
        "dots": lambda ax: plots.plot_dots({"a": [0.5, 0.6], "b": [0.9]}, ax=ax),
        "grid": lambda ax: plots.plot_grid(np.eye(3), ax=ax),
        "boxes": lambda ax: plots.plot_boxes(PIXELS[0], [[1, 1, 4, 3]], ["star"], ax=ax),
        "window": lambda ax: plots.plot_window(np.eye(5), 1, 1, 2, dilation=2, ax=ax),
        "architecture": lambda ax: plots.plot_architecture([("conv", (4, 14, 14), 40)], ax=ax),
        "branches": lambda ax: plots.plot_branches([[], ["3 × 3"]], ax=ax),
    }


@pytest.mark.parametrize(
    "name",
    [
        "history",
        "confusion",
        "images",
        "filters",
        "feature_maps",
        "maps",
        "mistakes",
        "dots",
        "grid",
        "boxes",
        "window",
        "architecture",
        "branches",
    ],
)
def test_a_plot_returns_the_axes_it_drew_in(history, result, name):
    draw = _plots(history, result)[name]
    ax = Figure().add_subplot()
    assert draw(ax) is ax
    assert pyplot.get_fignums() == []
    assert ax.has_data()
    assert draw(None).figure.number in pyplot.get_fignums()
    with pytest.raises(TypeError, match="ax: got str, but a plot is drawn into matplotlib Axes"):
        draw("here")


def test_every_plot_of_the_package_is_tested_above(history, result):
    assert {f"plot_{name}" for name in _plots(history, result)} == {
        n for n in plots.__all__ if n.startswith("plot_")
    }


@pytest.mark.parametrize("metric, ends", [("loss", ["train 0.3", "validation 0.45"]), ("lr", ["0.1"])])
def test_history_draws_its_columns_and_names_the_lines(history, metric, ends):
    ax = plots.plot_history(history, metric=metric)
    columns = ["lr"] if metric == "lr" else [f"train_{metric}", f"valid_{metric}"]
    assert len(ax.lines) == len(columns)
    for line, column in zip(ax.lines, columns):
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(line.get_ydata(), history.column(column))
    assert _texts(ax) == ends
    assert all(tick == int(tick) and 1 <= tick <= 3 for tick in ax.get_xticks())


def test_history_without_validation_has_one_line(history):
    from dataclasses import replace

    records = [replace(record, valid_loss=None, valid_accuracy=None) for record in history.records]
    ax = plots.plot_history(History(records[:1]))
    assert len(ax.lines) == 1
    assert list(ax.get_xticks()) == [1]


def test_history_refuses_what_it_cannot_draw(history):
    with pytest.raises(ValueError, match=r"metric: got 'f1'"):
        plots.plot_history(history, metric="f1")
    with pytest.raises(ValueError, match="history: it holds no epoch"):
        plots.plot_history(History([]))


def test_confusion_writes_each_count_in_its_cell(result):
    ax = plots.plot_confusion(result)
    found = np.zeros((3, 3), dtype=int)
    for text in ax.texts:
        column, row = (int(at) for at in text.get_position())
        found[row, column] = int(text.get_text())
    np.testing.assert_array_equal(found, result.confusion)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog", "owl"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_confusion_copes_with_an_empty_class_and_with_many(result):
    empty = EvalResult(0.0, 1.0, np.diag([3, 0]), ("a", "b"))
    assert _texts(plots.plot_confusion(empty)) == ["3"]
    many = EvalResult(0.0, 1.0, np.eye(30, dtype=int), tuple(str(i) for i in range(30)))
    assert _texts(plots.plot_confusion(many)) == []


def test_images_are_shown_as_they_are():
    ax = plots.plot_images(PIXELS, ["a", "b", "c", "d", "e"], columns=2)
    assert _texts(ax) == ["a", "b", "c", "d", "e"]
    for image, pixels in zip(ax.images, PIXELS):
        np.testing.assert_allclose(image.get_array(), pixels.transpose(1, 2, 0) / 255)
    lefts = [image.get_extent()[0] for image in ax.images]
    assert lefts[0] == lefts[2] == lefts[4] < lefts[1] == lefts[3]


def test_grey_images_may_leave_out_the_channel():
    grey = PIXELS[:, 0]
    for images in (grey, grey[:, None], grey / 255):
        np.testing.assert_allclose(
            plots.plot_images(images).images[0].get_array(), np.repeat(grey[0][..., None] / 255, 3, axis=2)
        )


@pytest.mark.parametrize("shape", [(4, 4), (2, 2, 4, 4), (0, 1, 4, 4), (2, 1, 3, 4, 4)])
def test_images_of_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"images: got shape .*\(N, 3, H, W\)"):
        plots.plot_images(np.zeros(shape))


def test_images_need_as_many_labels():
    with pytest.raises(ValueError, match="labels: got 2 for 5 images"):
        plots.plot_images(PIXELS, ["a", "b"])
    with pytest.raises(ValueError, match="columns: got 0"):
        plots.plot_images(PIXELS, columns=0)


def test_filters_are_white_at_zero_and_red_above():
    weights = np.zeros((1, 1, 1, 3))
    weights[..., 0], weights[..., 2] = -2, 2
    below, zero, above = plots.plot_filters(weights).images[0].get_array()[0]
    assert below[2] > below[0]
    assert above[0] > above[2]
    np.testing.assert_allclose(zero, 0.97, atol=0.01)


def test_filters_of_one_size_per_input_channel():
    assert len(plots.plot_filters(np.ones((4, 2, 3, 3))).images) == 8
    assert len(plots.plot_filters(np.ones((4, 3, 3, 3))).images) == 4
    with pytest.raises(ValueError, match=r"weights: got shape \(4, 4\)"):
        plots.plot_filters(np.ones((4, 4)))


def test_feature_maps_share_one_scale():
    maps = np.zeros((2, 1, 1))
    maps[1] = 1
    dark, light = (image.get_array()[0, 0].sum() for image in plots.plot_feature_maps(maps[None]).images)
    assert light > dark
    with pytest.raises(ValueError, match=r"maps: got shape \(2, 3, 4, 4\).*maps\[0\]"):
        plots.plot_feature_maps(np.zeros((2, 3, 4, 4)))


def test_each_image_has_its_map_beside_it_on_a_scale_of_its_own():
    images = np.zeros((2, 3, 2, 2), np.uint8)
    images[1] = 255
    maps = np.array([[[0.0, 1.0], [0.5, 0.0]], [[0.0, 1000.0], [500.0, 0.0]]])
    ax = plots.plot_maps(images, maps, ["black", "white"])
    shown = [image.get_array() for image in ax.images]
    assert [tile.max() for tile in shown[::2]] == [0, 1]
    np.testing.assert_array_equal(shown[1], shown[3])
    brightness = shown[1].sum(axis=-1)
    assert brightness[0, 1] > brightness[1, 0] > brightness[0, 0] == brightness[1, 1]
    assert [text for text in _texts(ax) if text] == ["black", "white"]
    lefts = [image.get_extent()[0] for image in ax.images]
    assert lefts == sorted(lefts)
    with pytest.raises(ValueError, match=r"maps: got shape \(1, 2, 2\).*\(2, 2, 2\) together"):
        plots.plot_maps(images, maps[:1])
    with pytest.raises(ValueError, match="labels: got 1 for 2 images"):
        plots.plot_maps(images, maps, ["black"])


def test_mistakes_come_surest_first(result):
    images = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.ones((1, 1, 2, 2), dtype=np.uint8)
    np.testing.assert_array_equal(plots.worst_mistakes(result), [5, 3])
    ax = plots.plot_mistakes(result, images)
    assert _texts(ax) == ["owl, not cat\n90 % sure", "cat, not dog\n70 % sure"]
    assert [round(image.get_array()[0, 0, 0] * 255) for image in ax.images] == [5, 3]
    assert len(plots.plot_mistakes(result, images, count=1).images) == 1


def test_mistakes_need_the_same_samples(result):
    with pytest.raises(ValueError, match="images: got 2, but the result is about 6"):
        plots.plot_mistakes(result, np.zeros((2, 1, 4, 4)))
    with pytest.raises(ValueError, match="result: it holds no labels"):
        plots.plot_mistakes(EvalResult.from_json(result.to_json()), np.zeros((6, 1, 4, 4)))


def test_no_mistakes_is_said(result):
    perfect = EvalResult(
        0.0, 1.0, result.confusion, result.classes, result.labels, result.labels, result.probability
    )
    assert _texts(plots.plot_mistakes(perfect, np.zeros((6, 1, 4, 4)))) == ["No mistakes."]


def test_a_grid_writes_its_numbers_and_leaves_nan_empty():
    ax = plots.plot_grid([[1, -2.5], [np.nan, 1020]])
    assert _texts(ax) == ["1", "−2.5", "1020"]
    with pytest.raises(ValueError, match=r"values: got shape \(3,\)"):
        plots.plot_grid([1, 2, 3])
    with pytest.raises(ValueError, match="colours: got 'red'"):
        plots.plot_grid([[1]], colours="red")


def test_numbers_are_dark_on_light_and_light_on_dark():
    ax = plots.plot_grid([[0, 255]], colours="grey")
    assert [text.get_color() for text in ax.texts] == ["white", style.INK]


@pytest.mark.parametrize("dilation, frames", [(1, 1), (2, 9)])
def test_a_window_frames_what_a_kernel_reads(dilation, frames):
    ax = plots.plot_window(np.zeros((7, 7)), 1, 2, 3, dilation=dilation)
    assert len(ax.patches) == frames
    assert ax.patches[0].get_xy() == (2, 1)
    last = ax.patches[-1]
    end = last.get_x() + last.get_width(), last.get_y() + last.get_height()
    assert end == (2 + 2 * dilation + 1, 1 + 2 * dilation + 1)


@pytest.mark.parametrize("row, column", [(-1, 0), (0, 5), (5, 0)])
def test_a_window_off_the_array_is_refused(row, column):
    with pytest.raises(ValueError, match=f"row, column: got {row}, {column}"):
        plots.plot_window(np.zeros((7, 7)), row, column, 3)


def _luminance(colour):
    channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels))


@pytest.mark.parametrize("name", ["INK", "MUTED", "BLUE_TEXT", "RED_TEXT", "GREEN_TEXT"])
def test_words_stand_out_from_the_paper(name):
    light, dark = _luminance(style.PAPER) + 0.05, _luminance(getattr(style, name)) + 0.05
    assert light / dark >= 4.5


def test_boxes_stand_where_they_were_given():
    ax = plots.plot_boxes(
        PIXELS[0], [[1, 1, 4, 3], [0, 2, 6, 4]], ["star", "ring"], ax=Figure().add_subplot()
    )
    assert {tuple(patch.get_bbox().extents) for patch in ax.patches} == {(1, 1, 4, 3), (0, 2, 6, 4)}
    assert _texts(ax) == ["star", "ring"]
    assert tuple(ax.images[0].get_extent()) == (0, 6, 4, 0)


def test_boxes_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"boxes: got shape \(4,\), .*brackets"):
        plots.plot_boxes(PIXELS[0], [1, 1, 4, 3])
    with pytest.raises(ValueError, match="labels: got 2 for 1 boxes"):
        plots.describe_boxes([[1, 1, 4, 3]], ["star", "ring"])
    assert plots.describe_boxes([]) == "No boxes."
