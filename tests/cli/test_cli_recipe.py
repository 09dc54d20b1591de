"""The recipes by the command: on embedded data, on folders, and where data are missing."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from command import cnncourse, one_line_error
from PIL import Image

from cnncourse.cli import main

NAMES = [f"article{number}" for number in range(1, 6)]


def rows_of(text: str) -> dict[str, tuple[str, str]]:
    """Return the table: what -> (article, here)."""
    cells = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if line.startswith("  ")]
    assert cells[0] == ["article", "here"]
    return {what: (article, here) for what, article, here in cells[1:]}


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_runs_on_what_is_embedded(name, tmp_path, capsys):
    options = ["--fallback", "--root", str(tmp_path), "--epochs", "1", "--quiet"]
    assert main(["recipe", name, *options]) == 0
    out = capsys.readouterr().out
    stand_in = "shapes" if name == "article1" else "digits"
    assert f"test images of {stand_in}" in out
    assert f"the embedded {stand_in}, not the article's data" in out
    table = rows_of(out)
    assert re.fullmatch(r"\d+\.\d\d%", table["test accuracy after 1 epochs"][1])
    if name == "article1":
        assert table["parameters"] == ("813,217", "813,217")
        assert table["with transfer: parameters trained"] == ("–", "130")
    else:
        assert table["parameters"][0] == "–"  # only article 1 counts them
    if name == "article2":
        assert table["epoch 1, accuracy"][0] == "0.8141"
    second = table.get("the same with this course's settings")
    assert (second is not None) == (name == "article4")
    if second:
        assert re.fullmatch(r"\d+\.\d\d%", second[1])


def test_the_run_can_be_measured_and_used_afterwards(tmp_path):
    options = ["--fallback", "--root", tmp_path, "--epochs", 2, "--seed", 1, "--out", tmp_path / "run"]
    done = cnncourse("recipe", "article2", *options)
    assert done.returncode == 0, done.stderr
    assert "epoch 2/2" in done.stderr
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    assert history["config"]["seed"] == 1
    accuracy = rows_of(done.stdout)["test accuracy after 2 epochs"][1]
    again = cnncourse("eval", tmp_path / "run")  # the stand-in is remembered
    assert f"test accuracy {accuracy}" in again.stdout, again.stderr


@pytest.fixture
def photographs(tmp_path):
    """A folder of light and dark pictures, wider than high, in the layout the article has."""
    rng = np.random.default_rng(0)
    for split, number in (("train", 40), ("test", 10)):
        for name, level in (("cat", 60), ("dog", 190)):
            place = tmp_path / "photos" / split / name
            place.mkdir(parents=True)
            for index in range(number):
                pixels = rng.integers(level - 50, level + 50, (70, 90, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(place / f"{index}.png")
    return tmp_path / "photos"


def test_article_1_on_a_folder(photographs, capsys):
    assert main(["recipe", "article1", "--data", str(photographs), "--epochs", "3", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "80 training and 20 test images of photos" in out
    table = rows_of(out)
    assert table["test accuracy after 3 epochs"][0] == "up to 90%"
    assert float(table["test accuracy after 3 epochs"][1].rstrip("%")) > 90  # light from dark: easy
    assert float(table["with transfer: test accuracy"][1].rstrip("%")) > 90
    assert "trains for 25 epochs, this run for 3" in out


@pytest.mark.parametrize(
    ("name", "remedies"),
    [
        ("article1", ("--data FOLDER", "cnncourse data get pets", "--fallback")),
        ("article2", ("cnncourse data get mnist", "--fallback")),
        ("article1 --data pets", ("pets is not in", "cnncourse data get pets", "--fallback")),
    ],
)
def test_missing_data_are_named_with_the_remedy(name, remedies, tmp_path, capsys):
    text = one_line_error(capsys, "recipe", *name.split(), "--root", tmp_path)
    assert str(tmp_path) in text
    assert all(remedy in text for remedy in remedies)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["article9"], "article1"),
        (["article2", "--epochs", "0"], "epochs=0"),
        (["article2", "--seed", "-1"], "seed=-1"),
        (["article2", "--precision", "float16"], "float16"),
        (["article2", "--data", "mnistt"], "Did you mean 'mnist'"),
        (["article2", "--data", "cifar10"], "cifar10"),
    ],
)
def test_mistakes_are_one_line(arguments, complaint, tmp_path, capsys):
    text = one_line_error(capsys, "recipe", *arguments, "--root", tmp_path)
    assert complaint in text


def test_a_folder_with_files_is_left_alone(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert "is not empty" in one_line_error(capsys, "recipe", "article2", "--fallback", "--out", tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_help_is_quick_and_names_the_recipes(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["recipe", "--help"])
    assert leaving.value.code == 0
    out = capsys.readouterr().out
    assert all(name in out for name in NAMES)
    assert "--fallback" in out
