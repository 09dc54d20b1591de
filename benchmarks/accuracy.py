"""Accuracy of lenet5 with the default settings: MNIST in 3 epochs, the embedded digits in 10, over seeds.

    python benchmarks/accuracy.py [--seeds 3]

Claims: at least 98.5 % on MNIST's 10,000 test images after 3 epochs with ``TrainConfig(epochs=3)``, and more
than 96 % on the held-out fifth of the embedded digits after 10 epochs. The seed decides the weights,
the order of the images and dropout. Without MNIST on disk (`cnncourse data get mnist`) only digits are run.
"""

from __future__ import annotations

import argparse
import sys

import torch
from record import save, spread

from cnncourse import data, models, train


def accuracies(name: str, epochs: int, seeds: range) -> dict:
    """Test accuracy and seconds of training for each seed."""
    fitting, test = data.load(name, "train"), data.load(name, "test")
    accuracy, seconds = [], []
    for seed in seeds:
        torch.manual_seed(seed)
        model = models.create("lenet5", len(fitting.classes), in_channels=1)
        config = train.TrainConfig(epochs=epochs, seed=seed, progress=False)
        history = train.fit(model, fitting, config=config)
        accuracy.append(train.evaluate(model, test).accuracy)
        seconds.append(float(history.column("seconds").sum()))
        print(
            f"{name}, seed {seed}: {accuracy[-1]:.2%} after {epochs} epochs in {seconds[-1]:.1f} s",
            flush=True,
        )
    return {
        "epochs": epochs,
        "images": len(fitting),
        "test_images": len(test),
        "accuracy": spread(accuracy),
        "accuracy_by_seed": accuracy,
        "training_seconds": spread(seconds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds, from 0; default 3")
    args = parser.parse_args()
    seeds = range(args.seeds)
    figures = {
        "network": "lenet5",
        "threads": torch.get_num_threads(),
        "digits": accuracies("digits", 10, seeds),
    }
    try:
        figures["mnist"] = accuracies("mnist", 3, seeds)
    except data.DataNotFound as error:
        print(f"MNIST left out: {error}")
    save("accuracy", figures, arguments=sys.argv[1:])


if __name__ == "__main__":
    main()
