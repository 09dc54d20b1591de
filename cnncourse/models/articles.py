"""The networks of the five introductory articles this course grew from, as their texts state them."""

import torch
from torch import nn
from torch.nn import functional as F


class TwoClassLogits(nn.Module):
    """Turn one logit z into the two logits (0, z): softmax(0, z) = (1 - sigmoid(z), sigmoid(z)).

    (N, 1) -> (N, 2). With it the cross-entropy of two classes is the binary cross-entropy of a single sigmoid
    unit.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.pad(x, (1, 0))


def article1(num_classes: int = 2, in_channels: int = 3) -> nn.Module:
    """Cats and dogs: two convolutions of 32 filters, one hidden layer, one sigmoid unit.

    Input size: 3×64×64. Parameters: 813,217.

    Parameters
    ----------
    num_classes : int
        Number of classes. Two classes share the article's single sigmoid unit; more get a logit each.
    in_channels : int
        Channels of the input.

    Returns
    -------
    nn.Module
        (N, in_channels, 64, 64) -> (N, num_classes). Sides 64 → 62 → 31 → 29 → 14, then 6272 → 128.

    References
    ----------
    Article 1 of the five: "cats/dogs CNN", 25 epochs at batch 32.
    """
    if num_classes == 2:
        head = [nn.Linear(128, 1), TwoClassLogits()]
    else:
        head = [nn.Linear(128, num_classes)]
    return nn.Sequential(
        nn.Conv2d(in_channels, 32, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 32, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 14 * 14, 128),
        nn.ReLU(),
        *head,
    )


def article2(num_classes: int = 10, in_channels: int = 3) -> nn.Module:
    """MNIST with one dense layer of sigmoid units. There is no convolution in it.

    Input size: 1×28×28. Parameters: 7,850.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    in_channels : int
        Channels of the input; 1 for digits.

    Returns
    -------
    nn.Module
        (N, in_channels, 28, 28) -> (N, num_classes), the logarithms of the sigmoid outputs.

    Notes
    -----
    The article trains on the cross-entropy of the sigmoid outputs s after they are divided by their sum.
    Since softmax(log s) = s / Σs, the usual cross-entropy of log s is that same loss.

    References
    ----------
    Article 2 of the five: Adam, batch 32, 5 epochs.
    """
    return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * 28 * 28, num_classes), nn.LogSigmoid())


def article3(num_classes: int = 10, in_channels: int = 3) -> nn.Module:
    """MNIST with one convolution and one pooling layer.

    Input size: 1×28×28. Parameters: 542,230.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input; 1 for digits.

    Returns
    -------
    nn.Module
        (N, in_channels, 28, 28) -> (N, num_classes). Sides 28 → 26 → 13, then 5408 → 100.

    Notes
    -----
    The article's listing has lost its numbers. It leaves the order (convolution, 2×2 pooling, dense, output)
    and 3×3 kernels in its worked example; 32 filters and 100 hidden units are our choice. Dropout is imported
    there and not used.

    References
    ----------
    Article 3 of the five: 10 epochs.
    """
    return nn.Sequential(
        nn.Conv2d(in_channels, 32, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 13 * 13, 100),
        nn.ReLU(),
        nn.Linear(100, num_classes),
    )


def article4(num_classes: int = 10, in_channels: int = 3) -> nn.Module:
    """MNIST with two convolutions and dropout: the ``mnist_cnn`` example of Keras.

    Input size: 1×28×28. Parameters: 1,199,882.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input; 1 for digits.

    Returns
    -------
    nn.Module
        (N, in_channels, 28, 28) -> (N, num_classes). Sides 28 → 26 → 24 → 12, then 9216 → 128.

    References
    ----------
    Article 4 of the five: batch 128, 12 epochs, after Keras' examples/mnist_cnn.py.
    """
    return nn.Sequential(
        nn.Conv2d(in_channels, 32, kernel_size=3),
        nn.ReLU(),
        nn.Conv2d(32, 64, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(64 * 12 * 12, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, num_classes),
    )


def article5(num_classes: int = 10, in_channels: int = 3) -> nn.Module:
    """MNIST in PyTorch: two convolutions of 5×5, each pooled, and two dense layers.

    Input size: 1×28×28. Parameters: 431,080.

    Parameters
    ----------
    num_classes : int
        Number of outputs (logits).
    in_channels : int
        Channels of the input; 1 for digits.

    Returns
    -------
    nn.Module
        (N, in_channels, 28, 28) -> (N, num_classes). Sides 28 → 24 → 12 → 8 → 4, then 800 → 500.

    References
    ----------
    Article 5 of the five. The same sizes stand in Caffe's LeNet example.
    """
    return nn.Sequential(
        nn.Conv2d(in_channels, 20, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(20, 50, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(50 * 4 * 4, 500),
        nn.ReLU(),
        nn.Linear(500, num_classes),
    )
