"""What a training run is told: one frozen record, checked when it is made, saved with every result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields

from cnncourse.errors import did_you_mean
from cnncourse.train.augment import Augment
from cnncourse.train.checks import check_kinds, check_range, check_whole

OPTIMIZERS = ("sgd", "nesterov", "adam", "adamw", "adadelta")
SCHEDULES = ("constant", "step", "cosine", "one-cycle")
PRECISIONS = ("auto", "float32", "bfloat16")
DEFAULT_LR = {"sgd": 0.05, "nesterov": 0.05, "adam": 0.003, "adamw": 0.003, "adadelta": 1.0}

# Where and how fast a run goes, not what it computes: these may change when a run is resumed.
RUNTIME_FIELDS = ("device", "workers", "progress")


@dataclass(frozen=True)
class TrainConfig:
    """Settings of ``fit``. Frozen: make a changed copy with ``dataclasses.replace``.

    Raises
    ------
    TypeError
        For a name that is no setting; the text lists near matches.
    ValueError
        For a value out of range; the text names the setting, the value and the rule.

    Examples
    --------
    >>> TrainConfig(epochs=3, optimizer="sgd").lr
    0.05
    >>> TrainConfig(bach_size=64)
    Traceback (most recent call last):
    TypeError: TrainConfig has no setting 'bach_size'. Did you mean 'batch_size'?
    """

    epochs: int = 5  # passes over the training images
    batch_size: int = 128  # images per step; under torchrun per process
    optimizer: str = "adamw"  # one of OPTIMIZERS
    lr: float | None = None  # peak step length; None: the optimiser's own, see DEFAULT_LR
    momentum: float = 0.9  # share of the last step kept, sgd and nesterov only; 0 to below 1
    weight_decay: float = 5e-4  # pull towards zero per unit of lr; in adamw apart from the gradient
    # factor on lr by start of parameter name; 0 freezes
    lr_scales: Mapping[str, float] = field(default_factory=dict)
    schedule: str = "one-cycle"  # one of SCHEDULES
    warmup: float = 0.3  # share of all steps during which one-cycle climbs; 0 to below 1
    step_epochs: int = 2  # epochs between two drops of the step schedule
    step_factor: float = 0.1  # what a drop multiplies lr by
    clip_norm: float | None = None  # longest gradient (Euclidean norm over all parameters); None: no limit
    label_smoothing: float = 0.0  # share of the target spread over all classes; 0 to below 1
    ema: float = 0.0  # decay per step of an average of the weights, used in the end; 0: no average
    early_stopping: int = 0  # epochs without a lower validation loss before training stops; 0: never
    augment: Augment = field(default_factory=Augment)  # random changes of the training images
    device: str = "auto"  # auto (cuda, mps, cpu) or a torch device such as "cuda:1"
    precision: str = "auto"  # one of PRECISIONS; auto: bfloat16 on GPUs that have it, float32 elsewhere
    channels_last: bool = True  # memory order N, H, W, C, which convolutions read faster
    compile: bool = False  # torch.compile the network: slow to start, faster per step
    deterministic: bool = False  # ask cuDNN for repeatable kernels: the same bits on a GPU, slower
    seed: int = 0  # order of the images, augmentation, dropout; 0 to 2**63 - 1
    workers: int = 0  # processes that load images, for streamed data only
    progress: bool = True  # show a bar or a line per epoch

    def __new__(cls, *args: object, **settings: object) -> TrainConfig:
        _refuse_unknown(settings, TypeError)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if isinstance(self.augment, Mapping):
            object.__setattr__(self, "augment", Augment.from_dict(self.augment))
        check_kinds(self, _KINDS)
        object.__setattr__(self, "lr_scales", dict(self.lr_scales))
        _check_choice("optimizer", self.optimizer, OPTIMIZERS)
        _check_choice("schedule", self.schedule, SCHEDULES)
        _check_choice("precision", self.precision, PRECISIONS)
        if self.lr is None:
            object.__setattr__(self, "lr", DEFAULT_LR[self.optimizer])
        for name, smallest in _WHOLE_NUMBERS.items():
            check_whole(name, getattr(self, name), smallest)
        if self.seed > _LARGEST_SEED:
            raise ValueError(f"seed={self.seed} must be a whole number from 0 to {_LARGEST_SEED}")
        for name, (low, high, rule) in _RANGES.items():
            check_range(name, getattr(self, name), low, high, rule)
        for prefix, factor in self.lr_scales.items():
            check_range(f"lr_scales[{prefix!r}]", factor, 0, float("inf"), "at least 0")
        if self.clip_norm is not None:
            check_range("clip_norm", self.clip_norm, 1e-300, float("inf"), "above 0, or None for no limit")

    @classmethod
    def from_dict(cls, settings: Mapping) -> TrainConfig:
        """A configuration from a mapping, as ``to_dict`` gives it; ValueError if it is none."""
        if not isinstance(settings, Mapping):
            raise ValueError(f"settings must be a mapping of names to values, got {settings!r}")
        _refuse_unknown(settings, ValueError)
        return cls(**settings)

    def to_dict(self) -> dict:
        """All settings as plain values, ready for JSON."""
        return json.loads(json.dumps(asdict(self)))


_KINDS = {
    **dict.fromkeys(("optimizer", "schedule", "precision", "device"), str),
    **dict.fromkeys(("channels_last", "compile", "deterministic", "progress"), bool),
    "lr_scales": Mapping,
    "augment": Augment,
}
_WHOLE_NUMBERS = {
    **dict.fromkeys(("epochs", "batch_size", "step_epochs"), 1),
    **dict.fromkeys(("early_stopping", "workers", "seed"), 0),
}
_LARGEST_SEED = 2**63 - 1  # what PyTorch's generators take, with room to add the epoch
_BELOW_ONE = (0, 1, "at least 0 and below 1")
_RANGES = {
    "momentum": _BELOW_ONE,
    "warmup": _BELOW_ONE,
    "label_smoothing": _BELOW_ONE,
    "ema": _BELOW_ONE,
    "lr": (1e-12, float("inf"), "above 0"),
    "weight_decay": (0, float("inf"), "at least 0"),
    "step_factor": (1e-12, float("inf"), "above 0"),
}


def _refuse_unknown(settings: Mapping, error: type[Exception]) -> None:
    """Raise for the first key that is no setting, with near matches."""
    known = [f.name for f in fields(TrainConfig)]
    for key in settings:
        if key not in known:
            raise error(f"TrainConfig has no setting {key!r}. {did_you_mean(key, known)}")


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a name that is none of the choices."""
    if value not in choices:
        raise ValueError(f"{name}={value!r} is unknown. {did_you_mean(value, choices)}")


def changed_settings(old: Mapping, new: Mapping) -> dict[str, tuple]:
    """Settings that differ in a way that changes what is computed, each with its old and new value.

    More epochs are no change for the schedules that do not stretch over the whole run.
    """
    free = set(RUNTIME_FIELDS)
    if old.get("schedule") == new.get("schedule") and new.get("schedule") in ("constant", "step"):
        free.add("epochs")
    # A setting that an older version did not know had, then, its default.
    defaults = {f.name: f.default for f in fields(TrainConfig) if f.default is not MISSING}
    merged = {**defaults, **old}
    return {
        key: (merged.get(key), new[key]) for key in new if key not in free and merged.get(key) != new[key]
    }
