"""NumPy operators that speak ``torch.nn.functional``: same names, arguments, defaults and meaning."""

from cnncourse.ops.adaptive_pool import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    adaptive_max_pool2d,
    adaptive_max_pool2d_backward,
)
from cnncourse.ops.conv import (
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    convolve2d,
)
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
from cnncourse.ops.unfold import fold, fold_backward, unfold, unfold_backward
from cnncourse.ops.activation import hardsigmoid, hardsigmoid_backward, hardswish, hardswish_backward,
hardtanh, hardtanh_backward, leaky_relu, leaky_relu_backward, relu, relu6, relu6_backward, relu_backward
from cnncourse.ops.activation_smooth import elu, elu_backward, gelu, gelu_backward, sigmoid,
sigmoid_backward, silu, silu_backward, softplus, softplus_backward, tanh, tanh_backward from
cnncourse.ops.softmax import log_softmax, log_softmax_backward, softmax, softmax_backward from
cnncourse.ops.loss import cross_entropy, cross_entropy_backward, nll_loss, nll_loss_backward from
cnncourse.ops.loss_elementwise import binary_cross_entropy_with_logits,
binary_cross_entropy_with_logits_backward, mse_loss, mse_loss_backward

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "convolve2d",
    "cross_entropy",
    "cross_entropy_backward",
    "elu",
    "elu_backward",
    "fold",
    "fold_backward",
    "gelu",
    "gelu_backward",
    "hardsigmoid",
    "hardsigmoid_backward",
    "hardswish",
    "hardswish_backward",
    "hardtanh",
    "hardtanh_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "mse_loss",
    "mse_loss_backward",
    "nll_loss",
    "nll_loss_backward",
    "pad",
    "pad_backward",
    "relu",
    "relu6",
    "relu6_backward",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "softmax",
    "softmax_backward",
    "softplus",
    "softplus_backward",
    "sum_pool2d",
    "sum_pool2d_backward",
    "tanh",
    "tanh_backward",
    "unfold",
    "unfold_backward",
]
