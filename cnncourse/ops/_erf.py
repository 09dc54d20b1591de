"""The complementary error function, which NumPy lacks, in a dozen lines that can be explained.

For x ≥ 0 an old integral (Abramowitz and Stegun 7.4.11) reads

    erfc(x) = (2 x / π) · exp(−x²) · ∫₀^∞ exp(−t²) / (t² + x²) dt .

Its integrand is smooth and fades like exp(−t²), and for such integrands the midpoint rule is astonishingly
good: with step h the error falls like exp(−π²/h²), 7·10⁻¹⁸ for h = 1/2, and the thirteenth midpoint weighs
only exp(−39). Single precision is content with 2·10⁻⁹, h = 0.7, and seven midpoints. What is left is the
pole of the integrand at t = i·x; its share is known exactly, 2 / (1 + exp(2πx/h)).
"""

from __future__ import annotations

import numpy as np

_RULES = {"d": (0.5, 13), "f": (0.7, 7)}  # step and number of midpoints for each precision
_BLOCK = 32768  # numbers worked on at a time: what stays in the cache takes half the time (`ops_tricks`)


def erfc(x: np.ndarray) -> np.ndarray:
    """Return erfc(x) = 1 − erf(x) = 2/√π ∫ₓ^∞ exp(−t²) dt of float32 or float64.

    In float64 right to 1e-15, and to 1e-14 of the value in the tail, up to x = 6 (Chiarella and Reichel
    1968, "On the evaluation of integrals related to the error function").

    >>> import math
    >>> x = np.array([-1.0, 0.0, 0.5, 5.0])
    >>> bool(np.allclose(erfc(x), [math.erfc(v) for v in x], rtol=1e-15))
    True
    """
    flat = np.ascontiguousarray(x).reshape(-1)
    out = np.empty_like(flat)
    for start in range(0, flat.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        out[block] = _erfc_block(flat[block])
    return out.reshape(x.shape)


def _erfc_block(x: np.ndarray) -> np.ndarray:
    step, count = _RULES[x.dtype.char]
    size = np.minimum(np.abs(x), 30)  # erfc(30) is below the smallest float64
    square = size * size
    total, term = np.zeros_like(size), np.empty_like(size)
    for midpoint in (np.arange(count) + 0.5) * step:
        np.add(square, x.dtype.type(midpoint**2), out=term)
        total += np.divide(x.dtype.type(2 * step / np.pi * np.exp(-(midpoint**2))), term, out=term)
    total *= size * np.exp(-square)
    # Beyond x = 6 the pole's share has long vanished beside the integral (and its exponential would
    # overflow).
    pole = 2 / (1 + np.exp(np.minimum(size, 6) * x.dtype.type(2 * np.pi / step)))
    total += pole * (size < 6)
    return np.abs(2 * (x < 0).astype(x.dtype) - total)  # 2 - erfc(|x|) or erfc(|x|), without a decision
