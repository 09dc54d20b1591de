"""Optimisers step like those of torch.optim; first values have the spread of torch.nn.init."""

import math

import numpy as np
import pytest
import torch

from cnncourse import nn

OPTIMISERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.1}),
]


@pytest.mark.parametrize(("name", "options"), OPTIMISERS)
def test_steps_are_those_of_torch(name, options):
    rng = np.random.default_rng(0)
    start = rng.standard_normal((2, 3))
    ours, theirs = nn.Parameter(start.copy()), torch.nn.Parameter(torch.tensor(start))
    unused = nn.Parameter(np.ones(2))
    step, torch_step = (
        getattr(nn.optim, name)([ours, unused], **options),
        getattr(torch.optim, name)([theirs], **options),
    )
    data = ours.data
    for i in range(20):
        grad = rng.standard_normal((2, 3))
        ours.grad, theirs.grad = grad.copy(), torch.tensor(grad)
        if i == 10:  # a schedule
            step.lr = torch_step.param_groups[0]["lr"] = 0.03
        step.step()
        torch_step.step()
        np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(ours.grad, grad)
    assert ours.data is data  # moved in place
    np.testing.assert_array_equal(unused.data, 1)
    step.zero_grad()
    assert ours.grad is None


@pytest.mark.parametrize(("name", "options"), OPTIMISERS)
def test_float32_stays_float32(name, options):
    parameter = nn.Parameter(np.ones(3, np.float32))
    optimiser = getattr(nn.optim, name)([parameter], **options)
    for _ in range(3):
        parameter.grad = np.ones(3, np.float32)
        optimiser.step()
    assert parameter.data.dtype == np.float32
    assert all(v.dtype in (np.float32, np.int64) for v in optimiser.state[0].values())


W = [nn.Parameter(np.ones(2))]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nn.optim.SGD([], 0.1), ["params", "none", "parameters()"]),
        (lambda: nn.optim.SGD(W, -1), ["lr", "-1"]),
        (lambda: nn.optim.SGD(W, 0.1, momentum=-0.1), ["momentum", "-0.1"]),
        (lambda: nn.optim.SGD(W, 0.1, weight_decay=-1), ["weight_decay", "-1"]),
        (lambda: nn.optim.SGD(W, 0.1, nesterov=True), ["nesterov", "momentum=0.0"]),
        (lambda: nn.optim.Adam(W, betas=(0.9, 1.0)), ["betas[1]", "1.0"]),
        (lambda: nn.optim.Adam(W, eps=-1), ["eps", "-1"]),
        (lambda: nn.init.kaiming_normal_(np.ones(3)), ["tensor", "(3,)", "two axes"]),
        (lambda: nn.init.kaiming_normal_(np.ones((3, 3)), mode="in"), ["mode", "'in'", "fan_in"]),
        (lambda: nn.init.calculate_gain("swish"), ["nonlinearity", "'swish'", "relu"]),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, words):
    with pytest.raises(ValueError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


INITS = [
    ("xavier_uniform_", {"gain": 2.0}),
    ("xavier_normal_", {}),
    ("kaiming_uniform_", {"nonlinearity": "relu"}),
    ("kaiming_uniform_", {"a": math.sqrt(5)}),
    ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "tanh"}),
    ("uniform_", {"a": -2.0, "b": 1.0}),
    ("normal_", {"mean": 1.0, "std": 3.0}),
]


@pytest.mark.parametrize(("name", "options"), INITS)
def test_first_values_have_the_spread_of_torch(name, options):
    shape = (100, 50, 3, 3)
    ours = np.empty(shape, np.float32)
    assert getattr(nn.init, name)(ours, **options, rng=0) is ours
    theirs = getattr(torch.nn.init, name)(torch.empty(shape), **options).numpy()
    assert (
        abs(ours.std() / theirs.std() - 1) < 0.02
    )  # 45,000 numbers: the deviation is known to a third of a percent
    assert abs(ours.mean() - theirs.mean()) < 0.03 * theirs.std()
    for q in (0, 1, 50, 99, 100) if "uniform" in name else (1, 50, 99):
        assert abs(np.percentile(ours, q) - np.percentile(theirs, q)) < 0.1 * theirs.std()


@pytest.mark.parametrize("name", ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"])
def test_gains_are_those_of_torch(name):
    assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-12)
    if name == "leaky_relu":
        assert nn.init.calculate_gain(name, 0.3) == pytest.approx(torch.nn.init.calculate_gain(name, 0.3))


def test_a_small_network_learns():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 1, 8, 8)).astype(np.float32)
    target = (x[:, 0, :4].mean((1, 2)) > x[:, 0, 4:].mean((1, 2))).astype(np.int64)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 2, rng=rng),
    )
    loss, optimiser = nn.CrossEntropyLoss(), nn.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    first = loss(net(x), target)
    for _ in range(60):
        optimiser.zero_grad()
        loss(net(x), target)
        net.backward(loss.backward())
        optimiser.step()
    assert loss(net(x), target) < 0.5 * first
    assert (net(x).argmax(1) == target).mean() > 0.9
