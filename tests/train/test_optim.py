"""Schedules against torch's own schedulers, and the groups of parameters."""

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from cnncourse.train import TrainConfig
from cnncourse.train.optim import lr_factor, make_optimizer, make_scheduler

STEPS = 7  # per epoch


def torchs_rates(make, steps, lr=0.4):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(
    "settings, make",
    [
        ({"schedule": "constant"}, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
        (
            {"schedule": "step", "step_epochs": 2, "step_factor": 0.3},
            lambda o: lr_scheduler.StepLR(o, step_size=2 * STEPS, gamma=0.3),
        ),
        ({"schedule": "cosine"}, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=5 * STEPS)),
        (
            {"schedule": "one-cycle", "warmup": 0.3},
            lambda o: lr_scheduler.OneCycleLR(
                o, 0.4, total_steps=5 * STEPS, pct_start=0.3, cycle_momentum=False
            ),
        ),
        (
            {"schedule": "one-cycle", "warmup": 0.6},
            lambda o: lr_scheduler.OneCycleLR(
                o, 0.4, total_steps=5 * STEPS, pct_start=0.6, cycle_momentum=False
            ),
        ),
    ],
)
def test_schedules_are_torchs(settings, make):
    config = TrainConfig(epochs=5, optimizer="sgd", lr=0.4, **settings)
    expected = torchs_rates(make, 5 * STEPS)
    assert [0.4 * lr_factor(step, config, STEPS) for step in range(5 * STEPS)] == pytest.approx(
        expected, abs=1e-9
    )


@pytest.mark.parametrize("warmup", [0.0, 0.3])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_one_cycle_of_very_few_steps_stays_between_zero_and_peak(steps, warmup):
    config = TrainConfig(epochs=1, warmup=warmup)
    assert all(0 < lr_factor(step, config, steps) <= 1 for step in range(steps + 1))


def make_net():
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))


def test_lr_scales_make_groups_and_freeze():
    net = nn.ModuleDict({"body": make_net(), "head": nn.Linear(2, 2)})
    config = TrainConfig(optimizer="sgd", lr=0.1, schedule="constant", lr_scales={"body": 0.5, "body.0": 0})
    optimizer = make_optimizer(net, config)
    make_scheduler(optimizer, config, 10)
    rates = {id(p): group["lr"] for group in optimizer.param_groups for p in group["params"]}
    assert rates[id(net["head"].weight)] == 0.1
    assert rates[id(net["body"][2].weight)] == 0.05
    assert id(net["body"][0].weight) not in rates
    assert not net["body"][0].weight.requires_grad


def test_lr_scales_refuses_names_that_fit_nothing():
    with pytest.raises(ValueError, match=r"lr_scales names \['layer9'\].*they start with \['0', '2'\]"):
        make_optimizer(make_net(), TrainConfig(lr_scales={"layer9": 0.1}))


def test_refuses_a_network_that_is_frozen():
    with pytest.raises(ValueError, match="no parameter to train"):
        make_optimizer(make_net().requires_grad_(False), TrainConfig())


@pytest.mark.parametrize(
    "name, make",
    [
        ("sgd", lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.8, weight_decay=0.1)),
        ("nesterov", lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.8, weight_decay=0.1, nesterov=True)),
        ("adam", lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1)),
        ("adamw", lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1)),
        ("adadelta", lambda p: torch.optim.Adadelta(p, 0.01, rho=0.95, eps=1e-7, weight_decay=0.1)),
    ],
)
def test_optimizers_take_torchs_steps(name, make):
    torch.manual_seed(0)
    ours, theirs = make_net(), make_net()
    theirs.load_state_dict(ours.state_dict())
    config = TrainConfig(optimizer=name, lr=0.01, momentum=0.8, weight_decay=0.1)
    x = torch.randn(6, 3)
    for net, optimizer in ((ours, make_optimizer(ours, config)), (theirs, make(theirs.parameters()))):
        for _ in range(4):
            optimizer.zero_grad()
            net(x).square().sum().backward()
            optimizer.step()
    for mine, other in zip(ours.parameters(), theirs.parameters()):
        torch.testing.assert_close(mine, other)
