"""A run's folder has one writer, follows no link that somebody planted, and is not held by the dead."""

import os
import signal
import threading

import pytest
import torch
import training_job
from training_job import CONFIG, make_data, make_net, train_into

from cnncourse import train
from cnncourse.train import checkpoint
from cnncourse.train import folder as run_folder
from cnncourse.train.folder import only_writer


def hold(folder, ready):
    """Take the folder, say so, and never let go."""
    with only_writer(folder):
        ready.set()
        threading.Event().wait()


def test_a_second_process_is_refused_and_a_dead_one_is_not_waited_for(processes, tmp_path):
    ready = processes.Event()
    holder = processes.Process(target=hold, args=(tmp_path / "run", ready))
    holder.start()
    ready.wait()
    with pytest.raises(
        BlockingIOError, match=rf"run is in use: process {holder.pid} is writing into it. Wait"
    ):
        train.fit(make_net(0), make_data(0), make_data(1), CONFIG, out=tmp_path / "run", resume=True)
    holder.kill()
    holder.join()
    assert holder.exitcode == -signal.SIGKILL
    with only_writer(tmp_path / "run"):
        pass
    assert not list((tmp_path / "run").iterdir())


def test_a_second_thread_is_refused_and_the_same_one_may_ask_again(tmp_path):
    refused = []

    def other():
        with pytest.raises(BlockingIOError, match="another thread of this process is writing"):
            only_writer(tmp_path).__enter__()
        refused.append(True)

    with only_writer(tmp_path), only_writer(tmp_path / "." / ""):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused == [True]
    assert not list(tmp_path.iterdir())


def test_a_folder_that_was_made_for_nothing_goes(tmp_path):
    with only_writer(tmp_path / "new"):
        pass
    (tmp_path / "old").mkdir()
    with only_writer(tmp_path / "old"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


LINKS = [
    "checkpoint.pt.part",
    "checkpoint.pt",
    "config.json",
    "history.json",
    "model.safetensors",
    "evaluation.json",
]


def test_planted_links_are_not_followed(tmp_path):
    """The folder of somebody else, in which every name that is written leads to a file of the user."""
    victim, out = tmp_path / "diary", tmp_path / "run"
    train_into(out)
    state = (out / "checkpoint.pt").read_bytes()
    victim.write_bytes(state)
    for name in LINKS:
        (out / name).unlink(missing_ok=True)
        (out / name).symlink_to(victim)
    train_into(out)
    assert victim.read_bytes() == state
    assert not (out / "model.safetensors").is_symlink()
    (out / ".lock").symlink_to(victim)
    with pytest.raises(OSError, match="could not be written"):
        train_into(out)
    assert victim.read_bytes() == state


def test_what_a_killed_process_left_goes_and_nothing_else(tmp_path):
    names = [".checkpoint.pt.0123456789abcdef.part", ".notes.part", "letter.part"]
    for name in names:
        (tmp_path / name).write_text("x")
    with only_writer(tmp_path):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


@pytest.mark.parametrize("where", ["checkpoint", "weights", "before saving"])
def test_ctrl_c_around_saving_keeps_the_epoch(tmp_path, monkeypatch, where):
    """It is an interruption and no full disk; what the history says is on the disk; and the run goes on."""
    torch.set_num_threads(1)
    calls = []
    original, save = run_folder.write_atomic, checkpoint.save_checkpoint

    def pressed(path, write):
        calls.append(path.name)
        wanted = {"checkpoint": "checkpoint.pt", "weights": "model.safetensors"}.get(where)
        if path.name == wanted and calls.count(path.name) == 2:

            def half(file):
                file.write(b"half")
                signal.raise_signal(signal.SIGINT)

            return original(path, half)
        return original(path, write)

    def listen(record, model):
        if where == "before saving" and record.epoch == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(checkpoint, "write_atomic", pressed)
    arguments = (make_data(0), make_data(1), CONFIG)
    history = train.fit(make_net(0), *arguments, callbacks=[listen], out=tmp_path / "run", resume=True)
    assert history.stopped == "interrupted by Ctrl-C in epoch 3"
    assert len(history.records) == len(checkpoint.load_checkpoint(tmp_path / "run")["records"]) == 2
    assert not list((tmp_path / "run").glob(".*"))
    monkeypatch.undo()
    assert checkpoint.save_checkpoint is save
    train.fit(make_net(9), *arguments, out=tmp_path / "run", resume=True)
    train_into(tmp_path / "whole")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("run", "whole")]
    assert weights[0] == weights[1]


def test_ctrl_c_inside_of_torch_save_is_no_failed_write(tmp_path):
    """torch.save turns what its file raises into a RuntimeError."""

    class Pressing:
        def __init__(self, file):
            self.file = file

        def write(self, content):
            raise KeyboardInterrupt

        def __getattr__(self, name):
            return getattr(self.file, name)

    with pytest.raises(KeyboardInterrupt):
        run_folder.write_atomic(
            tmp_path / "a.pt", lambda file: torch.save({"a": torch.ones(3)}, Pressing(file))
        )
    assert not list(tmp_path.iterdir())


def test_files_can_be_read_by_others(tmp_path):
    before = os.umask(0o022)
    try:
        run_folder.write_text(tmp_path / "a.json", "{}")
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644


def test_the_files_of_a_run_are_those_of_the_kill_tests(tmp_path):
    train_into(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(training_job.FILES)
