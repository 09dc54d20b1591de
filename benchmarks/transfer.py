"""Accuracy against the number of labelled images: from scratch, on frozen features, and fine-tuned.

    python benchmarks/transfer.py [cats_dogs] [mnist]

The body is the course's ResNet-20, trained on CIFAR-10. For each data set, number of labels and seed a fresh
sample of the training images is drawn. Where data sets are named on the command line, the others keep their
figures. Needs `cats_dogs` and MNIST in $CNNCOURSE_DATA.

CIFAR-10 has the classes cat and dog, so the body has been told apart before what the first data set asks for.
Digits are new to it. Nothing is augmented: the three ways see the same images.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from record import earlier, save
from torch import nn

from cnncourse import data, models, train, transfer
from cnncourse.data import ImageData

LABELS = (20, 60, 200, 600, 2000)
EPOCHS = {20: 60, 60: 40, 200: 20, 600: 10, 2000: 6}  # from scratch; fine-tuning takes half of them
SEEDS = 3
TESTS = 1000
STAGES = (("conv1", "bn1", "layer1"), ("conv1", "bn1", "layer1", "layer2"))
AT = 200  # labels at which stages and rates are compared
DECAY, OTHER_DECAYS = 0.7, (1.0, 0.4)
CHAPTER = "transfer_learning"


def cats_dogs() -> tuple[ImageData, ImageData]:
    """Photographs of cats and dogs, 32 pixels a side."""
    folder = data.data_root() / "cats_dogs"
    return data.load_folder(folder / "train", 32), data.load_folder(folder / "test", 32)


def mnist() -> tuple[ImageData, ImageData]:
    """Handwritten digits, 32 pixels a side."""
    return data.load("mnist", "train", size=32), data.load("mnist", "test", size=32)


TITLES: dict[str, tuple[Callable, str]] = {
    "cats_dogs": (cats_dogs, "photographs of cats and dogs"),
    "mnist": (mnist, "handwritten digits"),
}


def sample(labels: np.ndarray, number: int, seed: int) -> np.ndarray:
    """Indices of `number` images, the same share of each class, in random order."""
    rng = np.random.default_rng(seed)
    classes = np.unique(labels)
    picked = [rng.permutation(np.flatnonzero(labels == k))[: number // len(classes)] for k in classes]
    return rng.permutation(np.concatenate(picked))


def settings(epochs: int, seed: int, **changes) -> train.TrainConfig:
    return train.TrainConfig(
        epochs=epochs, batch_size=32, seed=seed, precision="bfloat16", progress=False, **changes
    )


def trained(classes: int, seed: int) -> nn.Module:
    """The body with a fresh head."""
    return transfer.replace_head(models.create("resnet20", weights="cifar10"), classes, seed)


def untrained(classes: int, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return models.create("resnet20", num_classes=classes)


def from_scratch(few: ImageData, tests: ImageData, epochs: int, seed: int) -> float:
    """Random weights, and the images' own statistics."""
    net = untrained(len(few.classes), seed)
    few = replace(few, mean=None, std=None)
    train.fit(net, few, config=settings(epochs, seed))
    return train.evaluate(net, tests).accuracy


def on_features(few: transfer.FeatureData, tests: transfer.FeatureData, seed: int) -> float:
    """A linear head on what the frozen body says."""
    torch.manual_seed(seed)
    head = nn.Linear(few.values.shape[1], len(few.classes))
    train.fit(head, few, config=settings(max(20, 6000 // len(few)), seed, lr=0.01))
    return train.evaluate(head, tests).accuracy


def fine_tuned(few: ImageData, tests: ImageData, epochs: int, seed: int, decay: float = DECAY) -> float:
    """All layers learn on, the first ones slowest."""
    net = trained(len(few.classes), seed)
    rates = transfer.layer_rates(net, decay)
    train.fit(net, transfer.prepare(few, net), config=settings(epochs, seed, lr_scales=rates))
    return train.evaluate(net, tests).accuracy


def first_stages(few: ImageData, tests: ImageData, epochs: int, seed: int, frozen: tuple[str, ...]) -> float:
    """The first stages of the body, frozen, under fresh random layers: the experiment of Yosinski et al."""
    net, body = untrained(len(few.classes), seed), trained(len(few.classes), seed)
    for name in frozen:
        net.get_submodule(name).load_state_dict(body.get_submodule(name).state_dict())
    transfer.freeze(net, *frozen)
    train.fit(net, transfer.prepare(few, body), config=settings(epochs, seed))
    return train.evaluate(net, tests).accuracy


def measure(name: str) -> dict:
    """All figures of one data set; accuracies as lists over the seeds."""
    started = time.process_time()
    pool, tests = TITLES[name][0]()
    body = trained(len(pool.classes), 0)
    pool = transfer.prepare(pool, body)
    tests = transfer.prepare(tests.take(sample(tests.labels, TESTS, 0)), body)
    said = transfer.features(body, tests)
    accuracy: dict[str, list] = {"scratch": [], "frozen": [], "fine-tuned": []}
    for number in LABELS:
        epochs, rows = EPOCHS[number], {way: [] for way in accuracy}
        for seed in range(SEEDS):
            few = pool.take(sample(pool.labels, number, seed))
            rows["scratch"].append(from_scratch(few, tests, epochs, seed))
            rows["frozen"].append(on_features(transfer.features(body, few), said, seed))
            rows["fine-tuned"].append(fine_tuned(few, tests, epochs // 2, seed))
        for way, row in rows.items():
            accuracy[way].append(_rounded(row))
        print(name, number, {way: row[-1] for way, row in accuracy.items()}, flush=True)
    drawn = [pool.take(sample(pool.labels, AT, seed)) for seed in range(SEEDS)]
    stages = [accuracy["scratch"][LABELS.index(AT)]] + [
        _rounded(first_stages(few, tests, EPOCHS[AT], seed, frozen) for seed, few in enumerate(drawn))
        for frozen in STAGES
    ]
    print(name, "stages", stages, flush=True)
    rates = {DECAY: accuracy["fine-tuned"][LABELS.index(AT)]}
    for decay in OTHER_DECAYS:
        rates[decay] = _rounded(
            fine_tuned(few, tests, EPOCHS[AT] // 2, seed, decay) for seed, few in enumerate(drawn)
        )
    print(name, "rates", rates, flush=True)
    return {
        "title": TITLES[name][1],
        "classes": len(pool.classes),
        "test_images": len(tests),
        "labels": list(LABELS),
        "accuracy": accuracy,
        "first_stages": {"labels": AT, "frozen": [[], *map(list, STAGES)], "accuracy": stages},
        "rates": {
            "labels": AT,
            "decay": sorted(rates),
            "accuracy": [rates[decay] for decay in sorted(rates)],
        },
        "seconds_of_one_core": round(time.process_time() - started),
    }


def _rounded(values) -> list[float]:
    return [round(value, 4) for value in values]


def main(names: list[str]) -> None:
    names = names or list(TITLES)
    if not set(names) <= set(TITLES):
        raise SystemExit(f"name data sets out of {', '.join(TITLES)}; got {names}")
    for name in names:
        measured = measure(name)
        known = earlier("transfer", CHAPTER).get("data", {}) | {name: measured}
        figures = {
            "body": "resnet20, weights=cifar10",
            "epochs_from_scratch": EPOCHS,
            "epochs_fine_tuning": {number: epochs // 2 for number, epochs in EPOCHS.items()},
            "layer_decay": DECAY,
            "config": settings(1, 0).to_dict(),
            "data": {key: known[key] for key in TITLES if key in known},
        }
        save("transfer", figures, chapter=CHAPTER, arguments=list(figures["data"]))


if __name__ == "__main__":
    main(sys.argv[1:])
