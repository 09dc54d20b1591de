"""Train LeNet in NumPy for one epoch on MNIST and keep what it makes of one digit, layer by layer.

    CNNCOURSE_DATA=… OMP_NUM_THREADS=1 python benchmarks/lenet_layers.py

The explorer `lenet_layers` draws the weights of the convolutions and the sums of the three dense layers for
the first test digit: the weights of the dense layers are too many to ship.
"""

from __future__ import annotations

import numpy as np
from lenet_numpy import (
    BATCH,
    LR,
    MOMENTUM,
    SEED,
    TURNS,
    load,
    numpy_accuracy,
    numpy_lenet,
    train_numpy,
    turns,
)
from record import save

from cnncourse import data, nn

CONVOLUTIONS, DENSE = (0, 3), (7, 9, 11)  # places in the network


def train() -> nn.Sequential:
    """Return LeNet after one epoch, the learning rate falling to 0."""
    images, labels = load("train")
    net = numpy_lenet()
    optimiser = nn.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)
    for turn, batches in enumerate(turns(len(images), 0)):
        optimiser.lr = LR * (1 - turn / TURNS)
        train_numpy(net, optimiser, images, labels, batches)
    return net


def rounded(numbers: np.ndarray, decimals: int) -> list:
    """Return an array as nested lists of short numbers."""
    return np.round(numbers.astype(float), decimals).tolist()


def main() -> None:
    net = train()
    images, labels = load("test")
    accuracy = numpy_accuracy(net, images, labels)
    digit = images[:1]
    sums, x = {}, digit
    for place, layer in enumerate(net):
        x = layer(x)
        if place in DENSE:
            sums[place] = x[0]
    if sums[DENSE[-1]].argmax() != labels[0]:
        raise RuntimeError("the first test digit is read wrongly; choose another one")
    drawn = {
        "pixels": data.load("mnist", "test").images[0, 0].tolist(),
        "label": int(labels[0]),
        "mean": 0.1307,
        "std": 0.3081,
        "convolutions": [
            {"weight": rounded(net[i].weight.data, 4), "bias": rounded(net[i].bias.data, 4)}
            for i in CONVOLUTIONS
        ],
        "dense": [rounded(sums[i], 3) for i in DENSE],
    }
    figures = {
        "test_accuracy": accuracy,
        "training_images": 60_000,
        "epochs": 1,
        "batch_size": BATCH,
        "optimiser": f"SGD, lr {LR} falling to 0, momentum {MOMENTUM}",
        "seed": SEED,
        "digit": 0,
        "answer": int(sums[DENSE[-1]].argmax()),
    }
    print(f"test accuracy {accuracy:.4f}")
    save("lenet_layers", figures, chapter="a_cnn_from_scratch", drawn=drawn)


if __name__ == "__main__":
    main()
