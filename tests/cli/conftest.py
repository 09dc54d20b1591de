"""A trained network, digits as files, and an environment of its own for the tests of the command line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from command import cnncourse
from PIL import Image

from cnncourse.data import load


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Keep decoded folders away from the user's cache, and the tests away from the network."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess]:
    """A LeNet trained on the embedded digits by the real command."""
    folder = tmp_path_factory.mktemp("runs") / "a"
    offline = {"CNNCOURSE_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    done = cnncourse(
        "train",
        "--model",
        "lenet5",
        "--data",
        "digits",
        "--epochs",
        3,
        "--seed",
        0,
        "--out",
        folder,
        **offline,
    )
    return folder, done


@pytest.fixture
def digit_files(tmp_path) -> list[tuple[Path, str]]:
    """PNGs of ten test digits, one of each class, and their labels."""
    test = load("digits", "test")
    files = []
    for label in range(10):
        path = tmp_path / f"digit{label}.png"
        Image.fromarray(test.images[test.labels == label][0, 0]).save(path)
        files.append((path, str(label)))
    return files
