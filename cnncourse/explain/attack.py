"""A change too small to see that turns an answer: one step along the sign of the gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.explain import watching

PerChannel = float | Sequence[float]


def nudge(
    model: nn.Module,
    images: watching.Images,
    labels: watching.Targets = None,
    epsilon: float = 0.03,
    *,
    mean: PerChannel = 0.0,
    std: PerChannel = 1.0,
) -> np.ndarray:
    """Move every pixel by at most epsilon, in the direction that makes the loss grow.

    Parameters
    ----------
    model : nn.Module
        (N, C, H, W) -> (N, K) logits.
    images : ndarray or Tensor of shape (N, C, H, W)
        Floats, normalised as in the network's training.
    labels : int or sequence of N int, default None
        The true classes. None takes what the network answers.
    epsilon : float, default 0.03
        How far a pixel may move, in parts of the range from black (0) to white (1).
    mean, std : float or sequence of C float, default 0 and 1
        What the images were normalised with, in 0–1 units.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        Normalised images again; each pixel is still between black and white.

    Raises
    ------
    TypeError
        If the images are no floats, or a label is no whole number.
    ValueError
        If the network refuses the images, a label is out of range, epsilon is not between 0 and 1, or mean
        and std do not fit the channels.

    Notes
    -----
    In pixels p from 0 to 1: ``p' = clip(p + ε sign(∂L/∂p), 0, 1)``, with L the cross-entropy of the labels.
    The sign of ∂L/∂p is that of ∂L/∂x, since x = (p - mean) / std.

    References
    ----------
    Goodfellow, Shlens, Szegedy: Explaining and harnessing adversarial examples, arXiv:1412.6572 (2015),
    section 4: the fast gradient sign method.

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
    >>> with torch.no_grad():
    ...     _ = net[1].weight.copy_(torch.tensor([[1.0, -1.0], [0.0, 0.0]]))
    >>> nudge(net, torch.tensor([[[[0.5, 0.9]]]]), labels=0, epsilon=0.25).round(2).tolist()
    [[[[0.25, 1.0]]]]
    """
    images = watching.ready_images(model, images)
    if not 0 <= epsilon <= 1:
        raise ValueError(
            f"epsilon: got {epsilon!r}, but it is a part of the range from 0 (black) to 1 (white)."
        )
    mean, std = (_per_channel(name, value, images) for name, value in (("mean", mean), ("std", std)))
    if (std <= 0).any():
        raise ValueError("std: it must be above 0 in every channel.")
    with watching.at_rest(model):
        images.requires_grad_()
        logits = watching.answers(model, images)
        classes = watching.chosen(logits, labels, "labels")
        (gradient,) = torch.autograd.grad(F.cross_entropy(logits, classes, reduction="sum"), images)
    pixels = (images.detach() * std + mean + epsilon * gradient.sign()).clamp(0, 1)
    return watching.to_numpy((pixels - mean) / std)


def _per_channel(argument: str, value: PerChannel, images: torch.Tensor) -> torch.Tensor:
    """A number, or one per channel, as a tensor that fits (N, C, H, W)."""
    numbers = torch.as_tensor(value, dtype=images.dtype, device=images.device).reshape(1, -1, 1, 1)
    if numbers.shape[1] not in (1, images.shape[1]):
        raise ValueError(
            f"{argument}: got {numbers.shape[1]} numbers for {images.shape[1]} channels. "
            "Pass one, or one per channel."
        )
    return numbers
