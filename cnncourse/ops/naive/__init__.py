"""The operators as one writes them on a blackboard: a loop for every index, nothing clever.

These functions are for reading, and for checking the fast ones. They are hundreds of times slower than their
namesakes in `cnncourse.ops`, which say more about the arguments.
"""

from cnncourse.ops.naive.conv import conv2d, conv2d_backward, conv_transpose2d
from cnncourse.ops.naive.dense import cross_entropy, linear, linear_backward, relu, softmax
from cnncourse.ops.naive.pool import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    sum_pool2d,
)

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "cross_entropy",
    "linear",
    "linear_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "relu",
    "softmax",
    "sum_pool2d",
]
