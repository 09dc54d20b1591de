"""Memory that a step frees stays with the process, counted in page faults; and goes back after training.

Page faults depend on all that ran before in a process, so each test counts in a process of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from cnncourse.train.memory import _glibc, kept_memory

MEGABYTES = 20  # of a block
HELP = f"""
import json, os, resource, torch
from small_training import make_data, make_net
from cnncourse import train
from cnncourse.train.memory import _MMAP_THRESHOLD, _glibc, kept_memory

_glibc().mallopt(_MMAP_THRESHOLD, 128 << 10)  # of a fresh process: a block above goes back when it is free

def page_faults(times=3):
    def blocks():
        return [torch.ones({MEGABYTES} << 18) for _ in range(5)]  # float32
    for _ in range(2):  # they settle
        blocks()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        blocks()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident_megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

"""

needs_glibc = pytest.mark.skipif(_glibc() is None, reason="another C library has no such switch")


def measured(program):
    """What a program prints as JSON, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    command = [sys.executable, "-c", HELP + program]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_glibc
def test_a_step_finds_the_memory_of_the_one_before():
    outside, inside = measured("""
outside = page_faults()
with kept_memory(torch.device("cpu")):
    inside = page_faults()
print(json.dumps([outside, inside]))
""")
    # Transparent huge pages would make them few on both sides.
    assert inside < 100
    assert inside < outside / 4


@needs_glibc
def test_fit_trains_inside_it_and_gives_back_what_is_free():
    faults, during, after = measured("""
seen = []
def listen(record, model):
    seen.extend([page_faults(1), resident_megabytes()])
train.fit(make_net(), make_data(), config=train.TrainConfig(epochs=1, progress=False), callbacks=[listen])
print(json.dumps([*seen, resident_megabytes()]))
""")
    assert faults < 100
    assert after < during - 3 * MEGABYTES


def test_elsewhere_nothing_happens(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with kept_memory(torch.device("cpu")):
        pass
    with kept_memory(torch.device("cuda")):
        pass
