"""Bottleneck features: the images through the body once, then a head on numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset

from cnncourse.data.arrays import ImageData
from cnncourse.data.torch_batches import DeviceBatches
from cnncourse.train.checks import check_whole
from cnncourse.train.wrappers import unwrapped
from cnncourse.transfer.head import head_name


@dataclass(frozen=True, eq=False, repr=False)
class FeatureData(Dataset):
    """What a body says about labelled images: the data that a head is trained on.

    ``train.fit`` and ``train.evaluate`` take it in the place of images.

    Attributes
    ----------
    values : ndarray of shape (N, D), float32
        One row of features per image; (N, D, H, W) where the head is a convolution.
    labels : ndarray of shape (N,), int64
    classes : tuple of str
    name : str
        That of the images.

    Examples
    --------
    >>> rows = FeatureData(np.eye(3, dtype=np.float32), np.array([0, 1, 1]), ("a", "b"))
    >>> rows, rows.take([2]).labels
    (FeatureData(3 images of 3 features, 2 classes), array([1]))
    """

    values: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    name: str = ""

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return torch.from_numpy(self.values[index]), int(self.labels[index])

    def __repr__(self) -> str:
        size = "×".join(map(str, self.values.shape[1:]))
        title = f"{self.name}: " if self.name else ""
        return f"FeatureData({title}{len(self):,} images of {size} features, {len(self.classes)} classes)"

    def take(self, indices: Sequence[int] | slice | np.ndarray) -> FeatureData:
        """The rows with these indices, in this order."""
        return replace(self, values=self.values[indices], labels=self.labels[indices])


def prepare(
    data: ImageData,
    model: nn.Module,
    *,
    mean: tuple[float, ...] | None = None,
    std: tuple[float, ...] | None = None,
) -> ImageData:
    """Give images the channels and the normalisation that a body was trained with.

    A body expects the numbers of its own training. With the mean and deviation of other images, all that its
    layers have learned meets inputs that are shifted and scaled.

    Parameters
    ----------
    data : ImageData
        The new images. Grey ones are repeated to three channels for a body that takes colour.
    model : nn.Module
        A network from ``train.load_run``, ``train.fit`` or ``models.create`` with trained weights, which says
        what it was trained with (``model.trained_on``).
    mean, std : tuple of float, one per channel, default those of ``model.trained_on``
        In 0–1 units, for a network that does not say, such as one from torchvision itself: its ImageNet
        weights were trained with ``mean=(0.485, 0.456, 0.406)`` and ``std=(0.229, 0.224, 0.225)``.

    Returns
    -------
    ImageData
        The same images, labels and classes.

    Raises
    ------
    ValueError
        If nothing says how the body's images were normalised, or the channels cannot be met.

    Examples
    --------
    >>> from cnncourse import data, models
    >>> digits = data.load("digits", "test", size=32)
    >>> prepare(digits, models.create("resnet20", weights="cifar10"))
    ImageData(digits: 359 images of 3×32×32, 10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    """
    if not isinstance(data, ImageData):
        raise TypeError(f"data is a {type(data).__name__}; pass an ImageData, such as data.load('digits')")
    trained_on = getattr(unwrapped(model), "trained_on", None) or {}
    mean, std = mean or trained_on.get("mean"), std or trained_on.get("std")
    if mean is None or std is None:
        raise ValueError(
            "model does not say how its training images were normalised; pass mean and std. For "
            "torchvision's ImageNet weights these are (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225)"
        )
    channels, images = data.images.shape[1], data.images
    if channels == 1 and len(mean) == 3:
        images = images.repeat(3, axis=1)
    elif channels != len(mean):
        raise ValueError(
            f"data has images of {channels} channels and the body takes {len(mean)}; load them with "
            f"channels={len(mean)}"
        )
    return replace(data, images=images, mean=tuple(mean), std=tuple(std))


def features(
    model: nn.Module,
    data: ImageData,
    *,
    mean: tuple[float, ...] | None = None,
    std: tuple[float, ...] | None = None,
    batch_size: int = 500,
) -> FeatureData:
    """Bottleneck features: what the body hands to the head, computed once for every image.

    Parameters
    ----------
    model : nn.Module
        Is read where it lies, in evaluation mode, and left as it was.
    data : ImageData
        Goes through ``prepare`` first.
    mean, std : tuple of float, optional
        As for ``prepare``.
    batch_size : int, default 500
        Images at a time.

    Returns
    -------
    FeatureData
        ``values`` of shape (N, D), D the inputs of the head.

    Raises
    ------
    ValueError
        As ``prepare`` and ``head_name``, or if there are no images.

    Examples
    --------
    >>> from cnncourse import data, models
    >>> features(models.create("resnet20", weights="cifar10"), data.shapes(8))
    FeatureData(shapes: 8 images of 64 features, 6 classes)
    """
    check_whole("batch_size", batch_size, 1)
    model = unwrapped(model)
    head = model.get_submodule(head_name(model))
    data = prepare(data, model, mean=mean, std=std)
    if not len(data):
        raise ValueError("data holds no image")
    caught: list[torch.Tensor] = []
    device, training = head.weight.device, model.training
    handle = head.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0].float().cpu()))
    model.eval()
    try:
        with torch.inference_mode():
            for images, _ in DeviceBatches(data, batch_size, device).epoch(1):
                model(images)
    finally:
        handle.remove()
        model.train(training)
    return FeatureData(torch.cat(caught).numpy(), data.labels, data.classes, data.name)
