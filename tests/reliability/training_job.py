"""A training run for the tests to kill: small, with everything that has a state, in a process of its own."""

import os
import signal
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cnncourse import train
from cnncourse.data.arrays import ImageData
from cnncourse.train import Augment, TrainConfig, checkpoint
from cnncourse.train import folder as run_folder

EPOCHS = 6
# The files of one epoch's saving, in order; each is written, forced to the disk and renamed.
FILES = (checkpoint.CHECKPOINT, checkpoint.CONFIG, checkpoint.WEIGHTS, checkpoint.HISTORY)


def make_data(seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(96) % 3
    images = rng.integers(0, 150, (96, 1, 8, 8)) + 30 * labels[:, None, None, None]
    return ImageData(images.astype(np.uint8), labels, ("a", "b", "c"), name="noise")


def make_net(seed):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(512, 64),
        nn.ReLU(),
        nn.Linear(64, 3),
    )


CONFIG = TrainConfig(
    epochs=EPOCHS,
    batch_size=8,
    ema=0.9,
    early_stopping=EPOCHS,
    clip_norm=1.0,
    augment=Augment(flip=0.5, rotate=10, mixup=0.2),
    progress=False,
)


def train_into(folder, start_seed=0, kill_at=None):
    """Train, or go on training, in ``folder``.

    ``kill_at`` is (call, n): SIGKILL comes before the n-th call of ``os.fsync`` or ``os.replace``, or in the
    middle of the n-th ``write`` of a file.
    """
    torch.set_num_threads(1)
    if kill_at is not None:
        arm(*kill_at)
    train.fit(make_net(start_seed), make_data(0), make_data(1), CONFIG, out=Path(folder), resume=True)


def arm(call, n):
    """Let this process kill itself at the n-th call."""
    count = 0

    def reached():
        nonlocal count
        count += 1
        return count == n

    if call == "write":
        original = checkpoint.write_atomic

        def half_written(path, write):
            def write_half(file):
                if not reached():
                    return write(file)
                write(file)
                file.flush()
                os.ftruncate(file.fileno(), os.fstat(file.fileno()).st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)

            original(path, write_half)

        checkpoint.write_atomic = run_folder.write_atomic = half_written
        return
    original_call = getattr(os, call)

    def killing(*arguments):
        if reached():
            os.kill(os.getpid(), signal.SIGKILL)
        return original_call(*arguments)

    setattr(os, call, killing)
