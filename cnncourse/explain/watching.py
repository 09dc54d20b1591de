"""What every look inside needs: checked images and targets, a network at rest, and a view of its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
import torch
from torch import nn

from cnncourse.errors import did_you_mean, message

# Written as text, so that the API pages can be built where torch is not installed.
Images: TypeAlias = "np.ndarray | torch.Tensor"
Targets: TypeAlias = "int | Sequence[int] | np.ndarray | torch.Tensor | None"
PerChannel: TypeAlias = "float | Sequence[float]"


@contextmanager
def at_rest(model: nn.Module) -> Iterator[None]:
    """Evaluation mode with gradients allowed; afterwards every module is in the mode it was in."""
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        for module, training in modes.items():
            module.training = training


@contextmanager
def outputs_of(model: nn.Module, names: Sequence[str]) -> Iterator[dict[str, torch.Tensor]]:
    """Collect the outputs of layers in the order in which they run; of one that runs twice, the last."""
    seen: dict[str, torch.Tensor] = {}

    def keep(name: str):
        def hook(module: nn.Module, inputs: tuple, output: torch.Tensor):
            if not isinstance(output, torch.Tensor):
                got, remedy = f"a {type(output).__name__} from {name!r}", "Choose a layer inside it."
                raise ValueError(message("layer", got, "must return one tensor", remedy))
            seen.pop(name, None)
            seen[name] = output
            return output.clone()  # a ReLU that works in place must not change what we keep

        return hook

    handles = [find_layer(model, name).register_forward_hook(keep(name)) for name in names]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def find_layer(model: nn.Module, name: str) -> nn.Module:
    """Return the module of this path; ValueError with near matches if there is none."""
    modules = dict(model.named_modules())
    modules.pop("")
    if name not in modules:
        rule = f"must be a layer of this {type(model).__name__}"
        raise ValueError(message("layer", repr(name), rule, did_you_mean(name, modules)))
    return modules[name]


def convolutions(model: nn.Module) -> list[str]:
    """Return the paths of all two-dimensional convolutions, in the order of definition."""
    names = [name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)]
    if not names:
        rule, remedy = "must have a Conv2d to show filters or maps of", "Name a layer of another kind."
        raise ValueError(message("model", f"a {type(model).__name__} without one", rule, remedy))
    if names == [""]:
        rule, remedy = "must have layers with names", "Put it into nn.Sequential."
        raise ValueError(message("model", "a bare Conv2d", rule, remedy))
    return names


def some_convolutions(model: nn.Module) -> str:
    """Return a few of their paths, for the text of an error."""
    names = convolutions(model)
    return ", ".join(map(repr, names if len(names) < 5 else [*names[:2], *names[-2:]]))


def ready_images(model: nn.Module, images: Images) -> torch.Tensor:
    """Return images as a tensor of their own, on the device and in the type of the network."""
    if not isinstance(images, (np.ndarray, torch.Tensor)):
        rule, remedy = "must be an array or a tensor of shape (N, C, H, W)", "Convert with np.asarray."
        raise TypeError(message("images", f"a {type(images).__name__}", rule, remedy))
    images = torch.as_tensor(np.ascontiguousarray(images) if isinstance(images, np.ndarray) else images)
    if images.ndim != 4 or 0 in images.shape:
        got = f"shape {tuple(images.shape)}"
        remedy = "For one image add an axis: images[None]." if images.ndim == 3 else "Stack images."
        raise ValueError(message("images", got, "must have shape (N, C, H, W)", remedy))
    if not images.is_floating_point():
        remedy = "Pass (pixels / 255 - mean) / std."
        raise TypeError(message("images", images.dtype, "must be floats, normalised as in training", remedy))
    like = next(model.parameters(), images)
    return images.detach().to(device=like.device, dtype=like.dtype, copy=True)


def per_channel(argument: str, value: PerChannel, images: torch.Tensor) -> torch.Tensor:
    """Return a number, or one per channel, as a tensor that fits (N, C, H, W)."""
    numbers = torch.as_tensor(value, dtype=images.dtype, device=images.device).reshape(1, -1, 1, 1)
    if numbers.shape[1] not in (1, images.shape[1]):
        rule = f"must be one number, or one for each of {images.shape[1]} channels"
        raise ValueError(
            message(argument, f"{numbers.shape[1]} numbers", rule, "Pass one number to all, or as many.")
        )
    return numbers


def answers(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return the logits (N, K) of images; ValueError if the network refuses them or gives something else."""
    try:
        logits = model(images)
    except RuntimeError as error:
        rule, got = "must have the shape that the network was made for", f"{tuple(images.shape)}"
        raise ValueError(message("images", got, rule, f"The network says: {error}")) from error
    if not isinstance(logits, torch.Tensor) or logits.ndim != 2 or len(logits) != len(images):
        found = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        rule, remedy = "must return logits of shape (N, K)", "Flatten its output to one row per image."
        raise ValueError(message("model", found, rule, remedy))
    return logits


def chosen(logits: torch.Tensor, targets: Targets, argument: str = "targets") -> torch.Tensor:
    """Return one class per image, int64 of shape (N,); without targets the class the network answers."""
    number, classes = logits.shape
    if targets is None:
        return logits.detach().argmax(dim=1)
    given = np.asarray(targets.detach().cpu() if isinstance(targets, torch.Tensor) else targets)
    remedy = f"Pass one class, or one per image, from 0 to {classes - 1}."
    if given.dtype.kind not in "iu":
        raise TypeError(message(argument, given.dtype, "must be whole numbers", remedy))
    if given.shape not in ((), (number,)):
        rule = f"must have shape () or ({number},) for {number} images"
        raise ValueError(message(argument, f"shape {given.shape}", rule, remedy))
    if given.min() < 0 or given.max() >= classes:
        rule, got = f"must be among the network's {classes} outputs", f"{given.min()} to {given.max()}"
        raise ValueError(message(argument, got, rule, remedy))
    given = np.broadcast_to(given, (number,)).astype(np.int64)
    return torch.as_tensor(given.copy(), device=logits.device)


def scores(logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Return the logit of each image's class, shape (N,)."""
    return logits.gather(1, classes[:, None])[:, 0]


def to_numpy(tensor: torch.Tensor) -> np.ndarray:
    """Return a copy of a tensor as an array; 16-bit floats become float32, which NumPy knows."""
    tensor = tensor.detach().cpu()
    if tensor.dtype in (torch.bfloat16, torch.float16):
        tensor = tensor.float()
    return tensor.numpy().copy()
