"""The main job on real input that is always there: LeNet learns the embedded digits."""

import torch

from cnncourse import data, models, train


def test_lenet5_learns_the_embedded_digits():
    fitting, test = data.load("digits", "train"), data.load("digits", "test")
    torch.manual_seed(0)
    model = models.create("lenet5", 10, in_channels=1)
    train.fit(model, fitting, config=train.TrainConfig(epochs=10, progress=False))
    result = train.evaluate(model, test)
    assert result.accuracy > 0.96
    assert result.per_class()["recall"].min() > 0.8
