"""Train LeNet on 6,000 MNIST digits and keep what changes from epoch to epoch.

    python benchmarks/training_story.py

The explorer `training_epochs` draws filters, accuracy, confusion matrix and the answer to one digit after
each epoch. Needs MNIST in $CNNCOURSE_DATA.

A tenth of the training images and plain SGD, so that learning is slow enough to watch.
"""

from __future__ import annotations

import numpy as np
import torch
from record import save

from cnncourse import data, models, train

EPOCHS = 12


class Story:
    """A callback that measures the network after each epoch and keeps its first layer."""

    def __init__(self, train_data, test_data):
        self.train_data, self.test_data = train_data, test_data
        self.figures, self.drawn, self.probability = [], [], []

    def __call__(self, record, model):
        layer = model[0]
        trained, tested = (train.evaluate(model, part) for part in (self.train_data, self.test_data))
        self.figures.append(
            {
                "train_accuracy": round(trained.accuracy, 4),
                "test_accuracy": round(tested.accuracy, 4),
                "train_loss": round(trained.loss, 4),
                "test_loss": round(tested.loss, 4),
            }
        )
        self.drawn.append(
            {
                "filters": _rounded(layer.weight[:, 0]),
                "bias": _rounded(layer.bias),
                "confusion": tested.confusion.tolist(),
            }
        )
        self.probability.append(tested.probability)


def _rounded(weights):
    return np.round(weights.detach().cpu().numpy().astype(float), 4).tolist()


def telling_digit(probability, labels):
    """Return the digit that the first epochs get most clearly wrong and the last three get right.

    Parameters
    ----------
    probability : ndarray of shape (epochs + 1, N, K)
        Of each class, before training and after each epoch.
    labels : ndarray of shape (N,)

    Returns
    -------
    int
        Its number among the N.
    """
    right = probability[:, np.arange(len(labels)), labels]
    learned = (right[-3:] > 0.6).all(axis=0) & (probability[1:4].argmax(axis=2) != labels).all(axis=0)
    if not learned.any():
        raise RuntimeError("no digit is wrong in the first three epochs and right in the last three")
    return int(np.where(learned, -right[1:4].mean(axis=0), -np.inf).argmax())


def main() -> None:
    rest, few = data.split_data(data.load("mnist", "train"), 0.1, seed=0)
    del rest
    tests = data.load("mnist", "test")
    torch.manual_seed(0)
    model = models.create("lenet5", in_channels=1)
    story = Story(few, tests)
    story(None, model.eval())
    config = train.TrainConfig(epochs=EPOCHS, optimizer="sgd", lr=0.03, momentum=0.5, schedule="cosine")
    history = train.fit(model, few, config=config, callbacks=[story])
    probability = np.stack(story.probability)
    digit = telling_digit(probability, tests.labels)
    drawn = {
        "pixels": tests.images[digit, 0].tolist(),
        "label": int(tests.labels[digit]),
        "mean": few.mean[0],
        "std": few.std[0],
        "answers": np.round(probability[:, digit].astype(float), 3).tolist(),
        "epochs": story.drawn,
    }
    figures = {
        "config": history.config,
        "training_images": len(few.labels),
        "test_images": len(tests.labels),
        "digit": digit,
        "after_epoch": story.figures,
    }
    save("training_story", figures, chapter="training_in_pytorch", drawn=drawn)


if __name__ == "__main__":
    main()
