"""Train LeNet on few and on many MNIST digits, plain and with a remedy, and measure the gap to new digits.

    python benchmarks/overfitting.py

Stores every run, and of the first seed the curves that the explorer `overfitting_by_size` and the quest
`find_stop` draw. Needs MNIST in $CNNCOURSE_DATA.

Every run takes the same number of steps, so that more data do not mean more training. The training
images of a seed are nested: the first 20 are among the first 50, and so on. Losses and accuracies are
measured with dropout off. The curves are measured on 500 digits kept aside; the 10,000 test digits are
looked at once a run, at its end.
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

SIZES = (20, 50, 100, 300, 1000, 3000, 10000)
REMEDIES = ("nothing", "dropout", "weight decay")
DROPOUT, DECAY = 0.5, 1.0
STEPS, BATCH, LR = 400, 50, 1e-3
CHECKPOINTS = (0, 10, 20, 30, 45, 60, 80, 110, 150, 210, 290, 400)
VALIDATION = 500


def network(remedy: str) -> nn.Sequential:
    """LeNet; with dropout after each of its two hidden dense layers where that is the remedy."""
    layers = list(models.create("lenet5", in_channels=1))
    if remedy == "dropout":
        layers[9:9] = [nn.Dropout(DROPOUT)]
        layers[12:12] = [nn.Dropout(DROPOUT)]
    return nn.Sequential(*layers)


@torch.no_grad()
def measure(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Mean loss and accuracy with dropout off."""
    net.eval()
    logits = torch.cat([net(part) for part in images.split(1000)])
    net.train()
    return F.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).float().mean().item()


def run(remedy: str, fitting, validation, test, seed: int) -> dict:
    """Train once; return the curve, and at its end both accuracies and the length of the weights."""
    torch.manual_seed(seed)
    net = network(remedy)
    decay = DECAY if remedy == "weight decay" else 0.0
    optimizer = torch.optim.AdamW(net.parameters(), lr=LR, weight_decay=decay)
    images, labels = fitting
    order = np.random.default_rng(seed)
    queue = np.empty(0, int)
    curve = []
    for step in range(STEPS + 1):
        if step in CHECKPOINTS:
            train = measure(net, images[:VALIDATION], labels[:VALIDATION])
            curve.append([round(value, 4) for value in (*train, *measure(net, *validation))])
        if step == STEPS:
            break
        if len(queue) < min(BATCH, len(images)):
            queue = order.permutation(len(images))
        batch, queue = queue[:BATCH], queue[BATCH:]
        optimizer.zero_grad()
        F.cross_entropy(net(images[batch]), labels[batch]).backward()
        optimizer.step()
    weights = [weight for name, weight in net.named_parameters() if name.endswith("weight")]
    test_loss, test_accuracy = measure(net, *test)
    return {
        "train_loss": curve[-1][0],
        "train_accuracy": curve[-1][1],
        "test_loss": round(test_loss, 4),
        "test_accuracy": round(test_accuracy, 4),
        "weight_norm": round(torch.cat([weight.flatten() for weight in weights]).norm().item(), 3),
        "curve": curve,
    }


def tensors(digits: data.ImageData) -> tuple[torch.Tensor, torch.Tensor]:
    """Normalised pixels and labels."""
    pixels = torch.from_numpy(digits.images).float() / 255
    return (pixels - digits.mean[0]) / digits.std[0], torch.from_numpy(digits.labels)


def draw_parts(seed: int, pool: data.ImageData):
    """The training images of all sizes, and the validation images, of one seed."""
    order = np.random.default_rng((11, seed)).permutation(len(pool))
    images, labels = tensors(pool.take(order[: SIZES[-1] + VALIDATION]))
    return (images[:-VALIDATION], labels[:-VALIDATION]), (images[-VALIDATION:], labels[-VALIDATION:])


def all_runs(seeds: int) -> list[dict]:
    """Train every remedy on every size with every seed."""
    pool, test = data.load("mnist", "train"), tensors(data.load("mnist", "test"))
    runs = []
    for seed in range(seeds):
        (images, labels), validation = draw_parts(seed, pool)
        for size in SIZES:
            for remedy in REMEDIES:
                start = time.process_time()
                found = run(remedy, (images[:size], labels[:size]), validation, test, seed)
                runs.append({"size": size, "remedy": remedy, "seed": seed, **found})
                print(
                    f"seed {seed}, {size:5} digits, {remedy:12}: {found['train_accuracy']:.1%} of its own, "
                    f"{found['test_accuracy']:.1%} of the test digits, {time.process_time() - start:.1f} s",
                    flush=True,
                )
    return runs


def summary(runs: list[dict]) -> list[dict]:
    """Spread over the seeds for each size and remedy."""
    kept = ("train_accuracy", "test_accuracy", "test_loss", "weight_norm")
    rows = []
    for size in SIZES:
        for remedy in REMEDIES:
            same = [run for run in runs if run["size"] == size and run["remedy"] == remedy]
            rows.append(
                {"size": size, "remedy": remedy, **{k: spread([run[k] for run in same]) for k in kept}}
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds, from 0; default 3")
    seeds = parser.parse_args().seeds
    runs = all_runs(seeds)
    settings = {
        "network": "lenet5",
        "optimizer": "AdamW",
        "lr": LR,
        "steps": STEPS,
        "batch_size": BATCH,
        "dropout": DROPOUT,
        "weight_decay": DECAY,
        "seeds": seeds,
    }
    short = [{k: v for k, v in run.items() if k != "curve"} for run in runs]
    curves = [{k: run[k] for k in ("size", "remedy", "curve")} for run in runs if run["seed"] == 0]
    save(
        "overfitting",
        {**settings, "summary": summary(runs), "runs": short},
        chapter="overfitting_and_regularisation",
        drawn={"checkpoints": CHECKPOINTS, "curves": curves},
        arguments=sys.argv[1:],
    )


if __name__ == "__main__":
    main()
