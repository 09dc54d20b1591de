"""One process of a team that trains a small network and saves it, or the same alone."""

import os
import socket
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cnncourse import train
from cnncourse.data.arrays import ImageData
from cnncourse.train import Augment, TrainConfig

IMAGES = 75  # with 2·8 or 16 a step: four full batches, and 11 that split into 5 and 6


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Leaving(nn.Module):
    """Ends its process in a forward pass."""

    def forward(self, x):
        if self.training:
            os._exit(7)
        return x


def lose_one(out, rank, port):
    """Train as one of two, of which the second ends in its first step; keep what the first one says."""
    try:
        train_in_team(out, 8, rank, 2, port, lost=rank == 1)
    except RuntimeError as error:
        (Path(out) / "said.txt").write_text(str(error))
        raise SystemExit(1) from error


def train_in_team(out, batch_size, rank, world, port, lost=False):
    """What torchrun does for each process: say in the environment who it is, and run the program."""
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(world)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    labels = np.arange(IMAGES) % 3
    images = (rng.integers(0, 150, (IMAGES, 1, 8, 8)) + 30 * labels[:, None, None, None]).astype(np.uint8)
    data = ImageData(images, labels, ("a", "b", "c"), name="noise")
    torch.manual_seed(rank)  # the team has to start from rank 0's weights
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
    if lost:
        model.append(Leaving())
    config = TrainConfig(
        epochs=2,
        batch_size=batch_size,
        optimizer="sgd",
        lr=0.05,
        augment=Augment(flip=0.5, rotate=10),
        progress=False,
    )
    calls = []
    listen = [lambda record, net: calls.append(record.epoch)]
    history = train.fit(model, data, data, config, listen, out=Path(out), resume=True)
    history.save(Path(out) / f"history-{rank}.json")
    (Path(out) / f"calls-{rank}.txt").write_text(str(len(calls)))
    torch.save(model.state_dict(), Path(out) / f"weights-{rank}.pt")
