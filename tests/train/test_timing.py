"""Candidates take turns; warm-up rounds are not counted."""

import pytest

from cnncourse.train import timing
from cnncourse.train.timing import interleave


def test_candidates_alternate_and_warm_up_is_not_counted():
    calls = []
    candidates = {name: (lambda name=name: calls.append(name)) for name in "abc"}
    seconds = interleave(candidates, rounds=3, warmup=1)
    assert "".join(calls) == "cba" + "abc" + "cba" + "abc"
    assert {name: len(values) for name, values in seconds.items()} == {"a": 3, "b": 3, "c": 3}


@pytest.mark.parametrize("threads", ["1", "2"])
def test_measures_time_of_the_call_alone(monkeypatch, threads):
    """On clocks that go on only while a candidate works: those of real time meet other programs."""
    now = [0.0]

    def work(seconds):
        now[0] += seconds

    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    for clock in ("perf_counter", "process_time"):
        monkeypatch.setattr(timing.time, clock, lambda: now[0])
    seconds = interleave({"busy": lambda: work(0.5), "idle": lambda: work(0.0)}, rounds=3, warmup=0)
    assert seconds == {"busy": [0.5] * 3, "idle": [0.0] * 3}
