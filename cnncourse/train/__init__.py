"""Training: ``fit`` → ``train_one_epoch`` → the model, and what goes with it.

>>> from cnncourse import train
>>> train.TrainConfig(epochs=3, lr=0.01).epochs
3
"""

from cnncourse.train.augment import Augment
from cnncourse.train.checkpoint import load_run, load_weights, save_run
from cnncourse.train.config import TrainConfig
from cnncourse.train.evaluation import evaluate, predict
from cnncourse.train.loop import fit, train_one_epoch
from cnncourse.train.precision import choose_device

__all__ = [
    "Augment",
    "TrainConfig",
    "choose_device",
    "evaluate",
    "fit",
    "load_run",
    "load_weights",
    "predict",
    "save_run",
    "train_one_epoch",
]
