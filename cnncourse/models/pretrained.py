"""Trained weights into our networks: the file that ships with the package, and torchvision's for ImageNet."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.error import URLError

import torch
from torch import nn

FOLDER = Path(__file__).with_name("weights")
# Of ImageNet's channels: torchvision's weights expect pixels normalised with these two.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def load(
    model: nn.Module,
    name: str,
    torchvision_name: str | None,
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
    state, trained_on = _imagenet(torchvision_name) if shipped is None else (_shipped(name, weights), shipped)
    own = model.state_dict()
    state = {key: value.to(own[key].dtype) for key, value in state.items()}
    if num_classes != len(trained_on["classes"]):
        head = list(own)[-1].rsplit(".", 1)[0] + "."  # "fc." or "classifier.6."
        state.update({key: value for key, value in own.items() if key.startswith(head)})
        trained_on["classes"] = [str(number) for number in range(num_classes)]
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
            'that torchvision has take weights="imagenet"'
        )
    return json.loads(path.read_text(encoding="utf-8"))


def _shipped(name: str, weights: str) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(FOLDER / f"{name}_{weights}.safetensors")


def _imagenet(architecture: str) -> tuple[dict[str, torch.Tensor], dict]:
    """torchvision's first ImageNet weights of an architecture."""
    from torchvision.models import get_model_weights

    weights = get_model_weights(architecture).IMAGENET1K_V1
    try:
        state = weights.get_state_dict(progress=False, check_hash=True)
    except (URLError, ConnectionError, TimeoutError) as error:
        raise OSError(
            f"the ImageNet weights of {architecture} are not here and could not be fetched ({error}); "
            f"fetch {weights.url} elsewhere and put it into {torch.hub.get_dir()}/checkpoints"
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
