"""Two processes take the steps of one process with the double batch; and torchrun starts them."""

import os
import subprocess
import sys

import pytest
import safetensors.torch
import torch
from ddp_job import free_port, train_in_team

from cnncourse.results import History


def run(processes, out, batch_size, world):
    port = free_port()
    team = [
        processes.Process(target=train_in_team, args=(str(out), batch_size, r, world, port))
        for r in range(world)
    ]
    for process in team:
        process.start()
    for process in team:
        process.join()
    assert [process.exitcode for process in team] == [0] * world
    return out


@pytest.fixture(scope="module")
def runs(processes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ddp")
    return run(processes, folder / "one", 16, 1), run(processes, folder / "two", 8, 2)


def test_two_ranks_give_the_weights_of_one_with_the_double_batch(runs):
    one, two = runs
    expected = torch.load(one / "weights-0.pt", weights_only=True)
    for rank in range(2):
        got = torch.load(two / f"weights-{rank}.pt", weights_only=True)
        assert got.keys() == expected.keys()
        for name in expected:
            # Two half sums round otherwise than one sum; a wrong share of the last batch would show at 1e-2.
            torch.testing.assert_close(got[name], expected[name], rtol=1e-4, atol=1e-6)


def test_their_histories_agree(runs):
    one, two = runs
    alone = History.load(one / "history-0.json")
    for rank in range(2):
        team = History.load(two / f"history-{rank}.json")
        for column in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy"):
            assert team.column(column) == pytest.approx(alone.column(column), rel=1e-4)


def test_rank_0_alone_calls_back(runs):
    assert [(runs[1] / f"calls-{rank}.txt").read_text() for rank in range(2)] == ["2", "0"]


def test_a_team_reads_its_checkpoint_on_every_rank(processes, runs):
    two = runs[1]
    before = (two / "model.safetensors").read_bytes()
    run(processes, two, 8, 2)
    assert (two / "model.safetensors").read_bytes() == before
    for rank in range(2):
        assert len(History.load(two / f"history-{rank}.json").records) == 2
        assert (two / f"calls-{rank}.txt").read_text() == "0"  # nothing was left to train


def test_torchrun_starts_the_command_line(tmp_path):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = ["-m", "cnncourse", "train", "--model", "perceptron", "--data", "digits", "--epochs", "1"]
    done = subprocess.run(
        [*torchrun, *command, "--out", str(tmp_path / "run")],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("test accuracy") == 1  # one process reports
    assert len(History.load(tmp_path / "run" / "history.json").records) == 1
    weights = safetensors.torch.load_file(tmp_path / "run" / "model.safetensors")
    assert {name: tuple(tensor.shape) for name, tensor in weights.items()} == {
        "1.weight": (10, 784),
        "1.bias": (10,),
    }
