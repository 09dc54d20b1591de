"""Plain records of what training and evaluation found, to and from JSON; plots read them without torch.

The JSON of a run's files says what it is, in which version, and has a checksum. All entries of such files are
read through ``checked``.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

# The records. What reads and writes the files of a run is for the rooms that have some.
__all__ = ["EpochRecord", "EvalResult", "History"]

VERSION = 1  # of every file of a run


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch of training gave.

    Losses and accuracies are means over samples, not means of batch means: a short last batch counts for what
    it holds. The training figures are collected while the weights still move, so they lag behind the
    validation ones.
    """

    epoch: int  # 1-based
    train_loss: float  # mean over the samples of the epoch, nats
    train_accuracy: float  # 0 to 1
    valid_loss: float | None  # None without validation data
    valid_accuracy: float | None
    lr: float  # learning rate of the epoch's last step
    seconds: float  # wall-clock time of the epoch, training and validation


@dataclass
class History:
    """The record of one call of ``fit``: an ``EpochRecord`` per epoch and where they came from.

    Examples
    --------
    >>> history = History([EpochRecord(1, 0.5, 0.8, 0.4, 0.85, 0.1, 2.0)], model="lenet5", data="digits")
    >>> history.column("valid_accuracy")
    array([0.85])
    >>> History.from_json(history.to_json()) == history
    True
    """

    records: list[EpochRecord] = field(default_factory=list)
    config: dict = field(default_factory=dict)  # the TrainConfig, as a dict
    model: str = ""
    data: str = ""
    device: str = ""
    precision: str = ""
    versions: dict = field(default_factory=dict)
    stopped: str | None = None  # why training ended early; None when it ran to the end

    def column(self, name: str) -> np.ndarray:
        """One quantity over the epochs.

        Parameters
        ----------
        name : str
            A field of ``EpochRecord``, for example ``"train_loss"``.

        Returns
        -------
        ndarray of shape (epochs,)
            Missing values (no validation data) are NaN.

        Raises
        ------
        ValueError
            If ``EpochRecord`` has no such field.
        """
        names = [f.name for f in fields(EpochRecord)]
        if name not in names:
            raise ValueError(f"name={name!r} is no column of a History; choose one of {', '.join(names)}")
        values = [getattr(record, name) for record in self.records]
        return np.array([np.nan if value is None else value for value in values], dtype=float)

    def to_json(self) -> str:
        """The history as a JSON text."""
        return to_text("history", asdict(self))

    @classmethod
    def from_json(cls, text: str) -> History:
        """The history written by ``to_json``.

        Raises
        ------
        ValueError
            If the text is not the JSON of a History.
        """
        return _history(text, "text")

    def save(self, path: str | Path) -> None:
        """Write ``to_json`` to a file."""
        Path(path).write_text(self.to_json() + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> History:
        """Read a file written by ``save``."""
        return _history(Path(path).read_bytes(), path)


@dataclass
class EvalResult:
    """What ``evaluate`` found on a data set of N samples and K classes.

    Examples
    --------
    >>> result = EvalResult(0.3, 0.75, np.array([[2, 0], [1, 1]]), ("cat", "dog"))
    >>> result.per_class()["recall"]
    array([1. , 0.5])
    """

    loss: float  # mean cross-entropy over the samples, nats
    accuracy: float  # 0 to 1
    confusion: np.ndarray  # int64 (K, K): rows true class, columns predicted class
    classes: tuple[str, ...]
    labels: np.ndarray | None = None  # int64 (N,)
    predicted: np.ndarray | None = None  # int64 (N,)
    probability: np.ndarray | None = None  # float32 (N, K)

    def per_class(self) -> dict[str, np.ndarray]:
        """Recall, precision and F1 of each class, and its number of samples.

        Returns
        -------
        dict of str to ndarray of shape (K,)
            Keys ``"recall"``, ``"precision"``, ``"f1"``, ``"support"``.

        Notes
        -----
        recall = hits / samples of the class, precision = hits / predictions of the class, F1 = their harmonic
        mean 2·hits / (samples + predictions). Where a denominator is 0 the value is 0.
        """
        hits = np.diag(self.confusion).astype(float)
        support = self.confusion.sum(axis=1)
        guesses = self.confusion.sum(axis=0)
        return {
            "recall": hits / np.maximum(support, 1),
            "precision": hits / np.maximum(guesses, 1),
            "f1": 2 * hits / np.maximum(support + guesses, 1),
            "support": support,
        }

    def to_json(self) -> str:
        """The result as a JSON text, without the arrays that have a row per sample."""
        confusion, classes = np.asarray(self.confusion).tolist(), list(self.classes)
        content = {"loss": self.loss, "accuracy": self.accuracy, "confusion": confusion, "classes": classes}
        return to_text("evaluation", content)

    @classmethod
    def from_json(cls, text: str) -> EvalResult:
        """The result written by ``to_json``; the arrays per sample are None.

        Raises
        ------
        ValueError
            If the text is not the JSON of an EvalResult.
        """
        kinds = {"loss": float, "accuracy": float, "confusion": list[list[int]], "classes": list[str]}
        content = checked(from_text(text, "evaluation", "text"), kinds, "text", others=False)
        confusion, classes = np.array(content["confusion"], dtype=np.int64), tuple(content["classes"])
        return cls(content["loss"], content["accuracy"], confusion, classes)


def _history(text: str | bytes, place: object) -> History:
    """The history in a text that stands at ``place``."""
    kinds = get_type_hints(History) | {"records": list[dict]}
    content = checked(from_text(text, "history", place), kinds, place, default=History(), others=False)
    content["records"] = [epoch_record(record, place) for record in content["records"]]
    return History(**content)


def epoch_record(content: dict, place: object) -> EpochRecord:
    """A record from the entries of a file, each of its kind."""
    return EpochRecord(**checked(content, get_type_hints(EpochRecord), place, others=False))


def to_text(kind: str, content: Mapping) -> str:
    """The JSON of a run's file: what it is and in which version, the content, and a checksum of it."""
    content = {"format": f"cnncourse {kind} {VERSION}", **content}
    return json.dumps({**content, "checksum": _checksum(content)}, indent=1)


def from_text(text: str | bytes, kind: str, place: object) -> dict:
    """The content that ``to_text`` wrote, with its checksum compared; a file without a format has none."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{place} is not JSON, so it is damaged or foreign ({error})") from error
    if not isinstance(content, dict):
        raise ValueError(f"{place} is not the JSON of a {kind}: it holds no object")
    refuse_other_format(content.get("format"), kind, place)
    checksum = content.pop("checksum", None)
    if checksum != (_checksum(content) if "format" in content else None):
        raise ValueError(
            f"{place} is damaged or was edited: its checksum is that of another content. Where the change is "
            "your own, delete the entries 'format' and 'checksum'"
        )
    content.pop("format", None)
    return content


def refuse_other_format(found: object, kind: str, place: object) -> None:
    """Raise for a file of another kind, or of a version that is not known here."""
    ours = f"cnncourse {kind} {VERSION}"
    if found in (None, ours):
        return
    start, _, number = str(found).rpartition(" ")
    if start == f"cnncourse {kind}" and number.isdecimal() and int(number) > VERSION:
        raise ValueError(f"{place} was written by a newer cnncourse ({found!r}, here {ours!r}): update")
    raise ValueError(f"{place} is not a file of the format {ours!r}: it says {found!r}")


def _checksum(content: Mapping) -> str:
    """SHA-256 of the content, whatever spaces and order it is written with."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def checked(
    content: object, kinds: Mapping[str, Any], place: object, *, default: object = None, others: bool = True
) -> dict:
    """The entries of a file, each of its kind: the one place where files from elsewhere are looked at.

    ``kinds`` holds types as annotations write them. An entry that may be None may be missing, as may one that
    ``default`` has an attribute for. With ``others`` there may be entries more than these.
    """
    if not isinstance(content, Mapping):
        raise ValueError(
            f"{place} is not as it was written: it holds {_short(content)} for a table of entries"
        )
    content = {name: getattr(default, name) for name in kinds if hasattr(default, name)} | dict(content)
    for name, kind in kinds.items():
        if not is_of_kind(content.setdefault(name, None), kind):
            raise ValueError(
                f"{place} is not as it was written: its entry {name!r} is {_short(content[name])} and "
                f"must be {kind_in_words(kind)}. Correct it, or take a whole copy of the file"
            )
    if not others and content.keys() - kinds.keys():
        extra = min(content.keys() - kinds.keys())
        raise ValueError(
            f"{place} is not as it was written: it has the entry {extra!r}. Take it out, or update cnncourse"
        )
    return content


def is_of_kind(value: object, kind: Any) -> bool:
    """Whether a value fits a type as annotations write it; a bool is no number, and an int may be a float."""
    if isinstance(kind, types.UnionType):
        return any(is_of_kind(value, one) for one in get_args(kind))
    if get_origin(kind) is not None:
        inner = get_args(kind)[-1]  # of a list its items, of a mapping its values
        items = value.values() if isinstance(value, Mapping) else value
        return isinstance(value, get_origin(kind)) and all(is_of_kind(item, inner) for item in items)
    if kind in (int, float):
        return isinstance(value, (int, kind)) and not isinstance(value, bool)
    return isinstance(value, kind)


def kind_in_words(kind: Any) -> str:
    """A type as an error names it."""
    if isinstance(kind, types.UnionType):
        return " or ".join(map(kind_in_words, get_args(kind)))
    if kind is type(None):
        return "None"
    return str(kind) if get_origin(kind) else kind.__name__


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
