"""Cats and dogs: article 1's network for 25 epochs, and what augmentation, regularisation and transfer add.

    python benchmarks/cats_dogs.py [--conditions plain article ...] [--seeds 3]

Reads the folder `cats_dogs` below the data root: `train/CLASS/*.jpg` and `test/CLASS/*.jpg`. A tenth of
`train` is kept aside for validation. The test pictures are measured after every epoch too, to show what
choosing by them does; nothing is chosen here. Transfer starts from the ResNet-20 that comes with the course.
Conditions that are not named keep their stored figures.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
import torch
from record import earlier, save
from torch import nn

from cnncourse import data, models, train, transfer
from cnncourse.recipes import RECIPES

ARTICLE = RECIPES["article1"].config  # settings and augmentation of the article stand there alone
STRONGER_AUGMENT = train.Augment(
    flip=0.5, rotate=15, shift=0.1, scale=(0.8, 1.2), brightness=0.2, contrast=0.2, saturation=0.2
)
REGULARISED = train.TrainConfig(
    epochs=ARTICLE.epochs, lr=2e-3, weight_decay=0.01, batch_size=32, augment=STRONGER_AUGMENT
)


def article1() -> nn.Module:
    return models.create("article1", num_classes=2)


def regularised() -> nn.Module:
    """Article 1's network with batch norm behind each convolution and dropout before each dense layer."""
    layers: list[nn.Module] = []
    for layer in article1():
        if isinstance(layer, nn.Linear):
            layers.append(nn.Dropout(0.5))
        layers.append(layer)
        if isinstance(layer, nn.Conv2d):
            layers.append(nn.BatchNorm2d(layer.out_channels))
    return nn.Sequential(*layers)


def deeper() -> nn.Module:
    """Article 1's network with a third convolution and pooling before the dense layers."""
    layers = list(article1())
    more = [nn.Conv2d(32, 32, 3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers[:6], *more, layers[6], nn.Linear(32 * 6 * 6, 128), *layers[8:])


SCRATCH = {
    "plain": (article1, replace(ARTICLE, augment=train.Augment())),
    "article": (article1, ARTICLE),
    "deeper": (deeper, ARTICLE),
    "regularised": (regularised, REGULARISED),
}
CONDITIONS = (*SCRATCH, "frozen", "fine-tuned")


class TestCurve:
    """Callback: the accuracy on the test pictures after every epoch."""

    def __init__(self, test: data.ImageData):
        self.test, self.accuracy = test, []

    def __call__(self, record, model) -> None:
        self.accuracy.append(train.evaluate(model, self.test).accuracy)


def pictures(size: int) -> tuple[data.ImageData, data.ImageData, data.ImageData]:
    """Training, validation and test pictures; pixels are divided by 255 and not changed otherwise."""
    root = data.data_root() / "cats_dogs"
    parts = [data.load_folder(root / part, size, classes=("cat", "dog")) for part in ("train", "test")]
    learn, test = (replace(part, mean=(0.0,) * 3, std=(1.0,) * 3) for part in parts)
    return *data.split_data(learn, fraction=0.1, seed=0), test


def one_run(condition: str, seed: int) -> dict:
    """Train once and return the curves and the test probabilities of the class dog."""
    # 16-bit products halve the time on processors that have them; weights and measurements keep 32 bits.
    common = {"seed": seed, "precision": "bfloat16", "progress": False}
    if condition == "frozen":
        body = models.create("resnet20", weights="cifar10")
        learn, valid, test = (transfer.features(body, part) for part in pictures(32))
        torch.manual_seed(seed)
        model = nn.Linear(64, 2)
        config = train.TrainConfig(epochs=10, lr=0.01, **{**common, "precision": "float32"})
    elif condition == "fine-tuned":
        model = transfer.replace_head(models.create("resnet20", weights="cifar10"), 2, seed=seed)
        learn, valid, test = (transfer.prepare(part, model) for part in pictures(32))
        config = train.TrainConfig(
            epochs=8,
            batch_size=64,
            lr=0.002,
            lr_scales=transfer.layer_rates(model, 0.7),
            augment=train.Augment(flip=0.5, crop_padding=4),
            **common,
        )
    else:
        build, settings = SCRATCH[condition]
        learn, valid, test = pictures(64)
        torch.manual_seed(seed)
        model = build()
        config = replace(settings, **common)
    curve = TestCurve(test)
    began = time.process_time()
    history = train.fit(model, learn, valid, config, callbacks=[curve])
    seconds = time.process_time() - began
    return curves(history, curve, train.evaluate(model, test), seed, seconds)


def untouched_body() -> float:
    """Share of test pictures that the outputs cat and dog of CIFAR-10 tell apart, without any training."""
    body = models.create("resnet20", weights="cifar10")
    test = transfer.prepare(pictures(32)[2], body)
    test = replace(test, classes=tuple(body.trained_on["classes"]))
    probability = train.evaluate(body, test).probability
    cat, dog = (test.classes.index(name) for name in ("cat", "dog"))
    return float(((probability[:, dog] > probability[:, cat]) == (test.labels == 1)).mean())


def curves(history, curve: TestCurve, result, seed: int, seconds: float) -> dict:
    rounded = {
        name: np.round(history.column(name), 4).tolist()
        for name in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")
    }
    print(f"seed {seed}: test {result.accuracy:.1%}, {seconds:.0f} s of processor time", flush=True)
    return {
        "seed": seed,
        **rounded,
        "test_accuracy": np.round(curve.accuracy, 4).tolist(),
        "final_test_accuracy": result.accuracy,
        "dog": np.round(result.probability[:, 1].astype(float), 3).tolist(),
        "processor_seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conditions", nargs="+", choices=CONDITIONS, default=CONDITIONS)
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds, from 0; default 3")
    args = parser.parse_args()
    runs = earlier("cats_dogs", "cats_and_dogs").get("runs", {})
    learn, valid, test = pictures(64)
    for condition in args.conditions:
        print(condition, flush=True)
        runs[condition] = [one_run(condition, seed) for seed in range(args.seeds)]
        figures = {
            "images": {"train": len(learn), "valid": len(valid), "test": len(test)},
            "untouched_body": untouched_body(),
            "test_labels": "".join(map(str, test.labels)),
            "runs": {name: runs[name] for name in CONDITIONS if name in runs},
        }
        save("cats_dogs", figures, chapter="cats_and_dogs")


if __name__ == "__main__":
    main()
