"""Batches for training: whole data sets that lie on the device, or a stream of batches from a DataLoader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch

from cnncourse.data.arrays import ImageData

Batch = tuple[torch.Tensor, torch.Tensor]  # float32 images (N, C, H, W), labels (N,) or class shares (N, K)


class Augmentation(Protocol):
    """What batches ask of an augmentation; ``cnncourse.train.Augment`` is one."""

    def draw(self, n: int, height: int, width: int, rng: np.random.Generator) -> dict[str, torch.Tensor]: ...

    def change_pixels(self, images: torch.Tensor, draws: dict[str, torch.Tensor]) -> torch.Tensor: ...

    def blend(
        self, pixels: torch.Tensor, labels: torch.Tensor, draws: dict[str, torch.Tensor], num_classes: int
    ) -> Batch: ...


class DeviceBatches:
    """An ``ImageData`` that lies on the device as uint8, handed out in normalised batches.

    Pixels are four times smaller as uint8 than as float32, and no worker, copy or wait stands between two
    steps. A last batch of a single image joins the one before: batch normalisation cannot train on one. Order
    and augmentation of epoch e depend on ``(seed, e)`` alone, so a run can be continued at any epoch. Of
    ``world`` processes each takes its part of every batch of ``world * batch_size`` images.
    """

    def __init__(
        self,
        data: ImageData,
        batch_size: int,
        device: torch.device,
        *,
        mean: tuple[float, ...] | None = None,
        std: tuple[float, ...] | None = None,
        shuffle: bool = False,
        seed: int = 0,
        augment: Augmentation | None = None,
        channels_last: bool = False,
        rank: int = 0,
        world: int = 1,
    ):
        if 0 < len(data) < world:
            raise ValueError(
                f"data holds {len(data)} images, fewer than the {world} processes that share them"
            )
        self.images = torch.from_numpy(np.ascontiguousarray(data.images)).to(device)
        self.labels = torch.from_numpy(data.labels).to(device)
        self.num_classes = len(data.classes)
        self.device, self.shuffle, self.seed, self.augment = device, shuffle, seed, augment
        self.mean, self.std = mean or data.mean, std or data.std
        self.normalise = Normaliser(self.mean, self.std, device, channels_last)
        self.rank, self.world = rank, world
        self.bounds = batch_bounds(len(data), batch_size * world, smallest=2 * world)
        self.share = 1.0  # the part of the current global batch that this process holds

    def __len__(self) -> int:
        return len(self.bounds)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch (1-based), in the order and with the augmentation that belong to it."""
        n = len(self.labels)
        rng = np.random.default_rng((self.seed, epoch))
        order = torch.from_numpy(rng.permutation(n)).to(self.device) if self.shuffle else None
        draws = {}
        if self.augment is not None:
            # Every sample's parameters at once: one copy to the device per epoch, and the same for any number
            # of processes.
            height, width = self.images.shape[2:]
            draws = {k: v.to(self.device) for k, v in self.augment.draw(n, height, width, rng).items()}
        for start, stop in self.bounds:
            first, last = part_of(start, stop, self.rank, self.world)
            self.share = (last - first) / (stop - start)
            picked = slice(first, last) if order is None else order[first:last]
            images, labels = self.images[picked], self.labels[picked]
            if self.augment is None:
                yield self.normalise(images), labels
                continue
            own = {name: values[first:last] for name, values in draws.items()}
            pixels = self.normalise.scaled(self.augment.change_pixels(images, own))
            yield self.augment.blend(pixels, labels, own, self.num_classes)


class StreamBatches:
    """Batches of a torch ``DataLoader`` (or any sized iterable of ``(images, labels)``), moved to the device.

    Float images are taken as the loader normalised them; uint8 images are divided by 255, or normalised
    where ``mean`` and ``std`` are given. A loader shuffles by torch's global generator, which ``fit`` seeds
    for every epoch. Under torchrun give the loader a ``DistributedSampler``; its ``set_epoch`` is called.
    """

    def __init__(
        self,
        loader,
        device: torch.device,
        *,
        num_classes: int = 0,
        mean: tuple[float, ...] | None = None,
        std: tuple[float, ...] | None = None,
        seed: int = 0,
        augment: Augmentation | None = None,
        channels_last: bool = False,
        rank: int = 0,
    ):
        self.loader, self.device, self.num_classes = loader, device, num_classes
        self.normalise = Normaliser(mean or (0.0,), std or (1.0,), device, channels_last)
        self.channels_last, self.seed, self.rank, self.augment = channels_last, seed, rank, augment
        self.share = None  # unknown: a stream does not say what the other processes hold

    def __len__(self) -> int:
        return len(self.loader)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """One pass over the loader."""
        rng = np.random.default_rng((self.seed, epoch, self.rank))
        sampler = getattr(self.loader, "sampler", None)
        if hasattr(sampler, "set_epoch"):
            sampler.set_epoch(epoch)
        for images, labels in self.loader:
            images = images.to(self.device, non_blocking=True)
            labels = labels.to(self.device, non_blocking=True)
            if self.augment is None:
                yield (
                    (self.normalise(images) if images.dtype == torch.uint8 else self._laid_out(images)),
                    labels,
                )
                continue
            if images.dtype != torch.uint8:
                raise ValueError(
                    f"the loader gives {images.dtype} images, and augment works on uint8 pixels: let the "
                    "loader give uint8 (torchvision.transforms.PILToTensor), or augment there and leave "
                    "augment off"
                )
            height, width = images.shape[2:]
            draws = self.augment.draw(len(images), height, width, rng)
            draws = {name: values.to(self.device, non_blocking=True) for name, values in draws.items()}
            pixels = self.normalise.scaled(self.augment.change_pixels(images, draws))
            yield self.augment.blend(pixels, labels, draws, self.num_classes)

    def _laid_out(self, images: torch.Tensor) -> torch.Tensor:
        # Rows of features have no channels to put last.
        last = self.channels_last and images.ndim == 4
        order = torch.channels_last if last else torch.contiguous_format
        return images.to(torch.float32, memory_format=order)


class Normaliser:
    """uint8 images (N, C, H, W) -> float32 (pixel / 255 - mean) / std, in the wanted memory order."""

    def __init__(
        self,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        device: torch.device,
        channels_last: bool = False,
    ):
        mean = torch.tensor(mean, dtype=torch.float32, device=device).view(-1, 1, 1)
        std = torch.tensor(std, dtype=torch.float32, device=device).view(-1, 1, 1)
        self.offset, self.factor = -mean / std, 1 / std
        self.byte_factor = self.factor / 255
        self.order = torch.channels_last if channels_last else torch.contiguous_format

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """uint8, 0 to 255, -> normalised float32."""
        return images.to(torch.float32, memory_format=self.order).mul_(self.byte_factor).add_(self.offset)

    def scaled(self, pixels: torch.Tensor) -> torch.Tensor:
        """float32, 0 to 1, -> normalised float32."""
        return pixels.contiguous(memory_format=self.order).mul(self.factor).add_(self.offset)


def batch_bounds(n: int, batch_size: int, smallest: int) -> list[tuple[int, int]]:
    """Start and stop of each batch of ``n`` samples; a rest below ``smallest`` joins the batch before.

    >>> batch_bounds(10, 4, smallest=2)
    [(0, 4), (4, 8), (8, 10)]
    >>> batch_bounds(9, 4, smallest=2)
    [(0, 4), (4, 9)]
    """
    starts = list(range(0, n, batch_size))
    if len(starts) > 1 and n - starts[-1] < smallest:
        starts.pop()
    return list(zip(starts, [*starts[1:], n]))


def part_of(start: int, stop: int, rank: int, world: int) -> tuple[int, int]:
    """The range of process ``rank`` when ``world`` processes share ``start`` to ``stop`` evenly."""
    size = stop - start
    return start + size * rank // world, start + size * (rank + 1) // world
