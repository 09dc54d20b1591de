"""Names of the networks: what can be created, and what images each expects."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import NamedTuple

from torch import nn

from cnncourse.models import (
    alexnet,
    articles,
    googlenet,
    lenet,
    mlp,
    nin,
    pretrained,
    resnet,
    resnet_cifar,
    vgg,
    zfnet,
)


class Entry(NamedTuple):
    build: Callable[..., nn.Module]  # (num_classes, in_channels) -> nn.Module
    side: int  # height and width of the images it was made for, pixels
    channels: int  # their channels
    torchvision: str | None = None  # the torchvision architecture with the same state_dict, if there is one


_DIGITS = (28, 1)
_PHOTOS = (224, 3)
_SMALL_PHOTOS = (32, 3)

_ENTRIES: dict[str, Entry] = {
    "perceptron": Entry(mlp.perceptron, *_DIGITS),
    "mlp": Entry(mlp.mlp, *_DIGITS),
    "lenet5": Entry(lenet.lenet5, *_DIGITS),
    "lenet5_1998": Entry(lenet.lenet5_1998, 32, 1),
    "article1": Entry(articles.article1, 64, 3),
    "article2": Entry(articles.article2, *_DIGITS),
    "article3": Entry(articles.article3, *_DIGITS),
    "article4": Entry(articles.article4, *_DIGITS),
    "article5": Entry(articles.article5, *_DIGITS),
    "alexnet": Entry(alexnet.alexnet, 227, 3),
    "alexnet_two_groups": Entry(alexnet.alexnet_two_groups, 227, 3),
    "alexnet_torchvision": Entry(alexnet.alexnet_torchvision, *_PHOTOS, "alexnet"),
    "zfnet": Entry(zfnet.zfnet, *_PHOTOS),
    "vgg11": Entry(vgg.vgg11, *_PHOTOS, "vgg11"),
    "vgg13": Entry(vgg.vgg13, *_PHOTOS, "vgg13"),
    "vgg16": Entry(vgg.vgg16, *_PHOTOS, "vgg16"),
    "vgg19": Entry(vgg.vgg19, *_PHOTOS, "vgg19"),
    "vgg11_bn": Entry(vgg.vgg11_bn, *_PHOTOS, "vgg11_bn"),
    "vgg13_bn": Entry(vgg.vgg13_bn, *_PHOTOS, "vgg13_bn"),
    "vgg16_bn": Entry(vgg.vgg16_bn, *_PHOTOS, "vgg16_bn"),
    "vgg19_bn": Entry(vgg.vgg19_bn, *_PHOTOS, "vgg19_bn"),
    "nin": Entry(nin.nin, 227, 3),
    "googlenet": Entry(googlenet.googlenet, *_PHOTOS),
    "googlenet_bn": Entry(googlenet.googlenet_bn, *_PHOTOS, "googlenet"),
    "resnet18": Entry(resnet.resnet18, *_PHOTOS, "resnet18"),
    "resnet34": Entry(resnet.resnet34, *_PHOTOS, "resnet34"),
    "resnet50": Entry(resnet.resnet50, *_PHOTOS, "resnet50"),
    "resnet101": Entry(resnet.resnet101, *_PHOTOS, "resnet101"),
    "resnet152": Entry(resnet.resnet152, *_PHOTOS, "resnet152"),
    "resnet20": Entry(resnet_cifar.resnet20, *_SMALL_PHOTOS),
    "resnet32": Entry(resnet_cifar.resnet32, *_SMALL_PHOTOS),
    "resnet44": Entry(resnet_cifar.resnet44, *_SMALL_PHOTOS),
    "resnet56": Entry(resnet_cifar.resnet56, *_SMALL_PHOTOS),
    "resnet110": Entry(resnet_cifar.resnet110, *_SMALL_PHOTOS),
}


def names() -> list[str]:
    """The names that ``create`` knows, family by family.

    Returns
    -------
    list of str

    Examples
    --------
    >>> names()[:3]
    ['perceptron', 'mlp', 'lenet5']
    """
    return list(_ENTRIES)


def image_shape(name: str) -> tuple[int, int, int]:
    """Channels, height and width of the images a network was made for.

    Parameters
    ----------
    name : str
        One of ``names()``.

    Returns
    -------
    tuple of three int
        (C, H, W), height and width in pixels.

    Raises
    ------
    ValueError
        If the name is unknown.

    Examples
    --------
    >>> image_shape("lenet5")
    (1, 28, 28)
    """
    entry = _entry(name)
    return (entry.channels, entry.side, entry.side)


def create(name: str, num_classes: int = 10, in_channels: int = 3, weights: str | None = None) -> nn.Module:
    """Build a network by name.

    Parameters
    ----------
    name : str
        One of ``names()``.
    num_classes : int
        Number of outputs.
    in_channels : int
        Channels of the input images: 1 for grey, 3 for colour.
    weights : {None, "cifar10", "imagenet"}
        None leaves PyTorch's random initialisation. ``"cifar10"`` is a ResNet-20 that ships with the package.
        ``"imagenet"`` loads torchvision's weights (fetched once and kept in torch's cache) where the
        architecture is torchvision's. With another number of classes than the weights have, the last layer
        keeps its random start.

    Returns
    -------
    nn.Module
        (N, in_channels, H, W) -> (N, num_classes), on the CPU, in training mode. ``model.spec`` holds the
        first three arguments, so that a saved run can build it again. With weights, ``model.trained_on`` says
        which classes they tell apart and the mean and standard deviation of pixels they expect, which
        ``fit``, ``evaluate`` and ``predict`` of `cnncourse.train` then use.

    Raises
    ------
    ValueError
        If a name, number or weights argument is unknown or out of range.
    OSError
        If the ImageNet weights can be neither found nor fetched.

    Examples
    --------
    >>> create("resnet20", num_classes=10).spec
    {'name': 'resnet20', 'num_classes': 10, 'in_channels': 3}
    >>> create("resnet20", weights="cifar10").trained_on["classes"][3:6]
    ['cat', 'deer', 'dog']
    """
    entry = _entry(name)
    for argument, value in (("num_classes", num_classes), ("in_channels", in_channels)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{argument}={value!r} must be a whole number of at least 1")
    model = entry.build(num_classes, in_channels)
    if weights == "imagenet" and entry.torchvision is None:
        fitting = ", ".join(n for n, e in _ENTRIES.items() if e.torchvision)
        raise ValueError(f"{name!r} has no ImageNet weights in torchvision; these have: {fitting}")
    if weights is not None:
        model.trained_on = pretrained.load(model, name, entry.torchvision, weights, num_classes, in_channels)
    model.spec = {"name": name, "num_classes": num_classes, "in_channels": in_channels}
    return model


def _entry(name: str) -> Entry:
    """The entry of a name, or a ValueError that lists near matches."""
    if name in _ENTRIES:
        return _ENTRIES[name]
    near = difflib.get_close_matches(str(name).lower().replace("-", ""), _ENTRIES, n=4, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"known names: {', '.join(_ENTRIES)}"
    raise ValueError(f"name={name!r} is no known model; {hint}")
