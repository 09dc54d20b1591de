"""Readers of the raw files the public data sets come in: IDX (MNIST), CIFAR batches, SVHN, Oxford pets lists.

Each takes a path and returns arrays. A damaged file gives a ValueError that names the file and the fault.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cnncourse.data.matlab import read_matlab
from cnncourse.data.pickles import read_plain_pickle

MOST_BYTES = 1 << 31  # that a header may ask for; the largest of these sets, SVHN's extra part, holds 1.6 GB
_MOST_LIST_BYTES = 1 << 24
_IDX_UBYTE = 8  # the IDX type code for unsigned bytes, the only one the MNIST family uses


def read_idx(path: Path) -> np.ndarray:
    """Read an IDX file of unsigned bytes, plain or (``.gz``) compressed, as the shape in its header.

    The header is two zero bytes, the type code, the number of dimensions, and each dimension as a big-endian
    32-bit number; the data follow in C order. LeCun, Cortes and Burges, "The MNIST database of handwritten
    digits", section "File formats".
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            shape = _idx_shape(path, file)
            size = math.prod(shape)
            header, on_disk = 4 + 4 * len(shape), path.stat().st_size
            # No memory for what cannot be there: gzip packs to a 1032nd at best.
            if header + size > 1100 * on_disk or (path.suffix != ".gz" and header + size != on_disk):
                raise _other_size(path, header + size, on_disk)
            content = np.empty(size, np.uint8)
            found = file.readinto(content) + len(file.read(1))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is truncated or not a gzip file: {error}") from None
    if found != size:
        raise _other_size(path, header + size, header + found)
    return content.reshape(shape)


def _idx_shape(path: Path, file: BinaryIO) -> tuple[int, ...]:
    """Read the header of an IDX file."""
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or not 1 <= start[3] <= 4:
        raise ValueError(
            f"{path} is not an IDX file: it begins with {start.hex(' ') or 'nothing'}, not 00 00 08 and the "
            "number of dimensions, 1 to 4"
        )
    if start[2] != _IDX_UBYTE:
        raise ValueError(f"{path} has the IDX type code 0x{start[2]:02x}: only 0x08, unsigned byte, is read")
    numbers = file.read(4 * start[3])
    if len(numbers) < 4 * start[3]:
        raise ValueError(
            f"{path} is truncated inside its header: {4 + len(numbers)} of {4 + 4 * start[3]} bytes"
        )
    shape = tuple(np.frombuffer(numbers, ">u4").tolist())
    if not 0 < math.prod(shape) <= MOST_BYTES:
        raise ValueError(
            f"{path} is truncated or damaged: its header promises {math.prod(shape):,} bytes, and between 1 "
            f"and {MOST_BYTES:,} are read"
        )
    return shape


def _other_size(path: Path, promised: int, found: int) -> ValueError:
    fault = "truncated" if found < promised else "too long"
    return ValueError(f"{path} is {fault}: its header promises {promised:,} bytes, it has {found:,}")


def read_idx_pair(images_path: Path, labels_path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read images (N, 1, H, W), uint8, and labels (N,), int64, that belong together."""
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim != 3:
        raise ValueError(
            f"{images_path} holds {images.ndim} dimensions, images have 3 (number, rows, columns)"
        )
    if labels.ndim != 1:
        raise ValueError(f"{labels_path} holds {labels.ndim} dimensions, labels have 1")
    if len(images) != len(labels):
        raise ValueError(
            f"{images_path} holds {len(images):,} images, but {labels_path.name} {len(labels):,} labels"
        )
    return images[:, None], labels.astype(np.int64)


def read_cifar(paths: list[Path], label_key: str) -> tuple[np.ndarray, np.ndarray]:
    """Read batches of CIFAR, "python version": pixels (N, 3, 32, 32), uint8, and labels, int64.

    `label_key` is ``"labels"``, for CIFAR-100 ``"fine_labels"``. Krizhevsky, "Learning multiple layers of
    features from tiny images", 2009; the format is on the data's page.
    """
    images, labels = [], []
    for path in paths:
        batch = read_plain_pickle(path)
        if not isinstance(batch, dict) or "data" not in batch or label_key not in batch:
            raise ValueError(f"{path} is not a CIFAR batch: it has no entries 'data' and '{label_key}'")
        pixels, numbers = batch["data"], batch[label_key]
        if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
            raise ValueError(f"{path} is not a CIFAR batch: '{label_key}' is not a list of numbers")
        if not numbers or getattr(pixels, "shape", None) != (len(numbers), 3 * 32 * 32):
            raise ValueError(
                f"{path} is not a CIFAR batch: 'data' is not uint8 of shape ({len(numbers)}, 3072)"
            )
        images.append(pixels.reshape(-1, 3, 32, 32))
        labels += numbers
    return np.concatenate(images), np.array(labels).clip(-1, 1 << 32).astype(np.int64)


def read_svhn(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a cropped-digits file of SVHN, a MATLAB file: pixels (N, 3, 32, 32), uint8, and labels, int64.

    The file writes the digit 0 as 10; here it is 0. Netzer et al., "Reading digits in natural images with
    unsupervised feature learning", 2011.
    """
    arrays = read_matlab(path, MOST_BYTES)
    if not {"X", "y"} <= arrays.keys():
        raise ValueError(f"{path} is damaged or not an SVHN file: it holds {', '.join(arrays) or 'nothing'}")
    images, labels = arrays["X"], arrays["y"].ravel()
    if (
        images.ndim != 4
        or images.shape[:3] != (32, 32, 3)
        or images.shape[3] != len(labels)
        or not len(labels)
    ):
        raise ValueError(f"{path} is not an SVHN file: X has shape {images.shape} and y {labels.shape}")
    if images.dtype != np.uint8 or not np.isin(labels, range(11)).all():
        raise ValueError(f"{path} is not an SVHN file: X holds {images.dtype}, y something else than 1 to 10")
    return np.ascontiguousarray(images.transpose(3, 2, 0, 1)), labels.astype(np.int64) % 10


def read_pets_list(path: Path) -> list[tuple[str, int]]:
    """Read a list of the Oxford-IIIT pets: ``(file stem, 0 for a cat or 1 for a dog)``.

    Parkhi et al., "Cats and dogs", CVPR 2012; ``annotations/README``.
    """
    if path.stat().st_size > _MOST_LIST_BYTES:
        raise ValueError(f"{path} is larger than {_MOST_LIST_BYTES:,} bytes: it is no list of the pets")
    pets = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        is_plain = fields[0] == os.path.basename(fields[0]) and not set(fields[0]) & set("\\/:")
        if len(fields) != 4 or fields[2] not in ("1", "2") or not is_plain:
            raise ValueError(f"{path}, line {number}: expected 'name class species breed', got {line[:80]!r}")
        pets.append((fields[0], int(fields[2]) - 1))
    if not pets:
        raise ValueError(f"{path} lists no pictures")
    return pets
