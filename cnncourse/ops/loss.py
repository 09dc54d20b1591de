"""Losses of classification: one number for how wrong the probabilities of the network are.

Each `*_backward` returns the gradient of the network's output `input` alone: targets and weights are data.
Like every backward here it starts from the gradient of what the forward returned, 1.0 for a loss that
stands at the end.

``reduction`` says what becomes of the losses of the samples: "mean", "sum" or "none" (keep them all).
"""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message
from cnncourse.ops import arguments
from cnncourse.ops._precision import narrow, wide
from cnncourse.ops._reduction import check_reduction, loss_dtype, per_sample, reduced
from cnncourse.ops.softmax import log_probabilities, probabilities


def nll_loss(
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> np.ndarray:
    r"""Negative log-likelihood: minus the log-probability of the right class.

    Parameters
    ----------
    input : ndarray of shape (N, C), (N, C, ...) or (C,)
        Log-probabilities, as from `log_softmax`.
    target : int ndarray of shape (N,), (N, ...) or ()
        Class numbers from 0 to C − 1, of any integer type. (Torch takes int64 and uint8 alone; NumPy
        counts in int32 on some systems.)
    weight : ndarray of shape (C,), optional
        Weight of each class.
    ignore_index : int, default -100
        Samples of this class number count for nothing.
    reduction : {"mean", "sum", "none"}, default "mean"
        The mean divides by the sum of the samples' weights.

    Returns
    -------
    float, or ndarray of the shape of `target` with ``reduction="none"``

    Raises
    ------
    TypeError
        If `input` is not an array of floats or `target` not of whole numbers.
    ValueError
        If the shapes do not agree, a class number is out of range, or `reduction` is unknown.

    Notes
    -----
    .. math:: \ell_n = -w_{t_n} x_{n t_n}, \qquad \ell = \sum_n \ell_n \Big/ \sum_n w_{t_n}

    Examples
    --------
    >>> log_probabilities = np.log(np.array([[0.5, 0.5], [0.25, 0.75]]))
    >>> float(nll_loss(log_probabilities, np.array([0, 0])).round(4))
    1.0397
    """
    check_reduction(reduction)
    axis = _class_axis(input, weight)
    target, weights, ignored = _classes(input, target, weight, ignore_index, axis)
    picked = np.take_along_axis(wide(input), np.expand_dims(target, axis), axis).squeeze(axis)
    with np.errstate(invalid="ignore"):
        losses = np.where(ignored, 0, -picked * weights)
    return reduced(losses, reduction, weights.sum(), input.dtype)


def nll_loss_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> np.ndarray:
    """Return minus the weight at each sample's class, zero elsewhere; arguments as in `nll_loss`.

    Examples
    --------
    >>> nll_loss_backward(1.0, np.zeros((2, 2)), np.array([0, 1]))
    array([[-0.5,  0. ],
           [ 0. , -0.5]])
    """
    check_reduction(reduction)
    axis = _class_axis(input, weight)
    target, weights, ignored = _classes(input, target, weight, ignore_index, axis)
    grad = per_sample(grad_output, target.shape, reduction, weights.sum(), input.dtype)
    with np.errstate(invalid="ignore"):
        values = np.where(ignored, 0, -weights * grad)
    grad_input = np.zeros_like(input, order="C")
    np.put_along_axis(grad_input, np.expand_dims(target, axis), np.expand_dims(values, axis), axis)
    return grad_input


def cross_entropy(
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> np.ndarray:
    r"""Cross-entropy between the softmax of the scores and the target: the loss of classification.

    Parameters
    ----------
    input : ndarray of shape (N, C), (N, C, ...) or (C,)
        Scores (logits), any real numbers.
    target : ndarray
        Class numbers of shape (N,), (N, ...) or (), as in `nll_loss`, or probabilities of the shape of
        `input`.
    weight : ndarray of shape (C,), optional
        Weight of each class.
    ignore_index : int, default -100
        Samples of this class number count for nothing. Not for probabilities.
    reduction : {"mean", "sum", "none"}, default "mean"
        The mean divides by the sum of the samples' weights; for probabilities by their number.
    label_smoothing : float from 0 to 1, default 0
        Share of the target that is spread evenly over all classes.

    Returns
    -------
    float, or ndarray of shape (N,), (N, ...) or () with ``reduction="none"``

    Raises
    ------
    TypeError
        If `input` is not an array of floats.
    ValueError
        If the shapes do not agree, a class number is out of range, or an option is.

    Notes
    -----
    .. math:: \ell_n = -\sum_c w_c\, q_{nc} \log \operatorname{softmax}(x_n)_c

    where q is the target: probabilities, or 1 for the right class and 0 elsewhere, smoothed to (1 − s) q +
    s/C.

    References
    ----------
    Szegedy, Vanhoucke, Ioffe, Shlens, Wojna (2015), "Rethinking the Inception architecture", §7, label
    smoothing.

    Examples
    --------
    >>> scores = np.array([[2.0, 0.0, 0.0]])
    >>> float(cross_entropy(scores, np.array([0])).round(4))
    0.2395
    >>> float(cross_entropy(scores, np.array([[1.0, 0.0, 0.0]])).round(4))
    0.2395
    """
    check_reduction(reduction)
    axis = _class_axis(input, weight)
    shares, total_weight, ignored = _shares(input, target, weight, ignore_index, label_smoothing, axis)
    log_p = log_probabilities(input, axis)
    with np.errstate(invalid="ignore"):
        # No share, no loss, even where log p = −∞: but for probabilities 0 · ∞ stays NaN, as in torch.
        parts = shares * log_p if target.dtype.kind == "f" else np.where(shares == 0, 0, shares * log_p)
    losses = np.where(ignored, 0, -parts.sum(axis))
    return reduced(losses, reduction, total_weight, loss_dtype(input, target, weight))


def cross_entropy_backward(
    grad_output: np.ndarray,
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> np.ndarray:
    r"""Return softmax minus target, the simplest gradient there is; arguments as in `cross_entropy`.

    Notes
    -----
    .. math:: \nabla x_{nc} = \Big( \operatorname{softmax}(x_n)_c \sum_k w_k q_{nk} - w_c q_{nc} \Big) g_n

    Examples
    --------
    >>> cross_entropy_backward(1.0, np.array([[0.0, 0.0]]), np.array([0]))
    array([[-0.5,  0.5]])
    """
    check_reduction(reduction)
    axis = _class_axis(input, weight)
    shares, total_weight, ignored = _shares(input, target, weight, ignore_index, label_smoothing, axis)
    losses_shape = input.shape[:axis] + input.shape[axis + 1 :]
    dtype = loss_dtype(input, target, weight)
    grad = per_sample(grad_output, losses_shape, reduction, total_weight, dtype)
    difference = probabilities(input, axis) * shares.sum(axis, keepdims=True) - shares
    return narrow(difference * np.expand_dims(np.where(ignored, 0, grad), axis), input)


def _shares(
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None,
    ignore_index: int,
    label_smoothing: float,
    axis: int,
) -> tuple[np.ndarray, float, np.ndarray | bool]:
    """Return w·q, each class's weighted share in the target, what the mean divides by, and who is ignored."""
    if not 0 <= label_smoothing <= 1:
        remedy = "0.1 is usual, 0 switches it off."
        raise ValueError(message("label_smoothing", label_smoothing, "must lie between 0 and 1", remedy))
    classes = input.shape[axis]
    arguments.array("target", target)
    if target.dtype.kind == "f":
        arguments.same_shape("target", target, input.shape, "the shape of input, one probability per class")
        if ignore_index >= 0:
            remedy = "Leave it out, or give class numbers as target."
            rule = "must not be given with probabilities as target"
            raise ValueError(message("ignore_index", ignore_index, rule, remedy))
        shares, total_weight, ignored = wide(target), input.size / max(classes, 1), False
    else:
        target, weights, ignored = _classes(input, target, weight, ignore_index, axis)
        shares, total_weight = np.zeros(input.shape, weights.dtype), weights.sum()
        np.put_along_axis(shares, np.expand_dims(target, axis), 1, axis)
        shares = np.where(np.expand_dims(ignored, axis), 0, shares)
    if label_smoothing:
        shares = shares * (1 - label_smoothing) + label_smoothing / classes
    if weight is not None:
        shares = shares * wide(weight).reshape((-1,) + (1,) * (input.ndim - axis - 1))
    return shares, total_weight, ignored


def _class_axis(input: np.ndarray, weight: np.ndarray | None) -> int:
    """Check scores and class weights; return the axis of the classes: 1, or 0 for a single sample."""
    arguments.floating("input", input)
    if input.ndim == 0:
        remedy = "Give it one axis of classes at least."
        raise ValueError(message("input", "shape ()", "must have shape (N, C, ...) or (C,)", remedy))
    axis = 1 if input.ndim > 1 else 0
    if weight is not None:
        arguments.floating("weight", weight)
        arguments.same_shape("weight", weight, (input.shape[axis],), "one weight per class of input")
    return axis


def _classes(
    input: np.ndarray, target: np.ndarray, weight: np.ndarray | None, ignore_index: int, axis: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Check class numbers; return them, the samples' weights (both 0 if ignored), and who is ignored."""
    if weight is not None:
        arguments.same_dtype("weight", weight, "input", input)
    arguments.array("target", target)
    if target.dtype.kind not in "iu":
        remedy = "Convert class numbers with .astype(np.int64)."
        raise TypeError(message("target", f"dtype {target.dtype}", "must be whole class numbers", remedy))
    expected = input.shape[:axis] + input.shape[axis + 1 :]
    arguments.same_shape("target", target, expected, f"one class per sample of input {input.shape}")
    ignored = target == ignore_index
    classes = input.shape[axis]
    wrong = ((target < 0) | (target >= classes)) & ~ignored
    if wrong.any():
        rule = f"must hold class numbers from 0 to {classes - 1} (or ignore_index={ignore_index})"
        remedy = "Number the classes from 0, or give the network more outputs."
        raise ValueError(message("target", f"{target[wrong].flat[0]}", rule, remedy))
    target = np.where(ignored, 0, target)
    weights = np.ones(target.shape, wide(input).dtype) if weight is None else wide(weight)[target]
    return target, np.where(ignored, 0, weights), ignored
