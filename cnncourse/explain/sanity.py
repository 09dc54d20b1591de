"""Does a map depend on what the network has learned? Forget it, draw the map again, and compare."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cnncourse.errors import message
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
        If a layer is unknown or has nothing to forget, or has weights and no ``reset_parameters``.

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
    roots = {"model": fresh} if names is None else {n: watching.find_layer(fresh, n) for n in names}
    forgetting: dict[nn.Module, None] = {}  # each module once, in order
    for name, root in roots.items():
        inside = [m for m in root.modules() if next(m.parameters(recurse=False), None) is not None]
        if not inside:
            rule = "must have weights to forget"
            raise ValueError(message("layers", f"{name!r} without any", rule, "Choose another layer."))
        forgetting.update(dict.fromkeys(inside))
    stubborn = {type(m).__name__ for m in forgetting if not hasattr(m, "reset_parameters")}
    if stubborn:
        rule = "must have reset_parameters() where they have weights"
        remedy = "Add that method, or pass the layers that have it in `layers`."
        raise ValueError(message("layers", ", ".join(sorted(stubborn)), rule, remedy))
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
    Adebayo et al.: Sanity checks for saliency maps, NeurIPS (2018), section 2.2.

    Examples
    --------
    >>> round(rank_correlation([1.0, 2.0, 3.0], [1.0, 50.0, 2000.0]), 6)
    1.0
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape or a.size < 2:
        got, remedy = f"shapes {a.shape} and {b.shape}", "Bring them to one size first."
        raise ValueError(message("a, b", got, "must have one shape, of two pixels or more", remedy))
    if np.isnan(a).any() or np.isnan(b).any():
        raise ValueError(message("a, b", "NaN", "must be numbers", "NaN has no rank: leave it out."))
    ranks = [_ranks(values.ravel()) for values in (a, b)]
    if min(np.ptp(rank) for rank in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank of each value from 1; equal values share the mean of their ranks."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)  # the highest rank of each group
    return (last - (sizes - 1) / 2)[group]
