"""What cannot run in NumPy is refused, and the text says which part and what to do."""

import copy

import numpy as np
import pytest
import torch
from networks import Forward, assert_same, images, randomise
from torch import nn
from torch.nn import functional as F

from cnncourse import models, transfer
from cnncourse.bridge import numpy_forward

X = images(2, 4, 6, 8, dtype=np.float32)


def test_every_missing_layer_is_named():
    network = nn.Sequential(nn.PReLU(), nn.Conv2d(4, 4, 3), nn.Sequential(nn.Mish()))
    with pytest.raises(NotImplementedError, match=r"layer '0' \(PReLU\); layer '2\.0' \(Mish\)\. Replace it"):
        numpy_forward(network.eval(), X)


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (lambda x: F.interpolate(x, scale_factor=2), r"torch\.nn\.functional\.interpolate"),
        (lambda x: torch.cumsum(x, 0), r"torch\.cumsum"),
        (lambda x: x.sort(), r"method Tensor\.sort"),
        (lambda x: x.relu_(), r"method Tensor\.relu_"),
    ],
)
def test_a_missing_function_is_named(function, named):
    with pytest.raises(NotImplementedError, match=named):
        numpy_forward(Forward(function).eval(), X)


def test_a_subclass_of_a_layer_is_not_taken_for_it():
    class Twice(nn.ReLU):
        def forward(self, input):
            return 2 * super().forward(input)

    np.testing.assert_array_equal(numpy_forward(nn.Sequential(Twice()).eval(), X), 2 * np.maximum(X, 0))


@pytest.mark.parametrize(
    "network",
    [
        nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 3))),
        nn.MultiheadAttention(8, 1),
    ],
    ids=["parametrised", "attention"],
)
def test_other_networks_are_refused(network):
    with pytest.raises(NotImplementedError, match=r"no operator for|cannot write"):
        numpy_forward(network.eval(), X)


def test_a_forward_that_decides_by_numbers():
    network = Forward(lambda x: x if x.sum() > 0 else -x).eval()
    with pytest.raises(NotImplementedError, match=r"cannot write Forward down .* control flow"):
        numpy_forward(network, X)


def test_hooks_are_refused():
    network = nn.Sequential(nn.Conv2d(4, 4, 3)).eval()
    handle = network[0].register_forward_hook(lambda module, args, output: 2 * output)
    with pytest.raises(NotImplementedError, match=r"layer '0' \(Conv2d\) has forward hooks.*Remove them"):
        numpy_forward(network, X)
    handle.remove()
    numpy_forward(network, X)
    network[0].register_forward_pre_hook(lambda module, args: None)
    with pytest.raises(NotImplementedError, match="forward hooks"):
        numpy_forward(network, X)


def test_a_network_with_a_hook_that_nobody_can_remove_runs_once_it_is_built_again():
    def build():
        return nn.Sequential(nn.Conv2d(4, 4, 3)).eval()

    hooked, again = build(), build()
    hooked[0].register_forward_hook(lambda module, args, output: None)
    with pytest.raises(NotImplementedError, match=r"again\.load_state_dict\(module\.state_dict\(\)\)"):
        numpy_forward(hooked, X)
    again.load_state_dict(hooked.state_dict())
    assert_same(again, X, tolerance=1e-5)


@pytest.mark.parametrize(
    "prepare",
    [
        transfer.freeze,
        lambda net: transfer.freeze(net, "layer1"),
        lambda net: transfer.unfreeze(transfer.freeze(net)),
        lambda net: copy.deepcopy(transfer.freeze(net)),
    ],
    ids=["frozen", "in part", "unfrozen", "copied"],
)
def test_frozen_layers_run(prepare):
    network = models.create("resnet20", num_classes=2)
    assert_same(randomise(prepare(network).double()), images(2, 3, 16, 16))


def test_training_mode_is_refused_also_in_a_part():
    network = nn.Sequential(nn.Conv2d(4, 4, 3), nn.Dropout())
    with pytest.raises(ValueError, match=r"got Sequential in training mode\. Call module\.eval\(\)"):
        numpy_forward(network, X)
    network.eval()[1].train()
    with pytest.raises(ValueError, match=r"layer '1' \(Dropout\) in training mode"):
        numpy_forward(network, X)


def test_dropout_that_ignores_the_mode_is_refused():
    with pytest.raises(ValueError, match=r"functional\.dropout\): training .*training=self\.training"):
        numpy_forward(Forward(lambda x: F.dropout(x)).eval(), X)


def test_a_second_input():
    class Sum(nn.Module):
        def forward(self, x, y, factor=2):
            return x + factor * y

    class Scaled(nn.Module):
        def forward(self, x, factor=2):
            return factor * x

    with pytest.raises(NotImplementedError, match=r"node 'y' \(a further input\)"):
        numpy_forward(Sum().eval(), X)
    np.testing.assert_array_equal(numpy_forward(Scaled().eval(), X), 2 * X)


def test_the_failing_layer_is_named():
    network = nn.Sequential(nn.Conv2d(4, 3, 3), nn.ReLU(), nn.Conv2d(4, 3, 3)).eval()
    with pytest.raises(ValueError, match=r"layer '2' \(Conv2d\): input must have 4 channels"):
        numpy_forward(network, X)
    with pytest.raises(TypeError, match=r"node 'mean' \(method Tensor\.mean\): .*dtype"):
        numpy_forward(Forward(lambda x: x.mean(1, dtype=torch.float64)).eval(), X)


@pytest.mark.parametrize(
    ("dtype", "text"),
    [(torch.float64, r"weights \(float64\), got float32"), (torch.bfloat16, r"weights \(bfloat16\)")],
)
def test_dtypes_that_differ(dtype, text):
    with pytest.raises(TypeError, match=text):
        numpy_forward(nn.Conv2d(4, 4, 3).to(dtype).eval(), X)


@pytest.mark.parametrize("x", [torch.ones(2), [1.0], None])
def test_x_must_be_an_array(x):
    with pytest.raises(TypeError, match="x must be a NumPy array"):
        numpy_forward(nn.ReLU().eval(), x)


def test_module_must_be_torch():
    with pytest.raises(TypeError, match=r"module must be a torch\.nn\.Module, got a function"):
        numpy_forward(F.relu, X)


def test_unknown_attribute_of_a_tensor():
    with pytest.raises(ValueError, match=r"attribute must be one of .*'shape'.*got 'device'"):
        numpy_forward(Forward(lambda x: x.device).eval(), X)


def test_the_network_is_left_as_it_was():
    network = Forward(lambda x: {"sum": x + torch.tensor(2.5)}).eval()
    before = set(vars(network))
    result = numpy_forward(network, X)
    assert set(vars(network)) == before
    np.testing.assert_array_equal(result["sum"], X + np.float32(2.5))
