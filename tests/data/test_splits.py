"""The split of a folder: shares, pictures known again by content and name, and the file that keeps it."""

import json

import numpy as np
import pytest

from cnncourse.data import ImageData
from cnncourse.data.splits import Split, digests, draw


def some(number=40, seed=0):
    images = np.random.default_rng(seed).integers(0, 256, (number, 1, 4, 4), np.uint8)
    data = ImageData(images, np.arange(number) % 2, ("cat", "dog"))
    return data, digests([f"{n}.png" for n in range(number)], data)


def test_a_share_of_each_class_is_held_out():
    data, pictures = some()
    split = draw(pictures, data, 0.2)
    assert len(split.test) == 8
    assert sum(int(name.split(".")[0]) % 2 for name in split.test) == 4
    assert split.train | split.test == pictures
    assert split == draw(dict(reversed(pictures.items())), data.take(slice(None, None, -1)), 0.2)


def test_equal_pictures_stay_together():
    data, _ = some(30)
    images = np.concatenate([data.images, data.images])
    twice = ImageData(images, np.tile(data.labels, 2), data.classes)
    split = draw(digests([f"{n}.png" for n in range(60)], twice), twice, 0.2)
    assert split.test
    assert not set(split.test.values()) & set(split.train.values())


def test_pictures_are_known_by_content_then_by_name():
    split = Split({"a": "1", "b": "2", "c": "5"}, {"d": "3", "e": "4", "f": "5"})
    now = {"a": "1", "moved": "2", "d": "changed", "b": "changed too", "new": "9", "f": "5", "b2": "4"}
    assert split.sides(now) == ["train", "train", "test", "train", None, "train", "test"]


def test_what_is_read_is_a_split():
    data, pictures = some()
    split = draw(pictures, data, 0.2)
    assert Split.read(json.loads(json.dumps(split._asdict()))) == split
    for wrong in (None, [], {}, {"train": {}}, {"train": {}, "test": {}, "x": {}}, {"train": [], "test": {}}):
        with pytest.raises(ValueError, match="its split"):
            Split.read(wrong)
    with pytest.raises(ValueError, match="its split is not of names and digests"):
        Split.read({"train": {"a": 1}, "test": {}})
