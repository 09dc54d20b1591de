"""What an answer rests on, by gradients: of pixels, of a layer's maps; and the step that turns the answer."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.errors import message
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
        ``max over c of |∂S_t / ∂x[c, i, j]|``, with S_t the logit of class t before any softmax; at least 0.

    Raises
    ------
    TypeError
        If the images are no floats, or a target is no whole number.
    ValueError
        If the network refuses the images, or a target is out of range.

    References
    ----------
    Simonyan, Vedaldi, Zisserman: Deep inside convolutional networks, arXiv:1312.6034 (2014), section 3.

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False))
    >>> _ = net[1].weight.data.copy_(torch.tensor([[1.0, -3, 0, 2], [0, 0, 0, 0]]))
    >>> saliency(net, torch.ones(1, 1, 2, 2), targets=0).tolist()
    [[[1.0, 3.0], [0.0, 2.0]]]
    """
    images = watching.ready_images(model, images)
    return watching.to_numpy(_slope(model, images, targets).abs().amax(dim=1))


def gradient_times_input(
    model: nn.Module, images: watching.Images, targets: watching.Targets = None
) -> np.ndarray:
    """Multiply each pixel by the slope of a class's score: a map to be suspicious of.

    Even with random weights it resembles the picture, since the pixel itself is a factor: see `randomised`.

    Parameters
    ----------
    model, images, targets
        As in `saliency`, errors too.

    Returns
    -------
    ndarray of shape (N, H, W)
        ``Σ_c |x[c, i, j] · ∂S_t / ∂x[c, i, j]|``, at least 0. Logits.

    References
    ----------
    Adebayo et al.: Sanity checks for saliency maps, NeurIPS (2018), test it under the name gradient ⊙ input.

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 1, bias=False))
    >>> _ = net[1].weight.data.copy_(torch.tensor([[1.0, -3.0]]))
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
    model, images, targets
        As in `saliency`.
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
    TypeError, ValueError
        As in `saliency`; and if the layer is unknown, never runs or gives no maps.

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
    >>> from cnncourse import models
    >>> net = models.create("resnet20")
    >>> grad_cam(net, torch.zeros(2, 3, 32, 32), targets=[3, 5], layer="layer3", upsample=False).shape
    (2, 8, 8)
    """
    names = watching.convolutions(model) if layer is None else [layer]
    images = watching.ready_images(model, images)
    remedy = "Choose another layer: model.named_modules() lists them."
    with watching.at_rest(model), watching.outputs_of(model, names) as seen:
        images.requires_grad_()
        logits = watching.answers(model, images)
        if not seen:
            raise ValueError(message("layer", f"{layer!r}, which did not", "must run", remedy))
        name, maps = list(seen.items())[-1]
        if maps.ndim != 4:
            rule = f"must give maps of shape (N, C, H, W), such as {watching.some_convolutions(model)}"
            raise ValueError(message("layer", f"{name!r} with {tuple(maps.shape)}", rule, remedy))
        score = watching.scores(logits, watching.chosen(logits, targets)).sum()
        (gradient,) = torch.autograd.grad(score, maps, allow_unused=True)
    if gradient is None:
        raise ValueError(message("layer", repr(name), "must have influence on the answer", remedy))
    weights = gradient.mean(dim=(2, 3), keepdim=True)  # (N, C', 1, 1)
    heat = F.relu((weights * maps).sum(dim=1, keepdim=True)).detach()  # (N, 1, H', W')
    if upsample:
        heat = F.interpolate(heat, size=images.shape[2:], mode="bilinear", align_corners=False)
    return watching.to_numpy(heat[:, 0])


def nudge(
    model: nn.Module,
    images: watching.Images,
    labels: watching.Targets = None,
    epsilon: float = 0.03,
    *,
    mean: watching.PerChannel = 0.0,
    std: watching.PerChannel = 1.0,
) -> np.ndarray:
    """Move every pixel by at most epsilon, in the direction that makes the loss grow.

    Parameters
    ----------
    model, images
        As in `saliency`.
    labels : int or sequence of N int, default None
        The true classes. None takes what the network answers.
    epsilon : float, default 0.03
        How far a pixel may move, in parts of the range from black (0) to white (1).
    mean, std : float or sequence of C float, default 0 and 1
        What the images were normalised with, in 0–1 units.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        Normalised images again; each pixel is still between black and white.

    Raises
    ------
    TypeError, ValueError
        As in `saliency`; and if epsilon is not between 0 and 1, or mean and std do not fit the channels.

    Notes
    -----
    In pixels p from 0 to 1: ``p' = clip(p + ε sign(∂L/∂p), 0, 1)``, with L the cross-entropy of the labels.
    The sign of ∂L/∂p is that of ∂L/∂x, since x = (p - mean) / std.

    References
    ----------
    Goodfellow, Shlens, Szegedy: Explaining and harnessing adversarial examples, arXiv:1412.6572 (2015),
    section 4: the fast gradient sign method.

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
    >>> _ = net[1].weight.data.copy_(torch.tensor([[1.0, -1.0], [0.0, 0.0]]))
    >>> nudge(net, torch.tensor([[[[0.5, 0.9]]]]), labels=0, epsilon=0.25).round(2).tolist()
    [[[[0.25, 1.0]]]]
    """
    images = watching.ready_images(model, images)
    if not 0 <= epsilon <= 1:
        raise ValueError(message("epsilon", epsilon, "must be from 0 to 1", "White is 1: divide by 255."))
    mean, std = watching.per_channel("mean", mean, images), watching.per_channel("std", std, images)
    if (std <= 0).any():
        remedy = "Pass what the images were divided by."
        raise ValueError(message("std", std.flatten().tolist(), "must be above 0", remedy))
    with watching.at_rest(model):
        images.requires_grad_()
        logits = watching.answers(model, images)
        classes = watching.chosen(logits, labels, "labels")
        (gradient,) = torch.autograd.grad(F.cross_entropy(logits, classes, reduction="sum"), images)
    pixels = (images.detach() * std + mean + epsilon * gradient.sign()).clamp(0, 1)
    return watching.to_numpy((pixels - mean) / std)
