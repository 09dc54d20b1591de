"""Candidates take turns; warm-up rounds are not counted."""

import time

from cnncourse.train.timing import interleave


def test_candidates_alternate_and_warm_up_is_not_counted():
    calls = []
    candidates = {name: (lambda name=name: calls.append(name)) for name in "abc"}
    seconds = interleave(candidates, rounds=3, warmup=1)
    assert "".join(calls) == "cba" + "abc" + "cba" + "abc"
    assert {name: len(values) for name, values in seconds.items()} == {"a": 3, "b": 3, "c": 3}


def test_measures_time_of_the_call_alone():
    def busy():
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass

    seconds = interleave({"busy": busy, "idle": lambda: None}, rounds=3, warmup=0)
    assert min(seconds["busy"]) >= 0.049 > max(seconds["idle"])
