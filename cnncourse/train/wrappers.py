"""What ``torch.compile`` and ``DataParallel`` put around a network: the network inside, and its own names."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel


def _inner(module: nn.Module) -> str:
    """The name of the network in a wrapper; "" for what is none."""
    if isinstance(module, (DataParallel, DistributedDataParallel)):
        return "module"
    # Its class lies in torch._dynamo, which takes a second to import.
    return "_orig_mod" if type(module).__name__ == "OptimizedModule" else ""


def unwrapped(model: nn.Module) -> nn.Module:
    """The network itself, and an error for what is none."""
    if not isinstance(model, nn.Module):
        got = f"the class {model.__name__}" if isinstance(model, type) else f"a {type(model).__name__}"
        raise TypeError(
            f"model is {got}; pass a network, such as cnncourse.models.create('lenet5') or a torch.nn.Module"
        )
    while name := _inner(model):
        model = getattr(model, name)
    return model


def device_of(model: nn.Module) -> torch.device:
    """Where a network lies; one without parameters computes anywhere."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def own_names(model: nn.Module) -> dict[str, str]:
    """Name in the ``state_dict`` -> name without the wrappers in and around the network."""
    wrappers = [
        (f"{path}.{name}." if path else f"{name}.", name)
        for path, module in model.named_modules(remove_duplicate=False)
        if (name := _inner(module))
    ]
    names = {name: name for name in model.state_dict()}
    for prefix, name in sorted(wrappers, key=lambda pair: -len(pair[0])):  # the innermost first
        for key, own in names.items():
            if own.startswith(prefix):
                names[key] = prefix[: -len(name) - 1] + own[len(prefix) :]
    return names


def own_state(model: nn.Module, state: Mapping[str, torch.Tensor] | None = None) -> dict[str, torch.Tensor]:
    """A ``state_dict`` of the network, by default the current one, under its own names."""
    names = own_names(model)
    return {names[key]: value for key, value in (state or model.state_dict()).items()}


def wrapped_state(model: nn.Module, state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What ``own_state`` gave, under the names that ``model.load_state_dict`` expects."""
    names = {own: key for key, own in own_names(model).items()}
    return {names.get(own, own): value for own, value in state.items()}
