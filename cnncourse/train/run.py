"""One run of ``fit``, apart from its training steps: setting up, and what happens between two epochs."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import nn

import cnncourse
from cnncourse.data.arrays import ImageData
from cnncourse.data.torch_batches import DeviceBatches, StreamBatches
from cnncourse.results import EpochRecord, History
from cnncourse.train import checkpoint, distributed
from cnncourse.train.callbacks import Callback, Progress, early_stop_reason
from cnncourse.train.config import TrainConfig
from cnncourse.train.evaluation import Totals, means, measure
from cnncourse.train.inputs import (
    check_fit,
    describe_data,
    learn_from,
    learned_classes,
    measured_batches,
    refuse_other_pixels,
    statistics,
    train_batches,
)
from cnncourse.train.optim import last_lr
from cnncourse.train.precision import autocast, choose_precision, device_name, repeatable, seeded
from cnncourse.train.state import TrainState
from cnncourse.train.streams import Stream, steps_of
from cnncourse.train.wrappers import unwrapped


class Run:
    """A network on its device, its batches, and how far training got; the arguments are those of ``fit``."""

    def __init__(
        self,
        model: nn.Module,
        train: ImageData | Stream,
        valid: ImageData | Stream | None,
        config: TrainConfig,
        team: distributed.Team,
        device: torch.device,
        out: Path | None,
        resume: bool,
    ):
        self.config, self.team, self.device, self.out = config, team, device, out
        if config.early_stopping and valid is None:
            raise ValueError(
                f"early_stopping={config.early_stopping} watches the loss on validation data, and there are "
                "none: pass valid, or leave early_stopping 0"
            )
        self.model = unwrapped(model)
        layout = torch.channels_last if config.channels_last else torch.preserve_format
        self.model.to(device, memory_format=layout)
        self.pixels, self.classes = statistics(train, valid, self.model), learned_classes(self.model, train)
        self.batches = train_batches(train, config, device, team, self.pixels, self.classes)
        self.valid = None
        if valid is not None:
            # Without gradients larger batches fit.
            size = max(config.batch_size, 500) if isinstance(valid, ImageData) else config.batch_size
            workers, last = config.workers, config.channels_last
            self.valid = measured_batches(
                valid, size, device, self.pixels, "valid", self.classes, workers, last
            )
        self.checked = False
        if isinstance(self.valid, StreamBatches):
            self.valid.loader.first = self._first_valid
        if isinstance(self.batches, StreamBatches):
            self.batches.loader.first = self._first_train  # reading a stream may be possible once only
        else:
            self._check_network(self.batches.images)
        model.trained_on = self.model.trained_on = describe_data(train, self.pixels, self.classes)
        history = _new_history(self.model, config, device)
        self.state = TrainState(self.model, config, steps_of(self.batches), history)
        if out is not None:
            self.state.open(out, resume)
            if history.records and self.leads:
                # The run may have been killed between its checkpoint and its results.
                self.state.save_results(out)
        self.context = autocast(device, history.precision)
        self.progress = Progress(config.epochs, config.progress and self.leads)
        self.progress.note(f"{history.model} on {history.data}: {history.device}, {history.precision}")
        # A team has a wrapper of its own.
        step_model = model if team.world == 1 else distributed.wrap(self.model, team, self.batches)
        self.step_model = torch.compile(step_model) if config.compile else step_model
        self._started = 0.0

    def _check_network(self, images: torch.Tensor) -> None:
        """Look whether the network takes the images and has an output for each class."""
        outputs = check_fit(self.model, self.batches, images, len(self.classes))
        for batches in (self.batches, self.valid):
            if isinstance(batches, StreamBatches):
                batches.num_classes = batches.loader.outputs = outputs
        self.checked = True

    def _first_train(self, images: torch.Tensor) -> None:
        """See from the first batch of a stream what it is, and whether it goes with the rest."""
        learn_from(images, self.model.trained_on, self.pixels)
        if isinstance(self.valid, DeviceBatches):
            refuse_other_pixels(self.valid.images, self.model.trained_on, "valid")
        if not self.checked:
            self._check_network(images)

    def _first_valid(self, images: torch.Tensor) -> None:
        """Refuse validation data of another kind than the network learns from."""
        refuse_other_pixels(images, self.model.trained_on, "valid")

    @property
    def leads(self) -> bool:
        """Whether this process speaks and saves for its team."""
        return self.team.rank == 0

    def goes_on(self) -> bool:
        """Whether there is another epoch to train; says so when training ended early."""
        stopped = self.state.history.stopped
        if stopped:
            self.progress.note(f"stopped: {stopped}")
        return stopped is None and self.state.epoch <= self.config.epochs

    @contextmanager
    def epoch(self) -> Iterator[Iterable]:
        """Give the batches of the next epoch. All random numbers in it come from ``(seed, epoch)``."""
        number = self.state.epoch
        self._started = time.perf_counter()
        seeds = seeded(self.config.seed, number, self.team.rank, self.device)
        with seeds, repeatable(self.config.deterministic):
            yield self.progress.bar(self.batches.epoch(number), steps_of(self.batches), number)

    def finish_epoch(self, totals: Totals, callbacks: Sequence[Callback]) -> None:
        """Measure, record and save an epoch, and ask whether to go on."""
        history = self.state.history
        record = self._record(totals)
        if not math.isfinite(record.train_loss):
            history.stopped = (
                f"the loss is not finite ({record.train_loss}) in epoch {record.epoch}: lower lr "
                f"({self.config.lr}), set clip_norm, or look for bad values in the data"
            )
            return
        self.state.add(record)
        history.stopped = early_stop_reason(history.records, self.config.early_stopping)
        self.progress.line(record)
        reasons = [history.stopped]
        if self.leads:
            reasons += [callback(record, self.state.measured_model) for callback in callbacks]
        history.stopped = self.team.agree(next((reason for reason in reasons if reason), None))
        if self.out is not None and self.leads:
            self.state.save(self.out)

    def interrupt(self) -> None:
        """Note that Ctrl-C ended training, after saving an epoch that it kept from being saved."""
        history, saves = self.state.history, self.out is not None and self.leads
        if saves and len(history.records) > self.state.saved:
            self.state.save(self.out)
        history.stopped = f"interrupted by Ctrl-C in epoch {self.state.epoch}"
        if saves and history.records:
            checkpoint.write_text(self.out / checkpoint.HISTORY, history.to_json())
        self.progress.note(f"stopped: {history.stopped}")

    def _record(self, totals: Totals) -> EpochRecord:
        """What the epoch gave, validation included."""
        train_loss, train_accuracy = means(self.team.total(totals.as_tensor()))
        valid_loss = valid_accuracy = None
        if self.valid is not None:
            model, epoch = self.state.measured_model, self.state.epoch
            distributed.same_buffers(model, self.team)
            valid_loss, valid_accuracy = means(
                measure(model, self.valid.epoch(epoch), self.context).as_tensor()
            )
        return EpochRecord(
            epoch=self.state.epoch,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            valid_loss=valid_loss,
            valid_accuracy=valid_accuracy,
            lr=last_lr(self.state.scheduler, self.config),
            seconds=time.perf_counter() - self._started,
        )


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
