"""Files that the tests of the data room read: real IDX files, and pictures of every kind that goes wrong."""

from __future__ import annotations

import numpy as np
import pytest
from raw_files import write_idx


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Keep decoded folders of the tests away from the user's cache, and the tests away from the network."""
    home = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    return home


@pytest.fixture
def idx_root(tmp_path):
    """A data root with an MNIST of 40 and 20 images, in real IDX files made from scikit-learn's digits."""
    from cnncourse.data import load

    for split, stem, number in (("train", "train", 40), ("test", "t10k", 20)):
        digits = load("digits", split).take(range(number))
        write_idx(tmp_path / f"MNIST/raw/{stem}-images-idx3-ubyte", digits.images[:, 0])
        write_idx(tmp_path / f"MNIST/raw/{stem}-labels-idx1-ubyte", digits.labels)
    return tmp_path


@pytest.fixture
def picture_folder(tmp_path):
    """Twelve good PNGs, 20×24, in the classes cat and dog."""
    from PIL import Image

    rng = np.random.default_rng(0)
    folder = tmp_path / "animals"
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(6):
            pixels = rng.integers(0, 256, (20, 24, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder
