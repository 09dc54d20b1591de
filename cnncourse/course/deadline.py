"""Ends an answer that does not end by itself, and tells a real Ctrl-C from an error of the same name."""

import ctypes
import dis
import sys
import threading
from collections.abc import Callable

# A right answer needs milliseconds, so this is long enough for a slow machine.
SECONDS = 5.0
# A loop around a bare `except:` may go on after the first error, so more follow.
AGAIN = 0.05


class TooLongError(BaseException):
    """Raised in an answer that runs longer than it may; no `except Exception` holds it up."""


def within(seconds: float, work: Callable[[], object]) -> object:
    """Return what `work` returns; raise TooLongError in the middle of it when `seconds` have passed.

    A second thread looks at the clock, and is gone when `work` is over, so this needs no signals: it works in
    any thread of any system. Two things get past it: a call that stays in compiled code for ever, and a loop
    around a bare `except:`, which may swallow each error. Who stands in a debugger has time.
    """
    caller, over = threading.get_ident(), threading.Lock()
    over.acquire()
    late = False

    def watch():
        nonlocal late
        error, pause = ctypes.py_object(TooLongError), seconds
        while not over.acquire(timeout=pause):
            if not _is_debugged(caller):
                late = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(caller), error)
            pause = AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # no threads in a browser
        return work()
    try:
        return work()
    finally:
        _leave(over, watcher)
        if late:
            raise TooLongError


def _leave(over: threading.Lock, watcher: threading.Thread) -> None:
    """End the watcher and take up the error that it may have set at the last moment."""
    while True:
        try:
            if over.locked():
                over.release()
            watcher.join()
            for _ in range(100):
                pass  # Python raises at a jump what another thread has set
            return
        except TooLongError:
            continue


def _is_debugged(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame is not None and frame.f_trace is None:
        frame = frame.f_back
    return frame is not None


def is_ctrl_c(error: BaseException) -> bool:
    """Whether an error is a real Ctrl-C: one that no `raise` outside of Python's own library brought up."""
    if not isinstance(error, KeyboardInterrupt):
        return False
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return True
    raised = last.tb_frame.f_code.co_code[last.tb_lasti] == dis.opmap["RAISE_VARARGS"]
    package = str(last.tb_frame.f_globals.get("__name__")).partition(".")[0]
    return not raised or package in sys.stdlib_module_names
