"""Where to compute and with how many bits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import numpy as np
import torch


def choose_device(name: str = "auto") -> torch.device:
    """The device of a name; ``"auto"`` takes the first of cuda, mps and cpu that is there.

    Parameters
    ----------
    name : str, default "auto"
        ``"auto"`` or a torch device: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``.

    Returns
    -------
    torch.device

    Raises
    ------
    ValueError
        If the name is no torch device, or this computer or this build of torch does not have it.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch asserts when it was built without CUDA
        reason = str(error).splitlines()[0]
        raise ValueError(f'device={name!r} cannot be used here ({reason}); choose "auto" or "cpu"') from error
    return device


def choose_precision(name: str, device: torch.device) -> str:
    """``"float32"`` or ``"bfloat16"``; ``"auto"`` takes bfloat16 where the GPU computes in it.

    Weights, their gradients and the optimiser stay in float32; only the layers that gain from it compute in
    bfloat16 (torch.autocast), which keeps float32's range, so no loss scaling is needed. On a CPU ``"auto"``
    stays with float32, or the figures of a run would depend on the kind of processor: one with instructions
    for bfloat16 gains (``benchmarks/train.py``), others lose.
    """
    if name != "auto":
        return name
    # GPUs before Ampere emulate bfloat16, slower than float32.
    fast = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)
    return "bfloat16" if fast else "float32"


def autocast(device: torch.device, precision: str) -> AbstractContextManager:
    """The context in which the forward pass runs."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


@contextmanager
def seeded(seed: int, epoch: int, rank: int, device: torch.device) -> Iterator[None]:
    """Seed torch's global generators for one epoch (dropout, shuffling loaders), then put them back."""
    number = int(np.random.SeedSequence((seed, epoch, rank)).generate_state(1, np.uint64)[0])
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(number)
        yield


@contextmanager
def repeatable(wanted: bool) -> Iterator[None]:
    """Let cuDNN use only kernels that give the same bits every time."""
    if not wanted:
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
        yield


def device_name(device: torch.device) -> str:
    """What a history says about the device: the GPU's product name, or the device type."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the device or the computer has no memory left."""
    if isinstance(error, torch.cuda.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, (RuntimeError, MemoryError)) and (
        "out of memory" in text or "allocate memory" in text
    )
