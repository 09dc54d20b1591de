"""Every mistake gets one clear line and exit code 2, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command import one_line_error
from PIL import Image

from cnncourse.cli import main

ROOT = Path(__file__).resolve().parents[2]
PLAIN_CHANGES = (
    "crop_padding", "flip", "rotate", "shift", "shear", "brightness", "contrast", "saturation", "cutout",
    "mixup", "cutmix",
)  # fmt: skip
TRAIN_MISTAKES = [
    (["--model", "lenet"], "lenet5"),
    (["--model", "resnet21"], "resnet20"),
    (["--data", "minst"], "Did you mean 'mnist'"),
    (["--data", "/no/such/folder"], "no such data set or folder"),
    (["--epochs", "-1"], "epochs=-1 must be a whole number of at least 1"),
    (["--epochs", "0"], "epochs=0"),
    (["--epochs", "three"], "argument --epochs: invalid int value: 'three'"),
    (["--batch-size", "0"], "batch_size=0"),
    (["--lr", "-0.1"], "lr=-0.1"),
    (["--lr", "nan"], "lr=nan"),
    (["--seed", "9" * 23], "seed=99999999999999999999999 must be a whole number from 0 to 922337203685477"),
    (["--data", ""], "argument --data: it is empty"),
    (["--out", ""], "argument --out: it is empty"),
    (["--root", ""], "argument --root: it is empty"),
    (["--data", __file__], "is a file: give a data set's name, or a folder of images"),
    (["--optimizer", "adamm"], "Did you mean 'adam'"),
    (["--schedule", "linear"], "schedule='linear' is unknown"),
    (["--precision", "int8"], "precision='int8' is unknown"),
    (["--device", "gpu"], "device='gpu'"),
    (["--device", "cuda:77"], "device='cuda:77'"),
    (["--valid", "1.5"], "--valid 1.5 must be at least 0 and below 1"),
    (["--size", "0"], "argument --size: '0' is neither"),
    (["--size", "axb"], "argument --size: 'axb' is neither"),
    (["--channels", "2"], "argument --channels: invalid choice"),
    (["--channels", "3", "--data", "digits"], "--channels 3: digits has 1"),
    (["--augment", "flop=1"], "Augment has no change 'flop'. Did you mean 'flip'?"),
    (["--augment", "flip=often"], "'often' is not a number"),
    (["--augment", "flip=7"], "flip=7 must be a number between 0 and 1"),
    (["--augment", "scale=1.2"], "scale=1.2 must be two numbers, the smallest and the largest"),
    (["--augment", "scale=2"], "scale=2 must be two numbers"),
    (["--augment", "scale=1:2:3"], "scale=(1.0, 2.0, 3.0) must be two numbers"),
    (["--augment", "scale=0.9:inf"], "both above 0"),
    (["--augment", "scale=nan:2"], "both above 0"),
    (["--augment", "scale=:"], "'scale=:': ':' is not a number; give flip=0.5 or scale=0.9:1.1"),
    *((["--augment", f"{name}=0.1:0.2"], f"{name}=(0.1, 0.2) must be a ") for name in PLAIN_CHANGES),
    *((["--augment", f"{name}=nan"], f"{name}=nan must be a ") for name in PLAIN_CHANGES),
    *((["--augment", f"{name}=-1"], f"{name}=-1 must be a ") for name in PLAIN_CHANGES),
    (["--augment", "crop_padding=1e9"], "crop_padding=1000000000 is larger than the images, 28×28 pixels"),
    (["--augment", "flip"], "'flip': '' is not a number"),
    (["--augment", "flip=0.5,flip=0.2"], "'flip=0.2': flip is given twice"),
    (["--augment", ","], "'': '' is not a number"),
    (["--early-stopping", "2", "--valid", "0"], "--early-stopping watches the loss on held-out images"),
    (["--resume"], "--resume needs --out"),
    (["--weights", "mine"], "weights='mine' is unknown"),
    (["--no-such-option"], "unrecognized arguments: --no-such-option"),
    (["--data", "kmnist", "--root", "/nowhere"], "kmnist is not in /nowhere (CNNCOURSE_OFFLINE is set)"),
]


@pytest.mark.parametrize(("arguments", "words"), TRAIN_MISTAKES)
def test_train_mistakes(arguments, words, capsys):
    assert words in one_line_error(capsys, "train", "--quiet", *arguments)


def test_out_that_cannot_be_used(trained, tmp_path, capsys):
    assert "is not empty: --resume goes on" in one_line_error(capsys, "train", "--out", trained[0])
    (tmp_path / "file").write_text("x")
    assert "is a file: give a folder" in one_line_error(capsys, "train", "--out", tmp_path / "file")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("x")
    error = one_line_error(capsys, "train", "--resume", "--out", tmp_path / "other")
    assert "holds files but no run to go on with" in error
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["notes.txt"]
    below = tmp_path / "file" / "run"
    assert "file" in one_line_error(capsys, "train", "--quiet", "--epochs", 1, "--out", below)


def test_resume_with_other_settings_is_refused(trained, capsys):
    arguments = ["train", "--quiet", "--epochs", 3, "--lr", 0.5, "--out", trained[0], "--resume"]
    assert "lr was 0.003, now 0.5" in one_line_error(capsys, *arguments)
    before = (trained[0] / "command.json").read_text()
    arguments = ["train", "--quiet", "--epochs", 3, "--data", "shapes", "--out", trained[0], "--resume"]
    error = one_line_error(capsys, *arguments)
    assert "holds a run with another model (num_classes was 10, now 6, in_channels was 1, now 3)" in error
    assert "lenet5" not in error  # what agrees is not listed
    assert (trained[0] / "command.json").read_text() == before


def test_a_refused_start_does_not_occupy_the_folder(tmp_path, capsys):
    arguments = ["train", "--quiet", "--epochs", 1, "--out", tmp_path / "run"]
    assert "does not take images" in one_line_error(capsys, *arguments, "--size", 12)
    assert main([str(argument) for argument in arguments]) == 0


def test_folder_mistakes(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert "has no sub-folders" in one_line_error(capsys, "train", "--quiet", "--data", tmp_path / "empty")


def test_one_class_is_nothing_to_learn(tmp_path, capsys):
    (tmp_path / "cat").mkdir()
    for number in range(12):
        Image.new("L", (30, 30), number).save(tmp_path / "cat" / f"{number}.png")
    arguments = ["train", "--quiet", "--data", tmp_path]
    assert "images of one class only, cat" in one_line_error(capsys, *arguments)
    (tmp_path / "dog").mkdir()  # a second class without images
    assert "no readable image in its sub-folder 'dog'" in one_line_error(capsys, *arguments)


@pytest.mark.parametrize("command", ["eval", "predict"])
def test_run_folder_mistakes(command, trained, tmp_path, capsys):
    files = ["x.png"] if command == "predict" else []
    assert "is no folder of a run" in one_line_error(capsys, command, tmp_path / "nowhere", *files)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{")
    assert "damaged" in one_line_error(capsys, command, broken, *files)
    (broken / "config.json").write_text((trained[0] / "config.json").read_text())
    assert "model.safetensors does not exist" in one_line_error(capsys, command, broken, *files)
    (broken / "model.safetensors").write_bytes((trained[0] / "model.safetensors").read_bytes()[:999])
    assert "no whole safetensors file" in one_line_error(capsys, command, broken, *files)
    assert "device='gpu'" in one_line_error(capsys, command, trained[0], *files, "--device", "gpu")


def test_eval_of_other_data(trained, tmp_path, capsys):
    assert "shapes has 3 channels" in one_line_error(capsys, "eval", trained[0], "--data", "shapes")
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.new("L", (30, 30)).save(tmp_path / "pets" / name / "a.png")
    assert "sub-folder 'cat'" in one_line_error(capsys, "eval", trained[0], "--data", tmp_path / "pets")
    copy = tmp_path / "without_command"
    copy.mkdir()
    for name in ("config.json", "model.safetensors"):
        (copy / name).write_bytes((trained[0] / name).read_bytes())
    assert "give --data" in one_line_error(capsys, "eval", copy)
    assert main(["eval", str(copy), "--data", "digits"]) == 0
    capsys.readouterr()
    (copy / "command.json").write_text("[]")
    assert "command.json is damaged" in one_line_error(capsys, "eval", copy)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "which command?"),
        (["trian"], "invalid choice: 'trian'"),
        (["predict", "run"], "the following arguments are required: IMAGE"),
        (["predict", "run", "x.png", "--top", "0"], "--top 0 must be at least 1"),
        (["eval", "run", "--split", "all"], "invalid choice: 'all'"),
        (["summary"], "which network?"),
        (["summary", "lenet6"], "Did you mean 'lenet5'"),
        (["summary", "lenet5", "--size", "3"], "input_size=(1, 3, 3)"),
        (["summary", "lenet5", "--classes", "0"], "num_classes must be a whole number of at least 1, got 0"),
        (["data"], "the following arguments are required: action"),
        (["data", "fetch"], "invalid choice: 'fetch'"),
        (["data", "get"], "which data?"),
        (["data", "get", "cifar"], "Did you mean 'cifar10'"),
        (["data", "list", "mnis"], "Did you mean 'mnist'"),
    ],
)
def test_other_mistakes(arguments, words, capsys):
    assert words in one_line_error(capsys, *arguments)


def test_a_far_name_is_not_suggested(capsys):
    assert "Did you mean" not in one_line_error(capsys, "data", "get", "nope")
    assert "Did you mean" not in one_line_error(capsys, "train", "--data", "nope")


def test_without_torch_the_remedy_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [name for name in sys.modules if name.startswith(("cnncourse.train", "cnncourse.models"))]:
        monkeypatch.delitem(sys.modules, name)
    import cnncourse

    for room in ("train", "models"):
        monkeypatch.delattr(cnncourse, room, raising=False)
    error = one_line_error(capsys, "summary", "lenet5")
    assert f"torch is not installed: {sys.executable} -m pip install -e '{ROOT}[torch]'" in error


def test_a_reader_that_goes_away_is_no_fault():
    command = f"{sys.executable} -m cnncourse data list | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stdout.startswith("data root")
    assert done.stderr == ""


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_DEBUG", "1")
    with pytest.raises(ValueError, match="epochs"):
        main(["train", "--epochs", "-1"])


def test_interrupted_before_training(monkeypatch, capsys):
    from cnncourse import data

    monkeypatch.setattr(data, "load", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    assert main(["train", "--data", "digits"]) == 130
    assert capsys.readouterr().err == "cnncourse: interrupted\n"
