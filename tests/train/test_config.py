"""TrainConfig refuses what it does not know, and says what is meant."""

import dataclasses
import json
import math

import numpy as np
import pytest

from cnncourse.train import Augment, TrainConfig
from cnncourse.train.config import changed_settings


def test_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().epochs = 3


def test_unknown_settings_list_near_matches():
    with pytest.raises(TypeError, match=r"no setting 'wieght_decay'. Did you mean 'weight_decay'"):
        TrainConfig(wieght_decay=0.1)
    with pytest.raises(ValueError, match=r"no setting 'xyz'. There are 'epochs', 'batch_size'"):
        TrainConfig.from_dict({"epochs": 2, "xyz": 1})


def test_lr_follows_the_optimizer_unless_given():
    assert TrainConfig(optimizer="sgd").lr > TrainConfig(optimizer="adam").lr
    assert TrainConfig(optimizer="sgd", lr=0.7).lr == 0.7


def test_survives_json():
    config = TrainConfig(
        epochs=3, lr=0.01, lr_scales={"fc": 0.5}, clip_norm=1.0, augment=Augment(flip=0.5, scale=(0.9, 1.1))
    )
    assert TrainConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    "name, value, rule",
    [
        ("epochs", 0, "whole number of at least 1"),
        ("epochs", 2.0, "whole number of at least 1"),
        ("batch_size", True, "whole number of at least 1"),
        ("seed", -1, "whole number of at least 0"),
        ("workers", "4", "whole number of at least 0"),
        ("optimizer", "Adam", "is unknown. Did you mean 'adam'"),
        ("schedule", "onecycle", "Did you mean 'one-cycle'"),
        ("precision", "bf16", "Did you mean 'bfloat16'"),
        ("lr", 0, "above 0"),
        ("lr", math.nan, "above 0"),
        ("lr", math.inf, "above 0"),
        ("momentum", 1.0, "at least 0 and below 1"),
        ("weight_decay", -0.1, "at least 0"),
        ("warmup", -0.1, "at least 0 and below 1"),
        ("label_smoothing", 1, "at least 0 and below 1"),
        ("ema", 1.0, "at least 0 and below 1"),
        ("clip_norm", 0, "above 0, or None"),
    ],
)
def test_refuses_values_out_of_range(name, value, rule):
    with pytest.raises(ValueError, match=f"{name}={value!r}.*{rule}"):
        TrainConfig(**{name: value})


@pytest.mark.parametrize(
    "name, values",
    [
        *((name, (None, "3", [3], 2.5, True)) for name in ("epochs", "batch_size", "workers", "seed")),
        *(
            (name, ("0.1", [0.1], True, 1j))
            for name in ("lr", "momentum", "weight_decay", "ema", "clip_norm")
        ),
        *((name, (None, 3, ["sgd"], b"sgd")) for name in ("optimizer", "schedule", "precision", "device")),
        *((name, ("no", 1, None)) for name in ("channels_last", "compile", "deterministic", "progress")),
        ("lr_scales", (None, 3, [("fc", 1)], "fc")),
        ("augment", (None, "flip", 3, ["flip"])),
    ],
)
def test_refuses_values_of_another_kind(name, values):
    for value in values:
        with pytest.raises(ValueError, match=rf"{name}=.* (must be a|is unknown)"):
            TrainConfig(**{name: value})


def test_numbers_of_numpy_are_numbers():
    config = TrainConfig(epochs=np.int64(3), lr=np.float32(0.5), augment={"flip": np.float64(0.5)})
    assert (config.epochs, config.lr, config.augment.flip) == (3, 0.5, 0.5)
    assert [type(value) for value in (config.epochs, config.lr)] == [int, float]


def test_an_augmentation_of_unknown_changes_is_refused():
    with pytest.raises(ValueError, match=r"Augment has no change 'flop'. Did you mean 'flip'\?"):
        TrainConfig(augment={"flop": 0.5})


def test_refuses_a_negative_scale():
    with pytest.raises(ValueError, match=r"lr_scales\['fc'\]=-1 must be a number at least 0"):
        TrainConfig(lr_scales={"fc": -1})


@pytest.mark.parametrize(
    "settings, text",
    [
        ({"flip": 1.5}, "flip=1.5 must be a number between 0 and 1"),
        ({"rotate": -3}, "rotate=-3 must be a number between 0 and 180"),
        ({"crop_padding": 1.5}, "crop_padding=1.5 must be a whole number"),
        ({"scale": (1.2, 0.8)}, r"scale=\(1.2, 0.8\) must be"),
        ({"mixup": -1}, "mixup=-1 must be"),
    ],
)
def test_augment_refuses_values_out_of_range(settings, text):
    with pytest.raises(ValueError, match=text):
        Augment(**settings)


def test_changed_settings_ignores_where_a_run_goes():
    old = TrainConfig(device="auto", progress=True).to_dict()
    assert changed_settings(old, TrainConfig(device="cpu", progress=False, workers=2).to_dict()) == {}
    assert changed_settings(old, TrainConfig(lr=0.5).to_dict()) == {"lr": (0.003, 0.5)}


def test_more_epochs_change_only_schedules_that_stretch():
    def more_epochs(schedule):
        return changed_settings(
            TrainConfig(epochs=2, schedule=schedule).to_dict(),
            TrainConfig(epochs=4, schedule=schedule).to_dict(),
        )

    assert more_epochs("constant") == more_epochs("step") == {}
    assert more_epochs("cosine") == more_epochs("one-cycle") == {"epochs": (2, 4)}
