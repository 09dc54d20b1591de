"""Measuring a network: mean loss and accuracy, the confusion matrix, and probabilities of single images."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.data.arrays import ImageData
from cnncourse.data.torch_batches import Batch, DeviceBatches, StreamBatches
from cnncourse.results import EvalResult
from cnncourse.train.checks import check_whole
from cnncourse.train.classes import names_of, refuse_beyond, translated
from cnncourse.train.inputs import check_fit, measured_batches, refuse_other_pixels
from cnncourse.train.streams import Stream
from cnncourse.train.wrappers import device_of, unwrapped


class Totals:
    """Loss, right answers and images, summed on the device over the batches of an epoch.

    Every batch counts by its number of images, so a short last batch weighs what it holds.
    """

    def __init__(self, device: torch.device):
        self.loss = torch.zeros((), device=device)
        self.correct = torch.zeros((), device=device, dtype=torch.int64)
        self.images = 0

    @torch.no_grad()
    def add(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Take in a batch: its mean loss, logits (N, K), and labels (N,) or class shares (N, K)."""
        if labels.ndim == 2:  # mixed images: the class with the larger share counts
            labels = labels.argmax(dim=1)
        self.loss += loss * len(labels)
        self.correct += (logits.argmax(dim=1) == labels).sum()
        self.images += len(labels)

    def as_tensor(self) -> torch.Tensor:
        """The three sums in one tensor of shape (3,)."""
        images = torch.full_like(self.loss, self.images)
        return torch.stack([self.loss, self.correct.to(self.loss.dtype), images])


def means(sums: torch.Tensor) -> tuple[float, float]:
    """Mean loss and accuracy from the sums (3,) of ``Totals``. The only place that waits for the device."""
    loss, correct, images = sums.tolist()
    return loss / max(images, 1), correct / max(images, 1)


@torch.inference_mode()
def measure(model: nn.Module, batches: Iterable[Batch], context: AbstractContextManager) -> Totals:
    """Cross-entropy and right answers of a network over batches; nothing is trained."""
    model.eval()
    totals = Totals(device_of(model))
    for images, labels in batches:
        with context:
            logits = model(images)
            loss = F.cross_entropy(logits, labels)
        totals.add(loss, logits, labels)
    return totals


def evaluate(model: nn.Module, data: ImageData | Stream, batch_size: int = 1000) -> EvalResult:
    """Loss, accuracy, confusion matrix and every prediction of a network on a data set.

    Parameters
    ----------
    model : nn.Module
        (N, C, H, W) -> (N, K) logits. It is evaluated where it lies, in float32, and left in its mode. Images
        are normalised as in its training (``model.trained_on``, set by ``fit`` and ``load_run``), else by the
        mean and standard deviation of ``data``.
    data : ImageData, or torch DataLoader or Dataset
        As for ``fit``. Where network and data name their classes, the names decide; data may have some of the
        network's.
    batch_size : int
        Images at a time.

    Returns
    -------
    EvalResult

    Raises
    ------
    ValueError
        If there are no images, a class or label is none of the network's, or its training images were
        normalised in another way.

    Examples
    --------
    >>> from cnncourse import data, models
    >>> digits = data.load("digits").take(range(64))
    >>> result = evaluate(models.create("perceptron", in_channels=1), digits)
    >>> result.confusion.shape, int(result.confusion.sum())
    ((10, 10), 64)
    >>> bool(result.accuracy == result.confusion.trace() / 64)
    True
    """
    inner = unwrapped(model)
    about = getattr(inner, "trained_on", None) or {}
    check_whole("batch_size", batch_size, 1)
    batches = measured_batches(data, batch_size, device_of(inner), _normalisation(about), "data", ())

    def first(images: torch.Tensor) -> None:
        """See from the first images whether they go with the network."""
        refuse_other_pixels(images, about, "data")
        check_fit(inner, batches, images, None)

    if isinstance(batches, StreamBatches):
        batches.loader.first = first
    else:
        first(batches.images)
    logits, labels = _all_logits(model, batches.epoch(1))
    if labels.ndim == 2:
        raise ValueError(
            "data has shares of classes for labels; evaluate needs one class per image, as a number"
        )
    outputs, given, known = logits.shape[1], names_of(data), about.get("classes") or ()
    if len(known) == outputs:
        labels, given = torch.from_numpy(translated(labels.numpy(), given, known, "data")), tuple(known)
    refuse_beyond(labels.numpy(), outputs, "data")
    predicted = logits.argmax(dim=1)
    confusion = torch.bincount(labels * outputs + predicted, minlength=outputs**2).view(outputs, outputs)
    return EvalResult(
        loss=F.cross_entropy(logits, labels).item(),
        accuracy=(predicted == labels).double().mean().item(),
        confusion=confusion.numpy(),
        classes=given if len(given) == outputs else tuple(map(str, range(outputs))),
        labels=labels.numpy(),
        predicted=predicted.numpy(),
        probability=logits.softmax(dim=1).numpy(),
    )


def predict(model: nn.Module, images: np.ndarray, batch_size: int = 1000) -> np.ndarray:
    """Class probabilities of images.

    Parameters
    ----------
    model : nn.Module
        As for ``evaluate``; it has to know how its training images were normalised (``model.trained_on``).
    images : ndarray of shape (N, C, H, W), uint8
        Pixels, 0 to 255, of the size the network was trained on.
    batch_size : int
        Images at a time.

    Returns
    -------
    ndarray of shape (N, K), float32
        Each row sums to 1.

    Raises
    ------
    ValueError
        If the images do not have the trained shape or the network was not trained by ``fit``.

    Examples
    --------
    >>> from cnncourse import data, models, train
    >>> digits = data.load("digits").take(range(64))
    >>> model = models.create("perceptron", in_channels=1)
    >>> history = train.fit(model, digits, config=train.TrainConfig(epochs=1, progress=False))
    >>> probability = predict(model, digits.images[:5])
    >>> probability.shape, np.allclose(probability.sum(axis=1), 1)
    ((5, 10), True)
    """
    inner = unwrapped(model)
    about = getattr(inner, "trained_on", None) or {}
    check_whole("batch_size", batch_size, 1)
    if not isinstance(images, np.ndarray):
        raise TypeError(f"images is a {type(images).__name__}; pass an ndarray of uint8, such as data.images")
    if images.dtype == np.uint8:
        refuse_other_pixels(images, about, "images")
    mean, std = _normalisation(about)
    if mean is None or not about.get("image_shape"):
        raise ValueError(
            "model does not say how its images were normalised; train it with fit or read it with load_run"
        )
    expected = tuple(about["image_shape"])
    if images.ndim != 4 or images.shape[1:] != expected or images.dtype != np.uint8 or not len(images):
        raise ValueError(
            f"images has shape {images.shape} and type {images.dtype}; this network takes uint8 of shape (N, "
            f"{', '.join(map(str, expected))}), N at least 1: resize or convert first"
        )
    data = ImageData(images, np.zeros(len(images), np.int64), ("",), mean=mean, std=std)
    logits, _ = _all_logits(model, DeviceBatches(data, batch_size, device_of(inner)).epoch(1))
    return logits.softmax(dim=1).numpy()


def _normalisation(about: dict) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
    """Mean and standard deviation the network was trained with, or two Nones."""
    mean, std = about.get("mean"), about.get("std")
    return (tuple(mean), tuple(std)) if mean else (None, None)


@torch.inference_mode()
def _all_logits(model: nn.Module, batches: Iterable[Batch]) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (N, K) and labels (N,) of all batches, on the CPU; the model's mode is put back."""
    training = model.training
    model.eval()
    try:
        pairs = [(model(images).float(), labels) for images, labels in batches]
    finally:
        model.train(training)
    return torch.cat([p[0] for p in pairs]).cpu(), torch.cat([p[1] for p in pairs]).cpu()
