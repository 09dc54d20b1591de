"""Memory that a step frees stays with the process, counted in page faults; and goes back after training."""

import os
import sys

import pytest
import torch
from small_training import make_data, make_net

from cnncourse import train
from cnncourse.train.memory import _MMAP_THRESHOLD, _glibc, kept_memory

CPU = torch.device("cpu")
MEGABYTES = 20  # of a block

needs_glibc = pytest.mark.skipif(_glibc() is None, reason="another C library has no such switch")


@pytest.fixture(autouse=True)
def as_glibc_begins():
    """The threshold of a fresh process, above which a block goes back as soon as it is free."""
    if _glibc():
        _glibc().mallopt(_MMAP_THRESHOLD, 128 << 10)
    yield
    with kept_memory(CPU):  # and the one that any training leaves
        pass


def page_faults(times=3):
    """Fetch five blocks, free them, again and again; how many pages the system had to hand out."""
    import resource

    def blocks():
        return [torch.ones(MEGABYTES << 18) for _ in range(5)]  # float32

    for _ in range(2):  # they settle
        blocks()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        blocks()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@needs_glibc
def test_a_step_finds_the_memory_of_the_one_before():
    outside = page_faults()
    with kept_memory(CPU):
        inside = page_faults()
    # Transparent huge pages would make them few on both sides.
    assert inside < 100
    assert inside < outside / 4


@needs_glibc
def test_fit_trains_inside_it_and_gives_back_what_is_free():
    faults, resident = [], []

    def listen(record, model):
        faults.append(page_faults(1))
        resident.append(resident_megabytes())

    train.fit(make_net(), make_data(), config=train.TrainConfig(epochs=1, progress=False), callbacks=[listen])
    assert faults[0] < 100
    assert resident_megabytes() < resident[0] - 3 * MEGABYTES


def resident_megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_elsewhere_nothing_happens(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with kept_memory(CPU):
        pass
    with kept_memory(torch.device("cuda")):
        pass
