"""Training and evaluating by the real command, on real data."""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command import accuracy_in, cnncourse, one_line_error
from PIL import Image

from cnncourse.cli import main
from cnncourse.cli.sources import Source
from cnncourse.data import CATALOG, data_root, load


def test_train_writes_a_run_and_reports(trained):
    folder, done = trained
    assert done.returncode == 0, done.stderr
    assert {"model.safetensors", "history.json", "config.json"} <= {path.name for path in folder.iterdir()}
    assert "cpu" in done.stderr or "cuda" in done.stderr or "mps" in done.stderr  # the device is printed
    assert "epoch 3/3" in done.stderr
    assert done.stdout.startswith("test accuracy ")
    assert accuracy_in(done.stdout) > 0.9  # chance is 0.1; real digits, unseen in training
    history = json.loads((folder / "history.json").read_text())
    assert [record["epoch"] for record in history["records"]] == [1, 2, 3]
    assert json.loads((folder / "config.json").read_text())["model"]["name"] == "lenet5"


def test_eval_finds_the_same_accuracy(trained):
    folder, done = trained
    again = cnncourse("eval", folder)
    assert again.returncode == 0, again.stderr
    assert accuracy_in(again.stdout) == accuracy_in(done.stdout)
    rows = [line.split() for line in again.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == list("0123456789")
    assert sum(int(row[1]) for row in rows) == 359
    stored = json.loads((folder / "evaluation.json").read_text())
    assert stored["accuracy"] == pytest.approx(accuracy_in(done.stdout), abs=1e-4)


def test_predict_agrees_with_the_labels(trained, digit_files):
    done = cnncourse("predict", trained[0], *[path for path, _ in digit_files])
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == [str(path) for path, _ in digit_files]
    right = sum(row[1] == label for row, (_, label) in zip(rows, digit_files))
    assert right >= 8
    assert all(0 < float(row[2].rstrip("%")) <= 100 for row in rows)


def test_training_is_the_same_for_the_same_seed_and_resumable(trained, tmp_path):
    """Stop a run by Ctrl-C, go on with --resume: the weights are those of the run that was not stopped."""
    folder = tmp_path / "b"
    options = "train --model lenet5 --data digits --epochs 3 --seed 0 --resume --out"
    arguments = [*options.split(), str(folder)]
    command = [sys.executable, "-m", "cnncourse", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    while not (folder / "checkpoint.pt").exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    if process.returncode != 0:  # else training was quicker than the signal
        assert process.returncode == 130, err
        assert "Traceback" not in err
        assert err.splitlines()[-1].startswith("cnncourse: interrupted, ")
        history = json.loads((folder / "history.json").read_text())
        assert len(history["records"]) in (1, 2)
        assert "interrupted" in history["stopped"]
    done = cnncourse("train", "--resume", "--out", folder)  # as it was begun
    assert done.returncode == 0, done.stderr
    assert (folder / "model.safetensors").read_bytes() == (trained[0] / "model.safetensors").read_bytes()
    assert accuracy_in(done.stdout) == accuracy_in(trained[1].stdout)


def test_resume_takes_what_is_not_said_from_the_run(folder_of_digits, tmp_path, capsys, monkeypatch):
    """Every kind of option, killed after an epoch and before the first one; then from another directory."""
    settings = "--model mlp --epochs 3 --lr 0.01 --batch-size 20 --schedule constant --seed 4 --valid 0.2"
    images = "--size 28 --channels 1 --resize stretch --augment flip=0.5,scale=0.9:1.1 --quiet"
    monkeypatch.chdir(folder_of_digits.parent)
    options = [*settings.split(), *images.split(), "--data", "images"]
    assert main(["train", *options, "--out", "whole"]) == 0
    assert main(["train", *options, "--out", "one", "--epochs", "1"]) == 0
    begun = (tmp_path / "one" / "command.json").read_bytes()
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "command.json").write_bytes((tmp_path / "whole" / "command.json").read_bytes())
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["train", "--resume", "--quiet", "--epochs", "3", "--out", str(tmp_path / "one")]) == 0
    assert (tmp_path / "one" / "command.json").read_bytes() == begun
    assert main(["train", "--resume", "--quiet", "--out", str(tmp_path / "none")]) == 0
    expected = (tmp_path / "whole" / "model.safetensors").read_bytes()
    for name in ("one", "none"):
        assert (tmp_path / name / "model.safetensors").read_bytes() == expected
    capsys.readouterr()
    for said in ("--model lenet5", "--valid 0.1", "--weights cifar10"):
        error = one_line_error(capsys, "train", "--resume", *said.split(), "--out", tmp_path / "one")
        assert f"{said}: {tmp_path / 'one'} holds a run with " in error


def test_a_run_that_has_not_begun_may_become_another(tmp_path, capsys):
    """Killed before its first epoch ended, it binds nobody."""
    training = {"model": "resnet20", "weights": None, "valid": 0.5, "settings": {"lr": 0.5}}
    Source("digits", size=(12, 12)).save(tmp_path, training)
    other = "train --resume --quiet --epochs 1 --data shapes --model perceptron --out"
    assert main([*other.split(), str(tmp_path)]) == 0
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["data"]["image_shape"] == [3, 28, 28]
    assert config["train"]["lr"] == 0.003


@pytest.mark.parametrize("damage", [{"settings": [1]}, {"valid": "much"}, None])
def test_a_damaged_memory_of_the_command_is_refused(damage, trained, tmp_path, capsys):
    shutil.copytree(trained[0], tmp_path / "run")
    path = tmp_path / "run" / "command.json"
    content = json.loads(path.read_text())
    content["training"] = content["training"] | damage if damage else {"model": "mlp"}
    path.write_text(json.dumps(content))
    error = one_line_error(capsys, "train", "--resume", "--out", tmp_path / "run")
    assert "command.json is damaged" in error


def write_idx(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
    )


def test_mnist_real_or_small(tmp_path, monkeypatch):
    """Real MNIST where $CNNCOURSE_DATA has it; else real IDX files made from the embedded digits."""
    if CATALOG["mnist"].missing(data_root()):
        for split, stem in (("train", "train"), ("test", "t10k")):
            digits = load("digits", split)
            write_idx(tmp_path / f"MNIST/raw/{stem}-images-idx3-ubyte", digits.images[:, 0])
            write_idx(tmp_path / f"MNIST/raw/{stem}-labels-idx1-ubyte", digits.labels.astype(np.uint8))
        monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))
        epochs, least = 3, 0.9
    else:
        epochs, least = 1, 0.95
    done = cnncourse(
        "train", "--model", "lenet5", "--data", "mnist", "--epochs", epochs, "--out", tmp_path / "run"
    )
    assert done.returncode == 0, done.stderr
    assert "of mnist" in done.stdout
    assert accuracy_in(done.stdout) > least


@pytest.fixture
def folder_of_digits(tmp_path) -> Path:
    """An image folder with train/ and test/: 0s and 1s as PNGs, one file that is no image."""
    for split in ("train", "test"):
        digits = load("digits", split, size=12)
        for label in (0, 1):
            place = tmp_path / "images" / split / f"class{label}"
            place.mkdir(parents=True)
            for number, image in enumerate(digits.images[digits.labels == label][:60]):
                Image.fromarray(image[0]).save(place / f"{number}.png")
    (tmp_path / "images" / "train" / "class0" / "bad.png").write_text("no image")
    return tmp_path / "images"


def test_train_on_a_folder(folder_of_digits, tmp_path, capsys):
    run = tmp_path / "run"
    options = ["--data", folder_of_digits, "--epochs", 3, "--channels", 1, "--quiet", "--out", run]
    assert main(["train", *map(str, options)]) == 0
    out = capsys.readouterr().out
    assert "left out 1 of 121 (1 not an image)" in out
    assert "images of images" in out  # the folder is called images
    assert accuracy_in(out.split("test ")[1]) > 0.9
    assert main(["eval", str(run)]) == 0
    assert "class1" in capsys.readouterr().out
    image = folder_of_digits / "test" / "class1" / "0.png"
    assert main(["predict", str(run), str(image), "--top", "2"]) == 0
    words = capsys.readouterr().out.split()
    assert words[1] == "class1"
    assert words[3] == "class0"
    # classes without train/ and test/ above them are split here
    assert main(["train", "--data", str(folder_of_digits / "train"), "--epochs", "1", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "on 24 images" in out
    assert out.count("left out 1 of 121") == 1
    # images the network was not trained on are all used
    assert main(["eval", str(run), "--data", str(folder_of_digits / "train")]) == 0
    assert "on 120 images" in capsys.readouterr().out


def test_a_class_may_be_empty_in_the_test_part_alone(folder_of_digits, capsys):
    shutil.rmtree(folder_of_digits / "test" / "class0")
    options = ["--data", str(folder_of_digits), "--epochs", "1", "--quiet"]
    assert main(["train", *options]) == 0
    assert "1 no files for this class" in capsys.readouterr().out
    (folder_of_digits / "train" / "class2").mkdir()
    error = one_line_error(capsys, "train", *options)
    assert "no readable image in its sub-folder 'class2'" in error
    assert main(["data", "check", str(folder_of_digits)]) == 1
    assert f"{folder_of_digits / 'train' / 'class2'}: no files for this class" in capsys.readouterr().out


def test_stand_in_is_remembered(tmp_path, capsys):
    options = ["--data", "mnist", "--root", str(tmp_path), "--fallback", "digits", "--epochs", "1", "--quiet"]
    assert main(["train", *options, "--out", str(tmp_path / "r")]) == 0
    assert "mnist (train) is not on this machine" in capsys.readouterr().out
    assert main(["eval", str(tmp_path / "r")]) == 0
    assert "359 images of digits" in capsys.readouterr().out


def test_images_are_resized_for_a_network_that_needs_it(tmp_path, capsys):
    options = [
        "--model",
        "lenet5_1998",
        "--data",
        "digits",
        "--epochs",
        "1",
        "--quiet",
        "--out",
        str(tmp_path / "r"),
    ]
    assert main(["train", *options]) == 0
    assert json.loads((tmp_path / "r" / "config.json").read_text())["data"]["image_shape"] == [1, 32, 32]


def test_settings_reach_the_configuration(tmp_path):
    options = (
        "--epochs 1 --batch-size 64 --lr 0.01 --optimizer sgd --momentum 0.8 --weight-decay 0.001 "
        "--schedule cosine --clip-norm 1.5 --label-smoothing 0.1 --ema 0.9 --early-stopping 2 --device cpu "
        "--precision float32 --seed 5 --augment flip=0.5,rotate=10,scale=0.9:1.1,crop_padding=2 "
        "--deterministic --quiet --data digits"
    )
    assert main(["train", *options.split(), "--out", str(tmp_path / "r")]) == 0
    train = json.loads((tmp_path / "r" / "config.json").read_text())["train"]
    expected = {
        "epochs": 1, "batch_size": 64, "lr": 0.01, "optimizer": "sgd", "momentum": 0.8, "weight_decay": 0.001,
        "schedule": "cosine", "clip_norm": 1.5, "label_smoothing": 0.1, "ema": 0.9, "early_stopping": 2,
        "device": "cpu", "precision": "float32", "seed": 5, "deterministic": True, "progress": False,
    }  # fmt: skip
    assert {key: train[key] for key in expected} == expected
    augment = train["augment"]
    assert (augment["flip"], augment["rotate"], augment["crop_padding"]) == (0.5, 10, 2)
    assert list(augment["scale"]) == [0.9, 1.1]


def test_a_run_without_a_finished_epoch_claims_nothing(tmp_path, capsys):
    """Steps so long that the loss is not a number before the first epoch ends."""
    run = tmp_path / "run"
    options = ["--data", "digits", "--model", "mlp", "--lr", "1e30", "--epochs", "1", "--quiet"]
    assert main(["train", *options, "--out", str(run)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "no epoch was finished: " in captured.err
    assert "not finite" in captured.err
    assert {path.name for path in run.iterdir()} <= {"command.json"}


def test_the_files_that_are_reported_are_there(trained):
    folder, done = trained
    names = done.stdout.split("written to ")[1].split(": ")[1].split()
    assert len(names) == 4
    assert all((folder / name.rstrip(",")).exists() for name in names)


def test_help_names_the_choices_and_defaults_of_the_trainer(capsys):
    from cnncourse.train.config import DEFAULT_LR, OPTIMIZERS, PRECISIONS, SCHEDULES, TrainConfig

    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for name in (*OPTIMIZERS, *SCHEDULES, *PRECISIONS):
        assert name in text
    config = TrainConfig()
    assert f"training images; default {config.epochs}" in text
    assert f"images per step; default {config.batch_size}" in text
    assert (
        f"default {DEFAULT_LR['adamw']} for adam and adamw, {DEFAULT_LR['sgd']} for sgd and nesterov" in text
    )
    assert f"the last step kept, for sgd and nesterov; default {config.momentum}" in text
    assert f"towards zero; default {config.weight_decay}" in text
    assert f"one-cycle; default {config.schedule}" in text
