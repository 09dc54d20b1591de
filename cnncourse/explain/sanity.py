"""Does a map depend on what the network has learned? Forget it, draw the map again, and compare."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cnncourse.explain import watching


def randomised(model: nn.Module, seed: int = 0, layers: str | Sequence[str] | None = None) -> nn.Module:
    """Return a copy of a network that has forgotten what it learned.

    Parameters
    ----------
    model : nn.Module
        Any network; it stays as it is.
    seed : int, default 0
        Of the fresh weights. The same seed gives the same weights.
    layers : str or sequence of str, default None
        Paths of the layers that forget, with all that is inside them. None takes all.

    Returns
    -------
    nn.Module
        A copy with fresh weights, drawn as PyTorch does when a layer is made. Batch normalisation forgets
        its running statistics too.

    Raises
    ------
    ValueError
        If a layer is unknown or has nothing to forget, or has weights of its own and no
        ``reset_parameters``.

    References
    ----------
    Adebayo et al.: Sanity checks for saliency maps, NeurIPS (2018), section 3: the model parameter
    randomization test.

    Examples
    --------
    >>> from cnncourse import models
    >>> net = models.create("lenet5", in_channels=1)
    >>> other = randomised(net, seed=1, layers="11")  # the last layer only
    >>> bool((other[0].weight == net[0].weight).all()), bool((other[11].weight == net[11].weight).any())
    (True, False)
    """
    fresh = copy.deepcopy(model)
    names = [layers] if isinstance(layers, str) else layers
    roots = [fresh] if names is None else [watching.find_layer(fresh, name) for name in names]
    forgetting: dict[nn.Module, None] = {}  # each module once, in order
    for place, root in enumerate(roots):
        inside = [m for m in root.modules() if next(m.parameters(recurse=False), None) is not None]
        if not inside:
            what = "model" if names is None else f"layer={names[place]!r}"
            raise ValueError(
                f"{what} has no weights, so it has nothing to forget. Choose a layer with weights."
            )
        forgetting.update(dict.fromkeys(inside))
    stubborn = {type(m).__name__ for m in forgetting if not hasattr(m, "reset_parameters")}
    if stubborn:
        raise ValueError(
            f"{', '.join(sorted(stubborn))} has weights but no reset_parameters(). Add that method to it, or "
            "pass the layers that have one in `layers`."
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for module in forgetting:
            module.reset_parameters()
    return fresh


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return Spearman's rank correlation of two maps.

    Parameters
    ----------
    a, b : ndarray of one shape
        Two maps.

    Returns
    -------
    float
        1: the pixels have the same order in both. 0: the orders have nothing to do with each other.
        -1: the order is reversed. NaN if a map is constant, since it has no order.

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than two pixels, or a value is NaN.

    Notes
    -----
    Pearson's correlation of the ranks; equal values share the mean of their ranks.

    References
    ----------
    Adebayo et al.: Sanity checks for saliency maps, NeurIPS (2018), section 2.2, compare maps by it.

    Examples
    --------
    >>> round(rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 50.0, 2000.0])), 6)
    1.0
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape or a.size < 2:
        raise ValueError(
            f"a, b: got shapes {a.shape} and {b.shape}, but two maps of one shape are compared. "
            "Bring them to one size first."
        )
    if np.isnan(a).any() or np.isnan(b).any():
        raise ValueError("a, b: a map holds NaN, which has no rank.")
    ranks = [_ranks(values.ravel()) for values in (a, b)]
    centred = [rank - rank.mean() for rank in ranks]
    lengths = [np.sqrt((rank**2).sum()) for rank in centred]
    if 0 in lengths:
        return float("nan")
    return float((centred[0] * centred[1]).sum() / (lengths[0] * lengths[1]))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank of each value from 1; equal values share the mean of their ranks."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)  # the highest rank of each group
    return (last - (sizes - 1) / 2)[group]
