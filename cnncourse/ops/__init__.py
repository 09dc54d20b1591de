"""NumPy operators that speak ``torch.nn.functional``: same names, arguments, defaults and meaning.

`<op>_backward(grad_output, <the arguments of op>)` returns the gradients in the order of the inputs, each of
the shape of its input. It refuses what `<op>` refuses, and a `grad_output` of another shape or dtype than the
output. Complex numbers are taken by convolutions and `linear` alone.
"""

from cnncourse.ops.activation import (
    hardsigmoid,
    hardsigmoid_backward,
    hardswish,
    hardswish_backward,
    hardtanh,
    hardtanh_backward,
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu6,
    relu6_backward,
    relu_backward,
)
from cnncourse.ops.activation_smooth import (
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    sigmoid,
    sigmoid_backward,
    silu,
    silu_backward,
    softplus,
    softplus_backward,
    tanh,
    tanh_backward,
)
from cnncourse.ops.adaptive_pool import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    adaptive_max_pool2d,
    adaptive_max_pool2d_backward,
)
from cnncourse.ops.avg_pool import avg_pool2d, avg_pool2d_backward, sum_pool2d, sum_pool2d_backward
from cnncourse.ops.boxes import box_iou, match_boxes, nms
from cnncourse.ops.conv import (
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    convolve2d,
)
from cnncourse.ops.dropout import dropout, dropout_backward
from cnncourse.ops.gradcheck import GradientError, gradcheck
from cnncourse.ops.linear import linear, linear_backward
from cnncourse.ops.loss import cross_entropy, cross_entropy_backward, nll_loss, nll_loss_backward
from cnncourse.ops.loss_elementwise import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_backward,
    mse_loss,
    mse_loss_backward,
)
from cnncourse.ops.norm import batch_norm, batch_norm_backward
from cnncourse.ops.norm_sample import group_norm, group_norm_backward, layer_norm, layer_norm_backward
from cnncourse.ops.pad import pad, pad_backward
from cnncourse.ops.pool import max_pool2d, max_pool2d_backward
from cnncourse.ops.response_norm import local_response_norm, local_response_norm_backward
from cnncourse.ops.softmax import log_softmax, log_softmax_backward, softmax, softmax_backward
from cnncourse.ops.unfold import fold, fold_backward, unfold, unfold_backward

__all__ = [
    "GradientError",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "box_iou",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "convolve2d",
    "cross_entropy",
    "cross_entropy_backward",
    "dropout",
    "dropout_backward",
    "elu",
    "elu_backward",
    "fold",
    "fold_backward",
    "gelu",
    "gelu_backward",
    "gradcheck",
    "group_norm",
    "group_norm_backward",
    "hardsigmoid",
    "hardsigmoid_backward",
    "hardswish",
    "hardswish_backward",
    "hardtanh",
    "hardtanh_backward",
    "layer_norm",
    "layer_norm_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "local_response_norm",
    "local_response_norm_backward",
    "log_softmax",
    "log_softmax_backward",
    "match_boxes",
    "max_pool2d",
    "max_pool2d_backward",
    "mse_loss",
    "mse_loss_backward",
    "nll_loss",
    "nll_loss_backward",
    "nms",
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
