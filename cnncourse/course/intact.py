"""NumPy as it was when the course was imported, whatever has been put in its place since."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

_AS_IMPORTED = [(module, dict(vars(module))) for module in (np, np.linalg, np.random)]


@contextmanager
def intact_numpy() -> Iterator[None]:
    """Undo `np.array = None` and the like while the checker works; then leave NumPy as it was found.

    Who changes Python itself, this package or NumPy's inner modules is not stopped: they run in one process.
    """
    found = [
        {name: vars(module)[name] for name in names if name in vars(module)} for module, names in _AS_IMPORTED
    ]
    for module, names in _AS_IMPORTED:
        vars(module).update(names)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        for (module, _), names in zip(_AS_IMPORTED, found):
            vars(module).update(names)
