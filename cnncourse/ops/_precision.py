"""Half precision: numbers of 16 bits are worked on with 32 and rounded once, at the end, as torch does.

A float16 ends at 65,504 and has three digits: sums and squares of it soon overflow or stop growing.
"""

from __future__ import annotations

import numpy as np


def wide(x: np.ndarray) -> np.ndarray:
    """Return float16 as float32, everything else as it is."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def narrow(result: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return a result in the dtype of an argument."""
    return result.astype(like.dtype, copy=False)
