"""What listens to training: the progress display, early stopping, the average of the weights."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn
from tqdm import tqdm

from cnncourse.errors import printable
from cnncourse.results import EpochRecord

# Called after every epoch with its record and the model. A text that it returns ends training and is kept as
# the reason.
Callback = Callable[[EpochRecord, nn.Module], "str | None"]


def in_notebook() -> bool:
    """Whether the code runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class Progress:
    """A bar while an epoch runs and one line when it ends.

    In a terminal the bar moves on stderr; in a notebook on stdout, as text, so that no widget is left in the
    saved page. Where nobody can watch (a log file, the book's build) only the lines are printed.
    """

    def __init__(self, epochs: int, show: bool = True):
        notebook = in_notebook()
        book = os.environ.get("CNNCOURSE_BOOK") == "1"
        self.epochs, self.show = epochs, show
        self.stream = sys.stdout if notebook else sys.stderr
        self.live = show and not book and (notebook or self.stream.isatty())

    def bar(self, batches: Iterable, total: int | None, epoch: int) -> Iterable:
        """The batches, counted in a bar that vanishes at the end."""
        if not self.live:
            return batches
        return tqdm(
            batches, f"epoch {epoch}/{self.epochs}", total, file=self.stream, leave=False, unit="batch"
        )

    def line(self, record: EpochRecord) -> None:
        """One line about a finished epoch."""
        if not self.show:
            return
        width = len(str(self.epochs))
        text = (
            f"epoch {record.epoch:{width}}/{self.epochs}  loss {record.train_loss:.4f}  "
            f"accuracy {record.train_accuracy:.2%}"
        )
        if record.valid_loss is not None:
            text += f"  validation loss {record.valid_loss:.4f}  accuracy {record.valid_accuracy:.2%}"
        print(f"{text}  {record.seconds:.1f} s", file=self.stream, flush=True)

    def note(self, text: str) -> None:
        """A line about the run as a whole."""
        if self.show:
            print(printable(text), file=self.stream, flush=True)


def best_epoch(records: Sequence[EpochRecord]) -> int:
    """The epoch (1-based) with the lowest validation loss, the earliest of equals; 0 if there is none."""
    measured = [record for record in records if record.valid_loss is not None]
    return min(measured, key=lambda record: record.valid_loss).epoch if measured else 0


def early_stop_reason(records: Sequence[EpochRecord], patience: int) -> str | None:
    """Why training should stop now, or None; ``patience`` 0 never stops."""
    if patience == 0 or not records:
        return None
    best = best_epoch(records)
    if records[-1].epoch - best < patience:
        return None
    return f"early stopping: no lower validation loss in the {patience} epochs after epoch {best}"


class WeightAverage:
    """An exponential moving average of a network's weights and buffers.

    After step t: average ← d·average + (1 - d)·weights, with d = min(decay, (1 + t) / (10 + t)), so that the
    random start is forgotten soon.

    Polyak, Juditsky: Acceleration of stochastic approximation by averaging, SIAM J. Control Optim. 30 (1992).
    """

    def __init__(self, model: nn.Module, decay: float):
        self.decay, self.steps = decay, 0
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        pairs = list(zip(self.model.state_dict().values(), model.state_dict().values()))
        # state_dict shares memory with the network, so these lists stay current.
        self._floats = [pair for pair in pairs if pair[0].is_floating_point()]
        self._counters = [pair for pair in pairs if not pair[0].is_floating_point()]

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights as they are after an optimiser step."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for average, current in self._floats:
            average.lerp_(current, 1 - decay)
        for average, current in self._counters:
            average.copy_(current)
