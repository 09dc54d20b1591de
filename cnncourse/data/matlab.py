"""Numeric arrays of a MATLAB file (level 5), read within a limit of memory.

References
----------
The MathWorks, "MAT-File Format", chapter 1.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from cnncourse.errors import printable

_COMPRESSED, _MATRIX = 15, 14
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
_HEADER = 128


def read_matlab(path: Path, most_bytes: int) -> dict[str, np.ndarray]:
    """Return the numeric arrays of a MATLAB file by their names; others, such as structures, are passed over.

    Raises
    ------
    ValueError
        If the file is damaged, of another level, or would need more than `most_bytes` bytes.
    """
    if path.stat().st_size > most_bytes:
        raise ValueError(f"{path} is larger than {most_bytes:,} bytes: it is not read")
    content = path.read_bytes()
    order = {b"IM": "<", b"MI": ">"}.get(content[126:_HEADER])
    if order is None:
        raise ValueError(f"{path} is damaged or not an SVHN file: it is no MATLAB file of level 5")
    arrays = {}
    try:
        file = io.BytesIO(content[_HEADER:])
        while file.tell() < len(content) - _HEADER:
            kind, body = _element(file, order)
            if kind == _COMPRESSED:
                kind, body = _element(io.BytesIO(_inflated(body, most_bytes)), order)
            most_bytes -= len(body)
            name, array = _matrix(body, order) if kind == _MATRIX else ("", None)
            if array is not None:
                arrays[name] = array
    except (ValueError, KeyError, struct.error, zlib.error) as error:
        raise ValueError(f"{path} is damaged or not an SVHN file: {error}") from None
    return arrays


def _element(file: io.BytesIO, order: str) -> tuple[int, bytes]:
    """Read the next element: its type and content; small ones have both in the tag of 8 bytes."""
    tag = file.read(8)
    kind, size = struct.unpack(f"{order}II", tag)
    if kind >> 16:
        return kind & 0xFFFF, tag[4 : 4 + (kind >> 16)]
    body = file.read(size)
    if len(body) < size:
        raise ValueError(f"an element of {size:,} bytes has {len(body):,}")
    if kind != _COMPRESSED:
        file.read(-size % 8)
    return kind, body


def _inflated(body: bytes, most_bytes: int) -> bytes:
    stream = zlib.decompressobj()
    content = stream.decompress(body, max(most_bytes, 1))
    if stream.unconsumed_tail:
        raise ValueError(f"it unpacks to more than {most_bytes:,} bytes, the limit")
    return content


def _matrix(body: bytes, order: str) -> tuple[str, np.ndarray | None]:
    """Return name and values of a matrix, None for one that is not of real numbers."""
    file = io.BytesIO(body)
    _, flags = _element(file, order)
    kind = struct.unpack(f"{order}I", flags[:4])[0]
    _, sides = _element(file, order)
    shape = tuple(np.frombuffer(sides, f"{order}i4").tolist())
    name = printable(_element(file, order)[1].decode("latin-1"))
    if kind & 0xFF not in _CLASSES or kind & 0x800:  # a structure, a cell, text; complex numbers
        return name, None
    stored, values = _element(file, order)
    numbers = np.frombuffer(values, order + _NUMBERS[stored])
    if len(shape) > 4 or min(shape, default=0) < 0 or math.prod(shape) != len(numbers):
        raise ValueError(f"{name} of shape {shape} has {len(numbers):,} numbers")
    return name, numbers.reshape(shape, order="F").astype(_CLASSES[kind & 0xFF], copy=False)
