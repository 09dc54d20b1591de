"""Two processes under torchrun take the steps of one process with the double batch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

from cnncourse.results import History

JOB = Path(__file__).with_name("ddp_job.py")
ALONE = [sys.executable]
TWO = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def run(command, out, batch_size, *options):
    command = [*command, str(JOB), str(out), str(batch_size), *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ddp")
    outputs = run(ALONE, folder / "one", 16), run(TWO, folder / "two", 8)
    return folder / "one", folder / "two", outputs


def test_two_ranks_give_the_weights_of_one_with_the_double_batch(runs):
    one, two, _ = runs
    expected = safetensors.torch.load_file(one / "model.safetensors")
    got = safetensors.torch.load_file(two / "model.safetensors")
    assert got.keys() == expected.keys()
    for name in expected:
        # Two half sums round otherwise than one sum; a wrong share of the last batch would show at 1e-2.
        torch.testing.assert_close(got[name], expected[name], rtol=1e-4, atol=1e-6)


def test_their_histories_agree(runs):
    one, two, _ = runs
    alone, team = (History.load(folder / "history.json") for folder in (one, two))
    for column in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy"):
        assert team.column(column) == pytest.approx(alone.column(column), rel=1e-4)


def test_every_rank_has_the_history_and_one_calls_back(runs):
    _, _, (alone, team) = runs
    assert alone.split("\n")[:-1] == ["records 2 callbacks 2"]
    assert sorted(team.split("\n")[:-1]) == ["records 2 callbacks 0", "records 2 callbacks 2"]


def test_a_team_reads_its_checkpoint_on_every_rank(runs):
    two = runs[1]
    before = (two / "model.safetensors").read_bytes()
    output = run(TWO, two, 8, "resume")
    assert output.split("\n")[:-1] == ["records 2 callbacks 0"] * 2  # both ranks see a finished run
    assert (two / "model.safetensors").read_bytes() == before
