"""Is a gradient right? Compare it with the slope measured by moving each number a little."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence

import numpy as np

from cnncourse.errors import message


class GradientError(AssertionError):
    """A backward function disagrees with the slopes of its forward function."""


def gradcheck(
    forward: Callable[..., np.ndarray],
    backward: Callable[..., np.ndarray | tuple[np.ndarray | None, ...]],
    inputs: Sequence[np.ndarray | None],
    *,
    eps: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    seed: int = 0,
) -> bool:
    r"""Compare a backward function with central differences of its forward function.

    Parameters
    ----------
    forward : callable
        ``forward(*inputs)`` returns an array. Fix other arguments with a lambda.
    backward : callable
        ``backward(grad_output, *inputs)`` returns the gradient, or a tuple in the order of `inputs`.
    inputs : sequence of (float64 ndarray or None)
        Where to compare. Keep them small: every number costs two calls of `forward`.
    eps : float, default 1e-6
        Step of the difference.
    rtol, atol : float, default 1e-5 and 1e-6
        Allowed difference: ``atol + rtol * |slope|``.
    seed : int, default 0
        Seed of the random gradient that is sent back.

    Returns
    -------
    bool
        True. Otherwise an error says where the two differ.

    Raises
    ------
    GradientError
        If a gradient is missing, has the wrong shape, or differs: the text names the input and the index.
    TypeError
        If an input is not a float64 array: in float32 a difference has three digits only.

    Notes
    -----
    With a random g, the loss :math:`L = \sum g \odot f(x)` has the gradient ``backward(g, x)``, and

    .. math:: \frac{\partial L}{\partial x_i} \approx
              \frac{L(x + \epsilon e_i) - L(x - \epsilon e_i)}{2 \epsilon}

    At a corner, such as 0 for relu, the two sides have different slopes; check elsewhere.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> gradcheck(lambda x: x**2, lambda g, x: 2 * x * g, [x])
    True
    >>> gradcheck(lambda x: x**2, lambda g, x: 3 * x * g, [x])
    Traceback (most recent call last):
        ...
    cnncourse.ops.gradcheck.GradientError: gradient of input 0 (x) at index (1,): backward says ...
    """
    names = _names(forward, len(inputs))
    for name, x in zip(names, inputs):
        if x is not None and (not isinstance(x, np.ndarray) or x.dtype != np.float64):
            got = f"dtype {x.dtype}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
            remedy = "Convert it with .astype(np.float64)."
            raise TypeError(message(name, got, "must be a float64 array or None", remedy))
    inputs = [None if x is None else x.copy() for x in inputs]
    grad_output = np.random.default_rng(seed).standard_normal(np.shape(forward(*inputs)))
    grads = backward(grad_output, *inputs)
    grads = grads if isinstance(grads, tuple) else (grads,)
    for i, (name, x) in enumerate(zip(names, inputs)):
        if x is None:
            continue
        grad = grads[i] if i < len(grads) else None
        if grad is None or np.shape(grad) != x.shape:
            got = "none" if grad is None else f"shape {np.shape(grad)}"
            raise GradientError(
                f"gradient of {name}: backward returned {got}, the input has shape {x.shape}."
            )
        slopes = _slopes(lambda: np.sum(grad_output * forward(*inputs)), x, eps)
        _compare(name, np.asarray(grad), slopes, rtol, atol)
    return True


def _slopes(loss: Callable[[], float], x: np.ndarray, eps: float) -> np.ndarray:
    """Measure the slope of the loss along every entry of x, which is moved and put back."""
    slopes = np.empty_like(x)
    for index in np.ndindex(x.shape):
        value = x[index]
        x[index] = value + eps
        above = loss()
        x[index] = value - eps
        below = loss()
        x[index] = value
        slopes[index] = (above - below) / (2 * eps)
    return slopes


def _compare(name: str, grad: np.ndarray, slopes: np.ndarray, rtol: float, atol: float) -> None:
    """Raise an error that names the entry with the largest difference, if one is too large."""
    difference = np.abs(grad - slopes)
    wrong = ~(difference <= atol + rtol * np.abs(slopes))  # NaN counts as wrong
    if wrong.any():
        worst = np.argmax(np.where(wrong, np.nan_to_num(difference, nan=np.inf), -1))
        index = np.unravel_index(worst, grad.shape)
        place = tuple(int(i) for i in index)
        raise GradientError(
            f"gradient of {name} at index {place}: backward says {grad[index]:.6g}, the slope is "
            f"{slopes[index]:.6g}; {wrong.sum()} of {grad.size} entries differ."
        )


def _names(forward: Callable, count: int) -> list[str]:
    """Name the inputs by position and, where Python knows it, by the forward's parameter."""
    try:
        parameters = list(inspect.signature(forward).parameters)
    except (TypeError, ValueError):
        parameters = []
    return [f"input {i}" + (f" ({parameters[i]})" if i < len(parameters) else "") for i in range(count)]
