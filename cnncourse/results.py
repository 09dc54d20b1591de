"""Plain records of what training and evaluation found, to and from JSON; plots read them without torch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import numpy as np


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
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> History:
        """The history written by ``to_json``.

        Raises
        ------
        ValueError
            If the text is not the JSON of a History.
        """
        content = _read_object(text, cls)
        try:
            records = [EpochRecord(**record) for record in content.pop("records")]
        except TypeError as error:
            raise ValueError(f"text is not the JSON of a History: {error}") from error
        return cls(records=records, **content)

    def save(self, path: str | Path) -> None:
        """Write ``to_json`` to a file."""
        Path(path).write_text(self.to_json() + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> History:
        """Read a file written by ``save``."""
        return cls.from_json(Path(path).read_text(encoding="utf-8"))


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
        content = {
            "loss": self.loss,
            "accuracy": self.accuracy,
            "confusion": np.asarray(self.confusion).tolist(),
            "classes": list(self.classes),
        }
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str) -> EvalResult:
        """The result written by ``to_json``; the arrays per sample are None.

        Raises
        ------
        ValueError
            If the text is not the JSON of an EvalResult.
        """
        content = _read_object(text, cls)
        content["confusion"] = np.array(content["confusion"], dtype=np.int64)
        content["classes"] = tuple(content["classes"])
        return cls(**content)


def _read_object(text: str, cls: type) -> dict:
    """The JSON object in ``text``, checked to have the fields of ``cls`` and no other."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"text is not JSON: {error}") from error
    known = {f.name for f in fields(cls)}
    missing = {"records"} if cls is History else {"loss", "accuracy", "confusion", "classes"}
    if not isinstance(content, dict) or not missing <= content.keys() <= known:
        raise ValueError(f"text is not the JSON of a {cls.__name__}: expected an object with {sorted(known)}")
    return content
