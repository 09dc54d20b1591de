"""Drawn shapes: geometry against areas and masks worked out otherwise, and what the seed holds still."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnncourse.data import SHAPES, shapes
from cnncourse.data.drawing import _corners

CENTRED = {"x": 0.5, "y": 0.5, "angle": 0, "radius": 0.4, "noise": 0}


def mask(name, size=200, **options):
    """Share of each pixel the shape covers, read off a grey image."""
    pixels = shapes(1, size, 3, classes=[name], channels=1, **(CENTRED | options)).images[0, 0] / 255
    paper = pixels[0, 0]
    ink = pixels.flat[np.abs(pixels - paper).argmax()]
    return (pixels - paper) / (ink - paper)


STAR_AREA = 5 * 0.42 * np.sin(np.pi / 5)  # ten triangles between radii 1 and 0.42
CROSS_AREA = 8 * 0.32 * np.sqrt(1 - 0.32**2) - 4 * 0.32**2  # two bars less the square they share


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("circle", np.pi),
        ("ring", np.pi * (1 - 0.5**2)),
        ("square", 2.0),
        ("triangle", 3 * np.sqrt(3) / 4),
        ("star", STAR_AREA),
        ("cross", CROSS_AREA),
    ],
)
@pytest.mark.parametrize("angle", [0, 33])
def test_areas(name, area, angle):
    radius = 0.4 * 200
    # 1 %: the pixels at the edge are blends
    assert mask(name, angle=angle).clip(0, 1).sum() == pytest.approx(area * radius**2, rel=0.01)


@pytest.mark.parametrize("name", ["square", "triangle", "star", "cross"])
@pytest.mark.parametrize("angle", [0, 20, 275])
def test_polygons_like_pillow(name, angle):
    size, fine = 100, 8
    turn = np.deg2rad(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = _corners(name) @ rotation.T * [1, -1] * 40 + [30, 60]  # rows count downwards
    canvas = Image.new("L", (size * fine, size * fine))
    ImageDraw.Draw(canvas).polygon([tuple(corner) for corner in corners * fine - 0.5], fill=1)
    expected = np.asarray(canvas).reshape(size, fine, size, fine).mean(axis=(1, 3))
    difference = np.abs(mask(name, size, angle=angle, x=0.3, y=0.6) - expected)
    assert difference.mean() < 0.005
    assert np.mean(difference > 0.4) < 0.002


def test_seed_and_balance():
    first, again, other = shapes(60, seed=1), shapes(60, seed=1), shapes(60, seed=2)
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images, other.images)
    assert set(first.counts().values()) == {10}
    assert first.classes == SHAPES


def test_moving_moves_nothing_else():
    left, right = (shapes(24, 40, 5, x=x, y=0.5, radius=0.2) for x in (0.3, 0.5))
    assert np.array_equal(left.labels, right.labels)
    still = {"noise": 0, "y": 0.5, "radius": 0.2}
    left, right = (shapes(24, 40, 5, x=x, **still).images for x in (0.3, 0.5))
    assert np.array_equal(left[..., :30], right[..., 8:38])  # 0.2 of 40 pixels


def test_scaling_keeps_the_background():
    small, large = (shapes(12, 32, 5, radius=radius, x=0.5, y=0.5, noise=0).images for radius in (0.2, 0.4))
    assert np.array_equal(small[:, :, 0, 0], large[:, :, 0, 0])


def test_shapes_stay_inside_unless_told_otherwise():
    images = (
        shapes(100, 32, 0, classes=["circle"], channels=1, radius=0.3, noise=0).images[:, 0].astype(float)
    )
    paper = np.median(images[:, [0, 0, -1, -1], [0, -1, 0, -1]], axis=1)[:, None, None]
    contrast = np.abs(images - paper)
    areas = contrast.sum(axis=(1, 2)) / contrast.max(axis=(1, 2))
    assert areas == pytest.approx(
        np.pi * (0.3 * 32) ** 2, rel=0.01
    )  # of the whole circle, nothing is cut off


def test_other_sizes_and_grey():
    data = shapes(7, (20, 50), channels=1)
    assert data.images.shape == (7, 1, 20, 50)
    assert len(data.mean) == 1


def test_each_class_name_can_be_chosen():
    assert shapes(4, classes=("star", "circle")).classes == ("star", "circle")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"number": 0}, ValueError, "number must be at least 1"),
        ({"number": 2.5}, TypeError, "number must be a whole number"),
        ({"size": 0}, ValueError, "size must be"),
        ({"classes": ("circle", "blob")}, ValueError, "classes must be some of circle"),
        ({"classes": ()}, ValueError, "classes must be"),
        ({"classes": ("circle", "circle")}, ValueError, "each once"),
        ({"channels": 2}, ValueError, "channels must be 1"),
        ({"x": 1.5}, ValueError, "x must be a number or"),
        ({"y": (0.5, 0.2)}, ValueError, "y must be"),
        ({"radius": -1}, ValueError, "radius must be"),
        ({"radius": None}, ValueError, "radius must be"),
        ({"angle": None}, ValueError, "angle must be"),
        ({"noise": -0.1}, ValueError, "noise must lie"),
    ],
)
def test_refuses_wrong_options(options, error, words):
    with pytest.raises(error, match=words):
        shapes(**options)
