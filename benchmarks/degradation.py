"""Train plain and residual networks of four depths on 4,000 MNIST digits, over five seeds.

    python benchmarks/degradation.py [--seeds 5]

Stores training loss by epoch, error on the training images and on 2,000 test images at the end, and how
large the gradient is at each block before training. Both kinds have the same weights, layers and settings; a
residual network adds the input of each block to its output. Needs MNIST in $CNNCOURSE_DATA; about five
minutes on one core.
"""

from __future__ import annotations

import argparse
import sys

import torch
from record import save, spread
from torch.nn import functional as F

from cnncourse import data, train
from cnncourse.models.depth_study import depth_study

DEPTHS, KINDS, EPOCHS = (8, 20, 32, 44), ("plain", "residual"), 8
TRAINING_IMAGES, TEST_IMAGES = 4000, 2000


def gradient_by_block(net, images, labels) -> list[float]:
    """Norm of the loss's gradient at the output of each block, first block first, before training."""
    net.train()
    held, x = [], images
    for part in net:
        x = part(x)
        if type(part).__name__ == "StudyBlock":
            x.retain_grad()
            held.append(x)
    F.cross_entropy(x, labels).backward()
    return [float(f"{out.grad.norm().item():.4g}") for out in held]


def run(depth: int, kind: str, seed: int, parts: tuple) -> dict:
    """Train one network and measure it."""
    learn = parts[0]
    torch.manual_seed(seed)
    net = depth_study(depth, kind == "residual")
    batch = (torch.from_numpy(learn.images[:256]).float() / 255 - learn.mean[0]) / learn.std[0]
    gradients = gradient_by_block(net, batch, torch.from_numpy(learn.labels[:256]))
    torch.manual_seed(seed)
    net = depth_study(depth, kind == "residual")  # anew: the batch above moved the running statistics
    config = train.TrainConfig(
        epochs=EPOCHS, batch_size=64, optimizer="sgd", lr=0.05, weight_decay=0.0, schedule="constant",
        seed=seed, device="cpu", progress=False,
    )  # fmt: skip
    history = train.fit(net, learn, config=config)
    errors = [round(1 - train.evaluate(net, part).accuracy, 4) for part in parts]
    losses = [round(float(loss), 4) for loss in history.column("train_loss")]
    print(f"{depth} layers, {kind}, seed {seed}: loss {losses[-1]:.3f}, errors {errors}", flush=True)
    return {"loss": losses, "train_error": errors[0], "test_error": errors[1], "gradient": gradients}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="number of seeds, from 0; default 5")
    seeds = range(parser.parse_args().seeds)
    _, tenth = data.split_data(data.load("mnist", "train"), 0.1, seed=0)
    parts = tenth.take(range(TRAINING_IMAGES)), data.load("mnist", "test").take(range(TEST_IMAGES))
    runs = [
        {"depth": depth, "kind": kind, "seed": seed, **run(depth, kind, seed, parts)}
        for seed in seeds
        for depth in DEPTHS
        for kind in KINDS
    ]
    settings = {
        "epochs": EPOCHS,
        "training_images": TRAINING_IMAGES,
        "test_images": TEST_IMAGES,
        "depths": list(DEPTHS),
        "kinds": list(KINDS),
        "seeds": list(seeds),
    }
    errors = {
        f"{kind}, {depth} layers": {
            name: spread([r[name] for r in runs if (r["depth"], r["kind"]) == (depth, kind)])
            for name in ("train_error", "test_error")
        }
        for kind in KINDS
        for depth in DEPTHS
    }
    figures = settings | {"errors": errors, "runs": runs}
    save("degradation", figures, chapter="modern_architectures", arguments=sys.argv[1:])


if __name__ == "__main__":
    main()
