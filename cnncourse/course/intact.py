"""NumPy as it was when the course was imported, whatever has been put in its place since."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

_AS_IMPORTED = [(vars(module), dict(vars(module))) for module in (np, np.linalg, np.random)]


def restore_numpy() -> None:
    """Undo `np.array = None` and the like; what was added stays."""
    for names, before in _AS_IMPORTED:
        names.update(before)


@contextmanager
def intact_numpy() -> Iterator[None]:
    """Work with NumPy as it was imported and without warnings; then leave it as it was found.

    Who changes Python itself, this package or NumPy's inner modules is not stopped: they run in one process.
    """
    found = [{name: names[name] for name in before if name in names} for names, before in _AS_IMPORTED]
    restore_numpy()
    try:
        with quiet():
            yield
    finally:
        for (names, _), kept in zip(_AS_IMPORTED, found):
            names.update(kept)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the warnings of Python and of NumPy to oneself."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
