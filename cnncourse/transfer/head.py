"""The head of a network: finding it, and giving it new classes."""

from __future__ import annotations

import torch
from torch import nn

from cnncourse.train.wrappers import unwrapped

_LAYERS = (nn.Linear, nn.Conv2d)  # what a head may be


def head_name(model: nn.Module) -> str:
    """Name of a network's head: the linear or convolution layer that was defined last.

    Parameters
    ----------
    model : nn.Module

    Returns
    -------
    str
        Such as ``"fc"`` or ``"classifier.6"``.

    Raises
    ------
    ValueError
        If there is none, or the network is nothing but that layer.

    Examples
    --------
    >>> from cnncourse import models
    >>> [head_name(models.create(name)) for name in ("resnet20", "lenet5")]
    ['fc', '11']
    """
    names = [name for name, layer in unwrapped(model).named_modules() if isinstance(layer, _LAYERS)]
    if not names or names[-1] == "":
        raise ValueError(
            f"model is a {type(model).__name__} and has no head apart from a body: its last linear or "
            "convolution layer must follow other layers"
        )
    return names[-1]


def replace_head(model: nn.Module, num_classes: int, seed: int = 0) -> nn.Module:
    """Give a network a new head with fresh random weights.

    Parameters
    ----------
    model : nn.Module
        Is changed in place: its body stays as it is.
    num_classes : int
        Outputs of the new head.
    seed : int, default 0
        Of the head's random start. PyTorch's own generator is left alone.

    Returns
    -------
    nn.Module
        ``model`` itself.

    Raises
    ------
    ValueError
        If ``num_classes`` is no positive whole number, or the outputs of the network are not those of its
        last layer.

    Examples
    --------
    >>> from cnncourse import models
    >>> replace_head(models.create("resnet20"), num_classes=2).fc
    Linear(in_features=64, out_features=2, bias=True)
    """
    if not isinstance(num_classes, int) or isinstance(num_classes, bool) or num_classes < 1:
        raise ValueError(f"num_classes={num_classes!r} must be a whole number of at least 1")
    name, whole, model = head_name(model), model, unwrapped(model)
    old, spec = model.get_submodule(name), getattr(model, "spec", None)
    outputs = old.weight.shape[0]
    if spec and spec["num_classes"] != outputs:
        raise ValueError(
            f"{spec['name']} makes {spec['num_classes']} outputs from the {outputs} of its last layer, which "
            "cannot be exchanged alone; create the network with another num_classes than 2"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        new = _layer_like(old, num_classes)
    owner, _, own_name = name.rpartition(".")
    setattr(model.get_submodule(owner), own_name, new.to(old.weight.device, old.weight.dtype))
    if spec:
        model.spec = {**spec, "num_classes": num_classes}
    if getattr(model, "trained_on", None):
        model.trained_on = {**model.trained_on, "classes": None}  # the new outputs stand for nothing yet
    return whole


def _layer_like(old: nn.Linear | nn.Conv2d, outputs: int) -> nn.Module:
    """A fresh layer with the inputs of ``old``."""
    bias = old.bias is not None
    if isinstance(old, nn.Linear):
        return nn.Linear(old.in_features, outputs, bias=bias)
    return nn.Conv2d(
        old.in_channels, outputs, old.kernel_size, old.stride, old.padding, old.dilation, bias=bias
    )
