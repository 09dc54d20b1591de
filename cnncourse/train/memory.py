"""Memory that one training step frees, kept for the next."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

# Of malloc.h. mallopt takes thresholds in bytes; -1 means never.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGEST_MMAP_THRESHOLD = 32 << 20  # the highest that glibc takes


@contextmanager
def kept_memory(device: torch.device) -> Iterator[None]:
    """Let the C library keep the memory that a step on the CPU frees, and give it back at the end.

    Left to itself glibc returns large blocks to the system as soon as they are free. Each step then fetches
    its activations page by page, and the system clears every page; ``benchmarks/train.py`` measures what that
    costs. The most that is in use at one time stays the same.

    GPUs have an allocator of their own, and other C libraries no such switch: nothing happens there.
    """
    library = _glibc() if device.type == "cpu" else None
    if library is None:
        yield
        return
    library.mallopt(_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
    library.mallopt(_TRIM_THRESHOLD, -1)
    try:
        yield
    finally:
        # Where glibc's own rule comes to once a block of 32 MB has been freed.
        library.mallopt(_TRIM_THRESHOLD, 2 * _LARGEST_MMAP_THRESHOLD)
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The C library of this process, where it is GNU's."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None
