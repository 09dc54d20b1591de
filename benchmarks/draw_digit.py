"""Train the LeNet that reads drawn digits in the page, and store its weights with 8 bits each.

    CNNCOURSE_DATA=… python benchmarks/draw_digit.py

Writes the record and the weights to `runs/draw_digit.json` of its chapter. Drawings differ from MNIST's digits,
so the images are turned, moved, sheared and scaled.
"""

from __future__ import annotations

import base64

import numpy as np
from record import save

from cnncourse import data, models
from cnncourse.chapters.a_cnn_from_scratch.digit_reader import DigitReader
from cnncourse.train import Augment, TrainConfig, fit

CONFIG = TrainConfig(
    epochs=4,
    batch_size=128,
    optimizer="adamw",
    lr=3e-3,
    schedule="one-cycle",
    augment=Augment(rotate=12, shift=0.08, scale=(0.85, 1.15), shear=10),
    seed=0,
)


def packed(weight: np.ndarray, bias: np.ndarray) -> dict:
    """Return a layer with 8 bits for each weight and one scale for each output."""
    rows = weight.reshape(len(weight), -1)
    scale = np.abs(rows).max(axis=1) / 127
    bytes_ = np.rint(rows / scale[:, None]).astype(np.int8).tobytes()
    return {
        "shape": list(weight.shape),
        "scale": [float(f"{value:.6g}") for value in scale],
        "bytes": base64.b64encode(bytes_).decode("ascii"),
        "bias": [float(f"{value:.6g}") for value in bias],
    }


def main() -> None:
    train, test = data.load("mnist", "train"), data.load("mnist", "test")
    net = models.create("lenet5", num_classes=10, in_channels=1)
    fit(net, train, config=CONFIG)
    state = {name: value.detach().cpu().numpy() for name, value in net.state_dict().items()}
    names = [name.removesuffix(".weight") for name in state if name.endswith(".weight")]
    layers = [packed(state[f"{name}.weight"], state[f"{name}.bias"]) for name in names]
    content = {"mean": float(train.mean[0]), "std": float(train.std[0]), "layers": layers}
    reader = DigitReader(content)
    images = test.images[:, 0].astype(np.float32) / 255
    right = sum(
        (reader.scores(images[start : start + 500]).argmax(axis=1) == test.labels[start : start + 500]).sum()
        for start in range(0, len(images), 500)
    )
    accuracy = float(right / len(images))
    print(f"test accuracy {accuracy:.4f} with 8-bit weights")
    figures = {"test_accuracy": accuracy, "training_images": len(train.images), "epochs": CONFIG.epochs}
    save("draw_digit", figures, chapter="a_cnn_from_scratch", drawn=content)


if __name__ == "__main__":
    main()
