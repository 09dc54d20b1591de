"""What an answer rests on, by experiment: cover a part of the image and ask again."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from cnncourse.errors import message
from cnncourse.explain import watching


def occlusion(
    model: nn.Module,
    images: watching.Images,
    targets: watching.Targets = None,
    window: int = 8,
    stride: int = 4,
    value: watching.PerChannel = 0.0,
    batch_size: int = 256,
) -> np.ndarray:
    """Say of each pixel how much the probability of a class falls when a square over it is covered.

    Parameters
    ----------
    model, images, targets
        As in `saliency`.
    window : int, default 8
        Side of the square, pixels.
    stride : int, default 4
        Step between squares, pixels, at most ``window``. The last square of a row or column is moved back
        so that it lies inside the image.
    value : float or sequence of C float, default 0.0
        What covers, in the units of the network's input: 0 is the mean colour of the training images.
    batch_size : int, default 256
        Covered images that go through the network at once.

    Returns
    -------
    ndarray of shape (N, H, W)
        Mean fall over the squares that cover the pixel, from -1 to 1. Negative: the answer grew surer.

    Raises
    ------
    TypeError, ValueError
        As in `saliency`; and if a size is no whole number of at least 1, or the square does not fit.

    References
    ----------
    Zeiler, Fergus: Visualizing and understanding convolutional networks, arXiv:1311.2901 (2013), section 4.2,
    figure 7.

    Examples
    --------
    >>> import torch
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    >>> occlusion(net, torch.ones(1, 1, 4, 4), targets=0, window=2, stride=1).shape
    (1, 4, 4)
    """
    images = watching.ready_images(model, images)
    height, width = images.shape[2:]
    _check_sizes(height, width, {"window": window, "stride": stride, "batch_size": batch_size})
    cover = watching.per_channel("value", value, images)[0]  # (C or 1, 1, 1)
    corners = [
        (top, left) for top in _starts(height, window, stride) for left in _starts(width, window, stride)
    ]
    total = torch.zeros((len(images), height, width), dtype=images.dtype, device=images.device)
    count = torch.zeros((height, width), dtype=images.dtype, device=images.device)
    with watching.at_rest(model), torch.no_grad():
        logits = watching.answers(model, images)
        classes = watching.chosen(logits, targets)
        before = _probability(logits, classes)
        for n, image in enumerate(images):
            for start in range(0, len(corners), batch_size):
                some = corners[start : start + batch_size]
                batch = image.repeat(len(some), 1, 1, 1)
                for one, (top, left) in zip(batch, some):
                    one[:, top : top + window, left : left + window] = cover
                after = _probability(watching.answers(model, batch), classes[n].expand(len(some)))
                for fall, (top, left) in zip(before[n] - after, some):
                    total[n, top : top + window, left : left + window] += fall
        for top, left in corners:
            count[top : top + window, left : left + window] += 1
    return watching.to_numpy(total / count)


def _starts(size: int, window: int, stride: int) -> list[int]:
    """First pixel of each square along one axis; the last square ends with the image."""
    return [min(start, size - window) for start in range(0, size - window + stride, stride)]


def _probability(logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Probability of each image's class, (N,); a single output is a sigmoid unit."""
    probability = logits.softmax(dim=1) if logits.shape[1] > 1 else logits.sigmoid()
    return watching.scores(probability, classes)


def _check_sizes(height: int, width: int, sizes: dict[str, int]) -> None:
    for argument, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(message(argument, repr(size), "must be a whole number", "Round it."))
        if size < 1:
            raise ValueError(message(argument, size, "must be at least 1", "Take a larger one."))
    window, stride = sizes["window"], sizes["stride"]
    if window > min(height, width):
        rule = f"must fit into images of {height} × {width} pixels"
        raise ValueError(message("window", window, rule, "Take a smaller one."))
    if stride > window:
        remedy = "A wider step would leave pixels that are never covered."
        raise ValueError(message("stride", stride, f"must be at most the window, {window}", remedy))
