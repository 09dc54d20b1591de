"""Follow a recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from cnncourse import models, train
from cnncourse.data import ImageData
from cnncourse.recipes.outcome import Outcome
from cnncourse.recipes.recipe import Recipe


def run(
    recipe: Recipe,
    images: ImageData,
    test: ImageData,
    config: train.TrainConfig | None = None,
    *,
    out: str | Path | None = None,
    resume: bool = False,
) -> Outcome:
    """Train a recipe's network with its settings and measure it after every epoch.

    Parameters
    ----------
    recipe : Recipe
        One of `RECIPES`.
    images, test : ImageData
        Training and test part of its data, or of what stands in for them.
    config : TrainConfig, default None
        The recipe's settings with a change, such as another seed or fewer epochs; None: as they are.
    out : path, default None
        Folder for weights, history and settings.
    resume : bool, default False
        Go on with the run in ``out``, if there is one.

    Returns
    -------
    Outcome

    Raises
    ------
    TypeError
        If ``recipe`` is no recipe.

    Notes
    -----
    The test images choose nothing: the network that is reported is that of the last epoch.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from cnncourse import data
    >>> from cnncourse.recipes import RECIPES
    >>> recipe = RECIPES["article2"]
    >>> config = replace(recipe.config, epochs=2, progress=False)
    >>> outcome = run(recipe, data.load("digits"), data.load("digits", "test"), config)
    >>> outcome.parameters, len(outcome.history.records), outcome.history.records[-1].valid_accuracy > 0.5
    (7850, 2, True)
    """
    if not isinstance(recipe, Recipe):
        raise TypeError(f"recipe is {recipe!r}; pass one of recipes.RECIPES, such as RECIPES['article2']")
    config = config or recipe.config
    torch.manual_seed(config.seed)
    channels = images.images.shape[1]
    model = models.create(recipe.name, len(images.classes), channels)
    if recipe.keras:
        start_like_keras(model)
        images = replace(images, mean=(0.0,) * channels, std=(1.0,) * channels)
    history = train.fit(model, images, test, config, out=out, resume=resume)
    return Outcome(sum(p.numel() for p in model.parameters()), history)


def start_like_keras(model: nn.Module) -> None:
    """Give every convolution and dense layer Keras' first weights: Glorot's uniform ones, and biases 0."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
