"""Work divided among threads: the same bits whatever their number, safe under fork, and a good neighbour."""

import multiprocessing
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import cnncourse.ops as ops
from cnncourse.ops import threads

LAYERS = {
    "columns": ((16, 3, 40, 40), (8, 3, 5, 5), {"padding": 2}),
    "many channels": ((8, 64, 28, 28), (64, 64, 3, 3), {"padding": 1}),
    "stride": ((8, 32, 29, 31), (48, 32, 3, 3), {"stride": 2}),
    "winograd": ((12, 128, 14, 14), (128, 128, 3, 3), {"padding": 1}),
    "pointwise": ((8, 64, 28, 28), (96, 64, 1, 1), {}),
    "depthwise": ((4, 96, 28, 28), (96, 1, 3, 3), {"padding": 1, "groups": 96}),
    "one image": ((1, 16, 120, 110), (24, 16, 3, 3), {"padding": 1}),
}


@pytest.fixture(autouse=True)
def _setting_stays():
    before = threads._setting
    number = ops.get_num_threads()
    yield
    ops.set_num_threads(number)
    threads._setting = before


def numbers(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def everything(x, w, arguments):
    """Value and gradients of a convolution, as bytes."""
    y = ops.conv2d(x, w, numbers(len(w), 2), **arguments)
    return [a.tobytes() for a in (y, *ops.conv2d_backward(numbers(y.shape, 3), x, w, **arguments))]


@pytest.mark.parametrize("name", LAYERS)
def test_the_number_of_threads_changes_no_bit(name):
    shape, weights, arguments = LAYERS[name]
    x, w = numbers(shape), numbers(weights, 1)
    ops.set_num_threads(1)
    alone = everything(x, w, arguments)
    for n in (2, 3, 8):
        ops.set_num_threads(n)
        assert everything(x, w, arguments) == alone


@pytest.mark.parametrize("arguments", [{"kernel_size": 2}, {"kernel_size": 3, "stride": 2, "padding": 1}])
def test_max_pooling_too(arguments):
    x = numbers((32, 16, 40, 40))
    results = []
    for n in (1, 3):
        ops.set_num_threads(n)
        y, indices = ops.max_pool2d(x, return_indices=True, **arguments)
        np.testing.assert_array_equal(ops.max_pool2d(x, **arguments), y)
        grad = ops.max_pool2d_backward(y, x, **arguments)
        results.append([a.tobytes() for a in (y, indices, grad)])
    assert results[0] == results[1]


def test_each_item_is_done_once_and_by_several_threads():
    ops.set_num_threads(3)
    done, names, all_here = [], set(), threading.Barrier(3)

    def work(items):
        all_here.wait(timeout=60)
        names.add(threading.get_ident())
        done.extend(items)

    threads.share(work, range(100), products=False)
    assert sorted(done) == list(range(100))
    assert len(names) == 3


@pytest.mark.parametrize("guilty", [0, 49])
def test_an_error_in_any_thread_comes_back(guilty):
    ops.set_num_threads(2)

    def work(items):
        for item in items:
            if item == guilty:
                raise ZeroDivisionError("from inside")

    for products in (True, False):
        with pytest.raises(ZeroDivisionError, match="from inside"):
            threads.share(work, range(50), products)
    done = []
    threads.share(done.extend, range(5))  # and the next call works
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_work_is_done_where_no_thread_can_be_started(monkeypatch):
    class NoThreads:
        def submit(self, _):
            raise RuntimeError("can't start new thread")

    ops.set_num_threads(2)
    monkeypatch.setattr(threads, "_helpers", lambda _: NoThreads())
    done = []
    threads.share(done.extend, range(5))
    assert done == [0, 1, 2, 3, 4]


def test_blas_has_its_threads_back_afterwards():
    if threads._blas() is None:
        pytest.skip("NumPy's BLAS here has no say in its number of threads")
    get = threads._blas()[0]
    ops.set_num_threads(2)
    seen = []
    threads.share(lambda items: seen.extend(get() for _ in items), range(4))
    assert seen == [1, 1, 1, 1]
    assert get() == ops.get_num_threads() == 2


def test_callers_on_several_threads_share_the_helpers():
    """Three callers at once: right results, and no more threads than callers and helpers."""
    ops.set_num_threads(2)
    x, w = numbers((16, 8, 40, 40)), numbers((8, 8, 3, 3), 1)
    expected = ops.conv2d(x, w).tobytes()
    before, results = threading.active_count(), []
    callers = [
        threading.Thread(target=lambda: results.extend(ops.conv2d(x, w).tobytes() for _ in range(5)))
        for _ in range(3)
    ]
    for caller in callers:
        caller.start()
    assert threading.active_count() <= before + 3
    for caller in callers:
        caller.join()
    assert results == [expected] * 15


def test_an_operator_inside_the_work_of_another_does_not_wait_for_itself():
    ops.set_num_threads(2)
    x, w = numbers((16, 8, 40, 40)), numbers((8, 8, 3, 3), 1)
    results = []
    threads.share(lambda items: results.extend(ops.conv2d(x, w).tobytes() for _ in items), range(4))
    assert results == [ops.conv2d(x, w).tobytes()] * 4


def _in_the_child(queue, x, w):
    queue.put((ops.get_num_threads(), ops.conv2d(x, w).tobytes()))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on Windows")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_starts_threads_of_its_own():
    ops.set_num_threads(2)
    x, w = numbers((16, 8, 40, 40)), numbers((8, 8, 3, 3), 1)
    expected = ops.conv2d(x, w).tobytes()  # the parent's pool exists now
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_the_child, args=(queue, x, w))
    child.start()
    assert queue.get(timeout=60) == (2, expected)
    child.join()
    assert child.exitcode == 0


@pytest.mark.parametrize("wish", [1, 2])
def test_omp_num_threads_is_honoured(wish):
    code = "from cnncourse import ops; print(ops.get_num_threads())"
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    environment["OMP_NUM_THREADS"] = str(wish)
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert int(run.stdout) == min(wish, os.cpu_count()), run.stderr


@pytest.mark.parametrize(
    ("n", "error", "text"),
    [
        (0, ValueError, "n must be at least 1, got 0"),
        (1.5, TypeError, "n must be an int"),
        (True, TypeError, "n"),
    ],
)
def test_refusals(n, error, text):
    with pytest.raises(error, match=text):
        ops.set_num_threads(n)
