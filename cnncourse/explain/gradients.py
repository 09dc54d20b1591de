"""What an answer rests on, by gradients: saliency looks at the pixels, Grad-CAM at a layer's maps."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.explain import watching


def saliency(model: nn.Module, images: watching.Images, targets: watching.Targets = None) -> np.ndarray:
    """Say of each pixel how much a small change of it would change the score of a class.

    Parameters
    ----------
    model : nn.Module
        (N, C, H, W) -> (N, K) logits.
    images : ndarray or Tensor of shape (N, C, H, W)
        Floats, normalised as in the network's training.
    targets : int or sequence of N int, default None
        The class asked about, one for all images or one for each. None takes the class the network answers.

    Returns
    -------
    ndarray of shape (N, H, W)
        At least 0. Logits per unit of the input.

    Raises
    ------
    TypeError
        If the images are no floats, or a target is no whole number.
    ValueError
        If the network refuses the images, or a target is out of range.

    Notes
    -----
    ``M[i, j] = max over c of |∂S_t / ∂x[c, i, j]|``, with S_t the logit of class t before any softmax.

    References
    ----------
    Simonyan, Vedaldi, Zisserman: Deep inside convolutional networks, arXiv:1312.6034 (2014), section 3.

    Examples
    --------
    >>> import torch
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False))
    >>> with torch.no_grad():
    ...     _ = net[1].weight.copy_(torch.tensor([[1.0, -3, 0, 2], [0, 0, 0, 0]]))
    >>> saliency(net, torch.ones(1, 1, 2, 2), targets=0)[0]
    array([[1., 3.],
           [0., 2.]], dtype=float32)
    """
    images = watching.ready_images(model, images)
    return watching.to_numpy(_slope(model, images, targets).abs().amax(dim=1))


def gradient_times_input(
    model: nn.Module, images: watching.Images, targets: watching.Targets = None
) -> np.ndarray:
    """Multiply each pixel by the slope of a class's score: a map to be suspicious of.

    Parameters
    ----------
    model, images, targets
        As in `saliency`.

    Returns
    -------
    ndarray of shape (N, H, W)
        ``Σ_c |x[c, i, j] · ∂S_t / ∂x[c, i, j]|``, at least 0. Logits.

    Raises
    ------
    TypeError, ValueError
        As in `saliency`.

    Notes
    -----
    Even with random weights it resembles the picture, since the pixel itself is a factor: see `randomised`.

    References
    ----------
    Adebayo et al.: Sanity checks for saliency maps, NeurIPS (2018), test it under the name gradient ⊙ input.

    Examples
    --------
    >>> import torch
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 1, bias=False))
    >>> with torch.no_grad():
    ...     _ = net[1].weight.copy_(torch.tensor([[1.0, -3.0]]))
    >>> gradient_times_input(net, torch.tensor([[[[2.0, 2.0]]]]))
    array([[[2., 6.]]], dtype=float32)
    """
    images = watching.ready_images(model, images)
    return watching.to_numpy((_slope(model, images, targets) * images).abs().sum(dim=1))


def _slope(model: nn.Module, images: torch.Tensor, targets: watching.Targets) -> torch.Tensor:
    """Derivative of each image's score with respect to its own pixels, (N, C, H, W)."""
    with watching.at_rest(model):
        leaf = images.clone().requires_grad_()
        logits = watching.answers(model, leaf)
        score = watching.scores(logits, watching.chosen(logits, targets)).sum()
        (gradient,) = torch.autograd.grad(score, leaf)
    return gradient


def grad_cam(
    model: nn.Module,
    images: watching.Images,
    targets: watching.Targets = None,
    layer: str | None = None,
    *,
    upsample: bool = True,
) -> np.ndarray:
    """Say of each place of a layer's maps how much it speaks for a class.

    Parameters
    ----------
    model : nn.Module
        (N, C, H, W) -> (N, K) logits.
    images : ndarray or Tensor of shape (N, C, H, W)
        Floats, normalised as in the network's training.
    targets : int or sequence of N int, default None
        The class asked about, one for all images or one for each. None takes the class the network answers.
    layer : str, default None
        Path of a layer that gives (N, C', H', W'): a convolution, a block, a ReLU. None takes the
        convolution that runs last.
    upsample : bool, default True
        Enlarge the map to the size of the image, bilinearly. False returns it as it is.

    Returns
    -------
    ndarray of shape (N, H, W), or (N, H', W') without upsampling
        At least 0, not normalised; all 0 where nothing speaks for the class.

    Raises
    ------
    TypeError
        If the images are no floats, or a target is no whole number.
    ValueError
        If the layer is unknown, never runs or gives no maps, the network refuses the images, or a target is
        out of range.

    Notes
    -----
    With A[k] the layer's maps of H' × W' = Z places and S_t the logit of class t:
    ``α[k] = 1/Z Σ_ij ∂S_t / ∂A[k, i, j]`` and ``map = ReLU(Σ_k α[k] A[k])``.
    Where the maps go into a global mean and then one linear layer, α is that layer's row of weights over Z,
    and the map is the positive part of the class activation map of Zhou et al.
    Behind a convolution often stand batch normalisation and ReLU. What the network goes on with is the output
    of the ReLU, or of the block; name that layer where it matters.

    References
    ----------
    Selvaraju et al.: Grad-CAM, ICCV (2017), section 3, equations 1 and 2.
    Zhou et al.: Learning deep features for discriminative localization, CVPR (2016), section 2.

    Examples
    --------
    >>> import torch
    >>> from cnncourse import models
    >>> net = models.create("resnet20")
    >>> grad_cam(net, torch.zeros(2, 3, 32, 32), targets=[3, 5], layer="layer3", upsample=False).shape
    (2, 8, 8)
    """
    names = watching.convolutions(model) if layer is None else [layer]
    images = watching.ready_images(model, images)
    with watching.at_rest(model), watching.watching(model, names) as seen:
        images.requires_grad_()
        logits = watching.answers(model, images)
        if not seen:
            raise ValueError(f"layer={layer!r} did not run for these images. Choose another one.")
        name, maps = list(seen.items())[-1]
        _check_maps(model, name, maps)
        score = watching.scores(logits, watching.chosen(logits, targets)).sum()
        (gradient,) = torch.autograd.grad(score, maps, allow_unused=True)
    if gradient is None:
        raise ValueError(f"layer={name!r} has no influence on the answer. Choose another one.")
    weights = gradient.mean(dim=(2, 3), keepdim=True)  # (N, C', 1, 1)
    heat = F.relu((weights * maps).sum(dim=1, keepdim=True)).detach()  # (N, 1, H', W')
    if upsample:
        heat = F.interpolate(heat, size=images.shape[2:], mode="bilinear", align_corners=False)
    return watching.to_numpy(heat[:, 0])


def _check_maps(model: nn.Module, name: str, maps: torch.Tensor) -> None:
    if maps.ndim == 4:
        return
    some = ", ".join(map(repr, watching.convolutions(model)[-4:]))
    raise ValueError(
        f"layer={name!r} gives shape {tuple(maps.shape)}, but Grad-CAM needs maps of shape (N, C, H, W). "
        f"Choose a convolution, such as {some}."
    )
