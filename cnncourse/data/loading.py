"""`load`: a data set by its name."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from cnncourse.data import embedded, fetch, readers
from cnncourse.data.arrays import ImageData
from cnncourse.data.catalog import Entry, entry, present
from cnncourse.data.decoding import load_files
from cnncourse.data.drawing import shapes
from cnncourse.data.folder_cache import picture_file
from cnncourse.data.paths import DataNotFound, data_root
from cnncourse.data.pictures import Wanted, check_options
from cnncourse.data.resizing import image_size, resize


def load(
    name: str,
    split: str = "train",
    root: str | os.PathLike | None = None,
    *,
    size: int | tuple[int, int] | None = None,
    fallback: str | None = None,
    download: bool = True,
) -> ImageData:
    """Load a data set by its name; fetch it the first time.

    Parameters
    ----------
    name : str
        ``digits`` and ``shapes`` are always there. ``mnist``, ``fashion_mnist``, ``kmnist``, ``cifar10``,
        ``cifar100``, ``svhn`` and ``pets`` are fetched once, checked, and read from disk from then on.
    split : {"train", "test"}, default "train"
        Which part. `split_data` makes a validation part out of the training part.
    root : path, default None
        The directory with the data; None takes ``$CNNCOURSE_DATA``, else the user's cache directory.
    size : int or (int, int), default None
        Resize to this side, or height and width, in pixels. None keeps the size of the data (64 for pets).
    fallback : {"digits", "shapes"}, default None
        What to return when `name` is not on disk and cannot be fetched; one printed line then says so.
    download : bool, default True
        Whether the network may be used. ``CNNCOURSE_OFFLINE=1`` in the environment turns it off everywhere.

    Returns
    -------
    ImageData

    Raises
    ------
    DataNotFound
        If the data are not on disk and could not be fetched, and there is no `fallback`.
    ValueError
        If a name or split is unknown, or a file on disk is damaged; the message names the file.
    ImportError
        If reading needs a package that is not installed; the message names it.

    Examples
    --------
    >>> load("digits", "test")
    ImageData(digits: 359 images of 1×28×28, 10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    """
    item = entry(name)
    if split not in ("train", "test"):
        raise ValueError(
            f"split must be 'train' or 'test', got {split!r}: split_data makes a validation part"
        )
    if fallback is not None and entry(fallback).kind != "embedded":
        raise ValueError(f"fallback must be 'digits' or 'shapes', which are always there, got {fallback!r}")
    wanted = None if size is None else image_size(size)
    if item.kind == "embedded":
        return _load_embedded(item, split, wanted)
    folder = data_root(root)
    reason = fetch.ensure(item, folder, split, download)
    if not reason:
        return _read(item, folder, split, wanted)
    if fallback is None:
        raise DataNotFound(f"{name} is not in {folder} ({reason}): {fetch.remedy(item)}")
    stand_in = _load_embedded(entry(fallback), split, wanted or (item.size, item.size))
    print(
        f"{name} ({split}) is not on this machine ({reason}); using {len(stand_in):,} {fallback} instead. "
        f"To get it: cnncourse data get {name}"
    )
    return stand_in


def _load_embedded(item: Entry, split: str, size: tuple[int, int] | None) -> ImageData:
    size = size or (item.size, item.size)
    if item.name == "digits":
        return embedded.digits(split, size)
    return shapes(item.train, size, seed=0) if split == "train" else shapes(item.test, size, seed=1)


def _read(item: Entry, root: Path, split: str, size: tuple[int, int] | None) -> ImageData:
    """Read one part of a data set whose files are below `root`."""
    paths = [present(root, file) for file in item.needs(split)]
    if item.kind == "pets":
        return _read_pets(item, paths[0], paths[1], size or (item.size, item.size))
    if item.kind == "idx":
        images, labels = readers.read_idx_pair(*paths)
    elif item.kind == "cifar":
        images, labels = readers.read_cifar(paths, "labels" if item.name == "cifar10" else "fine_labels")
    else:
        images, labels = readers.read_svhn(paths[0])
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(item.classes):
        raise ValueError(
            f"{paths[-1]} holds labels {labels.min()} to {labels.max()}, {item.name} has classes 0 to "
            f"{len(item.classes) - 1}: the file is damaged, try `cnncourse data get {item.name}`"
        )
    data = ImageData(images, labels, item.classes, item.name, item.mean, item.std)
    if size is not None and size != data.images.shape[2:]:
        data = replace(data, images=resize(data.images, size))
    return data


def _read_pets(item: Entry, pictures: Path, list_file: Path, size: tuple[int, int]) -> ImageData:
    """Read the photographs that a list names; one that is not there is reported, like one that is damaged."""
    check_options(item.channels, "crop")
    files, left_out = [], []
    for stem, label in readers.read_pets_list(list_file):
        path = pictures / f"{stem}.jpg"
        try:
            status = path.stat()
        except OSError as error:
            left_out.append((str(path), error.strerror or "unreadable"))
        else:
            files.append(picture_file(str(path), label, status))
    data = load_files(
        list_file, files, item.classes, item.name, Wanted(size, item.channels), left_out=left_out
    )
    return replace(data, mean=item.mean, std=item.std)
