"""Losses as modules: called with scores and target, then asked for the gradient."""

from __future__ import annotations

import numpy as np

from cnncourse import ops
from cnncourse.nn.module import Module


class CrossEntropyLoss(Module):
    """Compare scores with classes: see `ops.cross_entropy`.

    Called with scores and target; ``backward()`` then returns the gradient of the scores.

    Parameters
    ----------
    weight : ndarray of shape (C,), optional
        Weight of each class.
    ignore_index : int, default -100
    reduction : {"mean", "sum", "none"}, default "mean"
    label_smoothing : float from 0 to 1, default 0

    Examples
    --------
    >>> loss = CrossEntropyLoss()
    >>> float(loss(np.zeros((1, 2)), np.array([0])).round(4))
    0.6931
    >>> loss.backward()
    array([[-0.5,  0.5]])
    """

    def __init__(
        self,
        weight: np.ndarray | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        self.weight, self.ignore_index = weight, ignore_index
        self.reduction, self.label_smoothing = reduction, label_smoothing

    def _options(self) -> dict:
        names = ("weight", "ignore_index", "reduction", "label_smoothing")
        return {name: getattr(self, name) for name in names}

    def __call__(self, input: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Compute the loss: the same as `forward`."""
        return self.forward(input, target)

    def forward(self, input: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Scores (N, C) and classes (N,) or probabilities (N, C) -> the loss."""
        self._saved = (input, target)
        return ops.cross_entropy(input, target, **self._options())

    def backward(self, grad_output: float | np.ndarray = 1.0) -> np.ndarray:
        """Return the gradient of the scores."""
        input, target = self.recall("_saved")
        return ops.cross_entropy_backward(grad_output, input, target, **self._options())
