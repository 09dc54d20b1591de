"""Optimisers and learning-rate schedules, by name."""

from __future__ import annotations

import math

import torch
from torch import nn

from cnncourse.train.config import TrainConfig
from cnncourse.train.wrappers import device_of


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """The optimiser that ``config`` names, over the parameters of ``model`` that are to be trained.

    Parameters whose names start with a key of ``config.lr_scales`` form a group with their own learning rate;
    the longest matching key counts. A factor of 0 leaves them out, and stops their gradients.
    """
    groups: dict[float, list[nn.Parameter]] = {}
    unused = set(config.lr_scales)
    for name, parameter in model.named_parameters():
        fitting = [prefix for prefix in config.lr_scales if name.startswith(prefix)]
        unused -= set(fitting)
        scale = config.lr_scales[max(fitting, key=len)] if fitting else 1.0
        if scale == 0:
            parameter.requires_grad_(False)
        if parameter.requires_grad:
            groups.setdefault(scale, []).append(parameter)
    if unused:
        starts = sorted({name.split(".")[0] for name, _ in model.named_parameters()})
        raise ValueError(
            f"lr_scales names {sorted(unused)}, which no parameter starts with; they start with {starts}"
        )
    if not groups:
        raise ValueError(
            "model has no parameter to train: all are frozen (requires_grad=False or lr_scales 0)"
        )
    parameters = [{"params": params, "lr": config.lr * scale} for scale, params in groups.items()]
    decay = config.weight_decay
    # One kernel for all parameters instead of several per parameter, where torch has it.
    fused = device_of(model).type in ("cuda", "cpu")
    if config.optimizer in ("sgd", "nesterov"):
        nesterov = config.optimizer == "nesterov" and config.momentum > 0
        return torch.optim.SGD(
            parameters, momentum=config.momentum, weight_decay=decay, nesterov=nesterov, fused=fused
        )
    if config.optimizer == "adadelta":  # Keras' settings; the paper (Zeiler 2012) has eps 1e-6
        return torch.optim.Adadelta(parameters, rho=0.95, eps=1e-7, weight_decay=decay)
    cls = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return cls(parameters, weight_decay=decay, fused=fused)


def make_scheduler(
    optimizer: torch.optim.Optimizer, config: TrainConfig, steps_per_epoch: int
) -> torch.optim.lr_scheduler.LambdaLR:
    """The learning rate of each step as a multiple of ``config.lr``; call ``step()`` after every batch."""
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: lr_factor(step, config, steps_per_epoch))


def last_lr(scheduler: torch.optim.lr_scheduler.LambdaLR, config: TrainConfig) -> float:
    """The learning rate of the step just taken, before ``lr_scales``."""
    return config.lr * scheduler.lr_lambdas[0](max(scheduler.last_epoch - 1, 0))


def lr_factor(step: int, config: TrainConfig, steps_per_epoch: int) -> float:
    """Learning rate of a step, 0 for the first, divided by its peak ``config.lr``.

    Constant: 1. Step: step_factor^(epoch // step_epochs). Cosine (Loshchilov, Hutter: SGDR, arXiv:1608.03983,
    2016, section 3): from 1 to 0. One-cycle (Smith, Topin: Super-convergence, arXiv:1708.07120, 2017; factors
    of torch's OneCycleLR): from 1/25 to 1 during the first ``warmup`` of all steps, then down to 1/250,000.
    """
    if config.schedule == "constant":
        return 1.0
    if config.schedule == "step":
        return config.step_factor ** (step // steps_per_epoch // config.step_epochs)
    steps = config.epochs * steps_per_epoch
    if config.schedule == "cosine":
        return _half_cosine(1.0, 0.0, step / steps)
    peak, last = config.warmup * steps - 1, steps - 1
    start, end = 1 / 25, 1 / 250_000
    if step < peak:
        return _half_cosine(start, 1.0, step / peak)
    return _half_cosine(1.0, end, (step - max(peak, 0)) / max(last - max(peak, 0), 1))


def _half_cosine(start: float, end: float, share: float) -> float:
    """From ``start`` (share 0) to ``end`` (share 1), flat at both ends."""
    return end + (start - end) * (1 + math.cos(math.pi * min(share, 1.0))) / 2
