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
from cnncourse.train.wrappers import own_state, wrapped_state


class TrainState:
    """Network, optimiser, schedule, average and history of a run.

    No state of a random generator is among them: every epoch seeds its own from ``(seed, epoch)``, so an
    epoch comes out the same whatever ran before it.
    """

    def __init__(self, model: nn.Module, config: TrainConfig, steps_per_epoch: int | None, history: History):
        self.model, self.config, self.history = model, config, history
        self.optimizer = make_optimizer(model, config)
        self.scheduler = make_scheduler(self.optimizer, config, steps_per_epoch or 1)
        self.average = WeightAverage(model, config.ema) if config.ema else None
        self.best: dict[str, torch.Tensor] | None = None  # weights of the best epoch, with early stopping
        self.saved = 0  # epochs that are on the disk

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
        if self.config.early_stopping and best_epoch([*self.history.records, record]) == record.epoch:
            self.best = {name: t.detach().clone() for name, t in self.measured_model.state_dict().items()}
        self.history.records.append(record)

    def final_weights(self) -> dict[str, torch.Tensor]:
        """The weights to use if training ended now: best epoch, else average, else the current ones."""
        return self.best or self.measured_model.state_dict()

    def leave_final_weights(self) -> None:
        """Put ``final_weights`` into the network."""
        self.model.load_state_dict(self.final_weights())

    def open(self, folder: Path, resume: bool) -> None:
        """Go on from the checkpoint in ``folder``, if there is one and it is of this run."""
        path = folder / checkpoint.CHECKPOINT
        if not resume and path.exists():
            raise FileExistsError(
                f"{folder} already holds a run; continue it with resume=True (--resume), or choose another "
                "folder"
            )
        saved = checkpoint.load_checkpoint(folder) if resume else None
        if saved is None:
            return
        self._refuse_other_run(folder, saved["run"])
        try:
            self.model.load_state_dict(wrapped_state(self.model, saved["model"]))
            self.optimizer.load_state_dict(saved["optimizer"])
            self.scheduler.load_state_dict(saved["scheduler"])
            if self.average:
                average = self.average.model
                average.load_state_dict(wrapped_state(average, saved["average"]))
                self.average.steps = saved["average_steps"]
            self.best = saved["best"] and wrapped_state(self.model, saved["best"])
        except (RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path} does not fit the network and its optimiser, though it is described so ({error}): "
                "take a whole copy of the file, or delete it to start afresh"
            ) from error
        self.history.records = [EpochRecord(**record) for record in saved["records"]]
        self.history.stopped = saved["stopped"]
        self.saved = len(saved["records"])
        # What a loader shows in its first batch only: there may be none to come.
        known = self.model.trained_on
        known |= {key: value for key, value in saved["run"]["data"].items() if known.get(key) is None}

    def _refuse_other_run(self, folder: Path, saved: dict) -> None:
        """Raise where going on would mix two different runs."""
        ours = self._description()
        for what in ("model", "data"):
            change = _difference(saved[what], ours[what])
            if change:
                raise ValueError(
                    f"{folder} holds a run with another {what} ({change}); choose another folder"
                )
        changes = changed_settings(saved["train"], ours["train"])
        if changes:
            listed = ", ".join(f"{key} was {old!r}, now {new!r}" for key, (old, new) in changes.items())
            raise ValueError(
                f"{folder} holds a run with other settings ({listed}); continue with the old ones, or "
                "choose another folder"
            )

    def _description(self) -> dict:
        """Network, data and settings as plain values: the content of ``config.json``."""
        spec = getattr(self.model, "spec", None) or type(self.model).__name__
        return {"model": spec, "data": self.model.trained_on, "train": self.config.to_dict()}

    def save(self, folder: Path) -> None:
        """Write the checkpoint, then the results."""
        average = self.average and self.average.model
        state = {
            "run": self._description(),
            "model": own_state(self.model),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "average": average and own_state(average),
            "average_steps": self.average.steps if self.average else 0,
            "best": self.best and own_state(self.model, self.best),
            "records": [asdict(record) for record in self.history.records],
            "stopped": self.history.stopped,
        }
        checkpoint.save_checkpoint(folder, state)
        self.saved = len(self.history.records)
        self.save_results(folder)

    def save_results(self, folder: Path) -> None:
        """Write weights to use, history and configuration, as they follow from the checkpoint."""
        weights = own_state(self.model, self.final_weights())
        checkpoint.save_run(folder, weights, self.history, self._description())


def _difference(old: object, new: object) -> str:
    """Where two descriptions differ, in words; what a loader does not say yet differs from nothing."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return "" if old == new else f"it was {old!r}, now {new!r}"
    keys = [key for key in {**old, **new} if new.get(key) is not None and old.get(key) != new[key]]
    return ", ".join(f"{key} was {old.get(key)!r}, now {new[key]!r}" for key in keys)
