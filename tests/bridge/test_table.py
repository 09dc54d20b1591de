"""Every row of the table beside torch: each layer, each function, each method."""

import operator

import numpy as np
import pytest
import torch
from networks import Forward, assert_same, images, randomise
from torch import nn
from torch.nn import functional as F
from torchvision.ops import StochasticDepth

from cnncourse.bridge import table

# Each layer of the table, with arguments that are not the defaults; input of shape (2, 4, 6, 8).
LAYERS = [
    nn.AdaptiveAvgPool2d((None, 3)),
    nn.AdaptiveMaxPool2d(4),
    nn.AdaptiveMaxPool2d((2, 3), return_indices=True),
    nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
    nn.AvgPool2d(2, divisor_override=3),
    nn.Sequential(nn.Flatten(), nn.BatchNorm1d(192, eps=0.1)),
    nn.BatchNorm2d(4, eps=0.1),
    nn.BatchNorm2d(4, affine=False),
    nn.BatchNorm2d(4, track_running_stats=False),
    nn.ChannelShuffle(2),
    nn.CircularPad2d((1, 2, 0, 1)),
    nn.ConstantPad2d((1, -1, 2, 0), 3.5),
    nn.Conv2d(4, 6, (3, 2), (1, 2), (2, 1), (2, 1), groups=2),
    nn.Conv2d(4, 3, (2, 5), padding="same", padding_mode="reflect", bias=False),
    nn.Conv2d(4, 3, 3, padding=(1, 2), padding_mode="circular"),
    nn.Conv2d(4, 3, 3, stride=2, padding=2, padding_mode="replicate", dilation=2),
    nn.ConvTranspose2d(4, 6, 3, 2, padding=1, output_padding=1, groups=2, dilation=2),
    nn.Dropout(0.9),
    nn.Dropout2d(0.9, inplace=True),
    nn.ELU(0.7),
    nn.Flatten(-3, 2),
    nn.GELU(),
    nn.GELU("tanh"),
    nn.GroupNorm(2, 4, eps=0.1),
    nn.Hardsigmoid(),
    nn.Hardswish(),
    nn.Hardtanh(-0.5, 0.7),
    nn.Identity(),
    nn.LayerNorm((6, 8), eps=0.1),
    nn.LayerNorm(8, elementwise_affine=False),
    nn.LeakyReLU(0.3),
    nn.Linear(8, 5),
    nn.Linear(8, 5, bias=False),
    nn.LocalResponseNorm(3, 0.5, 0.6, 2.0),
    nn.LogSigmoid(),
    nn.LogSoftmax(-1),
    nn.MaxPool2d(3, 2, 1, ceil_mode=True),
    nn.MaxPool2d((2, 3), (1, 2), dilation=(2, 1), return_indices=True),
    nn.ReflectionPad2d((1, 2, 3, 0)),
    nn.ReLU(),
    nn.ReLU6(),
    nn.ReplicationPad2d(2),
    nn.Sigmoid(),
    nn.SiLU(),
    nn.Softmax(1),
    nn.Softplus(2.0, 1.5),
    nn.Tanh(),
    nn.ZeroPad2d((0, 1, 2, 3)),
]

# Each function of the table -> calls of it; x has the shape (2, 4, 6, 8), its numbers lie around zero.
FUNCTIONS = {
    F.adaptive_avg_pool2d: [lambda x: F.adaptive_avg_pool2d(x, (3, None))],
    F.adaptive_max_pool2d: [lambda x: F.adaptive_max_pool2d(x, 3)],
    F.adaptive_max_pool2d_with_indices: [lambda x: F.adaptive_max_pool2d(x, 3, return_indices=True)],
    F.avg_pool2d: [lambda x: F.avg_pool2d(x, 3, 2, padding=1, count_include_pad=False)],
    F.batch_norm: [
        lambda x: F.batch_norm(x, x.mean((0, 2, 3)), 1 + x.mean((0, 2, 3)), eps=0.1),
        lambda x: F.batch_norm(x, None, None, training=True),
    ],
    F.conv2d: [lambda x: F.conv2d(x, x, stride=2, padding=1)],
    F.conv_transpose2d: [lambda x: F.conv_transpose2d(x[:1], x.transpose(0, 1)[:, :, :2, :2], stride=2)],
    F.dropout: [lambda x: F.dropout(x, 0.5, False)],
    F.dropout2d: [lambda x: F.dropout2d(x, training=False)],
    F.elu: [lambda x: F.elu(x, 0.7)],
    F.gelu: [F.gelu, lambda x: F.gelu(x, approximate="tanh")],
    F.group_norm: [lambda x: F.group_norm(x, 2, eps=0.1)],
    F.hardsigmoid: [F.hardsigmoid],
    F.hardswish: [F.hardswish],
    F.hardtanh: [lambda x: F.hardtanh(x, -0.5, 0.7)],
    F.layer_norm: [lambda x: F.layer_norm(x, (6, 8), eps=0.1)],
    F.leaky_relu: [lambda x: F.leaky_relu(x, 0.3)],
    F.linear: [lambda x: F.linear(x, x[0, 0])],
    F.local_response_norm: [lambda x: F.local_response_norm(x, 2, 0.5, k=2.0)],
    F.log_softmax: [lambda x: F.log_softmax(x, 1)],
    F.logsigmoid: [lambda x: F.logsigmoid(1000 * x)],
    F.max_pool2d: [lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True)],
    F.max_pool2d_with_indices: [lambda x: F.max_pool2d(x, 2, return_indices=True)[1]],
    F.pad: [
        lambda x: F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 1, 1), "constant", 0),
        lambda x: F.pad(x, (1, 2, 0, 1), mode="circular"),
    ],
    F.relu: [lambda x: F.relu(x - 1, inplace=True)],
    F.relu6: [lambda x: F.relu6(5 * x)],
    F.silu: [F.silu],
    F.softmax: [lambda x: F.softmax(x, dim=1)],
    F.softplus: [lambda x: F.softplus(x, 2, 1)],
    torch.add: [lambda x: torch.add(x, 1)],
    torch.cat: [lambda x: torch.cat([x, x, -x], 1), lambda x: torch.cat((x, x))],
    torch.channel_shuffle: [lambda x: F.channel_shuffle(x, 2)],
    torch.chunk: [lambda x: torch.chunk(x, 4, dim=2), lambda x: torch.chunk(x, 2)],
    torch.div: [lambda x: torch.div(x, 3)],
    torch.flatten: [torch.flatten, lambda x: torch.flatten(x, 1, 2)],
    torch.log_softmax: [lambda x: torch.log_softmax(x, 1)],
    torch.matmul: [lambda x: torch.matmul(x, torch.transpose(x, 2, 3))],
    torch.mean: [torch.mean, lambda x: torch.mean(x, [2, 3], True)],
    torch.mul: [lambda x: torch.mul(x, x)],
    torch.permute: [lambda x: torch.permute(x, (0, 2, -1, 1))],
    torch.relu: [torch.relu],
    torch.reshape: [lambda x: torch.reshape(x, (2, -1, 6))],
    torch.rsqrt: [lambda x: torch.rsqrt(x * x + 1)],
    torch.sigmoid: [torch.sigmoid],
    torch.softmax: [lambda x: torch.softmax(x, -1)],
    torch.split: [lambda x: torch.split(x, 5, dim=3), lambda x: torch.split(x, [1, 2, 3], 2)],
    torch.sqrt: [lambda x: torch.sqrt(x * x)],
    torch.squeeze: [lambda x: torch.squeeze(x[:1, :1]), lambda x: torch.squeeze(x[:1, :1], -3)],
    torch.stack: [lambda x: torch.stack([x, -x], dim=1)],
    torch.sub: [lambda x: torch.sub(x, 1)],
    torch.sum: [torch.sum, lambda x: torch.sum(x, (0, -1), keepdim=True)],
    torch.tanh: [torch.tanh],
    torch.transpose: [lambda x: torch.transpose(x, 1, -1)],
    torch.unsqueeze: [lambda x: torch.unsqueeze(x[:, 0], 1), lambda x: torch.unsqueeze(x, -1)],
    getattr: [lambda x: (x.shape, x.ndim)],
    operator.add: [lambda x: x + 2, lambda x: 2 + x],
    operator.floordiv: [lambda x: x.size(3) // 3],
    operator.getitem: [lambda x: x[..., None, 1:-1:2]],
    operator.matmul: [lambda x: x @ x.transpose(2, 3)],
    operator.mul: [lambda x: 3 * x],
    operator.neg: [lambda x: -x],
    operator.pow: [lambda x: x**2],
    operator.sub: [lambda x: 1 - x],
    operator.truediv: [lambda x: 1 / x],
}

METHODS = {
    "contiguous": lambda x: x.transpose(1, 2).contiguous(),
    "dim": lambda x: x.dim(),
    "new_tensor": lambda x: x + x.new_tensor([[1.5], [2], [3], [4], [5], [6]]),
    "size": lambda x: (x.size(), x.size(-1)),
    "view": lambda x: (x.view(-1, x.size(1), 48), x.view((8, 48))),
}
SHARED_METHODS = {
    "add": lambda x: x.add(1),
    "chunk": lambda x: x.chunk(3, 1),
    "div": lambda x: x.div(3),
    "flatten": lambda x: x.flatten(start_dim=1),
    "log_softmax": lambda x: x.log_softmax(1),
    "matmul": lambda x: x.matmul(x.transpose(2, 3)),
    "mean": lambda x: x.mean([2, 3]),
    "mul": lambda x: x.mul(x),
    "permute": lambda x: x.permute(0, 3, 1, 2),
    "relu": lambda x: x.relu(),
    "reshape": lambda x: x.reshape(x.shape[0], -1),
    "rsqrt": lambda x: (x * x + 1).rsqrt(),
    "sigmoid": lambda x: x.sigmoid(),
    "softmax": lambda x: x.softmax(dim=1),
    "split": lambda x: x.split(2, dim=1),
    "sqrt": lambda x: (x * x).sqrt(),
    "squeeze": lambda x: (x.mean(1, True).squeeze(1), x.mean((0, 2), True).squeeze((0, 2))),
    "sub": lambda x: x.sub(1),
    "sum": lambda x: x.sum(dim=1),
    "tanh": lambda x: x.tanh(),
    "transpose": lambda x: x.transpose(0, 1),
    "unsqueeze": lambda x: x.unsqueeze(0),
}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
def test_layer(layer):
    assert_same(randomise(layer.double()), images(2, 4, 6, 8))


def test_every_layer_of_the_table_is_tested():
    tested = {type(part) for layer in LAYERS for part in layer.modules()}
    assert table.layers().keys() == tested - {nn.Sequential}


@pytest.mark.parametrize("call", [c for calls in FUNCTIONS.values() for c in calls])
def test_function(call):
    assert_same(Forward(call).eval(), images(2, 4, 6, 8))


def test_every_function_of_the_table_is_tested():
    assert table.functions().keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", table.METHODS)
def test_method(name):
    assert_same(Forward((METHODS | SHARED_METHODS)[name]).eval(), images(2, 4, 6, 8))


def test_stochastic_depth():
    assert_same(nn.Sequential(StochasticDepth(0.9, "row"), nn.ReLU()).eval(), images(2, 4, 6, 8))


class InPlaceAfter(nn.Module):
    """Change the result of a layer in place, and return the layer's input beside it."""

    def __init__(self, layer):
        super().__init__()
        self.layer, self.relu = layer, nn.ReLU(inplace=True)

    def forward(self, x):
        y = x * 2
        z = self.layer(y)
        self.relu(z)
        return y, z


IN_PLACE = [nn.ELU, nn.Hardsigmoid, nn.Hardswish, nn.Hardtanh, nn.LeakyReLU, nn.ReLU, nn.ReLU6, nn.SiLU]


@pytest.mark.parametrize(
    "layer",
    [layer for layer in LAYERS if not getattr(layer, "return_indices", False)]
    + [activation(inplace=True) for activation in IN_PLACE]
    + [nn.AdaptiveAvgPool2d((6, 8)), nn.ZeroPad2d(0), nn.AvgPool2d(1), nn.MaxPool2d(1), nn.Flatten()],
    ids=lambda layer: type(layer).__name__,
)
def test_work_in_place_reaches_the_same_arrays_as_in_torch(layer):
    assert_same(randomise(InPlaceAfter(layer).double()), images(2, 4, 6, 8))


@pytest.mark.parametrize("shape", [(0, 4, 6, 8), (4, 6, 8)], ids=["no image", "one image without batch"])
def test_batch_forms(shape):
    network = nn.Sequential(nn.Conv2d(4, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(-3), nn.Linear(18, 2))
    assert_same(randomise(network.double()), images(*shape))


def test_chunks_of_every_number():
    for length in range(1, 8):
        for chunks in range(1, 9):
            network = Forward(lambda x, chunks=chunks: x.chunk(chunks, 1)).eval()
            assert_same(network, np.arange(2.0 * length).reshape(2, length))
