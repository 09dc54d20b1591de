"""A neural network library small enough to read: the classes of `torch.nn`, in NumPy.

>>> from cnncourse import nn
>>> net = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2, rng=0), nn.ReLU(), nn.MaxPool2d(2))
>>> list(net.state_dict())
['0.weight', '0.bias']
"""

from cnncourse.nn import init, optim
from cnncourse.nn.containers import Residual, Sequential
from cnncourse.nn.layers import BatchNorm2d, Conv2d, Linear
from cnncourse.nn.loss import CrossEntropyLoss
from cnncourse.nn.module import Module, Parameter
from cnncourse.nn.stateless import AvgPool2d, Dropout, Flatten, MaxPool2d, ReLU, Sigmoid, Tanh

__all__ = [
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "Linear",
    "MaxPool2d",
    "Module",
    "Parameter",
    "ReLU",
    "Residual",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "init",
    "optim",
]
