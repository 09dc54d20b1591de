"""Files of a run: whole or not there, with checksums, read without running anything that is in them.

A run's folder holds ``model.safetensors`` (the weights to use), ``config.json`` (network, data, settings),
``history.json``, and ``checkpoint.pt`` (all that is needed to go on). Resuming reads ``checkpoint.pt``
alone, so there is no moment at which two files must agree.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import nn

from cnncourse import models
from cnncourse.results import VERSION, History, checked, epoch_record, from_text, refuse_other_format, to_text
from cnncourse.train.folder import opened, write_atomic, write_text
from cnncourse.train.wrappers import own_state, unwrapped, wrapped_state

CHECKPOINT, WEIGHTS, CONFIG, HISTORY = "checkpoint.pt", "model.safetensors", "config.json", "history.json"
_SEAL = ", SHA-256 "
EVALUATION = "evaluation.json"  # of the weights beside it: it goes when they do

# The entries of the files, as annotations; what may be None may be missing.
_RUN = {"model": dict | str, "data": dict, "train": dict}
_SPEC = {"name": str, "num_classes": int, "in_channels": int}
_DATA = {
    "name": str | None,
    "classes": list[str] | None,
    "image_shape": list[int] | None,
    "mean": list[float] | None,
    "std": list[float] | None,
    "own_floats": bool | None,
}
_STATE = {
    "run": dict,
    "model": dict,
    "optimizer": dict,
    "scheduler": dict,
    "average": dict | None,
    "average_steps": int,
    "best": dict | None,
    "records": list[dict],
    "stopped": str | None,
}


def save_checkpoint(folder: Path, state: dict) -> None:
    """Write all that is needed to continue a run: a dict of tensors, numbers, texts, lists and dicts."""
    state = {"format": f"cnncourse checkpoint {VERSION}", **state}
    write_atomic(Path(folder) / CHECKPOINT, lambda file: torch.save(state, file))


def load_checkpoint(folder: Path) -> dict | None:
    """The state written by ``save_checkpoint``, or None where there is none.

    The file is read as data: a pickle that would call something is refused, and nothing in it runs.
    """
    path = Path(folder) / CHECKPOINT
    try:
        with opened(path) as file:
            content = io.BytesIO(file.read())
    except FileNotFoundError:
        return None
    try:
        if zipfile.is_zipfile(content):  # torch.load does not look at the checksums
            with zipfile.ZipFile(content) as archive:
                if archive.testzip() is not None:
                    raise zipfile.BadZipFile("a checksum is that of another content")
        content.seek(0)
        state = torch.load(content, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"{path} is refused: it holds more than tensors and plain values, or is no checkpoint at all. "
            "Nothing in it was run. Delete it to start afresh, if you trust where the folder comes from"
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # whatever torch meets in a damaged file
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(
            f"{path} is truncated or damaged ({reason}), so the run cannot go on. {_left_in(path.parent)}"
            "Delete it to start afresh"
        ) from error
    if not isinstance(state, dict) or "format" not in state:
        raise ValueError(
            f"{path} is a torch file, but no checkpoint of cnncourse: resume from another folder"
        )
    refuse_other_format(state.pop("format"), "checkpoint", path)
    state = checked(state, _STATE, path)
    checked(state["run"], _RUN, path)
    checked(state["run"]["data"], _DATA, path)
    for record in state["records"]:
        epoch_record(record, path)
    return state


def _left_in(folder: Path) -> str:
    """What of a run with a damaged checkpoint can still be used."""
    with suppress(OSError, ValueError):
        read_weights(folder / WEIGHTS)
        return f"The weights of its last epoch are whole, in {WEIGHTS}: predict and eval use them. "
    return ""


def _rewritten(folder: Path) -> str:
    """How a damaged file that follows from the checkpoint is made anew."""
    return f"; --resume writes it again from {CHECKPOINT}" if (folder / CHECKPOINT).exists() else ""


def save_weights(path: Path, weights: Mapping[str, torch.Tensor]) -> None:
    """Write a ``state_dict``, on any device, as safetensors."""
    # A copy each: safetensors refuses tensors that share memory, as tied weights do.
    tensors = {name: t.detach().to("cpu", copy=True).contiguous() for name, t in weights.items()}
    # In one entry, as safetensors writes several in an order of its own each time.
    about = {"format": f"cnncourse weights {VERSION}{_SEAL}{_checksum(tensors)}"}
    write_atomic(Path(path), lambda file: file.write(safetensors.torch.save(tensors, about)))


def _checksum(tensors: Mapping[str, torch.Tensor]) -> str:
    """SHA-256 of names, shapes, types and numbers."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """The weights in a file of ``save_weights``, compared with their checksum."""
    with opened(path):
        pass  # it can be read: what fails now is in the file
    try:
        with safetensors.safe_open(path, "pt") as file:
            tensors, about = {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
        form, _, checksum = about.get("format", "").partition(_SEAL)
        if checksum and checksum != _checksum(tensors):
            raise ValueError("its checksum is that of other weights")
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise ValueError(
            f"{path} is no whole safetensors file, or damaged ({error}){_rewritten(path.parent)}"
        ) from error
    if checksum:
        refuse_other_format(form, "weights", path)
    return tensors


def load_weights(path: Path, model: nn.Module) -> None:
    """Load the weights of a run, ``model.safetensors``, into a network of the same architecture.

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
    unwrapped(model)
    try:
        tensors = read_weights(Path(path))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path} does not exist; train first, or give the folder of a run") from error
    try:
        model.load_state_dict(wrapped_state(model, tensors))
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
    write_text(folder / CONFIG, to_text("config", config))
    with suppress(OSError):
        (folder / EVALUATION).unlink()
    save_weights(folder / WEIGHTS, own_state(model) if isinstance(model, nn.Module) else model)
    write_text(folder / HISTORY, history.to_json())


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
    config = load_config(folder)
    spec, place = config["model"], folder / CONFIG
    if not isinstance(spec, dict):
        raise ValueError(
            f"{folder} holds a network that models.create did not make; build it, then call "
            f"load_weights({str(folder / WEIGHTS)!r}, model)"
        )
    checked(spec, _SPEC, place)
    try:
        model = models.create(spec["name"], spec["num_classes"], spec["in_channels"])
    except (ValueError, TypeError) as error:
        raise ValueError(f"{place} asks for a network that cannot be made: {error}") from error
    load_weights(folder / WEIGHTS, model)
    model.trained_on = config["data"]
    return model.eval(), config


def load_config(folder: Path) -> dict:
    """What a run says of its network, its data and its settings, each entry of its kind."""
    place = folder / CONFIG
    try:
        with opened(place) as file:
            config = checked(from_text(file.read(), "config", place), _RUN, place)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{folder} is no folder of a run: it has no {CONFIG}. Train with --out {folder} first"
        ) from None
    except ValueError as error:
        raise ValueError(f"{error}{_rewritten(folder)}") from error
    data, spec = checked(config["data"], _DATA, place), config["model"]
    classes = data["classes"]
    if isinstance(spec, dict) and classes is not None and len(classes) != spec.get("num_classes"):
        raise ValueError(
            f"{place} is not as it was written: {len(classes)} classes, and a network of "
            f"{spec.get('num_classes')} outputs{_rewritten(folder)}"
        )
    return config | {"data": data}
