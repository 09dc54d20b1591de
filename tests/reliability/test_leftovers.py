"""After a kill at any moment the same command with --resume ends as the command that was not killed."""

import os
import signal
import sys
from pathlib import Path

import pytest
from training_job import arm

from cnncourse.cli import main
from cnncourse.results import History
from cnncourse.train import checkpoint

ROOT = Path(__file__).parent
TRAIN = ("train", "--data", "digits", "--model", "perceptron", "--epochs", "2", "--quiet")
RECIPE = ("recipe", "article2", "--fallback", "--epochs", "2", "--quiet")


def command(folder, arguments, kill_at=None):
    """Run a command in a process of its own, which may be killed on its way."""
    import torch

    os.environ |= {"CNNCOURSE_OFFLINE": "1", "CNNCOURSE_DATA": str(ROOT)}
    torch.set_num_threads(1)
    if kill_at is not None:
        arm(*kill_at)
    sys.exit(main([*arguments, "--out", str(folder)]))


def run(processes, *arguments):
    process = processes.Process(target=command, args=arguments)
    process.start()
    process.join()
    return process.exitcode


# Of the first file, command.json: half written, and before it has its name; then of the checkpoints.
MOMENTS = [("write", 1), ("replace", 1), ("write", 2), ("replace", 3), ("write", 7)]


@pytest.mark.parametrize("arguments", [TRAIN, RECIPE], ids=lambda arguments: arguments[0])
def test_a_killed_command_is_resumed_by_itself(processes, tmp_path, arguments):
    assert run(processes, tmp_path / "whole", arguments) == 0
    for number, moment in enumerate(MOMENTS):
        folder = tmp_path / str(number)
        assert run(processes, folder, arguments, moment) == -signal.SIGKILL
        assert run(processes, folder, (*arguments, "--resume")) == 0, moment
        names = {path.name for path in folder.iterdir()}
        assert names == {path.name for path in (tmp_path / "whole").iterdir()}
        for name in ("model.safetensors", "command.json"):
            assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_the_second_training_of_a_recipe_is_kept_and_resumed(processes, tmp_path):
    """Article 4's network is trained twice; killed in the second, the first is not done again."""
    arguments = ("recipe", "article4", "--fallback", "--epochs", "1", "--quiet")
    assert run(processes, tmp_path / "run", arguments, ("replace", 7)) == -signal.SIGKILL
    before = (tmp_path / "run" / "checkpoint.pt").stat().st_mtime_ns
    assert run(processes, tmp_path / "run", (*arguments, "--resume")) == 0
    assert (tmp_path / "run" / "checkpoint.pt").stat().st_mtime_ns == before
    assert len(History.load(tmp_path / "run" / "alternative" / "history.json").records) == 1


def test_train_says_which_command_resumes_a_recipe(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))
    folder = str(tmp_path / "run")
    assert main([*RECIPE, "--out", folder]) == 0
    capsys.readouterr()
    assert main(["train", "--resume", "--out", folder]) == 2
    said = capsys.readouterr().err
    assert f"`cnncourse recipe NAME --out {folder} --resume`" in said
    assert said.count("\n") == 1


@pytest.fixture
def finished(tmp_path):
    assert main([*TRAIN, "--out", str(tmp_path / "run")]) == 0
    return tmp_path / "run"


def test_a_command_whose_memory_is_damaged_goes_on_when_all_is_said_again(finished, capsys):
    (finished / "command.json").write_text('{"data": "dig')
    capsys.readouterr()
    assert main(["train", "--resume", "--quiet", "--out", str(finished)]) == 2
    assert "command.json is damaged" in capsys.readouterr().err
    assert main([*TRAIN, "--resume", "--out", str(finished)]) == 0
    assert main(["eval", str(finished), "--data", "digits"]) == 0


def test_an_evaluation_is_never_older_than_its_weights(finished, monkeypatch):
    """Killed between the weights and the evaluation, a run has none rather than an old one."""
    from cnncourse import train

    def interrupted(*arguments):
        raise KeyboardInterrupt

    assert (finished / checkpoint.EVALUATION).exists()
    monkeypatch.setattr(train, "evaluate", interrupted)
    assert main([*TRAIN, "--resume", "--out", str(finished)]) == 130
    assert not (finished / checkpoint.EVALUATION).exists()


def test_two_commands_into_one_folder(processes, tmp_path, capsys):
    from test_writers import hold

    ready = processes.Event()
    holder = processes.Process(target=hold, args=(tmp_path / "run", ready))
    holder.start()
    ready.wait()
    assert main([*TRAIN, "--out", str(tmp_path / "run")]) == 2
    assert f"run is in use: process {holder.pid} is writing into it" in capsys.readouterr().err
    holder.kill()
    holder.join()
    assert main([*TRAIN, "--out", str(tmp_path / "run")]) == 0


def test_names_do_not_command_the_terminal(tmp_path, capsys, monkeypatch):
    """A class whose name clears the screen and writes on a line of its own."""
    from PIL import Image

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    evil = "cat\x1b[2J\r\x9b1m\u202edog"
    for number, name in enumerate(("bird", evil)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for shade in range(12):
            picture = Image.new("L", (28, 28), 100 * number + shade)
            picture.save(tmp_path / "photos" / name / f"\x1b]0;title\x07{shade}.png")
        (tmp_path / "photos" / name / "\x1b[31mbad.png").write_text("no image")
    options = [
        "--data",
        str(tmp_path / "photos"),
        "--channels",
        "1",
        "--model",
        "perceptron",
        "--epochs",
        "1",
    ]
    assert main(["train", *options, "--out", str(tmp_path / "run")]) == 0
    assert main(["eval", str(tmp_path / "run")]) == 0
    image = tmp_path / "photos" / evil / "\x1b]0;title\x073.png"
    assert main(["predict", str(tmp_path / "run"), str(image), "--top", "2"]) == 0
    assert main(["predict", str(tmp_path / "run"), str(image) + "x"]) == 2
    captured = capsys.readouterr()
    assert r"cat\x1b[2J\r\x9b1m\u202edog" in captured.out
    for text in (captured.out, captured.err):
        assert not set(text) & set("\x1b\r\x07\x9b\u202e")
