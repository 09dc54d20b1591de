"""Training: ``fit`` repeats ``train_one_epoch``, which is the loop one would write on the blackboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import torch
from torch import nn

from cnncourse.data.arrays import ImageData
from cnncourse.results import History
from cnncourse.train import distributed
from cnncourse.train.callbacks import Callback
from cnncourse.train.config import TrainConfig
from cnncourse.train.evaluation import Totals
from cnncourse.train.folder import only_writer
from cnncourse.train.inputs import explained
from cnncourse.train.memory import kept_memory
from cnncourse.train.precision import choose_device
from cnncourse.train.run import Run
from cnncourse.train.streams import Stream
from cnncourse.train.wrappers import device_of


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

    Examples
    --------
    >>> from contextlib import nullcontext
    >>> from cnncourse import data, models
    >>> digits = data.load("digits").take(range(64))
    >>> images, labels = torch.tensor(digits.images) / 255, torch.tensor(digits.labels)
    >>> batches = zip(images.split(16), labels.split(16))
    >>> model = models.create("perceptron", in_channels=1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> totals = train_one_epoch(
    ...     model, batches, nn.CrossEntropyLoss(), optimizer, scheduler, context=nullcontext()
    ... )
    >>> totals.images, scheduler.get_last_lr()  # four batches, so the learning rate was halved twice
    (64, [0.025])
    """
    model.train()
    totals = Totals(device_of(model))
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
        (N, C, H, W) -> (N, K) logits. It is moved to the device and stays there. One that ``torch.compile``
        or ``DataParallel`` wrapped is saved by its own names.
    train : ImageData, or torch DataLoader or Dataset
        An ``ImageData`` is put on the device whole, as uint8, and normalised by its mean and standard
        deviation, or by those that a network with trained weights learned with (``model.trained_on``).
        A loader streams what does not fit in memory: it keeps its batch size, order and normalisation. Where
        it gives uint8 pixels they are normalised as well, by the statistics of ``valid`` if train has none;
        where it gives floats, only data normalised in the same way can be measured afterwards. A ``Dataset``
        gets a shuffling loader.
    valid : the same, optional
        Measured after every epoch; normalised as the training data are. The names of its classes decide, not
        their numbers.
    config : TrainConfig, default TrainConfig()
    callbacks : sequence of callables
        Each is called as ``callback(record, model)`` after every epoch; a text it returns ends training.
    out : path, optional
        Folder for ``checkpoint.pt`` (after every epoch), ``model.safetensors``, ``history.json`` and
        ``config.json``.
    resume : bool
        Continue the run in ``out`` if there is one, else start. The weights become those of a run that was
        never interrupted, bit for bit, on the same device with the same number of threads. (A loader of your
        own then needs ``persistent_workers=False``, its default.)

    Returns
    -------
    History
        One record per finished epoch; ``stopped`` says why training ended early, Ctrl-C included.

    Raises
    ------
    ValueError
        If network, data and configuration do not fit together, or ``resume`` meets a run with other settings.
    TypeError
        If an argument is of another kind.
    FileExistsError
        If ``out`` holds a run and ``resume`` is False.
    BlockingIOError
        If another process is writing into ``out``.
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
    config = TrainConfig() if config is None else config
    out = None if out is None else Path(out)
    _check_kinds(config, callbacks)
    device = distributed.own_device(choose_device(config.device))
    team = distributed.join(device)
    with (
        distributed.leaving(team),
        explained(config.batch_size, device),
        kept_memory(device),
        only_writer(out if team.rank == 0 else None),
    ):
        run = Run(model, train, valid, config, team, device, out, resume)
        criterion = nn.CrossEntropyLoss(label_smoothing=config.label_smoothing)
        try:
            while run.goes_on():
                with run.epoch() as batches:
                    totals = train_one_epoch(
                        run.step_model,
                        batches,
                        criterion,
                        run.state.optimizer,
                        run.state.scheduler,
                        context=run.context,
                        clip_norm=config.clip_norm,
                        after_step=run.state.after_step,
                    )
                run.finish_epoch(totals, callbacks)
        except KeyboardInterrupt:
            run.interrupt()
        run.state.leave_final_weights()
    return run.state.history


def _check_kinds(config: object, callbacks: object) -> None:
    """Refuse arguments that are of another kind."""
    if not isinstance(config, TrainConfig):
        raise TypeError(
            f"config is a {type(config).__name__}; pass a TrainConfig, such as TrainConfig(epochs=3)"
        )
    if not isinstance(callbacks, Sequence) or not all(map(callable, callbacks)):
        raise TypeError(f"callbacks is {callbacks!r}; pass a list of functions of a record and a model")
