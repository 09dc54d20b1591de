"""`check` comes to its end and says what it found, whatever an answer does to get in its way."""

import signal
import sys
import threading
import time

import numpy as np
import pytest
import torch

from cnncourse.chapters.convolution.exercises import convolve2d, output_size
from cnncourse.course import check, deadline

NAME = "convolution.convolve2d"


@pytest.fixture
def hurried(monkeypatch):
    """A limit of some tenths of a second in place of five."""
    monkeypatch.setattr(deadline, "SECONDS", 0.4)


def plain_loop(image, kernel):
    while True:
        pass


def loop_that_catches_errors(image, kernel):
    while True:
        try:
            image.fly()
        except Exception:
            image = image + 1


def loop_with_a_last_word(image, kernel):
    try:
        plain_loop(image, kernel)
    finally:
        image = sum(range(1000))


def sleeps_for_ever(image, kernel):
    while True:
        time.sleep(0.01)


def hidden_in_a_generator(image, kernel):
    return sum(1 for _ in iter(int, 1))


class EndlessArray:
    def __array__(self, *args, **named):
        while True:
            pass


ENDLESS = [
    plain_loop,
    loop_that_catches_errors,
    loop_with_a_last_word,
    sleeps_for_ever,
    hidden_in_a_generator,
]


@pytest.mark.parametrize("answer", [*ENDLESS, lambda image, kernel: EndlessArray()])
def test_what_never_ends_is_stopped_with_a_hint(hurried, answer):
    result = check(NAME, answer)
    assert result.message == "case 1 of 5: your function does not come to its end"
    assert ("got", "stopped after 0.4 seconds") in result.details
    assert "loop without end" in result.hint


def test_an_endless_value_is_stopped(hurried):
    assert check("convolution.edge_kernel", EndlessArray()).status == "fail"


def test_it_is_stopped_in_another_thread_too_and_none_is_left(hurried):
    before, found = threading.active_count(), []
    thread = threading.Thread(target=lambda: found.append(check(NAME, plain_loop)), daemon=True)
    thread.start()
    thread.join(60)
    assert "does not come to its end" in found[0].message
    assert threading.active_count() == before


def test_the_limit_is_over_with_the_check(hurried):
    check(NAME, loop_with_a_last_word)
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        pass
    assert check(NAME, convolve2d)


def test_who_stands_in_a_debugger_has_time(hurried):
    def debugged(image, kernel):
        sys._getframe().f_trace = lambda *event: None
        time.sleep(0.8)
        return convolve2d(image, kernel)

    assert check(NAME, debugged)


def test_one_case_without_end_among_wrong_ones_is_told(hurried):
    def ends_once(size, kernel_size):
        while size > 5:
            pass
        return size

    result = check("convolution.output_size", ends_once)
    assert result.status == "fail"
    assert "case 1" in result.message


def test_check_inside_of_the_checked_function_is_told():
    calls = []

    def checks_itself(size, kernel_size):
        calls.append(size)
        check("convolution.output_size", checks_itself)
        return size - kernel_size + 1

    result = check("convolution.output_size", checks_itself)
    assert len(calls) == 1
    assert "called inside of the function" in dict(result.details)["got"]
    assert "out of your function" in result.hint
    assert check("convolution.output_size", output_size)


def test_a_real_ctrl_c_ends_the_check():
    def interrupted(image, kernel):
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        check(NAME, interrupted)
    assert check(NAME, convolve2d)


class Stopping:
    """An object that stops the session where it is looked at."""

    def __init__(self, stop):
        self.stop = stop

    def __array__(self, *args, **named):
        raise self.stop

    __len__ = __float__ = __eq__ = __bool__ = __array__
    __hash__ = None

    @property
    def __signature__(self):
        raise self.stop


class CallableStopping(Stopping):
    def __call__(self, *args):
        return self


@pytest.mark.parametrize("stop", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_stops_a_session_does_not_get_past_the_check(stop):
    def stopping(image, kernel):
        raise stop

    for answer in (stopping, CallableStopping(stop), lambda image, kernel: [Stopping(stop)]):
        assert check(NAME, answer).status == "fail"
    assert check("convolution.edge_kernel", Stopping(stop)).status == "fail"


def shared(leaf, levels=30):
    for _ in range(levels):
        leaf = [leaf, leaf]
    return leaf


@pytest.mark.parametrize(
    "value",
    [
        shared(1),
        shared([]),
        tuple(shared(1)),
        [0] * 10**7,
        np.broadcast_to(0.0, (10**9,)),
        np.broadcast_to(0.0, (3, 10**9)),
        [np.broadcast_to(0.0, (10**9,))] * 2,
        torch.zeros(1).expand(10**9),
        [torch.zeros(1).expand(10**9)],
        np.broadcast_to(1j, (10**9,)),
        np.broadcast_to(np.array(None), (10**9,)),
        range(10**12),
        "x" * 10**7,
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("name", [NAME, "convolution.edge_kernel", "why.find_template"])
def test_huge_and_self_sharing_results_fail(name, value):
    if name != "convolution.edge_kernel":
        assert check(name, lambda image, kernel: value).status == "fail"
    else:
        assert check(name, value).status == "fail"


@pytest.mark.parametrize("patch", ["before", "inside"])
def test_a_patched_numpy_neither_passes_nor_breaks_the_check(monkeypatch, patch):
    names = ["array", "asarray", "abs", "where", "isfinite", "zeros", "argmax", "ndarray", "errstate"]

    def spoil():
        for name in names:
            monkeypatch.setattr(np, name, None)
        monkeypatch.setattr(np, "allclose", lambda *args, **named: True)
        monkeypatch.setattr(np, "abs", lambda array: 0)
        monkeypatch.setattr(np.random, "default_rng", None)

    def wrong(image, kernel):
        if patch == "inside":
            spoil()
        return [[0, 0], [0, 0]]

    if patch == "before":
        spoil()
    assert check(NAME, wrong).status == "fail"
    assert (np.array is None) == (patch == "before")
    assert check(NAME, convolve2d)
