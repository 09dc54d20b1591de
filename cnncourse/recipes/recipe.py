"""What a recipe is: a network by name, its data, its settings, and what the article says came out."""

from __future__ import annotations

from dataclasses import dataclass

from cnncourse.train import TrainConfig


@dataclass(frozen=True)
class Stated:
    """The figures an article states; None or an empty tuple where it states none.

    Parameters
    ----------
    parameters : int, default None
        Trainable parameters of the network.
    train_loss, train_accuracy : tuple of float, default ()
        On the training images, one value per epoch.
    test_accuracy : str, default ""
        On the test images, in the article's own form, such as "up to 90%".
    """

    parameters: int | None = None
    train_loss: tuple[float, ...] = ()
    train_accuracy: tuple[float, ...] = ()
    test_accuracy: str = ""


@dataclass(frozen=True)
class Recipe:
    """One article's system.

    Parameters
    ----------
    name : str
        Of the recipe and of its network in `cnncourse.models`.
    title : str
        The system in a few words.
    data : {"mnist", "cats_dogs"}
        What it is trained on.
    config : TrainConfig
        Epochs, batch size, optimiser, augmentation.
    stated : Stated
        What the article says came out.
    keras : bool, default True
        Start as the article's library does: pixels from 0 to 1, Glorot weights, biases 0. Else as PyTorch and
        this course do: PyTorch's weights, pixels with mean 0 and spread 1.
    alternative : TrainConfig, default None
        Settings for a second training of the same network from the same start; None: there is none.
    stretch : tuple of int, default None
        Height and width the pictures are stretched to; None where they have one size.
    choices : str
        What the article does not say, and what is done instead.
    why : str
        Why the figures differ where they differ.
    """

    name: str
    title: str
    data: str
    config: TrainConfig
    stated: Stated
    choices: str
    why: str
    keras: bool = True
    alternative: TrainConfig | None = None
    stretch: tuple[int, int] | None = None
