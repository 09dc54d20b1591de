"""ImageData: what it accepts, what it refuses and in which words; splitting and statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.data import ImageData, split_data
from cnncourse.data.arrays import channel_statistics


def make(number=6, channels=3, classes=("a", "b", "c"), **changes):
    rng = np.random.default_rng(number)
    fields = {
        "images": rng.integers(0, 256, (number, channels, 5, 4), np.uint8),
        "labels": np.arange(number) % max(1, len(classes)),
        "classes": classes,
        "name": "test",
    }
    return ImageData(**(fields | changes))


def test_len_repr_and_fields():
    data = make(report=[("x.jpg", "empty file")])
    assert len(data) == 6
    assert (
        repr(data) == "ImageData(test: 6 images of 3×5×4, 3 classes: a, b, c; 1 files left out, see .report)"
    )
    assert data.labels.dtype == np.int64
    assert data.report == (("x.jpg", "empty file"),)
    assert data.counts() == {"a": 2, "b": 2, "c": 2}


def test_repr_of_many_classes_stays_short():
    assert repr(make(classes=tuple(f"c{i}" for i in range(100)))).endswith("c8, c9, …)")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"images": np.zeros((6, 3, 5, 4))}, TypeError, r"uint8.*float64.*\* 255"),
        ({"images": [[1]]}, TypeError, "NumPy array, got list"),
        (
            {"images": np.zeros((6, 5, 4), np.uint8)},
            ValueError,
            r"\(N, C, H, W\).*\(6, 5, 4\).*images\[:, None\]",
        ),
        ({"images": np.zeros((6, 32, 32, 3), np.uint8)}, ValueError, r"transpose\(0, 3, 1, 2\)"),
        ({"images": np.zeros((6, 3, 0, 4), np.uint8)}, ValueError, "at least one pixel"),
        ({"labels": np.zeros(5, int)}, ValueError, r"shape \(6,\), one per image, got \(5,\)"),
        ({"labels": np.zeros(6)}, TypeError, "labels must be integers"),
        ({"labels": np.full(6, 3)}, ValueError, "0 to 2 for 3 classes, got 3 to 3"),
        ({"labels": np.full(6, -1)}, ValueError, "got -1 to -1"),
        ({"classes": ()}, ValueError, "classes is empty"),
        ({"mean": (0.5,)}, ValueError, r"mean must have one number per channel \(3\), got 1"),
        ({"mean": (120, 110, 100)}, ValueError, "divide by 255"),
        ({"std": (0.2, 0, 0.2)}, ValueError, "std must be finite and above 0"),
        ({"std": (0.2, np.nan, 0.2)}, ValueError, "std must be finite"),
    ],
)
def test_refuses_what_does_not_fit(changes, error, words):
    with pytest.raises(error, match=words):
        make(**changes)


def test_take_selects_by_index_mask_and_slice():
    data = make()
    assert np.array_equal(data.take([4, 1]).images, data.images[[4, 1]])
    assert np.array_equal(data.take(data.labels == 1).labels, [1, 1])
    assert np.array_equal(data.take(slice(2, 4)).images, data.images[2:4])
    empty = data.take([])
    assert len(empty) == 0
    assert (empty.mean, empty.std) == (data.mean, data.std)


@pytest.mark.parametrize(
    ("indices", "error", "words"),
    [
        ([0, 6], ValueError, "0 to 5"),
        ([-7], ValueError, "0 to 5"),
        ([0.5], TypeError, "integers or booleans"),
        ([[0, 1]], TypeError, "one row"),
        ([True, False], ValueError, "2 booleans for 6 images"),
        (["a"], TypeError, "integers or booleans"),
    ],
)
def test_take_refuses_wrong_indices(indices, error, words):
    with pytest.raises(error, match=words):
        make().take(indices)


def test_statistics_agree_with_float_arithmetic():
    data = make(number=50)
    mean, std = channel_statistics(data.images)
    pixels = data.images / 255
    assert np.allclose(mean, pixels.mean(axis=(0, 2, 3)), rtol=1e-12)
    assert np.allclose(std, pixels.std(axis=(0, 2, 3)), rtol=1e-9)
    assert (data.mean, data.std) == (mean, std)


def test_statistics_over_several_blocks(monkeypatch):
    images = make(number=50).images
    whole = channel_statistics(images)
    monkeypatch.setattr("cnncourse.data.arrays._BLOCK", 130)
    assert channel_statistics(images) == whole


def test_a_constant_channel_can_be_divided_by_its_std():
    assert channel_statistics(np.full((3, 1, 2, 2), 7, np.uint8)) == ((7 / 255,), (1.0,))


@settings(deadline=None, max_examples=50)
@given(
    labels=st.lists(st.integers(0, 4), min_size=2, max_size=80),
    fraction=st.floats(0.05, 0.95),
    seed=st.integers(0, 3),
)
def test_split_is_a_stratified_partition(labels, fraction, seed):
    wanted = round(fraction * len(labels))
    images = np.arange(len(labels), dtype=np.uint8)[:, None, None, None]  # each image knows its number
    data = ImageData(images, np.array(labels), tuple("abcde"))
    if not 0 < wanted < len(labels):
        with pytest.raises(ValueError, match="empty"):
            split_data(data, fraction, seed)
        return
    kept, held = split_data(data, fraction, seed)
    assert sorted([*kept.images.ravel(), *held.images.ravel()]) == list(range(len(labels)))
    assert len(held) == wanted
    assert np.array_equal(np.array(labels)[held.images.ravel()], held.labels)
    for name, number in data.counts().items():
        assert abs(held.counts()[name] - number * wanted / len(labels)) < 1


def test_split_depends_on_the_seed_only():
    data = make(number=60)
    first, again, other = (split_data(data, 0.3, seed)[1].images for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 2, float("nan")])
def test_split_refuses_a_fraction_outside(fraction):
    with pytest.raises(ValueError, match="fraction must lie between 0 and 1"):
        split_data(make(), fraction)


def three(classes=("bird", "cat", "dog")):
    return ImageData(np.zeros((3, 1, 2, 2), np.uint8), np.array([2, 1, 0]), classes)


def test_names_of_classes_must_decide():
    with pytest.raises(ValueError, match="classes names 'cat' twice"):
        three(("cat", "dog", "cat"))
    with pytest.raises(TypeError, match="classes must be a sequence of names, got the text 'cat'"):
        three("cat")


def test_names_are_shown_without_control_characters():
    data = ImageData(
        np.zeros((2, 1, 2, 2), np.uint8),
        np.array([0, 1]),
        ("a\x1b[2J", "b\n\u202e"),
        "c\r",
        report=[("d\x07", "e")],
    )
    assert data.classes == ("a\\x1b[2J", "b\\n\\u202e")
    assert all(char.isprintable() for char in repr(data) + data.report[0][0])


def test_split_measures_on_the_kept_part_alone():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 3, 5, 5), np.uint8)
    labels = np.arange(40) % 2
    kept, held = split_data(ImageData(images, labels, ("a", "b")), 0.25, seed=1)
    assert kept.mean == held.mean == pytest.approx((kept.images / 255).mean(axis=(0, 2, 3)))
    assert kept.std == held.std == pytest.approx((kept.images / 255).std(axis=(0, 2, 3)))
    given = ImageData(images, labels, ("a", "b"), mean=(0.4, 0.4, 0.4), std=(0.2, 0.2, 0.2))
    for part in split_data(given, 0.25):
        assert (part.mean, part.std) == (given.mean, given.std)
