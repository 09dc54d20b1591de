"""Folders that attack or confuse: links, mazes, depth, and names that a terminal would obey."""

import os
import subprocess

import pytest
from PIL import Image

from cnncourse.data import load_folder


@pytest.fixture
def animals(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "animals" / name).mkdir(parents=True)
        for number in range(2):
            Image.new("L", (6, 6), number).save(tmp_path / "animals" / name / f"{number}.png")
    return tmp_path / "animals"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("dog/up", ".."),
        ("dog/far up", "../.."),
        ("dog/loop", "."),
        ("dog/other", "../cat"),
        ("dog/picture.png", "../cat/0.png"),
        ("dog/again.png", "0.png"),
        ("dog/self", "self"),
        ("dog/deep/up", "../.."),
        ("dog/deep/loop", ".."),
    ],
)
def test_links_bring_no_picture_twice(link, target, animals):
    (animals / link).parent.mkdir(exist_ok=True)
    (animals / link).symlink_to(target)
    data = load_folder(animals, cache=False)
    assert data.counts() == {"cat": 2, "dog": 2}
    ((path, reason),) = data.report
    assert path == str(animals / link)
    assert "link" in reason


def test_links_to_pictures_elsewhere_are_followed_once(animals, tmp_path):
    store = tmp_path / "store"
    store.mkdir()
    Image.new("L", (6, 6), 9).save(store / "a.png")
    (store / "back").symlink_to(animals)
    for link in ("cat/one", "dog/two"):
        (animals / link).symlink_to(store)
    (animals / ".kept").mkdir()
    Image.new("L", (6, 6), 10).save(animals / ".kept" / "b.png")
    (animals / "dog" / "b.png").symlink_to("../.kept/b.png")
    data = load_folder(animals, cache=False)
    assert data.counts() == {"cat": 3, "dog": 3}
    assert {reason for _, reason in data.report} == {
        "a link to what is loaded already",
        "a link to a folder it lies in",
    }


def test_a_maze_of_links_ends(animals, tmp_path):
    """Thirty folders, each with two links to the next one: a thousand million ways through."""
    for number in range(30):
        (tmp_path / f"maze{number}").mkdir()
        for name in "ab":
            (tmp_path / f"maze{number}" / name).symlink_to(tmp_path / f"maze{number + 1}")
    (tmp_path / "maze30").mkdir()
    (animals / "dog" / "maze").symlink_to(tmp_path / "maze0")
    assert len(load_folder(animals, cache=False)) == 4


def test_deep_folders_are_read(animals):
    """Deeper than a stack of Python's calls."""
    here = os.getcwd()
    os.chdir(animals / "dog")
    try:
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        Image.new("L", (6, 6), 3).save("deep.png")
        os.chdir(here)
        data = load_folder(animals, cache=False)
    finally:
        os.chdir(here)
        subprocess.run(["rm", "-rf", str(animals / "dog" / "d")], check=True)
    assert data.counts() == {"cat": 2, "dog": 3}


def test_control_characters_of_names_reach_no_terminal(animals, capsys):
    from cnncourse.cli import main

    evil = "\x1b]0;owned\x07\x1b[2J\r"
    (animals / "dog").rename(animals / f"dog{evil}")
    (animals / "cat" / f"{evil}.png").write_text("no image")
    (animals / f"{evil}.txt").write_text("x")
    data = load_folder(animals)
    repr_and_report = repr(data) + "".join(path + reason for path, reason in data.report)
    assert main(["data", "check", str(animals)]) == 1
    with pytest.raises(ValueError) as caught:
        load_folder(animals, classes=("cat",))
    assert main(["data", "check", str(animals / f"dog{evil}")]) == 2
    out, err = capsys.readouterr()
    for text in (repr_and_report, str(caught.value), out.replace("\n", ""), err.replace("\n", "")):
        assert text.isprintable()
        assert text
    assert load_folder(animals, classes=data.classes).counts() == data.counts()
