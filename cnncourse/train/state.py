"""All that changes while a network is trained, and how it goes to the disk and comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from cnncourse.results import EpochRecord, History
from cnncourse.train import checkpoint
from cnncourse.train.callbacks import WeightAverage, best_epoch
from cnncourse.train.config import TrainConfig, changed_settings
from cnncourse.train.optim import make_optimizer, make_scheduler


class TrainState:
    """Network, optimiser, schedule, average and history of a run.

    No state of a random generator is among them: every epoch seeds its own from ``(seed, epoch)``, so an
    epoch comes out the same whatever ran before it.

    Parameters
    ----------
    model : nn.Module
        On its device.
    config : TrainConfig
    steps_per_epoch : int or None
        None for a stream of unknown length.
    history : History
        Gets a record per epoch.
    """

    def __init__(self, model: nn.Module, config: TrainConfig, steps_per_epoch: int | None, history: History):
        self.model, self.config, self.history = model, config, history
        self.optimizer = make_optimizer(model, config)
        self.scheduler = make_scheduler(self.optimizer, config, steps_per_epoch or 1)
        self.average = WeightAverage(model, config.ema) if config.ema else None
        self.best: dict[str, torch.Tensor] | None = None  # weights of the best epoch, with early stopping

    @property
    def epoch(self) -> int:
        """The epoch to run next, 1-based."""
        return len(self.history.records) + 1

    @property
    def measured_model(self) -> nn.Module:
        """The network that validation measures: the average where there is one."""
        return self.average.model if self.average else self.model

    def after_step(self) -> None:
        """Take in an optimiser step."""
        if self.average:
            self.average.update()

    def add(self, record: EpochRecord) -> None:
        """Take in a finished epoch."""
        self.history.records.append(record)
        if self.config.early_stopping and best_epoch(self.history.records) == record.epoch:
            self.best = _copy_of(self.measured_model)

    def final_weights(self) -> dict[str, torch.Tensor]:
        """The weights to use if training ended now: best epoch, else average, else the current ones."""
        return self.best or self.measured_model.state_dict()

    def leave_final_weights(self) -> None:
        """Put ``final_weights`` into the network."""
        self.model.load_state_dict(self.final_weights())

    def open(self, folder: Path, resume: bool) -> None:
        """Go on from the checkpoint in ``folder``, if there is one.

        Raises
        ------
        FileExistsError
            If there is one and ``resume`` is False.
        ValueError
            If it is of another network, other data or other settings.
        """
        if not resume and (folder / checkpoint.CHECKPOINT).exists():
            raise FileExistsError(
                f"{folder} already holds a run; continue it with resume=True (--resume), or choose another "
                "folder"
            )
        saved = checkpoint.load_checkpoint(folder) if resume else None
        if saved is None:
            return
        self._refuse_other_run(folder, saved)
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.scheduler.load_state_dict(saved["scheduler"])
        if self.average:
            self.average.model.load_state_dict(saved["average"])
            self.average.steps = saved["average_steps"]
        self.best = saved["best"]
        self.history.records = [EpochRecord(**record) for record in saved["records"]]
        self.history.stopped = saved["stopped"]

    def _refuse_other_run(self, folder: Path, saved: dict) -> None:
        """Raise where going on would mix two different runs."""
        for what in ("model", "data"):
            old, new = saved["run"][what], self._description()[what]
            if old != new:
                change = _difference(old, new)
                raise ValueError(
                    f"{folder} holds a run with another {what} ({change}); choose another folder"
                )
        changes = changed_settings(saved["run"]["train"], self.config.to_dict())
        if changes:
            listed = ", ".join(f"{key} was {old!r}, now {new!r}" for key, (old, new) in changes.items())
            raise ValueError(
                f"{folder} holds a run with other settings ({listed}); continue with the old ones, or "
                "choose another folder"
            )

    def _description(self) -> dict:
        """Network, data and settings as plain values: the content of ``config.json``."""
        spec = getattr(self.model, "spec", None) or type(self.model).__name__
        return {
            "model": spec,
            "data": self.model.trained_on,
            "train": self.config.to_dict(),
        }

    def save(self, folder: Path) -> None:
        """Write the checkpoint, then the results."""
        state = {
            "run": self._description(),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "average": self.average.model.state_dict() if self.average else None,
            "average_steps": self.average.steps if self.average else 0,
            "best": self.best,
            "records": [asdict(record) for record in self.history.records],
            "stopped": self.history.stopped,
        }
        checkpoint.save_checkpoint(folder, state)
        self.save_results(folder)

    def save_results(self, folder: Path) -> None:
        """Write weights to use, history and configuration, as they follow from the checkpoint."""
        checkpoint.save_run(folder, self.final_weights(), self.history, self._description())


def _copy_of(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _difference(old: object, new: object) -> str:
    """Where two descriptions differ, in words."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return f"it was {old!r}, now {new!r}"
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return ", ".join(f"{key} was {old.get(key)!r}, now {new.get(key)!r}" for key in keys)
