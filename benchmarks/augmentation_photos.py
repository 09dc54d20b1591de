"""Train a small network on 1,000 photographs of cats and dogs, changed at random or not, over seeds.

    python benchmarks/augmentation_photos.py FOLDER

FOLDER holds `train` and `test`, each with a folder of pictures per class; they are read at 32 × 32 pixels.
The counterpart of `augmentation.py`: here mirroring left and right is right, and upside down is wrong. Every
run takes the same number of steps.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from record import save, spread
from torch import nn
from torch.nn import functional as F

from cnncourse import data
from cnncourse.train import Augment

PHOTOS, SIDE, STEPS, BATCH, LR = 1000, 32, 800, 50, 3e-3
AUGMENTS = {
    "nothing": Augment(),
    "flip left and right": Augment(flip=0.5),
    "flip up and down": Augment(),
    "crop, 4 pixels of padding": Augment(crop_padding=4),
    "light and colour, 0.3": Augment(brightness=0.3, contrast=0.3, saturation=0.3),
    "flip left and right, and crop": Augment(flip=0.5, crop_padding=4),
}
MORE = (2000, 3900)


def network() -> nn.Sequential:
    """Three convolutions with batch norm and pooling, a mean over each map, two outputs."""
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2))


def run(name: str, fitting: data.ImageData, test: data.ImageData, seed: int) -> float:
    """Train once; return the accuracy on the test photographs."""
    torch.manual_seed(seed)
    net = network().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), lr=LR, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=STEPS)
    images, labels = torch.from_numpy(fitting.images), torch.from_numpy(fitting.labels)
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (fitting.mean, fitting.std))
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    augment, queue = AUGMENTS[name], np.empty(0, int)
    for _ in range(STEPS):
        if len(queue) < BATCH:
            queue = rng.permutation(len(images))
        batch, queue = queue[:BATCH], queue[BATCH:]
        pixels = augment.change_pixels(images[batch], augment.draw(BATCH, SIDE, SIDE, rng))
        if name == "flip up and down":
            over = torch.rand(BATCH, 1, 1, 1, generator=generator) < 0.5
            pixels = torch.where(over, pixels.flip(2), pixels)
        pixels = ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)
        optimizer.zero_grad()
        F.cross_entropy(net(pixels), labels[batch]).backward()
        optimizer.step()
        schedule.step()
    net.eval()
    with torch.no_grad():
        answers = net((torch.from_numpy(test.images).float() / 255 - mean) / std).argmax(1)
    return (answers.numpy() == test.labels).mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds train and test, each with a folder per class")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds, from 0; default 3")
    options = parser.parse_args()
    pool, test = (data.load_folder(options.folder / part, size=SIDE) for part in ("train", "test"))
    found: dict[str, list[float]] = {}
    for seed in range(options.seeds):
        order = np.random.default_rng((13, seed)).permutation(len(pool))
        jobs = [(name, name, PHOTOS) for name in AUGMENTS]
        jobs += [(f"nothing, {size:,} photos", "nothing", size) for size in MORE]
        for title, name, size in jobs:
            start = time.process_time()
            # The mean is that of all training photographs, the same for every run.
            found.setdefault(title, []).append(
                round(float(run(name, pool.take(order[:size]), test, seed)), 4)
            )
            print(
                f"seed {seed}, {title:30} {found[title][-1]:.1%}, {time.process_time() - start:.1f} s",
                flush=True,
            )
    figures = {
        "images": PHOTOS,
        "side": SIDE,
        "test_images": len(test),
        "steps": STEPS,
        "batch_size": BATCH,
        "lr": LR,
        "seeds": options.seeds,
        "conditions": [
            {"condition": title, "accuracy": spread(values), "accuracy_by_seed": values}
            for title, values in found.items()
        ],
    }
    save("augmentation_photos", figures, chapter="data_augmentation", arguments=["FOLDER"])


if __name__ == "__main__":
    main()
