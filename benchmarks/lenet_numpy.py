"""LeNet on MNIST in NumPy alone, and how long an epoch takes beside the same loop in torch on the same cores.

    CNNCOURSE_DATA=… OMP_NUM_THREADS=1 python benchmarks/lenet_numpy.py

Claims: at least 98.5 % of the test images right after 3 epochs, and an epoch within twice torch's time.
Both networks start from the same weights and see the same batches in the same order. They take turns, 20 in
each epoch, so that both meet the same load; the ratio is the median over the turns. Loading the data and the
test pass are not timed. Both use OMP_NUM_THREADS threads, all cores by default; a single thread is timed by
its processor time, which other programs do not disturb.
"""

from __future__ import annotations

import os
import statistics
import time

import numpy as np
import torch
from record import hardware, save, spread

from cnncourse import data, nn

EPOCHS, BATCH, LR, MOMENTUM, SEED = 3, 64, 0.02, 0.9, 0
TURNS = 20  # turns that the two take in each epoch
THREADS = int(os.environ.get("OMP_NUM_THREADS", hardware()["cores"]))
clock = time.process_time if THREADS == 1 else time.perf_counter


def numpy_lenet() -> nn.Sequential:
    """Return LeNet in its modern form: 28×28 images, padding 2, ReLU, max pooling; 61,706 parameters."""
    rng = np.random.default_rng(SEED)
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120, rng=rng),
        nn.ReLU(),
        nn.Linear(120, 84, rng=rng),
        nn.ReLU(),
        nn.Linear(84, 10, rng=rng),
    )


def torch_lenet(weights: dict[str, np.ndarray]) -> torch.nn.Sequential:
    """Return the same network in torch, with the same weights."""
    layers = torch.nn
    net = layers.Sequential(
        layers.Conv2d(1, 6, 5, padding=2),
        layers.ReLU(),
        layers.MaxPool2d(2),
        layers.Conv2d(6, 16, 5),
        layers.ReLU(),
        layers.MaxPool2d(2),
        layers.Flatten(),
        layers.Linear(400, 120),
        layers.ReLU(),
        layers.Linear(120, 84),
        layers.ReLU(),
        layers.Linear(84, 10),
    )
    net.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return net


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return standardised float32 images (N, 1, 28, 28) and labels (N,)."""
    mnist = data.load("mnist", split)
    images = (mnist.images.astype(np.float32) / 255 - np.float32(0.1307)) / np.float32(0.3081)
    return images, mnist.labels


def turns(count: int, epoch: int) -> list[list[np.ndarray]]:
    """Return the shuffled indices of an epoch's batches, dealt out to TURNS turns."""
    order = np.random.default_rng([SEED, epoch]).permutation(count)
    batches = [order[start : start + BATCH] for start in range(0, count, BATCH)]
    size = -(-len(batches) // TURNS)
    return [batches[start : start + size] for start in range(0, len(batches), size)]


def train_numpy(
    net: nn.Module, optimiser: nn.optim.SGD, images: np.ndarray, labels: np.ndarray, batches: list[np.ndarray]
) -> float:
    """Train on the batches and return the seconds."""
    loss = nn.CrossEntropyLoss()
    start = clock()
    for batch in batches:
        optimiser.zero_grad()
        loss(net(images[batch]), labels[batch])
        net.backward(loss.backward())
        optimiser.step()
    return clock() - start


def train_torch(
    net: torch.nn.Module,
    optimiser: torch.optim.SGD,
    images: torch.Tensor,
    labels: torch.Tensor,
    batches: list[np.ndarray],
) -> float:
    """Train on the batches and return the seconds."""
    loss = torch.nn.CrossEntropyLoss()
    start = clock()
    for batch in map(torch.from_numpy, batches):
        optimiser.zero_grad()
        loss(net(images[batch]), labels[batch]).backward()
        optimiser.step()
    return clock() - start


def numpy_accuracy(net: nn.Module, images: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of right answers, 1,000 images at a time."""
    net.eval()
    right = sum(
        (net(images[i : i + 1000]).argmax(axis=1) == labels[i : i + 1000]).sum()
        for i in range(0, len(images), 1000)
    )
    return float(right / len(images))


@torch.no_grad()
def torch_accuracy(net: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the share of right answers."""
    return (net.eval()(images).argmax(dim=1) == labels).double().mean().item()


def main() -> None:
    torch.set_num_threads(THREADS)
    images, labels = load("train")
    test_images, test_labels = load("test")
    ours = numpy_lenet()
    theirs = torch_lenet(ours.state_dict())
    ours_step = nn.optim.SGD(ours.parameters(), lr=LR, momentum=MOMENTUM)
    theirs_step = torch.optim.SGD(theirs.parameters(), lr=LR, momentum=MOMENTUM)
    tensors, tensor_labels = torch.from_numpy(images), torch.from_numpy(labels)
    seconds: dict[str, list[list[float]]] = {"numpy": [], "torch": []}  # by epoch and turn
    for epoch in range(EPOCHS):
        ours.train()
        theirs.train()
        taken = []
        for turn, batches in enumerate(turns(len(images), epoch)):
            lr = LR * (1 - (epoch + turn / TURNS) / EPOCHS)  # falls to 0 in a straight line
            ours_step.lr = theirs_step.param_groups[0]["lr"] = lr
            mine = train_numpy(ours, ours_step, images, labels, batches)
            other = train_torch(theirs, theirs_step, tensors, tensor_labels, batches)
            taken.append((mine, other))
        for name, column in zip(seconds, zip(*taken)):
            seconds[name].append(list(column))
        right = numpy_accuracy(ours, test_images, test_labels)
        times = ", ".join(f"{name} {sum(epochs[-1]):.1f} s" for name, epochs in seconds.items())
        print(f"epoch {epoch + 1}: test accuracy {right:.4f}; {times}", flush=True)
    ratios = [a / b for mine, other in zip(*seconds.values()) for a, b in zip(mine, other)]
    figures = {
        "test_accuracy": {
            "numpy": right,
            "torch": torch_accuracy(theirs, torch.from_numpy(test_images), torch.from_numpy(test_labels)),
        },
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "optimiser": f"SGD, lr {LR} falling to 0, momentum {MOMENTUM}",
        "seed": SEED,
        "threads": THREADS,
        "clock": clock.__name__,
        "seconds_per_epoch": {
            name: spread([sum(turn) for turn in epochs]) for name, epochs in seconds.items()
        },
        "ratio_numpy_to_torch_by_turn": spread(ratios),
    }
    print(f"test accuracy {figures['test_accuracy']}, ratio {statistics.median(ratios):.2f}")
    save("lenet_numpy", figures)


if __name__ == "__main__":
    main()
