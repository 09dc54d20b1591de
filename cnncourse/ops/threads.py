"""How many cores the operators use, and the one place where work is divided among them.

NumPy copies, adds and compares on one core; only its matrix products may use more, inside the BLAS. Here a
whole block of work, copies and products together, goes to each thread, and the BLAS is kept to one thread
meanwhile. NumPy lets go of Python's lock while it computes, so the threads really run side by side.
Which blocks there are never depends on the number of threads, so neither does any bit of a result.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext, suppress
from functools import lru_cache

import numpy as np

from cnncourse.ops import arguments

_setting: int | None = None  # by `set_num_threads`
_pool: ThreadPoolExecutor | None = None
_pool_size = 0
_pool_taken = threading.Lock()  # by one call at a time: threads of your own that call operators get no more
_blas_lock = threading.Lock()
_blas_holders = 0  # calls that keep the BLAS to one thread at this moment
_blas_before = 1  # its number of threads before the first of them came


def get_num_threads() -> int:
    """Return how many threads an operator may use, as ``torch.get_num_threads``.

    Unless `set_num_threads` said otherwise, it is the number that NumPy's BLAS would use (OpenBLAS reads
    ``OMP_NUM_THREADS`` and ``OPENBLAS_NUM_THREADS``, and ``threadpoolctl`` can change it), or else that of
    ``OMP_NUM_THREADS``, or of the cores this process may use.

    Returns
    -------
    int

    Examples
    --------
    >>> get_num_threads() >= 1
    True
    """
    if _setting is not None:
        return _setting
    if _blas() is not None:
        return _blas_before if _blas_holders else _blas()[0]()
    wish = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return int(wish) if wish.isdigit() and int(wish) else cores or 1


def set_num_threads(n: int) -> None:
    """Set how many threads an operator, and NumPy's OpenBLAS, may use, as ``torch.set_num_threads``.

    The results of operators do not depend on it. Set 1 in each of several processes that share the cores.

    Parameters
    ----------
    n : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If ``n`` is not a whole number, or below 1.

    Examples
    --------
    >>> before = get_num_threads()
    >>> set_num_threads(1)
    >>> get_num_threads()
    1
    >>> set_num_threads(before)
    """
    global _setting, _blas_before
    _setting = arguments.integer("n", n, 1)
    if _blas() is not None:
        with _blas_lock:
            _blas_before = n
            if not _blas_holders:
                _blas()[1](n)


def share(work: Callable[[Iterator], None], items: Iterable, products: bool = True) -> None:
    """Call ``work`` on several threads, each with an iterator over its part of the items; wait for all.

    ``products`` says that the work calls the BLAS; if that cannot be kept to one thread, it has the cores.
    """
    items = list(items)
    helpers = min(get_num_threads(), len(items)) - 1
    if products and _blas() is None:
        helpers = 0
    with single_blas() if products else nullcontext():
        _share(work, items, helpers)


def _share(work: Callable[[Iterator], None], items: list, helpers: int) -> None:
    """Do the work here and on so many helpers, or here alone while another call has them."""
    if helpers < 1 or not _pool_taken.acquire(blocking=False):
        work(iter(items))
        return
    stack = [None] * (helpers + 1) + items[::-1]  # each thread takes items off the end until it finds None
    errors = np.geterr()  # each thread has its own

    def help_out() -> None:
        with np.errstate(**errors):
            work(iter(stack.pop, None))

    try:
        futures = []
        with suppress(RuntimeError):  # Python is shutting down, or the system has no more threads
            for _ in range(helpers):
                futures.append(_helpers(helpers).submit(help_out))
        try:
            work(iter(stack.pop, None))
        finally:
            del stack[helpers + 1 :]  # after an error here, nobody starts another item
            begun = [future for future in futures if not future.cancel()]
            wait(begun)
        for future in begun:
            future.result()  # raises what went wrong there
    finally:
        _pool_taken.release()


def _helpers(count: int) -> ThreadPoolExecutor:
    """Return the pool, at least so large. Threads do not survive a fork, so a child forgets it."""
    global _pool, _pool_size
    if _pool is None and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget)
    if _pool is None or _pool_size < count:
        _pool, _pool_size = ThreadPoolExecutor(count, "cnncourse"), count
    return _pool


def _forget() -> None:
    """Start afresh in a forked child: no threads, no locks held by threads that are gone."""
    global _pool, _pool_taken, _blas_lock, _blas_holders
    _pool, _pool_taken, _blas_lock = None, threading.Lock(), threading.Lock()
    if _blas_holders:
        _blas()[1](_blas_before)
    _blas_holders = 0


@contextmanager
def single_blas() -> Iterator[None]:
    """Keep the BLAS to one thread, if it can be: it divides a product by their number, which moves last bits.

    Calls are counted: the last to leave gives the BLAS its threads back.
    """
    global _blas_holders, _blas_before
    if _blas() is None:
        yield
        return
    get, set_ = _blas()
    with _blas_lock:
        if not _blas_holders:
            _blas_before = get()
            set_(1)
        _blas_holders += 1
    try:
        yield
    finally:
        with _blas_lock:
            _blas_holders -= 1
            if not _blas_holders:
                set_(_blas_before)


@lru_cache(maxsize=1)
def _blas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """Return the functions of NumPy's OpenBLAS that get and set its number of threads, None without it.

    Looking a name up in NumPy's extension module finds it in the libraries that this is linked to.
    """
    umath = getattr(np, "_core", None) or np.core
    for path in [umath._multiarray_umath.__file__, *_windows_libraries()]:
        try:
            library = ctypes.CDLL(path)
        except OSError:  # there is no loading of libraries here
            return None
        for prefix, suffix in (("scipy_", "64_"), ("scipy_", ""), ("", "64_"), ("", "")):
            name = f"{prefix}openblas_%s_num_threads{suffix}"
            if hasattr(library, name % "get") and hasattr(library, name % "set"):
                return getattr(library, name % "get"), getattr(library, name % "set")
    return None


def _windows_libraries() -> list[str]:
    """Return NumPy's own copies of OpenBLAS on Windows, where names of linked libraries are not found."""
    folder = os.path.join(os.path.dirname(os.path.dirname(np.__file__)), "numpy.libs")
    if os.name != "nt" or not os.path.isdir(folder):
        return []
    return [os.path.join(folder, name) for name in os.listdir(folder) if "openblas" in name]
