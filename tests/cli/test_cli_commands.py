"""Predicting, and the commands that look: summary, data, doctor, help."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command import one_line_error
from PIL import Image

from cnncourse.cli import main, parser
from cnncourse.data import CATALOG


def test_predict_takes_any_kind_of_image(trained, digit_files, tmp_path, capsys):
    """The same digit as a large photograph in colour, with a palette, in 16 bits: the same class."""
    path, label = digit_files[0]
    digit = Image.open(path)
    kinds = {
        "large.jpg": digit.resize((300, 300), Image.Resampling.BICUBIC).convert("RGB"),
        "palette.gif": digit.convert("P"),
        "deep.png": Image.fromarray(np.asarray(digit).astype(np.uint16) * 257),
        "cmyk.jpg": digit.convert("RGB").convert("CMYK"),
    }
    for name, image in kinds.items():
        image.save(tmp_path / name)
    assert main(["predict", str(trained[0]), *[str(tmp_path / name) for name in kinds]]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[1] for row in rows] == [label] * len(kinds)


def test_predict_inverted_photographs(trained, digit_files, tmp_path, capsys):
    """Dark ink on grey, unevenly lit paper: a hint without --invert, the right class with it."""
    photos = []
    for path, _ in digit_files:
        ink = np.asarray(Image.open(path).resize((200, 200), Image.Resampling.BICUBIC)) / 255
        light = np.linspace(190, 215, 200)[None]
        photo = light * (1 - ink) + 60 * ink
        photos.append(tmp_path / f"photo_{path.stem}.png")
        Image.fromarray(photo.astype(np.uint8)).convert("RGB").save(photos[-1])
    assert main(["predict", str(trained[0]), *map(str, photos)]) == 0
    assert capsys.readouterr().err.count("try --invert") == 10
    assert main(["predict", str(trained[0]), "--invert", *map(str, photos)]) == 0
    captured = capsys.readouterr()
    right = [row.split()[1] == label for row, (_, label) in zip(captured.out.splitlines(), digit_files)]
    assert sum(right) >= 8
    assert captured.err == ""


def test_predict_goes_on_after_a_bad_file(trained, digit_files, tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_text("no image")
    code = main(
        [
            "predict",
            str(trained[0]),
            str(bad),
            str(digit_files[0][0]),
            str(tmp_path / "absent.png"),
            str(tmp_path),
        ]
    )
    captured = capsys.readouterr()
    assert code == 2
    assert len(captured.out.splitlines()) == 1
    errors = captured.err.splitlines()
    assert len(errors) == 3
    assert "bad.png: not an image" in errors[0]
    assert "absent.png: No such file" in errors[1]
    assert "a folder" in errors[2]


def test_summary_of_lenet(capsys):
    assert main(["summary", "lenet5"]) == 0
    out = capsys.readouterr().out
    assert "61,706" in out
    for word in ("layer", "output shape", "parameters", "MACs", "6×28×28", "16×10×10"):
        assert word in out


def test_summary_options(capsys):
    assert main(["summary", "resnet20", "--size", "64", "--classes", "7", "--channels", "1"]) == 0
    assert "1×64×64 in, 7 classes out" in capsys.readouterr().out
    assert main(["summary", "--list"]) == 0
    assert "vgg16" in capsys.readouterr().out


def test_data_check_lists_the_files_of_a_folder_that_cannot_be_read(tmp_path, capsys):
    for name in ("cat", "dog"):
        (tmp_path / "train" / name).mkdir(parents=True)
        Image.new("RGB", (40, 40), "red").save(tmp_path / "train" / name / "good.png")
    assert main(["data", "check", str(tmp_path)]) == 0
    assert "2 images can be read, 0 left out" in capsys.readouterr().out
    (tmp_path / "train" / "cat" / "half.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    (tmp_path / "train" / "dog" / "empty.png").write_bytes(b"")
    assert main(["data", "check", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert re.search(r"cat.half\.jpg: \w+", out)
    assert re.search(r"dog.empty\.png: \w+", out)
    assert "2 images can be read, 2 left out" in out
    assert out.count("\n") == 3  # nothing tells to use this very command


def test_data_check_says_that_there_is_no_such_folder(tmp_path, capsys):
    (tmp_path / "photo.jpg").write_bytes(b"x")
    assert "no such data set or folder" in one_line_error(capsys, "data", "check", tmp_path / "albun")
    assert "is a file: give a folder" in one_line_error(capsys, "data", "check", tmp_path / "photo.jpg")
    assert "Did you mean 'mnist'" in one_line_error(capsys, "data", "check", "mnis")


def test_data_list_and_check(tmp_path, capsys):
    assert main(["data", "list", "--root", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    for name in CATALOG:
        assert name in out
    assert "always there" in out
    assert "12 MB to get" in out
    assert main(["data", "check", "--root", str(tmp_path)]) == 0
    assert "mnist" not in capsys.readouterr().out
    assert main(["data", "check", "mnist", "--root", str(tmp_path)]) == 1
    assert "missing" in capsys.readouterr().out
    assert main(["data", "get", "digits"]) == 0
    assert "always there" in capsys.readouterr().out


def test_doctor_is_well_here(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in ("cnncourse", "Python", "numpy", "torch", "device", "data root", "digits"):
        assert word in out


def test_doctor_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "matplotlib   not installed" in out
    pip = f"{shlex.quote(sys.executable)} -m pip install"
    checkout = Path(__file__).resolve().parents[2]
    assert f"missing: matplotlib, for figures. To get it: {pip} -e '{checkout}[course]'" in out


def test_remedies_of_an_installed_package_name_it_by_its_name(monkeypatch, tmp_path):
    """As a wheel puts it into site-packages; in a folder whose name a shell would cut."""
    monkeypatch.setattr(
        parser, "__file__", str(tmp_path / "site-packages" / "cnncourse" / "cli" / "parser.py")
    )
    monkeypatch.setattr(sys, "executable", "/my envs/bin/python")
    assert parser.pip_install(extra="torch") == "'/my envs/bin/python' -m pip install 'cnncourse[torch]'"


def test_doctor_reinstalls_what_is_broken(monkeypatch, tmp_path, capsys):
    (tmp_path / "matplotlib.py").write_text("raise OSError('libpng is gone')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "matplotlib")
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "matplotlib   installed, but broken: libpng is gone" in out
    assert out.rstrip().endswith("-m pip install --force-reinstall matplotlib")


def test_doctor_tells_what_the_data_root_is(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    for place, words in (
        (tmp_path, "; writable"),
        (tmp_path / "a/b", "yet"),
        (tmp_path / "file", "is a file"),
    ):
        monkeypatch.setenv("CNNCOURSE_DATA", str(place))
        assert main(["doctor"]) == 0
        line = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("data root"))
        assert words in line
    assert not (tmp_path / "a").exists()


def test_digits_need_scikit_learn(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))
    assert main(["data", "list", "digits"]) == 0
    out = capsys.readouterr().out
    assert "needs scikit-learn" in out
    assert "always there" not in out
    assert main(["doctor"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert "data here    shapes" in rows
    assert any(row.startswith("digits       needs scikit-learn") for row in rows)
    assert main(["data", "check"]) == 0


def test_a_failed_fetch_leaves_no_folder(monkeypatch, tmp_path, capsys):
    import torchvision.datasets

    def unreachable(*_, **__):
        raise OSError("no network")

    monkeypatch.delenv("CNNCOURSE_OFFLINE")
    monkeypatch.setattr(torchvision.datasets, "MNIST", unreachable)
    for arguments in (["train", "--data", "mnist"], ["data", "get", "mnist"]):
        assert main([*arguments, "--root", str(tmp_path / "deep" / "er")]) == 2
        assert "no network" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [[], ["train"], ["eval"], ["predict"], ["summary"], ["data"], ["doctor"]])
def test_help_has_examples_and_needs_no_torch(command):
    """In a process that cannot import torch or NumPy."""
    program = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(['torch', 'numpy', 'torchvision', 'PIL', 'tqdm', 'sklearn']))\n"
        "from cnncourse.cli import main\n"
        f"main({[*command, '--help']!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "example" in done.stdout
    assert f"cnncourse {' '.join(command)}".strip() in done.stdout


def test_version(capsys):
    from cnncourse import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__
