"""Two processes take the steps of one process with the double batch; and torchrun starts them."""

import os
import shutil
import subprocess
import sys

import pytest
import safetensors.torch
import torch
from ddp_job import free_port, lose_one, train_in_team
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

from cnncourse import train
from cnncourse.cli import main
from cnncourse.results import History
from cnncourse.train import distributed


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


def test_a_team_reads_its_checkpoint_on_every_rank(processes, runs, tmp_path):
    two = shutil.copytree(runs[1], tmp_path / "two")  # the other tests read what the first run left
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


def test_a_lost_process_is_told_in_one_line(processes, tmp_path):
    """Rank 1 ends itself in the second epoch; rank 0 says what to do, and a new team goes on."""
    port = free_port()
    team = [processes.Process(target=lose_one, args=(str(tmp_path), rank, port)) for rank in range(2)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    assert [process.exitcode for process in team] == [1, 7]
    said = (tmp_path / "said.txt").read_text()
    assert said.startswith("process 0 of 2 lost another one (")
    assert said.endswith("see above what ended that one, then start all again with --resume")
    assert "\n" not in said


@pytest.mark.parametrize(
    "environment, said",
    [
        (
            {"RANK": "1", "WORLD_SIZE": "2"},
            "say that 2 processes train together, and they do not meet .*torchrun",
        ),
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE=two in the environment is no number"),
    ],
)
def test_an_environment_without_a_team_is_told(monkeypatch, environment, said):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises((RuntimeError, ValueError), match=said):
        distributed.join(torch.device("cpu"))


def test_a_stray_rank_is_said_and_not_obeyed(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    options = ["train", "--data", "digits", "--model", "perceptron", "--epochs", "1", "--quiet"]
    assert main([*options, "--out", str(tmp_path / "run")]) == 0
    captured = capsys.readouterr()
    assert "RANK=1 in the environment counts for nothing without WORLD_SIZE" in captured.err
    assert "test accuracy" in captured.out
    assert (tmp_path / "run" / "model.safetensors").exists()


def test_validation_data_that_are_dealt_out_are_refused():
    data = TensorDataset(torch.zeros(5, 1, 8, 8, dtype=torch.uint8), torch.zeros(5, dtype=int))
    dealt = DataLoader(data, 2, sampler=DistributedSampler(data, 2, 0))
    with pytest.raises(ValueError, match="data has a DistributedSampler, which shows this process a part"):
        train.evaluate(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 2)), dealt)
