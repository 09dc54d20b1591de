"""kill -9 at any moment of training or saving, then run again: the bits of an uninterrupted run."""

import signal
import time

import numpy as np
import pytest
import training_job
from training_job import EPOCHS, FILES, train_into

from cnncourse.results import History
from cnncourse.train import checkpoint


def run(processes, folder, **arguments):
    """Train in a process of its own to its end, whatever that is; the exit code (-9: killed)."""
    process = processes.Process(target=train_into, args=(str(folder),), kwargs=arguments)
    process.start()
    process.join()
    return process.exitcode


@pytest.fixture(scope="module")
def whole(processes, tmp_path_factory):
    """The folder of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    assert run(processes, folder) == 0
    return folder


def assert_same_end(folder, whole):
    """Weights, optimiser, average and records of two finished runs are equal, bit for bit."""
    assert (folder / checkpoint.WEIGHTS).read_bytes() == (whole / checkpoint.WEIGHTS).read_bytes()
    assert flatten(checkpoint.load_checkpoint(folder)) == flatten(checkpoint.load_checkpoint(whole))
    records = [History.load(f / checkpoint.HISTORY).column("train_loss") for f in (folder, whole)]
    np.testing.assert_array_equal(*records)
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)  # no half-written file is left


def flatten(value):
    """A nested state as comparable plain values, without the times it took."""
    if isinstance(value, dict):
        return {key: flatten(item) for key, item in value.items() if key != "seconds"}
    if isinstance(value, (list, tuple)):
        return [flatten(item) for item in value]
    return value.numpy().tobytes() if hasattr(value, "numpy") else value


def assert_readable(folder):
    """Whatever a kill left behind is whole: every file reads, or is not there."""
    checkpoint.load_checkpoint(folder)
    if (folder / checkpoint.WEIGHTS).exists():
        checkpoint.load_weights(folder / checkpoint.WEIGHTS, training_job.make_net(0))
    if (folder / checkpoint.HISTORY).exists():
        History.load(folder / checkpoint.HISTORY)


def saved_epochs(folder):
    state = checkpoint.load_checkpoint(folder)
    return 0 if state is None else len(state["records"])


def kill_after(process, folder, epochs, delay):
    """SIGKILL ``delay`` seconds after ``folder`` holds so many epochs; was the process still there?"""
    while process.is_alive() and saved_epochs(folder) < epochs:
        time.sleep(0.005)
    time.sleep(delay)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("trial", range(3))
def test_killed_at_random_moments(processes, whole, tmp_path, trial):
    """Kill a run twice on its way; each new process starts from other random weights."""
    rng = np.random.default_rng(trial)
    epoch_seconds = History.load(whole / checkpoint.HISTORY).column("seconds").mean()
    for start_seed, least in ((0, rng.integers(1, 3)), (98, rng.integers(3, 5))):
        process = processes.Process(target=train_into, args=(str(tmp_path), start_seed))
        process.start()
        killed = kill_after(process, tmp_path, least, rng.uniform(0, 1.5) * epoch_seconds)
        assert_readable(tmp_path)
        assert saved_epochs(tmp_path) >= least
        if not killed:  # it was quicker than the clock: the second process has nothing left to do
            assert saved_epochs(tmp_path) == EPOCHS
    assert run(processes, tmp_path, start_seed=99) == 0
    assert_same_end(tmp_path, whole)


# Before the first epoch is saved, between any two of its files, at the last epoch, and at its last file.
N = len(FILES)
MOMENTS = [
    *[("write", n) for n in (1, N + 1, 2 * N + 3)],
    ("fsync", 2 * N + 2),
    *[("replace", n) for n in (1, 2, 3 * N + 1, EPOCHS * N)],
]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment[0]}-{moment[1]}")
def test_killed_while_saving(processes, whole, tmp_path, moment):
    assert run(processes, tmp_path, kill_at=moment) == -signal.SIGKILL
    assert_readable(tmp_path)
    nothing_saved = checkpoint.load_checkpoint(tmp_path) is None
    assert nothing_saved == (moment in [("write", 1), ("replace", 1)])
    assert run(processes, tmp_path, start_seed=0 if nothing_saved else 99) == 0
    assert_same_end(tmp_path, whole)
