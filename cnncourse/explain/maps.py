"""What a network is and what it sees: its filters, and the maps it makes of an image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cnncourse.errors import message
from cnncourse.explain import watching


def feature_maps(
    model: nn.Module, images: watching.Images, layers: str | Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Return what layers give out for images.

    Parameters
    ----------
    model, images
        As in `saliency`.
    layers : str or sequence of str, default None
        Paths of layers, as in ``model.named_modules()``. None takes every convolution.

    Returns
    -------
    dict of str to ndarray
        Output of each layer, (N, C, H, W) for a convolution, in the order in which the layers run. A layer
        that runs more than once leaves its last output.

    Raises
    ------
    TypeError, ValueError
        As in `saliency`; and if a layer is unknown (near matches are listed) or never runs.

    Examples
    --------
    >>> from cnncourse import models
    >>> net = models.create("resnet20")
    >>> feature_maps(net, torch.zeros(1, 3, 32, 32), ["layer2", "layer3.2"])["layer3.2"].shape
    (1, 64, 8, 8)
    """
    if layers is None:
        layers = watching.convolutions(model)
    names = [layers] if isinstance(layers, str) else list(layers)
    images = watching.ready_images(model, images)
    with watching.at_rest(model), watching.outputs_of(model, names) as seen, torch.no_grad():
        watching.answers(model, images)
    missing = [name for name in names if name not in seen]
    if missing:
        raise ValueError(message("layers", f"{missing}, which did not", "must run", "Leave them out."))
    return {name: watching.to_numpy(output) for name, output in seen.items()}


def filters(model: nn.Module, layer: str | None = None) -> np.ndarray:
    """Return the filters of a convolution, as they are.

    Parameters
    ----------
    model : nn.Module
        A network with a convolution.
    layer : str, default None
        Path of a Conv2d. None takes the first one.

    Returns
    -------
    ndarray of shape (C_out, C_in / groups, KH, KW)
        A copy of the weights. `for_display` brings them to 0–1.

    Raises
    ------
    ValueError
        If the layer is unknown or no Conv2d.

    References
    ----------
    Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks (2012),
    figure 3 shows the filters of a first layer in this way.

    Examples
    --------
    >>> from cnncourse import models
    >>> filters(models.create("alexnet")).shape
    (96, 3, 11, 11)
    """
    name = watching.convolutions(model)[0] if layer is None else layer
    module = watching.find_layer(model, name)
    if not isinstance(module, nn.Conv2d):
        remedy = f"Choose one of {watching.some_convolutions(model)}."
        raise ValueError(message("layer", f"{name!r}, a {type(module).__name__}", "must be a Conv2d", remedy))
    return watching.to_numpy(module.weight)


def for_display(maps: np.ndarray, *, signed: bool = False) -> np.ndarray:
    """Bring each map, or each filter, to 0–1 by itself.

    Parameters
    ----------
    maps : ndarray of shape (N, ...)
        Maps (N, H, W) or filters (C_out, C_in, KH, KW); everything after the first axis is one map.
    signed : bool, default False
        False puts the least value at 0 and the greatest at 1. True keeps zero at 0.5, and puts the value
        that is furthest from zero at 0 or 1.

    Returns
    -------
    ndarray of shape (N, ...), float64
        A map that is constant becomes 0, or 0.5 if ``signed`` and it is zero: there is nothing to see in it.

    Raises
    ------
    ValueError
        If there is no axis beside the first, or a value is not finite.

    Examples
    --------
    >>> for_display(np.array([[1.0, 3.0, 2.0], [7.0, 7.0, 7.0]])).tolist()
    [[0.0, 1.0, 0.5], [0.0, 0.0, 0.0]]
    >>> for_display(np.array([[-1.0, 0.0, 2.0]]), signed=True)
    array([[0.25, 0.5 , 1.  ]])
    """
    maps = np.asarray(maps, dtype=np.float64)
    if maps.ndim < 2 or maps.size == 0:
        remedy = "For one map pass map[None]."
        raise ValueError(message("maps", f"shape {maps.shape}", "must have shape (N, …)", remedy))
    if not np.isfinite(maps).all():
        remedy = "Look for where they come from before drawing."
        raise ValueError(message("maps", "NaN or infinity", "must be finite", remedy))
    axes = tuple(range(1, maps.ndim))
    if signed:
        reach = np.abs(maps).max(axis=axes, keepdims=True)
        return 0.5 + maps / np.where(reach > 0, 2 * reach, 1)
    least = maps.min(axis=axes, keepdims=True)
    span = maps.max(axis=axes, keepdims=True) - least
    return (maps - least) / np.where(span > 0, span, 1)
