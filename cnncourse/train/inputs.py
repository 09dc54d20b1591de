"""From what a user passes as data to batches on the device, and the checks before the first step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
import torch
from torch import nn

from cnncourse.data.arrays import ImageData
from cnncourse.data.torch_batches import DeviceBatches, StreamBatches
from cnncourse.train.augment import Augment
from cnncourse.train.classes import in_order, names_of
from cnncourse.train.config import TrainConfig
from cnncourse.train.distributed import Team
from cnncourse.train.precision import is_out_of_memory
from cnncourse.train.streams import CheckedLoader, Stream, as_loader, refuse_part, steps_of

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


def learned_classes(model: nn.Module, train: ImageData | Stream) -> tuple[str, ...]:
    """The classes in the order of the network's outputs: that of a network which knows just these, if any."""
    before, ours = (getattr(model, "trained_on", None) or {}).get("classes") or (), names_of(train)
    return tuple(before) if sorted(before) == sorted(ours) else ours


def train_batches(
    data: ImageData | Stream,
    config: TrainConfig,
    device: torch.device,
    team: Team,
    pixels: Statistics,
    classes: tuple[str, ...],
) -> Batches:
    """Shuffled, augmented batches of the training data."""
    mean, std = pixels
    common = {
        "mean": mean,
        "std": std,
        "seed": config.seed,
        "augment": None if config.augment == Augment() else config.augment,
        "channels_last": config.channels_last,
        "rank": team.rank,
    }
    if isinstance(data, ImageData):
        if not len(data):
            raise ValueError("train holds no image")
        data = in_order(data, classes, "train")
        return DeviceBatches(data, config.batch_size, device, shuffle=True, world=team.world, **common)
    loader = as_loader(
        data, config.batch_size, config.workers, who="train", shuffle=True, seed=config.seed, team=team
    )
    if config.schedule != "constant" and steps_of(loader) is None:
        raise ValueError(
            f'schedule="{config.schedule}" needs the number of batches in an epoch, and this stream has no '
            'length; give its dataset a __len__, or choose schedule="constant"'
        )
    return StreamBatches(CheckedLoader(loader, "train", known=classes, joins=True), device, **common)


def measured_batches(
    data: ImageData | Stream,
    size: int,
    device: torch.device,
    pixels: Statistics,
    who: str,
    classes: tuple[str, ...],
    workers: int = 0,
    channels_last: bool = False,
) -> Batches:
    """Batches to measure on, with labels in the numbers of a network that knows ``classes``."""
    mean, std = pixels
    if isinstance(data, ImageData):
        if not len(data):
            raise ValueError(f"{who} holds no image")
        data = in_order(data, classes, who)
        return DeviceBatches(data, size, device, mean=mean, std=std, channels_last=channels_last)
    loader = as_loader(data, size, workers, who=who)
    refuse_part(loader, who)
    checked = CheckedLoader(loader, who, known=classes)
    return StreamBatches(checked, device, mean=mean, std=std, channels_last=channels_last)


def describe_data(data: ImageData | Stream, pixels: Statistics, classes: tuple[str, ...]) -> dict:
    """What a saved run keeps of its training data, as plain values.

    What a stream shows in its first batch only is None until then: see ``learn_from``.
    """
    about = {
        "name": type(getattr(data, "dataset", data)).__name__,
        "classes": list(classes) or None,
        "image_shape": None,
        "mean": None,
        "std": None,
        "images": steps_of(getattr(data, "dataset", data)),
    }
    if isinstance(data, ImageData):
        mean, std = map(list, pixels)
        about |= {"name": data.name, "image_shape": list(data.images.shape[1:]), "mean": mean, "std": std}
    return about


def learn_from(images: torch.Tensor, about: dict, pixels: Statistics) -> None:
    """Complete ``describe_data`` by a stream's first batch, and refuse one that contradicts what is known."""
    channels = images.shape[1]
    mean, std = (None if values is None else list(values) for values in pixels)
    if images.dtype != torch.uint8:
        seen = {"own_floats": True}  # normalised by the loader, nobody knows how
    elif mean is not None and len(mean) != channels:
        raise ValueError(
            f"train yields images of {channels} channels, and those that the network or valid are normalised "
            f"by have {len(mean)}: convert one of them"
        )
    else:
        seen = {"mean": mean or [0.0] * channels, "std": std or [1.0] * channels, "own_floats": False}
    seen["image_shape"] = list(images.shape[1:])
    for key, value in seen.items():
        if about.get(key) not in (None, value):
            raise ValueError(
                f"train is not the data that this run began with: its {key} was {about[key]}, and the first "
                f"batch has {value}"
            )
    about |= seen


def refuse_other_pixels(images: torch.Tensor | np.ndarray, about: dict, who: str) -> None:
    """Raise where numbers, as the first batch has them, would reach the network unlike in training."""
    floats = images.dtype not in (torch.uint8, np.uint8)
    if about.get("own_floats") and not floats:
        raise ValueError(
            f"{who} holds pixels from 0 to 255, and the network was trained on numbers that its loader had "
            "normalised in a way of its own. Give a loader that does the same, or train with one that yields "
            "uint8 pixels (torchvision's PILToTensor): then fit normalises both"
        )
    mean, std = about.get("mean"), about.get("std")
    if floats and mean and any(mean) and images.min() >= 0 and images.max() <= 1:
        raise ValueError(
            f"{who} yields numbers from 0 to 1, and the network was trained on pixels normalised by mean "
            f"{mean} and std {std}. Normalise by the same, or yield uint8 pixels: then it is done here"
        )


def check_fit(model: nn.Module, batches: Batches, images: torch.Tensor, num_classes: int | None) -> int:
    """Send the first image through the network, to say in plain words what does not fit.

    Returns the number of outputs; there must be ``num_classes`` of them, if that is known.
    """
    image = images[:1].to(batches.device)
    image = batches.normalise(image) if image.dtype == torch.uint8 else image.float()
    shape = "×".join(map(str, image.shape[1:]))
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            outputs = model(image)
    except (RuntimeError, ValueError) as error:
        if is_out_of_memory(error):
            raise
        made_for = getattr(model, "spec", None)
        hint = f"; it was created as {made_for}" if made_for else ""
        raise ValueError(
            f"the network does not take images of {shape}{hint}. Load images of the size it is made for, or "
            f"create it with in_channels={image.shape[1]}. It said: {error}"
        ) from error
    finally:
        model.train(training)
    got = (
        f"an output of shape {tuple(outputs.shape)}"
        if isinstance(outputs, torch.Tensor)
        else f"a {type(outputs).__name__}"
    )
    if not isinstance(outputs, torch.Tensor) or outputs.ndim != 2 or len(outputs) != 1:
        raise ValueError(
            f"the network gives {got} for one image; it has to give one number per class, (1, K)"
        )
    if num_classes and outputs.shape[1] != num_classes:
        raise ValueError(
            f"the network gives {got} for one image, and the data have {num_classes} classes; create it with "
            f"num_classes={num_classes}"
        )
    return outputs.shape[1]


@contextmanager
def explained(batch_size: int, device: torch.device) -> Iterator[None]:
    """Let errors for lack of memory, or of samples in a batch, say what to try; others pass as they are."""
    try:
        yield
    except (RuntimeError, ValueError, MemoryError) as error:
        if "Expected more than 1 value per channel" in str(error):
            raise ValueError(
                f"batch normalisation cannot train on a single sample, and a batch holds no more (batch_size="
                f"{batch_size}): give two samples or more, and batch_size of at least 2"
            ) from error
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
