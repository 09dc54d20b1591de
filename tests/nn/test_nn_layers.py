"""Layers beside torch.nn: outputs, all gradients, saved names, and moving weights both ways."""

import collections

import numpy as np
import pytest
import torch

from cnncourse import nn

CLOSE = {"rtol": 1e-9, "atol": 1e-9}


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def tensors(state):
    return {name: torch.tensor(array) for name, array in state.items()}


def arrays(module):
    return {name: tensor.numpy() for name, tensor in module.state_dict().items()}


def same_step(ours, theirs, x, seed=1):
    """Give both the weights of `theirs`, run both ways, and compare output, gradients and buffers."""
    theirs = theirs.double()
    ours.load_state_dict(arrays(theirs))
    tensor = torch.tensor(x, requires_grad=True)
    expected = theirs(tensor)
    out = ours(x)
    np.testing.assert_allclose(out, expected.detach().numpy(), **CLOSE)
    grad = numbers(*out.shape, seed=seed)
    expected.backward(torch.tensor(grad))
    np.testing.assert_allclose(ours.backward(grad), tensor.grad.numpy(), **CLOSE)
    named = dict(theirs.named_parameters())
    assert [name for name, _ in ours.named_parameters()] == list(named)
    for name, parameter in ours.named_parameters():
        np.testing.assert_allclose(parameter.grad, named[name].grad.numpy(), **CLOSE, err_msg=name)
    for name, array in ours.state_dict().items():
        np.testing.assert_allclose(array, theirs.state_dict()[name].numpy(), **CLOSE, err_msg=name)


F64 = {"dtype": np.float64}
PAIRS = {  # id -> (ours, torch's, input)
    "conv": (nn.Conv2d(2, 4, 3, **F64), torch.nn.Conv2d(2, 4, 3), (2, 2, 6, 7)),
    "conv, all arguments": (
        nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), 2, False, **F64),
        torch.nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), 2, False),
        (2, 4, 6, 7),
    ),
    "conv, same": (
        nn.Conv2d(2, 3, (4, 3), padding="same", **F64),
        torch.nn.Conv2d(2, 3, (4, 3), padding="same"),
        (2, 2, 6, 7),
    ),
    **{
        f"conv, {mode}": (
            nn.Conv2d(2, 3, 3, padding=(2, 1), padding_mode=mode, **F64),
            torch.nn.Conv2d(2, 3, 3, padding=(2, 1), padding_mode=mode),
            (2, 2, 6, 7),
        )
        for mode in ("reflect", "replicate", "circular")
    },
    "conv, reflect, same": (
        nn.Conv2d(2, 3, 4, padding="same", padding_mode="reflect", **F64),
        torch.nn.Conv2d(2, 3, 4, padding="same", padding_mode="reflect"),
        (2, 2, 6, 7),
    ),
    "linear": (nn.Linear(3, 5, **F64), torch.nn.Linear(3, 5), (4, 3)),
    "linear, no bias": (nn.Linear(3, 5, False, **F64), torch.nn.Linear(3, 5, False), (2, 4, 3)),
    "max pool": (nn.MaxPool2d(3, 2, 1), torch.nn.MaxPool2d(3, 2, 1), (2, 3, 6, 7)),
    "max pool, ceil": (nn.MaxPool2d(2, ceil_mode=True), torch.nn.MaxPool2d(2, ceil_mode=True), (2, 3, 5, 7)),
    "average pool": (
        nn.AvgPool2d(3, 2, 1, True, False),
        torch.nn.AvgPool2d(3, 2, 1, True, False),
        (2, 3, 6, 7),
    ),
    "relu": (nn.ReLU(), torch.nn.ReLU(), (2, 3)),
    "sigmoid": (nn.Sigmoid(), torch.nn.Sigmoid(), (2, 3)),
    "tanh": (nn.Tanh(), torch.nn.Tanh(), (2, 3)),
    "flatten": (nn.Flatten(), torch.nn.Flatten(), (2, 3, 4)),
    "flatten, some axes": (nn.Flatten(1, -2), torch.nn.Flatten(1, -2), (2, 3, 4, 5)),
    "flatten, empty batch": (nn.Flatten(), torch.nn.Flatten(), (0, 3, 4)),
    "batch norm": (nn.BatchNorm2d(3, **F64), torch.nn.BatchNorm2d(3), (2, 3, 4, 5)),
    "batch norm, cumulative": (
        nn.BatchNorm2d(3, 1e-3, None, **F64),
        torch.nn.BatchNorm2d(3, 1e-3, None),
        (2, 3, 4, 5),
    ),
    "batch norm, not affine": (
        nn.BatchNorm2d(3, affine=False, **F64),
        torch.nn.BatchNorm2d(3, affine=False),
        (2, 3, 4, 5),
    ),
    "batch norm, not tracked": (
        nn.BatchNorm2d(3, track_running_stats=False, **F64),
        torch.nn.BatchNorm2d(3, track_running_stats=False),
        (2, 3, 4, 5),
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "shape"), PAIRS.values(), ids=PAIRS)
def test_layer_is_that_of_torch(ours, theirs, shape):
    same_step(ours, theirs, numbers(*shape))
    for module in (ours, theirs):
        module.zero_grad()
        module.eval()
    same_step(ours, theirs, numbers(*shape, seed=2))


class TorchResidual(torch.nn.Module):
    def __init__(self, body, shortcut=None):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


def network(lib, residual, **options):
    """A small network with every kind of layer, from either library."""
    body = lib.Sequential(
        lib.Conv2d(4, 6, 3, 2, 1, bias=False, **options),
        lib.BatchNorm2d(6, **options),
        lib.ReLU(inplace=True),
        lib.Conv2d(6, 6, 3, padding=1, **options),
    )
    return lib.Sequential(
        collections.OrderedDict(
            features=lib.Sequential(lib.Conv2d(1, 4, 3, padding=1, **options), lib.ReLU(), lib.MaxPool2d(2)),
            block=residual(body, lib.Conv2d(4, 6, 1, 2, **options)),
            identity=residual(lib.Sequential(lib.AvgPool2d(3, 1, 1), lib.Tanh())),
            flatten=lib.Flatten(),
            head=lib.Linear(6 * 3 * 3, 5, **options),
        )
    )


def test_network_is_that_of_torch():
    same_step(network(nn, nn.Residual, **F64), network(torch.nn, TorchResidual), numbers(3, 1, 12, 12))


def test_weights_move_both_ways():
    ours, theirs = network(nn, nn.Residual), network(torch.nn, TorchResidual)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert {k: v.shape for k, v in ours.state_dict().items()} == {
        k: tuple(v.shape) for k, v in theirs.state_dict().items()
    }
    theirs.load_state_dict(tensors(ours.state_dict()))
    x = numbers(3, 1, 12, 12).astype(np.float32)
    np.testing.assert_allclose(ours.eval()(x), theirs.eval()(torch.tensor(x)).detach().numpy(), atol=1e-5)
    fresh = network(nn, nn.Residual)
    fresh.load_state_dict(theirs.state_dict())  # tensors are read as they are
    np.testing.assert_array_equal(fresh.eval()(x), ours(x))


def test_max_pool_with_indices():
    x = numbers(2, 3, 6, 7)
    out, indices = nn.MaxPool2d(2, return_indices=True)(x)
    expected, places = torch.nn.MaxPool2d(2, return_indices=True)(torch.tensor(x))
    np.testing.assert_array_equal(out, expected.numpy())
    np.testing.assert_array_equal(indices, places.numpy())


def test_cross_entropy_loss():
    options = {"ignore_index": 1, "reduction": "sum", "label_smoothing": 0.1}
    weight, scores, target = np.arange(1.0, 5), numbers(3, 4), np.array([0, 1, 3])
    ours, theirs = (
        nn.CrossEntropyLoss(weight, **options),
        torch.nn.CrossEntropyLoss(torch.tensor(weight), **options),
    )
    tensor = torch.tensor(scores, requires_grad=True)
    expected = theirs(tensor, torch.tensor(target))
    expected.backward()
    np.testing.assert_allclose(ours(scores, target), expected.item())
    np.testing.assert_allclose(ours.backward(), tensor.grad.numpy(), **CLOSE)
    np.testing.assert_allclose(ours.backward(2.0), 2 * tensor.grad.numpy(), **CLOSE)


def test_dropout_sends_the_gradient_where_it_let_the_numbers_through():
    layer, x = nn.Dropout(0.25, rng=0), np.ones((40, 50))
    out = layer(x)
    assert 0.2 < (out == 0).mean() < 0.3
    np.testing.assert_array_equal(layer.backward(x), out)
    assert (layer(x) != out).any()  # each pass draws anew
    assert layer.eval()(x) is x
    np.testing.assert_array_equal(layer.backward(x), x)
    np.testing.assert_array_equal(nn.Dropout(0.25, rng=0)(x), out)


def test_gradients_add_up_until_they_are_cleared():
    layer, x = nn.Linear(3, 2, rng=0, **F64), numbers(4, 3)
    grad = numbers(*layer(x).shape)
    layer.backward(grad)
    once = layer.weight.grad
    layer.backward(grad)
    np.testing.assert_allclose(layer.weight.grad, 2 * once)
    layer.zero_grad()
    assert layer.weight.grad is None


def test_a_seed_repeats_the_first_values_and_they_are_those_of_torch_in_size():
    ours = nn.Conv2d(64, 200, 3, rng=5)
    np.testing.assert_array_equal(ours.weight.data, nn.Conv2d(64, 200, 3, rng=5).weight.data)
    assert (ours.weight.data != nn.Conv2d(64, 200, 3, rng=6).weight.data).any()
    theirs = torch.nn.Conv2d(64, 200, 3)
    for name, array in ours.state_dict().items():
        tensor = theirs.state_dict()[name].numpy()
        assert array.dtype == tensor.dtype
        assert abs(np.abs(array).max() / np.abs(tensor).max() - 1) < 0.1
        assert abs(array.std() / tensor.std() - 1) < 0.2


def test_training_mode_reaches_every_module():
    net = network(nn, nn.Residual)
    assert net.training
    assert not any(module.training for module in net.eval().modules())
    assert all(module.training for module in net.train().modules())


def test_state_dict_is_a_copy():
    layer = nn.Linear(3, 2, rng=0)
    saved = layer.state_dict()
    layer.weight.data += 1
    assert (saved["weight"] != layer.weight.data).all()


def test_containers():
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.ReLU())
    assert len(net) == 3
    assert isinstance(net[-1], nn.ReLU)
    assert [name for name, _ in net[1:].named_parameters()] == ["1.weight", "1.bias"]
    assert [type(m).__name__ for m in net] == ["Flatten", "Linear", "ReLU"]


def test_repr_is_that_of_torch():
    def build(lib):
        return lib.Sequential(
            lib.Sequential(
                lib.Conv2d(1, 6, 5, padding=(2, 2), bias=False), lib.BatchNorm2d(6), lib.ReLU(inplace=True)
            ),
            lib.Linear(400, 10, bias=True),
        )

    def plain(text):
        return text.replace(", bias=True", "").replace("in_features=", "").replace("out_features=", "")

    assert plain(repr(build(nn))) == plain(repr(build(torch.nn)))


def test_batch_norm_of_half_precision_keeps_its_parameters_in_float32():
    x = numbers(8, 3, 4, 4).astype(np.float16) + np.float16(5)
    ours, theirs = nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3)
    out, expected = ours(x), theirs(torch.tensor(x))
    assert out.dtype == np.float16
    np.testing.assert_allclose(out, expected.detach().numpy(), atol=2e-3)
    np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), rtol=1e-5)
    assert ours.backward(out).dtype == np.float16
    assert {p.grad.dtype for p in ours.parameters()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.Conv2d(3, 4, 3, groups=2), ValueError, ["in_channels", "3", "groups=2"]),
        (lambda: nn.Conv2d(4, 3, 3, groups=2), ValueError, ["out_channels", "3", "groups=2"]),
        (lambda: nn.Conv2d(0, 3, 3), ValueError, ["in_channels", "0"]),
        (lambda: nn.Conv2d(1, 3, 3, padding_mode="mirror"), ValueError, ["padding_mode", "'mirror'"]),
        (lambda: nn.Conv2d(1, 3, 3, stride=2, padding="same"), ValueError, ["stride", "same"]),
        (lambda: nn.Linear(2.0, 3), TypeError, ["in_features", "2.0"]),
        (lambda: nn.BatchNorm2d(0), ValueError, ["num_features", "0"]),
        (lambda: nn.BatchNorm2d(3)(np.zeros((2, 3))), ValueError, ["input", "(2, 3)", "(N, C, H, W)"]),
        (lambda: nn.Dropout(1.5), ValueError, ["p", "1.5"]),
        (lambda: nn.Flatten(3)(np.zeros((2, 3))), ValueError, ["input", "(2, 3)", "start_dim=3"]),
        (lambda: nn.Sequential(nn.ReLU), TypeError, ["module 0", "type", "Module"]),
        (
            lambda: nn.Residual(nn.Linear(3, 2))(np.zeros((1, 3), "f4")),
            ValueError,
            ["shortcut", "(1, 3)", "(1, 2)"],
        ),
        (lambda: nn.Linear(3, 2).backward(np.zeros((1, 2))), RuntimeError, ["Linear", "forward", "first"]),
        (lambda: nn.Linear(3, 2).load_state_dict({}), ValueError, ["lacks ['weight', 'bias']", "strict"]),
        (
            lambda: nn.ReLU().load_state_dict({"weight": np.zeros(2)}),
            ValueError,
            ["has ['weight']", "unknown"],
        ),
        (
            lambda: nn.Linear(3, 2).load_state_dict({"weight": np.zeros((3, 2))}, strict=False),
            ValueError,
            ["weight", "(3, 2)", "(2, 3)"],
        ),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def test_loading_what_fits_says_what_did_not():
    layer = nn.Linear(3, 2)
    missing, unexpected = layer.load_state_dict(
        {"weight": np.ones((2, 3)), "scale": np.ones(1)}, strict=False
    )
    assert (missing, unexpected) == (["bias"], ["scale"])
    np.testing.assert_array_equal(layer.weight.data, 1)
