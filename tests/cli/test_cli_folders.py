"""Folders of pictures by the command line: their parts, and a split that a run keeps."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from command import accuracy_in, one_line_error
from PIL import Image

from cnncourse.cli import main

TRAIN = ["train", "--quiet", "--model", "mlp", "--epochs", "2", "--channels", "1", "--data"]


@pytest.fixture
def photos(tmp_path):
    """Thirty pictures of noise in each of two classes: nothing can be learned, only learned by heart."""
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(30):
            pixels = rng.integers(0, 256, (8, 8), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number:02}.png")
    return tmp_path / "photos"


@pytest.fixture
def run(photos, tmp_path, capsys):
    """The folder of a run on them."""
    assert main([*TRAIN, str(photos), "--out", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    return tmp_path / "run"


def measured(run, capsys) -> tuple[float, str]:
    """Evaluate a run; the accuracy and all that was printed."""
    assert main(["eval", str(run)]) == 0
    out = capsys.readouterr().out
    return accuracy_in(out), out


@pytest.mark.parametrize(
    "parts", [("Train", "Test"), ("training_set", "test_set"), ("seg_train", "seg_test")]
)
def test_parts_are_trained_on_and_tested_with(parts, photos, capsys):
    for part, numbers in zip(parts, (range(20), range(20, 30))):
        for name in ("cat", "dog"):
            (photos / part / name).mkdir(parents=True)
            for number in numbers:
                (photos / name / f"{number:02}.png").rename(photos / part / name / f"{number:02}.png")
    for name in ("cat", "dog"):
        (photos / name).rmdir()
    assert main([*TRAIN, str(photos)]) == 0
    assert "on 20 images of photos" in capsys.readouterr().out
    assert main(["data", "check", str(photos)]) == 0
    out = capsys.readouterr().out
    assert f"{photos / parts[0]}: 40 images can be read, 0 left out" in out
    assert f"{photos / parts[1]}: 20 images can be read, 0 left out" in out
    (photos / parts[1] / "dog").rename(photos / parts[1] / "Dog")
    assert main(["data", "check", str(photos)]) == 1
    assert f"Dog: not a class of {photos / parts[0]}. Did you mean 'dog'?" in capsys.readouterr().out


def test_a_part_beside_the_classes_is_tested_with(photos, capsys):
    for name in ("cat", "dog"):
        (photos / "test" / name).mkdir(parents=True)
        (photos / name / "00.png").rename(photos / "test" / name / "00.png")
    assert main(["data", "check", str(photos)]) == 0
    out = capsys.readouterr().out
    assert f"{photos}: 58 images can be read, 0 left out" in out
    assert f"{photos / 'test'}: 2 images can be read, 0 left out" in out
    assert main([*TRAIN, str(photos)]) == 0
    assert "on 2 images of photos" in capsys.readouterr().out


def test_unclear_parts_are_refused_with_what_was_seen(photos, capsys):
    (photos / "test").mkdir()
    shutil.copy(photos / "cat" / "00.png", photos / "test")
    for command in (TRAIN, ["data", "check"]):
        error = one_line_error(capsys, *command, photos)
        assert "holds test, named as parts of a data set, and beside them cat, dog, but test has no" in error


def test_folders_without_a_use_are_told(photos, tmp_path, capsys):
    for part in ("train", "test", "valid"):
        shutil.copytree(photos, tmp_path / "all" / part)
    shutil.copytree(photos, tmp_path / "all" / "sketches")
    assert main([*TRAIN, str(tmp_path / "all")]) == 0
    out = capsys.readouterr().out
    assert "sketches, valid is not used" in out
    assert "60 of the 60 pictures to test with are trained on as well, the first is cat/00.png" in out


def test_eval_measures_with_what_the_run_kept(run, photos, capsys):
    kept = json.loads((run / "command.json").read_text())["split"]
    assert (len(kept["train"]), len(kept["test"])) == (48, 12)
    before, out = measured(run, capsys)
    assert "on 12 images" in out
    assert "came" not in out
    train_name, test_name = next(iter(kept["train"])), next(iter(kept["test"]))
    (photos / train_name).unlink()
    shutil.copy(photos / test_name, photos / test_name.replace("/", "/copy of "))
    pixels = np.random.default_rng(1).integers(0, 256, (8, 8), np.uint8)
    for number in range(5):
        Image.fromarray(np.roll(pixels, number)).save(photos / "cat" / f"!{number}.png")
    (photos / test_name).rename(photos / test_name.replace("/", "/renamed "))
    again, out = measured(run, capsys)
    assert "5 pictures came since" in out
    assert "of the 12 it keeps for testing 0 are gone" in out
    assert "on 13 images" in out
    assert abs(again * 13 - before * 12) < 1.01  # the copy is right or wrong as its original
    for prefix in ("renamed ", "copy of "):
        (photos / test_name.replace("/", f"/{prefix}")).unlink()
    assert "of the 12 it keeps for testing 1 are gone" in measured(run, capsys)[1]


def test_resume_knows_its_training_pictures(run, photos, capsys):
    kept = json.loads((run / "command.json").read_text())["split"]
    resume = ["train", "--resume", "--quiet", "--epochs", "2", "--out", str(run)]
    Image.new("L", (8, 8), 9).save(photos / "dog" / "new.png")
    assert main(resume) == 0
    assert "1 pictures came since" in capsys.readouterr().out
    name = next(iter(kept["train"]))
    whole = (photos / name).read_bytes()
    Image.new("L", (8, 8), 10).save(photos / name)
    assert f"1 training pictures came, went or changed, the first is {name}" in one_line_error(
        capsys, *resume
    )
    (photos / name).write_bytes(whole)
    (photos / name).rename(photos / name.replace("/", "/moved "))
    assert "2 training pictures came, went or changed" in one_line_error(capsys, *resume)


def test_a_run_of_an_older_version_is_measured_as_it_was_and_says_so(run, capsys):
    content = json.loads((run / "command.json").read_text())
    del content["split"], content["format"], content["checksum"]  # an older one has neither
    (run / "command.json").write_text(json.dumps(content))
    assert (
        "is of an older version and does not say which pictures it was trained on" in measured(run, capsys)[1]
    )


def test_a_newer_or_damaged_run_file_is_named(run, capsys):
    whole = json.loads((run / "command.json").read_text())
    assert whole["format"] == "cnncourse command 1"
    (run / "command.json").write_text(json.dumps(whole | {"format": "cnncourse command 9"}))
    assert "command.json was written by a newer cnncourse" in one_line_error(capsys, "eval", run)
    (run / "command.json").write_text(json.dumps(whole | {"data": "elsewhere"}))
    assert "its checksum is that of another content" in one_line_error(capsys, "eval", run)
    del whole["format"], whole["checksum"]
    for damage in ([], {"train": {}}, {"train": 1, "test": {}}):
        (run / "command.json").write_text(json.dumps(whole | {"split": damage}))
        assert "command.json is damaged, foreign or newer (its split" in one_line_error(capsys, "eval", run)
