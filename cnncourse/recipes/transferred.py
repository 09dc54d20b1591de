"""Article 1's photographs once more, with features that another network has learned already."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from cnncourse import models, train, transfer
from cnncourse.data import ImageData, resize
from cnncourse.results import History

# Side, rate and epochs were chosen on a fifth of the training photographs, not on the test ones.
_SIDE = 32  # what the body was trained on, pixels
_HEAD = train.TrainConfig(epochs=20, batch_size=64, lr=0.02, progress=False)


def transferred(images: ImageData, test: ImageData, seed: int = 0) -> tuple[int, History]:
    """Train a new head on the features that the shipped ResNet-20 finds; its body learns nothing more.

    Parameters
    ----------
    images, test : ImageData
        Training and test part, colour. They are resized to 32×32, as the body's own training images were.
    seed : int, default 0
        Of the head's first weights and the order of the images.

    Returns
    -------
    parameters : int
        How many are trained: those of the head.
    history : History
        One record per epoch of the head; its validation columns are measured on the test images.

    Notes
    -----
    The body was trained on CIFAR-10. Cats and dogs are two of its ten classes, so it has seen such animals.

    Examples
    --------
    >>> from cnncourse import data
    >>> kinds = ("star", "ring")
    >>> images, test = data.shapes(90, seed=0, classes=kinds), data.shapes(40, seed=1, classes=kinds)
    >>> parameters, history = transferred(images, test)
    >>> parameters, history.records[-1].valid_accuracy > 0.6  # 64 features · 2 classes + 2
    (130, True)
    """
    body = models.create("resnet20", weights="cifar10")
    parts = (replace(part, images=resize(part.images, _SIDE)) for part in (images, test))
    features, unseen = (transfer.features(body, part) for part in parts)
    torch.manual_seed(seed)
    head = nn.Linear(features.values.shape[1], len(images.classes))
    history = train.fit(head, features, unseen, replace(_HEAD, seed=seed))
    return sum(p.numel() for p in head.parameters()), history
