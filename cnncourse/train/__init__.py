"""Training: ``fit`` → ``train_one_epoch`` → the model, and what goes with it.

>>> from cnncourse import train
>>> train.TrainConfig(epochs=3, lr=0.01).epochs
3
"""

from cnncourse.train.augment import Augment
from cnncourse.train.checkpoint import load_run, load_weights, save_run, save_weights
from cnncourse.train.config import TrainConfig
from cnncourse.train.evaluation import evaluate, predict
from cnncourse.train.loop import fit, train_one_epoch
from cnncourse.train.optim import lr_factor
from cnncourse.train.precision import choose_device, choose_precision

__all__ = [
    "Augment",
    "TrainConfig",
    "choose_device",
    "choose_precision",
    "evaluate",
    "fit",
    "load_run",
    "load_weights",
    "lr_factor",
    "predict",
    "save_run",
    "save_weights",
    "train_one_epoch",
]
