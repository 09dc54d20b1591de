"""Readers of the raw files the public data sets come in: IDX (MNIST), CIFAR batches, SVHN, Oxford pets lists.

Each takes a path and returns arrays. A damaged file gives a ValueError that names the file and the fault.
"""

from __future__ import annotations

import gzip
import io
import pickle
import zlib
from pathlib import Path

import numpy as np

_IDX_UBYTE = 8  # the IDX type code for unsigned bytes, the only one the MNIST family uses


def read_idx(path: Path) -> np.ndarray:
    """Read an IDX file of unsigned bytes, plain or compressed by gzip.

    Parameters
    ----------
    path : Path
        The file; a name that ends in ``.gz`` is decompressed.

    Returns
    -------
    ndarray of uint8
        With as many dimensions as the file's header says: (N, H, W) for images, (N,) for labels.

    Raises
    ------
    ValueError
        If the file is truncated, too long, of another type, or not IDX at all.

    Notes
    -----
    The header is two zero bytes, the type code, the number of dimensions, and each dimension as a big-endian
    32-bit number. The data follow in C order.

    References
    ----------
    LeCun, Cortes and Burges, "The MNIST database of handwritten digits", section "File formats".
    """
    content = _gunzip(path) if path.suffix == ".gz" else np.fromfile(path, np.uint8)
    if len(content) < 4 or content[0] or content[1] or content[3] == 0:
        start = bytes(content[:4]).hex(" ") or "nothing"
        raise ValueError(f"{path} is not an IDX file: it begins with {start}, not 00 00 08 and a dimension")
    if content[2] != _IDX_UBYTE:
        raise ValueError(
            f"{path} has the IDX type code 0x{content[2]:02x}: only 0x08, unsigned byte, is read"
        )
    dimensions = int(content[3])
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise ValueError(f"{path} is truncated inside its header: {len(content)} of {header} bytes")
    shape = tuple(np.frombuffer(content[4:header].tobytes(), ">u4").tolist())
    expected = header + int(np.prod(shape, dtype=object))
    if len(content) != expected:
        fault = "truncated" if len(content) < expected else "too long"
        raise ValueError(
            f"{path} is {fault}: its header promises {expected:,} bytes, it has {len(content):,}"
        )
    return content[header:].reshape(shape)


def read_idx_pair(images_path: Path, labels_path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read images and labels that belong together.

    Returns
    -------
    images : ndarray of shape (N, 1, H, W), uint8
    labels : ndarray of shape (N,), int64

    Raises
    ------
    ValueError
        If a file is damaged, or the two do not fit together.
    """
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
    """Read batches of CIFAR-10 or CIFAR-100 in the "python version".

    Parameters
    ----------
    paths : list of Path
        The batch files, in the order in which they are joined.
    label_key : str
        ``"labels"`` for CIFAR-10, ``"fine_labels"`` for CIFAR-100.

    Returns
    -------
    images : ndarray of shape (N, 3, 32, 32), uint8
    labels : ndarray of shape (N,), int64

    Raises
    ------
    ValueError
        If a file is truncated, is not such a batch, or holds other objects than arrays, lists and text.

    Notes
    -----
    The files are pickles. A pickle may run any code, so the unpickler used here builds arrays only.

    References
    ----------
    Krizhevsky, "Learning multiple layers of features from tiny images", 2009; format on the data's page.
    """
    images, labels = [], []
    for path in paths:
        batch = read_plain_pickle(path)
        if not isinstance(batch, dict) or "data" not in batch or label_key not in batch:
            raise ValueError(f"{path} is not a CIFAR batch: it has no entries 'data' and '{label_key}'")
        pixels, numbers = batch["data"], np.asarray(batch[label_key], np.int64)
        if getattr(pixels, "shape", None) != (len(numbers), 3 * 32 * 32) or pixels.dtype != np.uint8:
            raise ValueError(
                f"{path} is not a CIFAR batch: 'data' is not uint8 of shape ({len(numbers)}, 3072)"
            )
        images.append(pixels.reshape(-1, 3, 32, 32))
        labels.append(numbers)
    return np.concatenate(images), np.concatenate(labels)


def read_plain_pickle(path: Path) -> object:
    """Read a pickle of arrays, lists, dictionaries and text, as in CIFAR; refuse whatever else it holds."""
    try:
        return _ArrayUnpickler(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    except (
        pickle.UnpicklingError,
        EOFError,
        ValueError,
        TypeError,
        IndexError,
        KeyError,
        AttributeError,
    ) as error:
        raise ValueError(f"{path} is damaged or not a CIFAR batch: {error or 'it ends too early'}") from None


def read_svhn(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a cropped-digits file of SVHN, a MATLAB file; needs SciPy.

    Returns
    -------
    images : ndarray of shape (N, 3, 32, 32), uint8
    labels : ndarray of shape (N,), int64
        The file writes the digit 0 as 10; here it is 0.

    Raises
    ------
    ImportError
        If SciPy is not installed.
    ValueError
        If the file is damaged or another MATLAB file.

    References
    ----------
    Netzer et al., "Reading digits in natural images with unsupervised feature learning", 2011.
    """
    try:
        from scipy.io import loadmat
        from scipy.io.matlab import MatReadError
    except ImportError:
        raise ImportError("svhn is a MATLAB file and needs SciPy: pip install scipy") from None
    try:
        content = loadmat(path)
        images, labels = content["X"], content["y"].astype(np.int64).ravel()
    except (MatReadError, ValueError, TypeError, KeyError, OSError, zlib.error, NotImplementedError) as error:
        raise ValueError(f"{path} is damaged or not an SVHN file: {error}") from None
    if images.ndim != 4 or images.shape[:3] != (32, 32, 3) or images.shape[3] != len(labels):
        raise ValueError(f"{path} is not an SVHN file: X has shape {images.shape} and y {labels.shape}")
    return np.ascontiguousarray(images.transpose(3, 2, 0, 1)), labels % 10


def read_pets_list(path: Path) -> list[tuple[str, int]]:
    """Read a list of the Oxford-IIIT pets: ``(file stem, 0 for a cat or 1 for a dog)``.

    Raises
    ------
    ValueError
        If a line is not "name class species breed" with species 1 or 2.

    References
    ----------
    Parkhi et al., "Cats and dogs", CVPR 2012; ``annotations/README``.
    """
    pets = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        if len(fields) != 4 or fields[2] not in ("1", "2"):
            raise ValueError(f"{path}, line {number}: expected 'name class species breed', got {line[:80]!r}")
        pets.append((fields[0], int(fields[2]) - 1))
    if not pets:
        raise ValueError(f"{path} lists no pictures")
    return pets


class _ArrayUnpickler(pickle.Unpickler):
    """Builds NumPy arrays and plain containers, and nothing that could run code."""

    _ALLOWED = frozenset(
        [(f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")]
        + [("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")]
    )

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which a data file has no use for")
        if (
            name == "_reconstruct"
        ):  # its module was renamed in NumPy 2; ndarray's own reduction finds the present one
            return np.empty(0).__reduce__()[0]
        return super().find_class(module, name)


def _gunzip(path: Path) -> np.ndarray:
    try:
        return np.frombuffer(
            gzip.decompress(path.read_bytes()), np.uint8
        ).copy()  # a view of bytes is read-only
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is truncated or not a gzip file: {error}") from None
