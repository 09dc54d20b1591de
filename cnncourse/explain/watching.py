"""What every look inside needs: checked images and targets, a network at rest, and a view of its layers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
import torch
from torch import nn

# Written as text, so that the API pages can be built where torch is not installed.
Images: TypeAlias = "np.ndarray | torch.Tensor"
Targets: TypeAlias = "int | Sequence[int] | np.ndarray | torch.Tensor | None"


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
def watching(model: nn.Module, names: Sequence[str]) -> Iterator[dict[str, torch.Tensor]]:
    """Collect the outputs of layers during a forward pass, in the order in which they run.

    A layer that runs more than once leaves its last output.
    """
    seen: dict[str, torch.Tensor] = {}

    def keep(name: str):
        def hook(module: nn.Module, inputs: tuple, output: torch.Tensor):
            if not isinstance(output, torch.Tensor):
                raise ValueError(
                    f"layer={name!r} returns {type(output).__name__}, not one tensor. "
                    "Choose a layer inside it; model.named_modules() lists them."
                )
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
    if name in modules:
        return modules[name]
    near = difflib.get_close_matches(str(name), modules, n=4, cutoff=0.5)
    some = ", ".join(map(repr, near or list(modules)[:12]))
    hint = f"Did you mean {some}?" if near else f"There are {some}{', …' * (len(modules) > 12)}."
    raise ValueError(f"layer={name!r} is no layer of this {type(model).__name__}. {hint}")


def convolutions(model: nn.Module) -> list[str]:
    """Return the paths of all two-dimensional convolutions, in the order of definition."""
    names = [name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)]
    if not names:
        raise ValueError(
            f"model: this {type(model).__name__} has no Conv2d, so it has neither filters nor feature maps. "
            "Take a convolutional network, or name a layer."
        )
    if names == [""]:
        raise ValueError("model: got a bare Conv2d. Put it into nn.Sequential, so that it has a name.")
    return names


def ready_images(model: nn.Module, images: Images) -> torch.Tensor:
    """Return images as a tensor of their own, on the device and in the type of the network."""
    if not isinstance(images, (np.ndarray, torch.Tensor)):
        raise TypeError(
            f"images: got {type(images).__name__}, but images are a NumPy array or a tensor of shape "
            "(N, C, H, W). Convert with np.asarray."
        )
    images = torch.as_tensor(np.ascontiguousarray(images) if isinstance(images, np.ndarray) else images)
    if images.ndim != 4 or 0 in images.shape:
        remedy = (
            "For one image add an axis: images[None]." if images.ndim == 3 else "Stack images of one size."
        )
        raise ValueError(f"images: got shape {tuple(images.shape)}, but the shape is (N, C, H, W). {remedy}")
    if not images.is_floating_point():
        raise TypeError(
            f"images: got {images.dtype}, but a network takes floats, normalised as in its training. "
            "Pass ((pixels / 255) - mean) / std."
        )
    like = next(model.parameters(), images)
    return images.detach().to(device=like.device, dtype=like.dtype, copy=True)


def answers(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return the logits (N, K) of images; ValueError if the network refuses them or gives something else."""
    try:
        logits = model(images)
    except RuntimeError as error:
        raise ValueError(
            f"images: the network refuses shape {tuple(images.shape)}: {error} "
            "Pass (N, C, H, W) with the channels and the size it was made for."
        ) from error
    if not isinstance(logits, torch.Tensor) or logits.ndim != 2 or len(logits) != len(images):
        found = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise ValueError(
            f"model: it must return logits of shape (N, K), one row per image, and gave {found}."
        )
    return logits


def chosen(logits: torch.Tensor, targets: Targets, argument: str = "targets") -> torch.Tensor:
    """Return one class per image, int64 of shape (N,); without targets the class the network answers."""
    number, classes = logits.shape
    if targets is None:
        return logits.detach().argmax(dim=1)
    given = np.asarray(targets.detach().cpu() if isinstance(targets, torch.Tensor) else targets)
    if given.dtype.kind not in "iu":
        raise TypeError(
            f"{argument}: got {given.dtype}, but a class is a whole number. "
            f"Pass one, or one per image, from 0 to {classes - 1}."
        )
    if given.shape not in ((), (number,)):
        raise ValueError(
            f"{argument}: got shape {given.shape} for {number} images. Pass one class, or one per image."
        )
    if given.min() < 0 or given.max() >= classes:
        raise ValueError(
            f"{argument}: got classes from {given.min()} to {given.max()}, but the network has {classes} "
            f"outputs. Choose from 0 to {classes - 1}."
        )
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
