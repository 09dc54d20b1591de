"""The operators as one writes them on a blackboard: a loop for every index, nothing clever.

These functions are for reading, and for checking the fast ones. They are hundreds of times slower than their
namesakes in `cnncourse.ops`, which say more about the arguments.
"""

from cnncourse.ops.naive.conv import conv2d, conv_transpose2d
from cnncourse.ops.naive.dense import cross_entropy, linear, relu, softmax
from cnncourse.ops.naive.pool import avg_pool2d, max_pool2d, sum_pool2d

__all__ = [
    "avg_pool2d",
    "conv2d",
    "conv_transpose2d",
    "cross_entropy",
    "linear",
    "max_pool2d",
    "relu",
    "softmax",
    "sum_pool2d",
]
