"""torchvision's ImageNet weights into our networks of the same architecture."""

from urllib.error import URLError

import torch
from torch import nn


def load_weights(model: nn.Module, architecture: str, keep_head: bool) -> None:
    """Load torchvision's first ImageNet weights of an architecture into ``model``.

    Parameters
    ----------
    model : nn.Module
        A network with the parameter names of torchvision's ``architecture``.
    architecture : str
        torchvision's name, for example ``"resnet18"``.
    keep_head : bool
        Load the last layer too (1000 ImageNet classes). False leaves the last layer of ``model`` as it is.

    Raises
    ------
    OSError
        If the file is not in torch's cache and cannot be fetched.
    """
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
    if not keep_head:
        head = list(model.state_dict())[-1].rsplit(".", 1)[0]  # "fc" or "classifier.6"
        state.update({key: value for key, value in model.state_dict().items() if key.startswith(head + ".")})
    model.load_state_dict(state)
