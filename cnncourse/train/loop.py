"""Training: ``fit`` repeats ``train_one_epoch``, which is the loop one would write on the blackboard."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import torch
from torch import nn

import cnncourse
from cnncourse.data.arrays import ImageData
from cnncourse.results import EpochRecord, History
from cnncourse.train import distributed
from cnncourse.train.callbacks import Callback, Progress, early_stop_reason
from cnncourse.train.config import TrainConfig
from cnncourse.train.evaluation import Totals, means, measure
from cnncourse.train.inputs import (
    Batches,
    Stream,
    check_fit,
    describe_data,
    memory_explained,
    steps_of,
    train_batches,
    valid_batches,
)
from cnncourse.train.optim import last_lr
from cnncourse.train.precision import (
    autocast,
    choose_device,
    choose_precision,
    device_name,
    repeatable,
    seeded,
)
from cnncourse.train.state import TrainState


def train_one_epoch(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    scheduler: torch.optim.lr_scheduler.LRScheduler,
    *,
    context: AbstractContextManager,
    clip_norm: float | None = None,
    after_step: Callable[[], None] | None = None,
) -> Totals:
    """Take one optimiser step per batch.

    Nothing in here reads a value back from the device, so a GPU never waits for Python: losses are summed
    where they are computed, and read once after the epoch.

    Parameters
    ----------
    model : nn.Module
        (N, C, H, W) -> (N, K) logits.
    batches : iterable of (images, labels)
        float32 (N, C, H, W) and int64 (N,), or (N, K) shares where images were mixed, on the model's device.
    criterion : callable
        (logits, labels) -> mean loss of the batch.
    optimizer, scheduler
        Both step once per batch.
    context : context manager
        In which the forward pass runs: ``autocast`` for bfloat16.
    clip_norm : float, optional
        Gradients longer than this are shortened to it.
    after_step : callable, optional
        Called after every optimiser step.

    Returns
    -------
    Totals
        Summed loss, right answers and images of the epoch.
    """
    model.train()
    totals = Totals(next(model.parameters()).device)
    for images, labels in batches:
        with context:
            logits = model(images)
            loss = criterion(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        if clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()
        scheduler.step()
        if after_step is not None:
            after_step()
        totals.add(loss, logits, labels)
    return totals


def fit(
    model: nn.Module,
    train: ImageData | Stream,
    valid: ImageData | Stream | None = None,
    config: TrainConfig | None = None,
    callbacks: Sequence[Callback] = (),
    *,
    out: str | Path | None = None,
    resume: bool = False,
) -> History:
    """Train a network, in place.

    Parameters
    ----------
    model : nn.Module
        (N, C, H, W) -> (N, K) logits. It is moved to the device and stays there.
    train : ImageData, or torch DataLoader or Dataset
        An ``ImageData`` is put on the device whole, as uint8. A loader streams what does not fit in memory:
        it keeps its batch size, order and normalisation. A ``Dataset`` gets a shuffling loader.
    valid : the same, optional
        Measured after every epoch; normalised as the training data are.
    config : TrainConfig, default TrainConfig()
    callbacks : sequence of callables
        Each is called as ``callback(record, model)`` after every epoch; a text it returns ends training.
    out : path, optional
        Folder for ``checkpoint.pt`` (after every epoch), ``model.safetensors``, ``history.json`` and
        ``config.json``.
    resume : bool
        Continue the run in ``out`` if there is one, else start. The weights become those of a run that was
        never interrupted, bit for bit, on the same device with the same number of threads.

    Returns
    -------
    History
        One record per finished epoch; ``stopped`` says why training ended early, Ctrl-C included.

    Raises
    ------
    ValueError
        If network, data and configuration do not fit together, or ``resume`` meets a run with other settings.
    FileExistsError
        If ``out`` holds a run and ``resume`` is False.
    MemoryError
        If memory runs out; the text says which batch size to try.
    OSError
        If a checkpoint cannot be written.

    Notes
    -----
    With ``ema`` the network leaves with the averaged weights; with ``early_stopping`` with those of its best
    epoch. A loss that is not finite is noticed when its epoch ends: looking sooner would make the GPU wait.

    Examples
    --------
    >>> from cnncourse import data, models, train
    >>> images = data.load("digits").take(range(256))
    >>> model = models.create("perceptron", in_channels=1)
    >>> history = train.fit(model, images, config=train.TrainConfig(epochs=2, progress=False))
    >>> len(history.records), history.stopped
    (2, None)
    """
    config = config or TrainConfig()
    device = distributed.own_device(choose_device(config.device))
    team = distributed.join(device)
    with distributed.leaving(team), memory_explained(config.batch_size, device):
        model.to(device, memory_format=torch.channels_last if config.channels_last else torch.preserve_format)
        batches = train_batches(train, config, device, team)
        measured = valid_batches(valid, batches, config, device)
        check_fit(model, batches)
        model.trained_on = describe_data(train)
        state = TrainState(model, config, steps_of(batches), _new_history(model, config, device))
        if out is not None:
            state.open(Path(out), resume)
            if state.history.records and team.rank == 0:
                # The run may have been killed between its checkpoint and its results.
                state.save_results(Path(out))
        _run_epochs(state, batches, measured, callbacks, team, out)
        state.leave_final_weights()
    return state.history


def _new_history(model: nn.Module, config: TrainConfig, device: torch.device) -> History:
    """A history without epochs that says what is trained, on what, where and with which versions."""
    spec = getattr(model, "spec", None)
    return History(
        config=config.to_dict(),
        model=spec["name"] if spec else type(model).__name__,
        data=model.trained_on["name"],
        device=device_name(device),
        precision=choose_precision(config.precision, device),
        versions={
            "cnncourse": cnncourse.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    )


def _run_epochs(
    state: TrainState,
    batches: Batches,
    valid: Batches | None,
    callbacks: Sequence[Callback],
    team: distributed.Team,
    out: str | Path | None,
) -> None:
    """Train until the last epoch or a reason to stop, saving after each epoch."""
    history, config, leads = state.history, state.config, team.rank == 0
    progress = Progress(config.epochs, config.progress and leads)
    progress.note(f"{history.model} on {history.data}: {history.device}, {history.precision}")
    step_model = distributed.wrap(state.model, team, batches)
    if config.compile:
        step_model = torch.compile(step_model)
    try:
        while history.stopped is None and state.epoch <= config.epochs:
            record = _one_epoch(state, step_model, batches, valid, team, progress)
            if not math.isfinite(record.train_loss):
                history.stopped = (
                    f"the loss is not finite ({record.train_loss}) in epoch {record.epoch}: lower lr "
                    f"({config.lr}), set clip_norm, or look for bad values in the data"
                )
                break
            state.add(record)
            progress.line(record)
            reasons = [early_stop_reason(history.records, config.early_stopping)]
            if leads:
                reasons += [callback(record, state.measured_model) for callback in callbacks]
            history.stopped = team.agree(next((reason for reason in reasons if reason), None))
            if out is not None and leads:
                state.save(Path(out))
    except KeyboardInterrupt:
        history.stopped = f"interrupted by Ctrl-C in epoch {state.epoch}"
    if history.stopped:
        progress.note(f"stopped: {history.stopped}")


def _one_epoch(
    state: TrainState,
    step_model: nn.Module,
    batches: Batches,
    valid: Batches | None,
    team: distributed.Team,
    progress: Progress,
) -> EpochRecord:
    """Train one epoch and measure it. All random numbers in it come from ``(seed, epoch)``."""
    config, epoch, device = state.config, state.epoch, batches.device
    started = time.perf_counter()
    context = autocast(device, state.history.precision)
    with seeded(config.seed, epoch, team.rank, device), repeatable(config.deterministic):
        totals = train_one_epoch(
            step_model,
            progress.bar(batches.epoch(epoch), steps_of(batches), epoch),
            nn.CrossEntropyLoss(label_smoothing=config.label_smoothing),
            state.optimizer,
            state.scheduler,
            context=context,
            clip_norm=config.clip_norm,
            after_step=state.average.update if state.average else None,
        )
    train_loss, train_accuracy = means(team.total(totals.as_tensor()))
    valid_loss = valid_accuracy = None
    if valid is not None:
        distributed.same_buffers(state.measured_model, team)
        valid_loss, valid_accuracy = means(
            measure(state.measured_model, valid.epoch(epoch), context).as_tensor()
        )
    return EpochRecord(
        epoch=epoch,
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        valid_loss=valid_loss,
        valid_accuracy=valid_accuracy,
        lr=last_lr(state.scheduler, config),
        seconds=time.perf_counter() - started,
    )
