"""First values of the weights: random, of a size that keeps signals alive through many layers.

As in `torch.nn.init`, a function fills an array in place (hence the underscore) and returns it. ``rng`` is a
`numpy.random.Generator` or a seed; without it the values are unpredictable.
"""

from __future__ import annotations

import math

import numpy as np

from cnncourse.errors import did_you_mean, message

Rng = np.random.Generator | int | None

_GAINS = {"linear": 1.0, "conv2d": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return by how much weights are enlarged to make up for what an activation takes away.

    Parameters
    ----------
    nonlinearity : {"linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"}
    param : float, optional
        Negative slope of "leaky_relu", default 0.01.

    Raises
    ------
    ValueError
        If the activation is unknown.

    Examples
    --------
    >>> round(calculate_gain("relu"), 4)
    1.4142
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in _GAINS:
        remedy = did_you_mean(nonlinearity, [*_GAINS, "leaky_relu"])
        raise ValueError(message("nonlinearity", repr(nonlinearity), "must be known", remedy))
    return _GAINS[nonlinearity]


def fans(tensor: np.ndarray) -> tuple[int, int]:
    """Return how many numbers an output is made of, and how many outputs a number enters.

    Parameters
    ----------
    tensor : ndarray of shape (out, in) or (out, in, kernel_height, kernel_width)

    Returns
    -------
    fan_in, fan_out : int

    Raises
    ------
    ValueError
        If the array has less than two axes.

    Examples
    --------
    >>> fans(np.zeros((16, 6, 5, 5)))
    (150, 400)
    """
    if tensor.ndim < 2:
        rule, remedy = "must have two axes at least", "A bias has no fans: use uniform_ or zeros."
        raise ValueError(message("tensor", f"shape {tensor.shape}", rule, remedy))
    taps = math.prod(tensor.shape[2:])
    return tensor.shape[1] * taps, tensor.shape[0] * taps


def uniform_(tensor: np.ndarray, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> np.ndarray:
    """Fill with numbers drawn evenly between a and b.

    Examples
    --------
    >>> uniform_(np.empty(3), -1, 1, rng=0).round(2)
    array([ 0.27, -0.46, -0.92])
    """
    tensor[...] = np.random.default_rng(rng).uniform(a, b, tensor.shape)
    return tensor


def normal_(tensor: np.ndarray, mean: float = 0.0, std: float = 1.0, *, rng: Rng = None) -> np.ndarray:
    """Fill with normally distributed numbers.

    Examples
    --------
    >>> normal_(np.empty(3), rng=0).round(2)
    array([ 0.13, -0.13,  0.64])
    """
    tensor[...] = np.random.default_rng(rng).normal(mean, std, tensor.shape)
    return tensor


def xavier_uniform_(tensor: np.ndarray, gain: float = 1.0, *, rng: Rng = None) -> np.ndarray:
    """Fill evenly between ±gain · √(6 / (fan_in + fan_out)).

    References
    ----------
    Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks",
    §4.2.1.

    Examples
    --------
    >>> weight = xavier_uniform_(np.empty((200, 100)), rng=0)
    >>> bool(np.abs(weight).max() <= np.sqrt(6 / 300))
    True
    """
    bound = gain * math.sqrt(6 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, rng=rng)


def xavier_normal_(tensor: np.ndarray, gain: float = 1.0, *, rng: Rng = None) -> np.ndarray:
    """Fill normally with deviation gain · √(2 / (fan_in + fan_out)); source as in `xavier_uniform_`."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor))), rng=rng)


def kaiming_uniform_(
    tensor: np.ndarray,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: Rng = None,
) -> np.ndarray:
    """Fill evenly between ±gain · √(3 / fan).

    Parameters
    ----------
    tensor : ndarray of shape (out, in) or (out, in, kernel_height, kernel_width)
    a : float, default 0
        Negative slope of the activation that follows, for "leaky_relu". 0 is ReLU.
    mode : {"fan_in", "fan_out"}, default "fan_in"
        Keep the size of the signals forward, or of the gradients backward.
    nonlinearity : str, default "leaky_relu"
        As in `calculate_gain`.
    rng : numpy.random.Generator or int, optional

    Raises
    ------
    ValueError
        If `mode` or `nonlinearity` is unknown or the array has less than two axes.

    References
    ----------
    He, Zhang, Ren, Sun (2015), "Delving deep into rectifiers", §2.2.

    Examples
    --------
    >>> weight = kaiming_uniform_(np.empty((16, 6, 5, 5)), nonlinearity="relu", rng=0)
    >>> bool(np.abs(weight).max() <= np.sqrt(6 / 150))
    True
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng=rng)


def kaiming_normal_(
    tensor: np.ndarray,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: Rng = None,
) -> np.ndarray:
    """Fill normally with deviation gain / √fan.

    Arguments, errors and source are those of `kaiming_uniform_`.
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), rng=rng)


def _kaiming_std(tensor: np.ndarray, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        rule = "must be 'fan_in' or 'fan_out'"
        raise ValueError(message("mode", repr(mode), rule, "Use 'fan_in' to keep the size of the signals."))
    fan = fans(tensor)[0 if mode == "fan_in" else 1]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan) if fan else 0.0


def default_(weight: np.ndarray, bias: np.ndarray | None, *, rng: Rng = None) -> None:
    """Fill the weight and bias of a layer as torch's layers do: evenly between ±1 / √fan_in.

    Examples
    --------
    >>> weight, bias = np.empty((10, 4)), np.empty(10)
    >>> default_(weight, bias, rng=0)
    >>> bool(np.abs(weight).max() <= 0.5), bool(np.abs(bias).max() <= 0.5)
    (True, True)
    """
    rng = np.random.default_rng(rng)
    kaiming_uniform_(weight, a=math.sqrt(5), rng=rng)  # the same, as torch writes it
    if bias is not None:
        fan_in, _ = fans(weight)
        bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
        uniform_(bias, -bound, bound, rng=rng)
