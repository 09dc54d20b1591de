"""From what a user passes as data to batches on the device, and the checks before the first step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, DistributedSampler, IterableDataset

from cnncourse.data.arrays import ImageData
from cnncourse.data.torch_batches import DeviceBatches, StreamBatches
from cnncourse.train.augment import Augment
from cnncourse.train.config import TrainConfig
from cnncourse.train.distributed import Team
from cnncourse.train.precision import is_out_of_memory

Stream: TypeAlias = "DataLoader | Dataset"  # gives (image, label) pairs or batches of them
Batches = DeviceBatches | StreamBatches
Statistics: TypeAlias = "tuple[tuple[float, ...] | None, tuple[float, ...] | None]"  # mean and deviation


def statistics(train: ImageData | Stream, valid: ImageData | Stream | None, model: nn.Module) -> Statistics:
    """Mean and standard deviation that pixels are normalised with, in training as in validation.

    Those that the network learned with before, as its weights are made for them; else those of the data. A
    stream has none: it takes those of the validation data. Two Nones: pixels are divided by 255 alone.
    """
    data = next((data for data in (train, valid) if isinstance(data, ImageData)), None)
    before = getattr(model, "trained_on", None) or {}
    mean, std = before.get("mean"), before.get("std")
    if mean is not None and (data is None or len(mean) == len(data.mean)):
        return tuple(mean), tuple(std)
    return (data.mean, data.std) if data is not None else (None, None)


def train_batches(
    data: ImageData | Stream, config: TrainConfig, device: torch.device, team: Team, pixels: Statistics
) -> Batches:
    """Shuffled, augmented batches of the training data.

    Raises
    ------
    ValueError
        If there are no images, or a schedule needs a length that a stream does not have.
    """
    augment = None if config.augment == Augment() else config.augment
    mean, std = pixels
    if isinstance(data, ImageData):
        if not len(data):
            raise ValueError("train holds no image")
        return DeviceBatches(
            data,
            config.batch_size,
            device,
            mean=mean,
            std=std,
            shuffle=True,
            seed=config.seed,
            augment=augment,
            channels_last=config.channels_last,
            rank=team.rank,
            world=team.world,
        )
    loader = as_loader(data, config.batch_size, config.workers, shuffle=True, seed=config.seed, team=team)
    if config.schedule != "constant" and steps_of(loader) is None:
        raise ValueError(
            f'schedule="{config.schedule}" needs the number of batches in an epoch, and this stream has no '
            'length; give its dataset a __len__, or choose schedule="constant"'
        )
    return StreamBatches(
        loader,
        device,
        mean=mean,
        std=std,
        seed=config.seed,
        augment=augment,
        num_classes=len(getattr(getattr(loader, "dataset", None), "classes", ())),
        channels_last=config.channels_last,
        rank=team.rank,
    )


def valid_batches(
    data: ImageData | Stream | None, config: TrainConfig, device: torch.device, pixels: Statistics
) -> Batches | None:
    """Batches of the validation data in their own order, normalised as the training data are."""
    if data is None:
        return None
    mean, std = pixels
    if isinstance(data, ImageData):
        if not len(data):
            raise ValueError("valid holds no image; pass None to train without validation")
        # Without gradients larger batches fit.
        size = max(config.batch_size, 500)
        return DeviceBatches(data, size, device, mean=mean, std=std, channels_last=config.channels_last)
    loader = as_loader(data, config.batch_size, config.workers)
    return StreamBatches(loader, device, mean=mean, std=std, channels_last=config.channels_last)


def as_loader(
    data: Stream,
    batch_size: int,
    workers: int = 0,
    *,
    shuffle: bool = False,
    seed: int = 0,
    team: Team | None = None,
) -> Iterable:
    """A loader as it is, or a DataLoader around a Dataset; in a team each process draws its own part.

    Raises
    ------
    TypeError
        If ``data`` is neither.
    """
    if isinstance(data, DataLoader):
        return data
    if not isinstance(data, Dataset):
        raise TypeError(
            f"data is a {type(data).__name__}; pass an ImageData, a torch DataLoader or a Dataset"
        )
    sampler = None
    if isinstance(data, IterableDataset):
        shuffle = False  # its own order is the only one it has
    elif team is not None and team.world > 1:
        sampler = DistributedSampler(data, team.world, team.rank, shuffle=shuffle, seed=seed)
        shuffle = False
    pin = torch.cuda.is_available()
    # Workers live for one epoch: those that stay keep their random state, and then the first epoch after a
    # resumption would not be the one that was interrupted.
    return DataLoader(data, batch_size, shuffle=shuffle, sampler=sampler, num_workers=workers, pin_memory=pin)


def steps_of(batches: Iterable) -> int | None:
    """Batches in an epoch, or None where nobody knows."""
    try:
        return len(batches)
    except TypeError:  # an IterableDataset without __len__
        return None


def class_names(data: ImageData | Stream, outputs: int) -> tuple[str, ...]:
    """The classes of a data set; numbers where it has no names for all outputs."""
    classes = getattr(data, "classes", None) or getattr(getattr(data, "dataset", None), "classes", None) or ()
    return tuple(map(str, classes)) if len(classes) == outputs else tuple(map(str, range(outputs)))


def describe_data(data: ImageData | Stream, pixels: Statistics) -> dict:
    """What a saved run keeps of its training data, as plain values; None where a stream does not say."""
    mean, std = (None if values is None else list(values) for values in pixels)
    if isinstance(data, ImageData):
        return {
            "name": data.name,
            "classes": list(data.classes),
            "image_shape": list(data.images.shape[1:]),
            "mean": mean,
            "std": std,
            "images": len(data),
        }
    dataset = getattr(data, "dataset", data)
    classes = getattr(dataset, "classes", None)
    return {
        "name": type(dataset).__name__,
        "classes": None if classes is None else list(map(str, classes)),
        "image_shape": None,
        "mean": mean,
        "std": std,
        "images": steps_of(dataset),
    }


def check_fit(model: nn.Module, batches: Batches) -> None:
    """Send one image through the network before training, to say in plain words what does not fit.

    Raises
    ------
    ValueError
        If the network refuses the images or gives another number of outputs than there are classes.
    """
    if isinstance(batches, StreamBatches):
        return  # reading a stream may be slow, or possible once only
    image = batches.normalise(batches.images[:1])
    shape = "×".join(map(str, image.shape[1:]))
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            outputs = model(image)
    except (RuntimeError, ValueError) as error:
        made_for = getattr(model, "spec", None)
        hint = f"; it was created as {made_for}" if made_for else ""
        raise ValueError(
            f"the network does not take images of {shape}{hint}. Load images of the size it is made for, or "
            f"create it with in_channels={image.shape[1]}. It said: {error}"
        ) from error
    finally:
        model.train(training)
    classes = batches.num_classes
    if outputs.shape != (1, classes):
        raise ValueError(
            f"the network gives an output of shape {tuple(outputs.shape)} for one image, and the data have "
            f"{classes} classes; create it with num_classes={classes}"
        )


@contextmanager
def memory_explained(batch_size: int, device: torch.device) -> Iterator[None]:
    """Let an error for lack of memory say what to try.

    Raises
    ------
    MemoryError
        In the place of torch's error; others pass as they are.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        remedy = (
            f"try batch_size={batch_size // 2}"
            if batch_size > 1
            else "batch_size is 1 already: use smaller images or a smaller network"
        )
        raise MemoryError(
            f"out of memory on {device} with batch_size={batch_size}: {remedy}. If the data set alone fills "
            f"the memory, pass a DataLoader instead of an ImageData. ({str(error).splitlines()[0]})"
        ) from error
