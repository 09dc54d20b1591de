"""What the few tricks in the activations are worth beside the plain way to write them.

    OMP_NUM_THREADS=1 python benchmarks/ops_tricks.py

Claim: each takes at most 0.9 of the plain time; otherwise the plain way would stand in `cnncourse.ops`. The
two ways take turns on the same array, so that both meet the same load; a ratio is that of their best times.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from record import save

from cnncourse.ops import _elementwise, _erf

TURNS = 25
WAYS: dict[str, tuple[Callable, Callable]] = {  # what -> (plain, trick)
    "log(1 + exp(x)) by powers of at most 1": (lambda x: np.logaddexp(0, x), _elementwise.log_one_plus_exp),
    "max and min for a leaky slope": (
        lambda x: np.where(x > 0, x, 0.01 * x),
        lambda x: np.maximum(x, 0) + 0.01 * np.minimum(x, 0),
    ),
    "erfc in blocks that stay in the cache": (_erf._erfc_block, _erf.erfc),
}


def best_ms(plain: Callable, trick: Callable, x: np.ndarray) -> dict[str, float]:
    """Return the best times of both ways in milliseconds, and their ratio."""
    best = [np.inf, np.inf]
    for _ in range(TURNS):
        for i, way in enumerate((plain, trick)):
            start = time.perf_counter()
            way(x)
            best[i] = min(best[i], 1000 * (time.perf_counter() - start))
    return {"plain_ms": best[0], "trick_ms": best[1], "ratio": best[1] / best[0]}


def main() -> None:
    x = np.random.default_rng(0).standard_normal((64, 32, 28, 28), dtype=np.float32)
    figures = {what: best_ms(plain, trick, x) for what, (plain, trick) in WAYS.items()}
    for what, figure in figures.items():
        print(
            f"{what:42} {figure['plain_ms']:7.2f} ms -> {figure['trick_ms']:6.2f} ms, {figure['ratio']:.2f}"
        )
    save("ops_tricks", {"float32 array of shape": [64, 32, 28, 28], "ways": figures})


if __name__ == "__main__":
    main()
