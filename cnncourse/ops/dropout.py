"""Dropout: switch units off at random while training."""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._elementwise import deliver, gradient


def dropout(
    input: np.ndarray,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    rng: np.random.Generator | int | None = None,
    return_mask: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    r"""Set each number to zero with probability p and divide the rest by 1 − p, so that the mean stays.

    Parameters
    ----------
    input : float ndarray of any shape
        Of any numbers where nothing is dropped.
    p : float from 0 to 1, default 0.5
        Probability of zero.
    training : bool, default True
        Without training the input is returned as it is.
    inplace : bool, default False
        Write the result into `input`.
    rng : numpy.random.Generator or int, optional
        Where the random numbers come from, or a seed. Unpredictable by default.
    return_mask : bool, default False
        Return also which numbers were kept. `dropout_backward` needs it.

    Returns
    -------
    output : ndarray of the shape and dtype of `input`
    mask : bool ndarray of the shape of `input`, only with `return_mask`

    Raises
    ------
    TypeError
        If `input` is not an array of floats, or `rng` is of another type.
    ValueError
        If `p` is not a probability.

    Notes
    -----
    .. math:: y_i = \frac{m_i x_i}{1 - p}, \qquad m_i = 0 \text{ with probability } p, \text{ else } 1

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (2014), "Dropout: a simple way to prevent
    neural networks from overfitting", §4; the division while training, not afterwards, is described in §10.

    Examples
    --------
    >>> out, mask = dropout(np.ones(6), p=0.5, rng=0, return_mask=True)
    >>> out
    array([2., 2., 2., 0., 0., 0.])
    >>> mask.sum()
    np.int64(3)
    """
    arguments.array("input", input)
    scale = _scale(p)
    if not training or p == 0:
        mask, out = np.ones(input.shape, bool), input
    else:
        arguments.floating("input", input)
        mask = _generator(rng).random(input.shape, np.float32) >= p
        out = deliver(input * mask * input.dtype.type(scale), input, inplace)
    return (out, mask) if return_mask else out


def dropout_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    p: float = 0.5,
    training: bool = True,
    *,
    mask: np.ndarray,
) -> np.ndarray:
    """Send the gradient through the numbers that were kept, divided by 1 − p; arguments as in `dropout`.

    `mask` is what `dropout` returned with ``return_mask=True``. It takes the place of the forward's `rng`: a
    generator that has drawn once would draw other numbers now.

    Examples
    --------
    >>> mask = np.array([True, False])
    >>> dropout_backward(np.array([1.0, 1.0]), np.zeros(2), p=0.5, mask=mask)
    array([2., 0.])
    """
    gradient(grad_output, input)
    scale = _scale(p)
    arguments.array("mask", mask)
    if mask.dtype != bool:
        remedy = "Pass the mask that dropout(..., return_mask=True) returned."
        raise TypeError(message("mask", f"dtype {mask.dtype}", "must hold truth values", remedy))
    arguments.same_shape("mask", mask, input.shape, "the shape of input")
    if not training or p == 0:
        return grad_output.copy()
    return grad_output * mask * grad_output.dtype.type(scale)


def _scale(p: float) -> float:
    """Check the probability and return 1 / (1 − p), or 0 where nothing is kept."""
    if not 0 <= p <= 1:
        remedy = "p is the probability of zero, 0.5 is usual."
        raise ValueError(message("p", p, "must lie between 0 and 1", remedy))
    return 1 / (1 - p) if p < 1 else 0.0


def _generator(rng: np.random.Generator | int | None) -> np.random.Generator:
    if rng is None or isinstance(rng, np.random.Generator):
        return np.random.default_rng() if rng is None else rng
    return np.random.default_rng(arguments.integer("rng", rng, 0))
