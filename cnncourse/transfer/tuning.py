"""Which layers learn, and how fast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import nn

from cnncourse.errors import did_you_mean
from cnncourse.train.wrappers import unwrapped
from cnncourse.transfer.head import head_name

_NORMS = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm)  # belong to the layer before them


def freeze(model: nn.Module, *names: str) -> nn.Module:
    """Keep layers as they are, through any training that follows.

    Their weights get no gradients. And they stay in evaluation mode when the network is set to training mode:
    batch normalisation goes on using the statistics it has learned and does not change them, and dropout
    drops nothing.

    Parameters
    ----------
    model : nn.Module
        Is changed in place.
    *names : str
        Layers, by their names in the network, such as ``"conv1", "bn1", "layer1"``. Without names the whole
        body is frozen, all but the head.

    Returns
    -------
    nn.Module
        ``model`` itself.

    Raises
    ------
    ValueError
        If there is no layer of a name.

    Examples
    --------
    >>> from cnncourse import models
    >>> net = freeze(models.create("resnet20", num_classes=2))
    >>> sum(weight.numel() for weight in net.parameters() if weight.requires_grad)
    130
    """
    inner = unwrapped(model)
    for module in _chosen(inner, names) if names else _body(inner):
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(False)
        if not hasattr(module, "held"):
            module.register_forward_pre_hook(_stay_in_evaluation)
        module.held = True
    return model


def unfreeze(model: nn.Module, *names: str) -> nn.Module:
    """Let frozen layers learn again.

    Parameters
    ----------
    model : nn.Module
        Is changed in place.
    *names : str
        As for ``freeze``. Without names all layers learn.

    Returns
    -------
    nn.Module
        ``model`` itself.

    Raises
    ------
    ValueError
        If there is no layer of a name.

    Examples
    --------
    >>> from cnncourse import models
    >>> net = unfreeze(freeze(models.create("resnet20", num_classes=2)), "layer3")
    >>> sum(weight.numel() for weight in net.parameters() if weight.requires_grad)
    203650
    """
    inner = unwrapped(model)
    for module in _chosen(inner, names) if names else inner.modules():
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(True)
        module.held = False
    return model


def _stay_in_evaluation(module: nn.Module, _: object) -> None:
    """Before a held layer runs: undo the ``model.train()`` with which an epoch begins."""
    if module.held:
        module.training = False


def _body(model: nn.Module) -> Iterator[nn.Module]:
    """All modules but the head."""
    head = head_name(model)
    return (module for name, module in model.named_modules() if name != head)


def _chosen(model: nn.Module, names: Sequence[str]) -> Iterator[nn.Module]:
    """The modules of these names and all inside them."""
    known = dict(model.named_modules())
    for name in names:
        if name not in known or name == "":
            # What lies inside of others is too much to list.
            near = did_you_mean(name, known)
            hint = near if near.startswith("Did") else did_you_mean(name, dict(model.named_children()))
            raise ValueError(f"there is no layer {name!r} in the network. {hint}")
    for name in names:
        yield from known[name].modules()


def layer_rates(model: nn.Module, decay: float) -> dict[str, float]:
    """A learning rate for each layer: 1 for the head, and ``decay`` times the next one's for each below.

    Early layers hold what serves all pictures, and should move least.

    Parameters
    ----------
    model : nn.Module
    decay : float, above 0 and at most 1
        1 gives all layers the same rate.

    Returns
    -------
    dict of str to float
        Factors by start of parameter name, from input to output, for ``TrainConfig(lr_scales=...)``. Every
        parameter starts with exactly one of the keys.

    Raises
    ------
    ValueError
        If ``decay`` is out of range.

    Notes
    -----
    A layer is what remains when every ``nn.Sequential`` is opened: a convolution, a linear layer, or a whole
    residual or Inception block. A normalisation belongs to the layer before it.

    References
    ----------
    Howard, Ruder: Universal language model fine-tuning for text classification, arXiv:1801.06146 (2018),
    section 3.2: discriminative fine-tuning, with a decay of 1/2.6.

    Examples
    --------
    >>> from cnncourse import models
    >>> layer_rates(models.create("perceptron"), decay=0.5)
    {'1.': 1.0}
    >>> rates = layer_rates(models.create("resnet20"), decay=0.5)
    >>> rates["fc."], rates["layer3.2."], rates["layer3.1."]
    (1.0, 0.5, 0.25)
    """
    if isinstance(decay, bool) or not isinstance(decay, (int, float)) or not 0 < decay <= 1:
        raise ValueError(f"decay={decay!r} must be a number above 0 and at most 1")
    groups: list[list[str]] = []
    for start, is_norm in _opened(unwrapped(model), ""):
        if is_norm and groups:
            groups[-1].append(start)
        else:
            groups.append([start])
    last = len(groups) - 1
    return {start: float(decay ** (last - i)) for i, group in enumerate(groups) for start in group}


def _opened(module: nn.Module, path: str) -> Iterator[tuple[str, bool]]:
    """The layers with parameters, in order: start of their parameters' names, and whether they normalise."""
    for name, _ in module.named_parameters(recurse=False):
        yield path + name, False
    for name, child in module.named_children():
        if isinstance(child, nn.Sequential):
            yield from _opened(child, f"{path}{name}.")
        elif any(True for _ in child.parameters()):
            yield f"{path}{name}.", isinstance(child, _NORMS)
