"""Images and labels as two arrays, checked once, and the things one does with them before training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cnncourse.errors import printable

# Pixels are counted in blocks of this many values, so that memory stays small however large the data are.
_BLOCK = 1 << 22


@dataclass(frozen=True, eq=False, repr=False)
class ImageData:
    """A set of labelled images, as whole arrays.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W), uint8
        Pixel values 0 to 255. C is 1 for grey and 3 for red, green, blue.
    labels : ndarray of shape (N,), int64
        The class of each image, an index into `classes`.
    classes : tuple of str
        The name of each class, no two alike. Control characters in it are written as escapes.
    name : str, default ""
        Where the data come from, such as ``"mnist"``.
    mean, std : tuple of float, one per channel, default None
        What training subtracts and divides by, in 0–1 units (pixel / 255). None measures both on `images`.
    report : tuple of (str, str), default ()
        ``(path, reason)`` for each file that was left out.

    Raises
    ------
    TypeError
        If an array has the wrong dtype.
    ValueError
        If shapes, labels, classes, mean or std do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.zeros((4, 1, 28, 28), np.uint8)
    >>> data = ImageData(images, np.array([0, 1, 1, 0]), ("cat", "dog"), name="pets")
    >>> data
    ImageData(pets: 4 images of 1×28×28, 2 classes: cat, dog)
    >>> data.take([0, 3]).labels
    array([0, 0])
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    name: str = ""
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    report: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        set_field = object.__setattr__  # a frozen dataclass is written to in this way only
        set_field(self, "classes", checked_classes(self.classes))
        set_field(self, "name", printable(self.name))
        set_field(self, "report", tuple((printable(path), printable(reason)) for path, reason in self.report))
        _check_images(self.images)
        set_field(self, "labels", _checked_labels(self.labels, len(self.images), len(self.classes)))
        channels = self.images.shape[1]
        mean, std = self.mean, self.std
        if mean is None or std is None:
            measured_mean, measured_std = channel_statistics(self.images)
            mean = measured_mean if mean is None else mean
            std = measured_std if std is None else std
        set_field(self, "mean", _checked_statistic("mean", mean, channels))
        set_field(self, "std", _checked_statistic("std", std, channels))

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        shape = "×".join(str(side) for side in self.images.shape[1:])
        names = ", ".join(self.classes[:10]) + (", …" if len(self.classes) > 10 else "")
        left_out = f"; {len(self.report)} files left out, see .report" if self.report else ""
        title = f"{self.name}: " if self.name else ""
        classes = f"{len(self.classes)} classes: {names}"
        return f"ImageData({title}{len(self):,} images of {shape}, {classes}{left_out})"

    def take(self, indices: Sequence[int] | slice | np.ndarray) -> ImageData:
        """Return the images with these indices, in this order; classes, mean and std stay.

        Parameters
        ----------
        indices : sequence of int, ndarray of int or bool, or slice
            Which images. A boolean array has one entry per image.

        Returns
        -------
        ImageData

        Raises
        ------
        TypeError
            If `indices` holds something else than integers or booleans.
        ValueError
            If an index is out of range or a boolean array has another length.
        """
        if not isinstance(indices, slice):
            indices = np.asarray(indices)
            if indices.size == 0:
                indices = indices.astype(np.int64)
            if indices.ndim != 1 or indices.dtype.kind not in "iub":
                raise TypeError(
                    f"indices must be one row of integers or booleans, got shape {indices.shape} of "
                    f"{indices.dtype}: pass for example range(100) or data.labels == 3"
                )
            if indices.dtype.kind == "b" and len(indices) != len(self):
                raise ValueError(
                    f"indices has {len(indices)} booleans for {len(self)} images: pass one per image"
                )
            if indices.dtype.kind != "b" and len(indices) and not _within(indices, -len(self), len(self)):
                raise ValueError(
                    f"indices run from {indices.min()} to {indices.max()} for {len(self)} images: use "
                    f"0 to {len(self) - 1}"
                )
        return replace(self, images=self.images[indices], labels=self.labels[indices])

    def counts(self) -> dict[str, int]:
        """Return how many images each class has, in the order of `classes`."""
        numbers = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, numbers.tolist()))


def channel_statistics(images: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation of each channel of uint8 images (N, C, H, W), in 0–1 units, exactly.

    A channel that is constant gets std 1, so that dividing by it is harmless.
    """
    count, channels, height, width = images.shape
    total, squares = np.zeros(channels, np.uint64), np.zeros(channels, np.uint64)
    step = max(1, _BLOCK // max(1, channels * height * width))
    square_of = (np.arange(256, dtype=np.uint32) ** 2).astype(np.uint32)
    for start in range(0, count, step):
        block = images[start : start + step]
        total += block.sum(axis=(0, 2, 3), dtype=np.uint64)
        squares += square_of[block].sum(axis=(0, 2, 3), dtype=np.uint64)
    pixels = count * height * width
    if pixels == 0:
        return (0.0,) * channels, (1.0,) * channels
    mean = total / pixels
    variance = np.maximum(squares / pixels - mean**2, 0)
    std = np.where(variance > 0, np.sqrt(variance) / 255, 1.0)
    return tuple((mean / 255).tolist()), tuple(std.tolist())


def split_data(data: ImageData, fraction: float, seed: int = 0) -> tuple[ImageData, ImageData]:
    """Hold out a fraction of each class: the same shares of all classes in both parts.

    Parameters
    ----------
    data : ImageData
        What to split.
    fraction : float, between 0 and 1
        The share of images that goes to the second, held-out part.
    seed : int, default 0
        Which images are held out; the same seed gives the same split.

    Returns
    -------
    kept, held_out : ImageData
        Together all images of `data`, each once, in their old order. Both have the mean and std of `kept`,
        so that nothing is learned from what is held out; a mean or std that was given, rather than measured
        on the images of `data`, stays.

    Raises
    ------
    ValueError
        If `fraction` is not between 0 and 1, or one part would be empty.

    Notes
    -----
    The held-out number of each class is its share rounded down. What is then missing to
    ``round(fraction * N)`` goes to the classes with the largest remainders.

    Examples
    --------
    >>> import numpy as np
    >>> data = ImageData(np.zeros((10, 1, 2, 2), np.uint8), np.array([0] * 6 + [1] * 4), ("a", "b"))
    >>> kept, held_out = split_data(data, 0.5, seed=0)
    >>> kept.counts(), held_out.counts()
    ({'a': 3, 'b': 2}, {'a': 3, 'b': 2})
    """
    held = held_per_class(data.labels, len(data.classes), fraction)
    rng = np.random.default_rng(seed)
    is_held = np.zeros(len(data), bool)
    for label, number in enumerate(held):
        members = np.flatnonzero(data.labels == label)
        is_held[rng.permutation(members)[:number]] = True
    return two_parts(data, ~is_held, is_held)


def held_per_class(labels: np.ndarray, num_classes: int, fraction: float) -> np.ndarray:
    """Return how many images of each class to hold out; see the notes of `split_data`."""
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must lie between 0 and 1, got {fraction!r}: 0.1 holds out a tenth")
    wanted = round(fraction * len(labels))
    if not 0 < wanted < len(labels):
        raise ValueError(
            f"fraction {fraction} of {len(labels)} images leaves one part empty: use more images or another "
            "fraction"
        )
    share = np.bincount(labels, minlength=num_classes) * (wanted / len(labels))
    held = np.floor(share).astype(np.int64)
    largest_remainder_first = np.argsort(held - share, kind="stable")
    held[largest_remainder_first[: wanted - held.sum()]] += 1
    return held


def two_parts(data: ImageData, kept: np.ndarray, held: np.ndarray) -> tuple[ImageData, ImageData]:
    """Return two selections of the images; statistics that were measured on all are measured on the first."""
    parts = data.take(kept), data.take(held)
    if (data.mean, data.std) == channel_statistics(data.images):
        mean, std = channel_statistics(parts[0].images)
        parts = tuple(replace(part, mean=mean, std=std) for part in parts)
    return parts


def checked_classes(classes: Sequence[str]) -> tuple[str, ...]:
    """Return names of classes as text that can be printed; refuse a list in which names cannot decide."""
    if isinstance(classes, str):
        raise TypeError(f"classes must be a sequence of names, got the text {classes!r}: pass ({classes!r},)")
    names = tuple(printable(name) for name in classes)
    twice = (
        next((name for name in names if names.count(name) > 1), None)
        if len(set(names)) < len(names)
        else None
    )
    if twice is not None:
        raise ValueError(f"classes names {twice!r} twice: each class has a name of its own")
    return names


def _within(values: np.ndarray, low: int, high: int) -> bool:
    return bool(values.min() >= low and values.max() < high)


def _check_images(images: np.ndarray) -> None:
    if not isinstance(images, np.ndarray):
        raise TypeError(f"images must be a NumPy array, got {type(images).__name__}: convert with np.asarray")
    if images.dtype != np.uint8:
        remedy = (
            "(images * 255).round().astype(np.uint8)"
            if images.dtype.kind == "f"
            else "images.astype(np.uint8)"
        )
        raise TypeError(f"images must be uint8 with values 0 to 255, got {images.dtype}: pass {remedy}")
    if images.ndim != 4:
        remedy = "images[:, None] adds the channel axis" if images.ndim == 3 else "stack images of one size"
        raise ValueError(f"images must have shape (N, C, H, W), got {images.shape}: {remedy}")
    if 0 in images.shape[1:]:
        raise ValueError(f"images must have at least one pixel, got shape {images.shape}")
    if images.shape[3] in (1, 3) and images.shape[1] > 4:
        raise ValueError(
            f"images must have shape (N, C, H, W), got {images.shape}, which looks like (N, H, W, C): "
            "pass images.transpose(0, 3, 1, 2)"
        )


def _checked_labels(labels: np.ndarray, images: int, classes: int) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.size == 0:
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers (the index of each class), got {labels.dtype}")
    if labels.shape != (images,):
        raise ValueError(f"labels must have shape ({images},), one per image, got {labels.shape}")
    if classes == 0:
        raise ValueError("classes is empty: name at least one class")
    if len(labels) and not _within(labels, 0, classes):
        raise ValueError(
            f"labels must be 0 to {classes - 1} for {classes} classes, got {labels.min()} to {labels.max()}: "
            "name every class in classes"
        )
    return labels.astype(np.int64, copy=False)


def _checked_statistic(argument: str, values: Sequence[float], channels: int) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in np.atleast_1d(values))
    if len(numbers) != channels:
        raise ValueError(f"{argument} must have one number per channel ({channels}), got {len(numbers)}")
    if not all(np.isfinite(numbers)) or (argument == "std" and min(numbers) <= 0):
        rule = "finite and above 0" if argument == "std" else "finite"
        raise ValueError(f"{argument} must be {rule}, got {numbers}")
    if max(numbers) > 1:
        raise ValueError(f"{argument} must be in 0–1 units, got {numbers}: divide by 255")
    return numbers
