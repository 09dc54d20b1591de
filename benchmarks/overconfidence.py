"""Train a small network on 300 MNIST digits for far too long, and keep how sure it is of 1,000 others.

    python benchmarks/overconfidence.py

Stores accuracy, mean confidence and loss at several softmax temperatures, and the logits that the quest
`find_temperature` draws, rounded to tenths. Needs MNIST in $CNNCOURSE_DATA.
"""

from __future__ import annotations

import numpy as np
import torch
from record import save

from cnncourse import data, ops, train

DIGITS, EPOCHS, TESTED = 300, 150, 1000
TEMPERATURES = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


def trained_logits() -> tuple[np.ndarray, np.ndarray]:
    """Return logits of shape (TESTED, 10) and the labels."""
    few = data.load("mnist", "train").take(range(DIGITS))
    tests = data.load("mnist", "test").take(range(TESTED))
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)
    )
    config = train.TrainConfig(
        epochs=EPOCHS, batch_size=32, lr=0.003, weight_decay=0.0, device="cpu", progress=False
    )
    train.fit(net, few, config=config)
    pixels = (torch.from_numpy(tests.images).float() / 255 - tests.mean[0]) / tests.std[0]
    with torch.no_grad():
        return net.eval()(pixels).numpy().astype(float), tests.labels


def main() -> None:
    logits, labels = trained_logits()
    tenths = np.round(10 * logits).astype(int)
    figures = []
    for temperature in TEMPERATURES:
        scores = tenths / 10 / temperature
        confidence = ops.softmax(scores, dim=1).max(axis=1)
        figures.append(
            {
                "temperature": temperature,
                "mean_confidence": round(float(confidence.mean()), 4),
                "cross_entropy": round(float(ops.cross_entropy(scores, labels)), 4),
            }
        )
        print(figures[-1])
    accuracy = float((tenths.argmax(axis=1) == labels).mean())
    print(f"accuracy {accuracy:.3f}")
    save(
        "overconfidence",
        {"training_digits": DIGITS, "epochs": EPOCHS, "test_digits": TESTED, "accuracy": accuracy,
         "by_temperature": figures},
        chapter="activations_and_losses",
        drawn={"logits_in_tenths": tenths.tolist(), "labels": labels.tolist()},
    )  # fmt: skip


if __name__ == "__main__":
    main()
