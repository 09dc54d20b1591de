"""Loaders and datasets: what they yield is looked at before it meets the network."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import torch
from torch.utils.data import DataLoader, Dataset, DistributedSampler, IterableDataset

from cnncourse.train import classes
from cnncourse.train.distributed import Team

Stream: TypeAlias = "DataLoader | Dataset"  # gives (image, label) pairs or batches of them


class CheckedLoader:
    """A loader whose batches are pairs of images and labels, and not none at all.

    A batch of a single sample joins the one before where ``joins`` is set: batch normalisation cannot train
    on one. ``first`` is called with the first images before anything is done with them. Labels come out in
    the numbers of a network that knows the classes ``known``.
    """

    def __init__(
        self, loader: DataLoader, who: str, *, known: Sequence[str] | None = None, joins: bool = False
    ):
        self.loader, self.who, self.joins = loader, who, joins
        self.first: Callable[[torch.Tensor], None] = lambda images: None
        self.outputs: int | None = None  # of the network; labels have to be below
        self.given, self.known = classes.names_of(loader), known
        self.sampler = loader.sampler
        if steps_of(self) == 0:
            raise ValueError(
                f"{who} yields no batch: {_samples(loader)} samples, and drop_last=True leaves out what does "
                f"not fill {loader.batch_size}. Take drop_last=False or a smaller batch_size"
                if loader.drop_last
                else f"{who} holds no image"
            )

    def __len__(self) -> int:
        steps, size = len(self.loader), self.loader.batch_size or 1
        rest_joins = self.joins and not self.loader.drop_last and steps > 1 and size > 1
        return steps - (rest_joins and _samples(self.loader) % size == 1)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        held = None
        for batch in self._explained():
            images, labels = self._pair(batch)
            if held is None:
                self.first(images)
            elif self.joins and len(labels) == 1 < len(held[1]) and images.shape[1:] == held[0].shape[1:]:
                held = torch.cat([held[0], images]), torch.cat([held[1], labels])
                continue
            else:
                yield held
            held = images, self._known(labels)
        if held is None:
            raise ValueError(
                f"{self.who} yields no batch in this epoch: give a loader that can be read again and again, "
                "with at least one sample"
            )
        yield held

    def _explained(self) -> Iterator:
        """The loader's batches; that samples cannot be put together is said for beginners."""
        with warnings.catch_warnings():
            # Workers are forked where the system can, knowingly: what a notebook defines, or a lambda,
            # reaches them in no other way. They run nothing but the dataset, on one thread.
            warnings.filterwarnings("ignore", r"(?s).*multi-threaded, use of fork\(\)", DeprecationWarning)
            iterator = iter(self.loader)
        try:
            yield from iterator
        except (TypeError, RuntimeError) as error:
            if "default_collate" not in str(error) and "stack expects" not in str(error):
                raise
            raise ValueError(
                f"{self.who} yields samples that make no batch: give (image, label) with image tensors of "
                "one size, by torchvision.transforms for example (PILToTensor, Resize). "
                f"({str(error).splitlines()[-1]})"
            ) from error

    def _pair(self, batch: object) -> tuple[torch.Tensor, torch.Tensor]:
        """The images and the labels of a batch, and an error for anything else."""
        parts = list(batch) if isinstance(batch, (tuple, list)) else [batch]
        if [isinstance(part, torch.Tensor) for part in parts] != [True, True]:
            what = ", ".join(type(part).__name__ for part in parts)
            raise TypeError(
                f"{self.who} yields batches of {what}; each has to be a pair of tensors, images and labels"
            )
        images, labels = parts
        shares = labels.ndim == 2 and labels.is_floating_point()
        if not shares and (labels.ndim != 1 or labels.is_floating_point() or labels.is_complex()):
            raise ValueError(
                f"{self.who} yields labels of shape {tuple(labels.shape)} and type {labels.dtype}; give "
                "whole numbers of shape (N,)"
            )
        if images.ndim < 2 or len(images) != len(labels) or not len(labels):
            raise ValueError(
                f"{self.who} yields images of shape {tuple(images.shape)} for {len(labels)} labels; give one "
                "of each per sample, in batches"
            )
        if images.dtype != torch.uint8 and not images.is_floating_point():
            raise ValueError(
                f"{self.who} yields {images.dtype} images; give uint8 pixels or floating-point numbers"
            )
        return images, labels if shares else labels.long()

    def _known(self, labels: torch.Tensor) -> torch.Tensor:
        """Labels in the network's numbers."""
        if labels.ndim == 2:
            return labels
        numbers = classes.translated(labels.cpu().numpy(), self.given, self.known, self.who)
        if self.outputs is not None:
            classes.refuse_beyond(numbers, self.outputs, self.who)
        return torch.from_numpy(numbers)


def as_loader(
    data: Stream,
    batch_size: int,
    workers: int = 0,
    *,
    who: str = "data",
    shuffle: bool = False,
    seed: int = 0,
    team: Team | None = None,
) -> DataLoader:
    """A loader as it is, or one around a Dataset; in a team each process draws its own part."""
    if isinstance(data, DataLoader):
        return data
    if not isinstance(data, Dataset):
        raise TypeError(
            f"{who} is a {type(data).__name__}; pass an ImageData, a torch DataLoader or a Dataset"
        )
    if not isinstance(data, IterableDataset) and not len(data):
        raise ValueError(f"{who} holds no image")
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


def refuse_part(loader: DataLoader, who: str) -> None:
    """Raise for a loader that gives each process a part: what is measured has to count each sample once."""
    if isinstance(loader.sampler, DistributedSampler):
        raise ValueError(
            f"{who} has a DistributedSampler, which shows this process a part and some samples twice; give a "
            "loader without it: every process measures all samples"
        )


def steps_of(batches: Iterable) -> int | None:
    """Batches in an epoch, or None where nobody knows."""
    try:
        return len(batches)
    except TypeError:  # an IterableDataset without __len__
        return None


def _samples(loader: DataLoader) -> int:
    """Samples that a loader draws in an epoch; raises TypeError where nobody knows."""
    return len(loader.dataset if isinstance(loader.dataset, IterableDataset) else loader.sampler)
