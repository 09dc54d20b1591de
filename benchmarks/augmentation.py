"""Train LeNet on 500 MNIST digits, as they are and with their pictures changed at random, over seeds.

    python benchmarks/augmentation.py

One change at a time, some together, and three that make another digit of a digit. For comparison more
digits without any change. Stores accuracy per digit class too. Needs MNIST in $CNNCOURSE_DATA.

Every run takes the same number of steps. Only training pictures are changed; the 10,000 test digits never.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import torch
from record import save, spread
from torch import nn
from torch.nn import functional as F

from cnncourse import data, models
from cnncourse.train import Augment

IMAGES, STEPS, BATCH, LR = 500, 400, 50, 2e-3
GENTLE = {"crop_padding": 2, "rotate": 15, "scale": (0.85, 1.15), "shear": 15}
AUGMENTS = {
    "nothing": Augment(),
    "crop, 2 pixels of padding": Augment(crop_padding=2),
    "rotate, 15°": Augment(rotate=15),
    "scale, 0.85 to 1.15": Augment(scale=(0.85, 1.15)),
    "shear, 15°": Augment(shear=15),
    "these four together": Augment(**GENTLE),
    "brightness and contrast, 0.4": Augment(brightness=0.4, contrast=0.4),
    "noise, deviation 0.2": Augment(),
    "cutout, 8 pixels": Augment(cutout=8),
    "mixup, alpha 0.2": Augment(mixup=0.2),
    "cutmix, alpha 1": Augment(cutmix=1.0),
    "flip left and right": Augment(flip=0.5),
    "flip up and down": Augment(),
    "rotate, any angle": Augment(rotate=180),
}
NOISE = 0.2
MORE = (1000, 2000, 4000)


def changed(images: torch.Tensor, name: str, draws: dict, generator: torch.Generator) -> torch.Tensor:
    """uint8 (N, 1, 28, 28) -> float32, 0 to 1: what `Augment` has, and two changes that it has not."""
    pixels = AUGMENTS[name].change_pixels(images, draws)
    if name.startswith("noise"):
        return (pixels + NOISE * torch.randn(pixels.shape, generator=generator)).clamp(0, 1)
    if name == "flip up and down":
        over = torch.rand(len(pixels), 1, 1, 1, generator=generator) < 0.5
        return torch.where(over, pixels.flip(2), pixels)
    return pixels


def run(name: str, fitting: data.ImageData, test, seed: int) -> np.ndarray:
    """Train once; return the right answers per test class, shape (10,)."""
    torch.manual_seed(seed)
    net = models.create("lenet5", in_channels=1)
    optimizer = torch.optim.AdamW(net.parameters(), lr=LR, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=STEPS)
    images, labels = torch.from_numpy(fitting.images), torch.from_numpy(fitting.labels)
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    augment, queue = AUGMENTS[name], np.empty(0, int)
    for _ in range(STEPS):
        if len(queue) < BATCH:
            queue = rng.permutation(len(images))
        batch, queue = queue[:BATCH], queue[BATCH:]
        draws = augment.draw(BATCH, 28, 28, rng)
        pixels = (changed(images[batch], name, draws, generator) - fitting.mean[0]) / fitting.std[0]
        pixels, target = augment.blend(pixels, labels[batch], draws, 10)
        optimizer.zero_grad()
        F.cross_entropy(net(pixels), target).backward()
        optimizer.step()
        schedule.step()
    return right_by_class(net, *test)


@torch.no_grad()
def right_by_class(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> np.ndarray:
    """How many images of each class are answered rightly."""
    predicted = torch.cat([net(part).argmax(1) for part in images.split(1000)])
    return torch.bincount(labels[predicted == labels], minlength=10).numpy()


def all_runs(seeds: int) -> dict[str, list[np.ndarray]]:
    """Right answers per class for each condition and seed."""
    pool, exam = data.load("mnist", "train"), data.load("mnist", "test")
    pixels = (torch.from_numpy(exam.images).float() / 255 - pool.mean[0]) / pool.std[0]
    test = pixels, torch.from_numpy(exam.labels)
    found: dict[str, list[np.ndarray]] = {}
    for seed in range(seeds):
        order = np.random.default_rng((12, seed)).permutation(len(pool))
        jobs = [(name, name, IMAGES) for name in AUGMENTS]
        jobs += [(f"nothing, {size:,} digits", "nothing", size) for size in MORE]
        for title, name, size in jobs:
            start = time.process_time()
            right = run(name, pool.take(order[:size]), test, seed)
            found.setdefault(title, []).append(right)
            print(
                f"seed {seed}, {title:30} {right.sum() / len(exam):.2%}, {time.process_time() - start:.1f} s",
                flush=True,
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds, from 0; default 3")
    seeds = parser.parse_args().seeds
    found = all_runs(seeds)
    per_class = np.bincount(data.load("mnist", "test").labels)
    rows = []
    for title, runs in found.items():
        accuracy = [round(float(right.sum() / per_class.sum()), 4) for right in runs]
        recall = np.mean([right / per_class for right in runs], axis=0)
        rows.append(
            {
                "condition": title,
                "accuracy": spread(accuracy),
                "accuracy_by_seed": accuracy,
                "mean_accuracy_by_class": np.round(recall, 4).tolist(),
            }
        )
    settings = {
        "network": "lenet5",
        "optimizer": "AdamW",
        "lr": LR,
        "schedule": "one-cycle",
        "steps": STEPS,
        "batch_size": BATCH,
        "images": IMAGES,
        "seeds": seeds,
    }
    save(
        "augmentation",
        {**settings, "conditions": rows},
        chapter="data_augmentation",
        arguments=sys.argv[1:],
    )


if __name__ == "__main__":
    main()
