"""Train under torchrun (or alone) and save the weights: ``ddp_job.py OUT BATCH_SIZE [resume]``."""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cnncourse import train
from cnncourse.data.arrays import ImageData
from cnncourse.train import Augment, TrainConfig

IMAGES = 75  # with 2·8 or 16 a step: four full batches, and 11 that split into 5 and 6


def main(out: str, batch_size: int, resume: bool) -> None:
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    labels = np.arange(IMAGES) % 3
    images = (rng.integers(0, 150, (IMAGES, 1, 8, 8)) + 30 * labels[:, None, None, None]).astype(np.uint8)
    data = ImageData(images, labels, ("a", "b", "c"), name="noise")
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
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
    history = train.fit(model, data, data, config, listen, out=Path(out), resume=resume)
    print(f"records {len(history.records)} callbacks {len(calls)}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), "resume" in sys.argv)
