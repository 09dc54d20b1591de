"""Move a digit sideways and ask networks with and without convolutions, five of each kind.

    CNNCOURSE_DATA=… OMP_NUM_THREADS=1 python benchmarks/shifted_digit.py

A dense network (`mlp`) and a small CNN (`lenet5`) learn from MNIST for one epoch, with seeds 0 to 4. Each is
then asked about the test digits moved by −8 to 8 columns, and about one digit that loses no ink on the way.
Without MNIST it runs on the embedded digits and stores nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from record import save, spread

from cnncourse import data, models, train

SHIFTS = range(-8, 9)
SEEDS = range(5)
NETWORKS = {"dense": "mlp", "cnn": "lenet5"}


def moved(images: np.ndarray, dx: int) -> np.ndarray:
    """Return images (N, 1, H, W) moved right by dx columns, left if negative; what enters is black."""
    width = images.shape[-1]
    out = np.zeros_like(images)
    out[..., max(dx, 0) : width + min(dx, 0)] = images[..., max(-dx, 0) : width - max(dx, 0)]
    return out


def trained(name: str, digits: data.ImageData, seed: int) -> torch.nn.Module:
    """Return a network after one epoch on MNIST, or twenty on the few embedded digits."""
    epochs = 1 if digits.name == "mnist" else 20
    torch.manual_seed(seed)
    net = models.create(name, in_channels=1)
    train.fit(net, digits, config=train.TrainConfig(epochs=epochs, seed=seed, progress=False))
    return net


def roomy_digit(images: np.ndarray, labels: np.ndarray, right: np.ndarray) -> int:
    """Return the first digit that is no 1, keeps its ink at every shift, and is read rightly unmoved."""
    margin = max(abs(dx) for dx in SHIFTS)
    inked = images[:, 0].any(axis=1)
    fits = ~(inked[:, :margin].any(axis=1) | inked[:, -margin:].any(axis=1))
    found = np.flatnonzero(fits & (labels != 1) & right)
    if not len(found):
        raise RuntimeError("no test digit has room to move by 8 columns and is read rightly by all networks")
    return int(found[0])


def main() -> None:
    digits = data.load("mnist", "train", fallback="digits")
    tests = data.load("mnist", "test", fallback="digits")
    probability = {}  # kind -> (seeds, shifts, N, 10)
    for kind, name in NETWORKS.items():
        runs = []
        for seed in SEEDS:
            net = trained(name, digits, seed)
            asked = [train.evaluate(net, replace(tests, images=moved(tests.images, dx))) for dx in SHIFTS]
            runs.append(np.stack([result.probability for result in asked]))
            print(
                f"{name}, seed {seed}: unmoved {asked[8].accuracy:.4f}, moved by 3 {asked[11].accuracy:.4f}"
            )
        probability[kind] = np.stack(runs)
    answers = {kind: values.argmax(axis=-1) for kind, values in probability.items()}
    accuracy = {kind: (said == tests.labels).mean(axis=-1) for kind, said in answers.items()}
    if digits.name != "mnist":
        print("MNIST is not here, so these figures are of the embedded digits; nothing was stored.")
        return
    right = np.all([(said[:, 8] == tests.labels).all(axis=0) for said in answers.values()], axis=0)
    digit = roomy_digit(tests.images, tests.labels, right)
    ink = [float(moved(tests.images, dx).sum() / tests.images.sum()) for dx in SHIFTS]
    drawn = {
        "pixels": tests.images[digit, 0].tolist(),
        "label": int(tests.labels[digit]),
        "test_images": len(tests.labels),
        "accuracy": {kind: np.round(values, 4).tolist() for kind, values in accuracy.items()},
        "probability": {
            kind: np.round(values[:, :, digit].astype(float), 3).tolist()
            for kind, values in probability.items()
        },
    }
    figures = {
        "networks": NETWORKS,
        "seeds": list(SEEDS),
        "epochs": 1,
        "digit": digit,
        "accuracy_by_shift": {
            kind: {str(dx): spread(values[:, i].tolist()) for i, dx in enumerate(SHIFTS)}
            for kind, values in accuracy.items()
        },
        "ink_kept_by_shift": {str(dx): share for dx, share in zip(SHIFTS, ink)},
    }
    save("shifted_digit", figures, chapter="why_convolution", drawn=drawn)


if __name__ == "__main__":
    main()
