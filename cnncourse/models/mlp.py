"""Networks without convolution, to compare with: perceptron and multilayer perceptron for 28×28 images."""

from torch import nn


def perceptron(num_classes: int = 10, in_channels: int = 3) -> nn.Module:
    """One linear layer on the pixels: each class has one template.

    Input size: 1×28×28. Parameters: 7,850.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input; 1 for digits.

    Returns
    -------
    nn.Module
        (N, in_channels, 28, 28) -> (N, num_classes).

    References
    ----------
    Rosenblatt: The perceptron, Psychological Review 65 (1958). As softmax regression: Zhang et al., Dive into
    Deep Learning, section 4.1.
    """
    return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * 28 * 28, num_classes))


def mlp(num_classes: int = 10, in_channels: int = 3) -> nn.Module:
    """Two hidden layers of 128 and 64 units.

    Input size: 1×28×28. Parameters: 109,386.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input; 1 for digits.

    Returns
    -------
    nn.Module
        (N, in_channels, 28, 28) -> (N, num_classes).

    References
    ----------
    Rumelhart, Hinton, Williams: Learning representations by back-propagating errors, Nature 323 (1986).
    """
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(in_channels * 28 * 28, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, num_classes),
    )
