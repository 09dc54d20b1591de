"""Files of a run: written whole or not at all, read without running anything that is in them.

A run's folder holds ``model.safetensors`` (the weights to use), ``config.json`` (network, data, settings),
``history.json``, and ``checkpoint.pt`` (all that is needed to go on). Resuming reads ``checkpoint.pt``
alone, so there is no moment at which two files must agree.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import safetensors
import safetensors.torch
import torch
from torch import nn

from cnncourse import models
from cnncourse.results import History

CHECKPOINT, WEIGHTS, CONFIG, HISTORY = "checkpoint.pt", "model.safetensors", "config.json", "history.json"
FORMAT = "cnncourse checkpoint 1"


def write_atomic(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that at every moment ``path`` is either the old file or the whole new one.

    The bytes go to ``<path>.part``, are forced to the disk, and the file takes its name in one step (POSIX
    rename).

    Parameters
    ----------
    path : Path
        The file; its folder is made if need be.
    write : callable
        Writes the content to the open binary file it is given.

    Raises
    ------
    OSError
        If it cannot be written, for example because the disk is full; ``path`` is then as it was.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:  # torch.save reports a failed write as RuntimeError
        with suppress(OSError):
            part.unlink(missing_ok=True)
        cause = error if isinstance(error, OSError) else error.__context__ or error
        state = "its former content is untouched" if path.exists() else "nothing is left of it"
        raise OSError(
            f"{path} could not be written ({cause}); {state}. Free some space, then resume"
        ) from error
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk too; systems that cannot open a folder do without."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    with suppress(OSError):
        os.fsync(handle)
    os.close(handle)


def save_checkpoint(folder: Path, state: dict) -> None:
    """Write all that is needed to continue a run: a dict of tensors, numbers, texts, lists and dicts."""
    write_atomic(Path(folder) / CHECKPOINT, lambda file: torch.save({"format": FORMAT, **state}, file))


def load_checkpoint(folder: Path) -> dict | None:
    """The state written by ``save_checkpoint``, or None where there is none.

    The file is read as data: a pickle that would call something is refused, and nothing in it runs.

    Raises
    ------
    ValueError
        If the file is truncated, damaged, unsafe, or not one of ours.
    """
    path = Path(folder) / CHECKPOINT
    if not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"{path} is refused: it holds more than tensors and plain values, or is no checkpoint at all. "
            "Nothing in it was run. Delete it to start afresh, if you trust where the folder comes from"
        ) from error
    except (RuntimeError, EOFError, OSError, KeyError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{path} is truncated or damaged ({reason}); delete it to start afresh") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"{path} is a torch file, but no {FORMAT!r}; resume from another folder")
    return state


def save_weights(path: Path, weights: Mapping[str, torch.Tensor]) -> None:
    """Write a ``state_dict`` as safetensors, atomically.

    Parameters
    ----------
    path : Path
        The file; its folder is made if need be.
    weights : mapping of str to Tensor
        ``model.state_dict()``, on any device.

    Raises
    ------
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "linear.safetensors"
    ...     save_weights(file, nn.Linear(2, 1).state_dict())
    ...     sorted(safetensors.torch.load_file(file))
    ['bias', 'weight']
    """
    # A copy each: safetensors refuses tensors that share memory, as tied weights do.
    tensors = {name: t.detach().to("cpu", copy=True).contiguous() for name, t in weights.items()}
    write_atomic(Path(path), lambda file: file.write(safetensors.torch.save(tensors)))


def load_weights(path: Path, model: nn.Module) -> None:
    """Load weights written by ``save_weights`` into a network of the same architecture.

    Parameters
    ----------
    path : Path
        The file.
    model : nn.Module
        Its weights are replaced, on the device where they lie.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no whole safetensors file, or belongs to another network.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> one, other = nn.Linear(2, 1), nn.Linear(2, 1)
    >>> with TemporaryDirectory() as folder:
    ...     save_weights(Path(folder) / "linear.safetensors", one.state_dict())
    ...     load_weights(Path(folder) / "linear.safetensors", other)
    >>> torch.equal(one.weight, other.weight)
    True
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; train first, or give the folder of a run")
    try:
        tensors = safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise ValueError(f"{path} is no whole safetensors file ({error})") from error
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise ValueError(f"{path} holds the weights of another network: {error}") from error


def save_run(
    path: str | Path, model: nn.Module | Mapping[str, torch.Tensor], history: History, config: dict
) -> None:
    """Write weights, history and configuration of a run into a folder.

    Parameters
    ----------
    path : str or Path
        The folder; made if need be.
    model : nn.Module or state_dict
        The trained network or its weights.
    history : History
        What ``fit`` returned.
    config : dict
        ``{"model": model.spec, "data": model.trained_on, "train": config.to_dict()}``.

    Raises
    ------
    OSError
        If a file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cnncourse import data, train
    >>> digits, settings = data.load("digits").take(range(64)), train.TrainConfig(epochs=1, progress=False)
    >>> model = models.create("perceptron", in_channels=1)
    >>> history = train.fit(model, digits, config=settings)
    >>> config = {"model": model.spec, "data": model.trained_on, "train": settings.to_dict()}
    >>> with TemporaryDirectory() as folder:
    ...     save_run(folder, model, history, config)
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['config.json', 'history.json', 'model.safetensors']
    """
    folder = Path(path)
    write_text(folder / CONFIG, json.dumps(config, indent=1))
    save_weights(folder / WEIGHTS, model.state_dict() if isinstance(model, nn.Module) else model)
    write_text(folder / HISTORY, history.to_json())


def write_text(path: Path, text: str) -> None:
    """Write a text file, atomically."""
    write_atomic(path, lambda file: file.write((text + "\n").encode()))


def load_run(path: str | Path) -> tuple[nn.Module, dict]:
    """Read a run's network back.

    Parameters
    ----------
    path : str or Path
        The folder that ``fit(..., out=path)`` or ``save_run`` wrote.

    Returns
    -------
    model : nn.Module
        On the CPU, in evaluation mode. ``model.trained_on`` says what it was trained on (classes, mean, std,
        image shape), which ``evaluate`` and ``predict`` use.
    config : dict
        With the keys ``"model"``, ``"data"`` and ``"train"``.

    Raises
    ------
    FileNotFoundError
        If the folder or one of its files is missing.
    ValueError
        If a file is damaged, or the network was not made by ``models.create``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cnncourse import data, train
    >>> digits, settings = data.load("digits").take(range(64)), train.TrainConfig(epochs=1, progress=False)
    >>> model = models.create("perceptron", in_channels=1)
    >>> with TemporaryDirectory() as folder:
    ...     history = train.fit(model, digits, config=settings, out=folder)
    ...     loaded, config = load_run(folder)
    >>> config["model"]["name"], config["train"]["epochs"]
    ('perceptron', 1)
    >>> train.predict(loaded, digits.images).shape
    (64, 10)
    """
    folder = Path(path)
    if not (folder / CONFIG).exists():
        raise FileNotFoundError(
            f"{folder} is no folder of a run: it has no {CONFIG}. Train with --out {folder} first"
        )
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        spec, trained_on = config["model"], config["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{folder / CONFIG} is damaged or foreign ({error!r})") from error
    if not isinstance(spec, dict):
        raise ValueError(
            f"{folder} holds a network that models.create did not make; build it, then call "
            f"load_weights({str(folder / WEIGHTS)!r}, model)"
        )
    model = models.create(spec["name"], spec["num_classes"], spec["in_channels"])
    load_weights(folder / WEIGHTS, model)
    model.trained_on = trained_on
    return model.eval(), config
