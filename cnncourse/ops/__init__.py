"""NumPy operators that speak ``torch.nn.functional``: same names, arguments, defaults and meaning."""

from cnncourse.ops.adaptive_pool import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    adaptive_max_pool2d,
    adaptive_max_pool2d_backward,
)
from cnncourse.ops.conv import conv2d, conv2d_backward
from cnncourse.ops.linear import linear, linear_backward
from cnncourse.ops.pad import pad, pad_backward
from cnncourse.ops.pool import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    sum_pool2d,
    sum_pool2d_backward,
)

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv2d",
    "conv2d_backward",
    "linear",
    "linear_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "pad",
    "pad_backward",
    "sum_pool2d",
    "sum_pool2d_backward",
]
