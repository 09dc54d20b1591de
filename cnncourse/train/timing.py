"""Fair timing: candidates take turns, so that all meet the same load, and warm-up is not counted."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

import torch


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all it was given; without it a GPU's work would not be in the time."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def interleave(
    candidates: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    warmup: int = 1,
    device: torch.device | None = None,
) -> dict[str, list[float]]:
    """Seconds of each call of several functions, called in turn, after ``warmup`` rounds that do not count.

    On the CPU with a single thread they are processor time, which other programs do not disturb; else
    wall-clock time. A GPU is waited for before and after each call.
    """
    device = device or torch.device("cpu")
    alone = device.type == "cpu" and torch.get_num_threads() == 1 and os.environ.get("OMP_NUM_THREADS") == "1"
    clock = time.process_time if alone else time.perf_counter
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(-warmup, rounds):
        for name in list(candidates)[:: -1 if turn % 2 else 1]:
            synchronize(device)
            started = clock()
            candidates[name]()
            synchronize(device)
            if turn >= 0:
                seconds[name].append(clock() - started)
    return seconds
