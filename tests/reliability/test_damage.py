"""A flipped bit in a file of a run is noticed or harmless; what cannot be read now is not called damaged."""

import json
import shutil

import numpy as np
import pytest
import safetensors.torch
import torch

from cnncourse import models, train
from cnncourse.cli.sources import Source
from cnncourse.data.arrays import ImageData
from cnncourse.results import EvalResult, History, to_text
from cnncourse.train import TrainConfig, checkpoint
from cnncourse.train.folder import opened

FILES = (
    "checkpoint.pt",
    "model.safetensors",
    "config.json",
    "history.json",
    "evaluation.json",
    "command.json",
)


def images(n=12):
    rng = np.random.default_rng(0)
    return ImageData(rng.integers(0, 255, (n, 1, 28, 28)).astype(np.uint8), np.arange(n) % 2, ("cat", "dog"))


def fit(folder, **changes):
    """A small network, trained for an epoch into a folder."""
    torch.manual_seed(0)
    model = models.create("perceptron", 2, 1)
    config = TrainConfig(**{"epochs": 1, "schedule": "constant", "progress": False} | changes)
    train.fit(model, images(), images(), config, out=folder, resume=True)
    return model


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    (folder / "evaluation.json").write_text(train.evaluate(fit(folder), images()).to_json())
    Source("digits", size=(28, 28)).save(
        folder, {"model": "perceptron", "weights": None, "valid": 0.1, "settings": {}}
    )
    return folder


@pytest.fixture
def run(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "run")


def content(folder, name):
    """What a file says, to compare; and an error where it is damaged."""
    if name == "checkpoint.pt":
        return comparable(checkpoint.load_checkpoint(folder))
    if name == "model.safetensors":
        return comparable(checkpoint.read_weights(folder / name))
    if name == "config.json":
        return checkpoint.load_config(folder)
    if name == "history.json":
        return History.load(folder / name)
    if name == "command.json":
        return Source.load_all(folder)
    return comparable(vars(EvalResult.from_json((folder / name).read_text())))


def comparable(value):
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def silent_flips(whole, folder, name, places):
    """The places of bits, flipped one at a time, after which another content is read without a word."""
    shutil.copytree(whole, folder, dirs_exist_ok=True)
    path, right = folder / name, content(whole, name)
    before = path.read_bytes()
    silent = []
    for place in places:
        damaged = bytearray(before)
        damaged[place // 8] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            if content(folder, name) != right:
                silent.append(place)
        except ValueError:
            pass
    return silent


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_noticed_or_harmless(whole, tmp_path, name):
    bits = 8 * (whole / name).stat().st_size
    places = np.random.default_rng(1).integers(0, bits, 60).tolist()
    assert silent_flips(whole, tmp_path / "run", name, places) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_flipped_bit_is_noticed_or_harmless(whole, tmp_path, name):
    bits = 8 * (whole / name).stat().st_size
    places = range(bits) if bits < 40_000 else np.random.default_rng(2).integers(0, bits, 5_000).tolist()
    assert silent_flips(whole, tmp_path / "run", name, places) == []


def flip_in(path, part):
    """Damage a file within a part of its content."""
    before = bytearray(path.read_bytes())
    before[bytes(before).index(part) + len(part) // 2] ^= 1
    path.write_bytes(before)


def test_a_damaged_checkpoint_says_what_can_still_be_used(run):
    weights = fit(run).state_dict()["1.weight"].numpy().tobytes()
    flip_in(run / "checkpoint.pt", weights[:40])
    with pytest.raises(
        ValueError, match=r"checkpoint.pt is truncated or damaged .*whole, in model.safetensors"
    ):
        fit(run)
    flip_in(run / "model.safetensors", weights[:40])
    with pytest.raises(
        ValueError, match=r"checkpoint.pt is truncated or damaged .*run cannot go on. Delete it"
    ):
        fit(run)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_resuming_writes_damaged_results_anew(run, whole, name):
    path = run / name
    flip_in(path, path.read_bytes()[-300:])
    with pytest.raises(ValueError, match=rf"{name} is .*--resume writes it again from checkpoint.pt"):
        train.load_run(run)
    fit(run)
    assert path.read_bytes() == (whole / name).read_bytes()


@pytest.mark.parametrize(
    "entry, value, said",
    [
        ("model", 5, "its entry 'model' is 5 and must be dict or str"),
        ("train", None, "its entry 'train' is None and must be dict"),
        ("data", {"classes": "cat"}, "its entry 'classes' is 'cat' and must be list"),
        ("data", {"mean": ["0.5"]}, "its entry 'mean' is"),
        ("data", {"classes": ["cat"]}, "1 classes, and a network of 2 outputs"),
        ("model", {"name": "perceptron", "num_classes": "2", "in_channels": 1}, "2 outputs|'num_classes'"),
        ("model", {"name": "perzeptron", "num_classes": 2, "in_channels": 1}, "cannot be made: .*perceptron"),
    ],
)
def test_an_edited_entry_is_named(run, entry, value, said):
    config = checkpoint.load_config(run)
    config[entry] = config[entry] | value if entry == "data" else value
    (run / "config.json").write_text(to_text("config", config))
    with pytest.raises(ValueError, match=rf"config.json .*({said})"):
        train.load_run(run)


def test_an_edit_of_ones_own_is_taken_without_the_checksum(run):
    text = (run / "config.json").read_text()
    config = json.loads(text.replace('"cat"', '"kitten"'))
    (run / "config.json").write_text(json.dumps(config))
    with pytest.raises(
        ValueError, match=r"config.json is damaged or was edited.*delete the entries 'format' and 'checksum'"
    ):
        train.load_run(run)
    del config["checksum"], config["format"]
    (run / "config.json").write_text(json.dumps(config))
    assert train.load_run(run)[0].trained_on["classes"] == ["kitten", "dog"]


def test_a_newer_or_foreign_file_is_told_apart_from_a_damaged_one(run):
    for name in ("config.json", "history.json"):
        text = json.loads((run / name).read_text())
        del text["checksum"]
        for said, answer in (("config 2", "newer cnncourse"), ("x 1", "not a file of the format")):
            if name == "config.json":
                (run / name).write_text(json.dumps(text | {"format": f"cnncourse {said}"}))
                with pytest.raises(ValueError, match=rf"config.json .*{answer}"):
                    train.load_run(run)
    torch.save({"format": "cnncourse checkpoint 2"}, run / "checkpoint.pt")
    with pytest.raises(ValueError, match=r"checkpoint.pt was written by a newer cnncourse"):
        fit(run)


@pytest.mark.parametrize(
    "entry", ["model", "optimizer", "scheduler", "records", "run", "stopped", "average_steps"]
)
def test_a_checkpoint_with_other_entries_is_named(run, entry):
    state = checkpoint.load_checkpoint(run)
    for value in (7, {"a": 1}, [{"epoch": "one"}], None):
        checkpoint.save_checkpoint(run, state | {entry: value})
        if (entry, value) in (("stopped", None), ("average_steps", 7)):
            continue
        with pytest.raises(ValueError, match=r"checkpoint.pt (is not as it was written|does not fit)"):
            fit(run)


def test_what_cannot_be_read_now_is_not_called_damaged(run):
    """A link to itself; then a folder below a file."""
    for name, read in (
        ("checkpoint.pt", lambda: fit(run)),
        ("model.safetensors", lambda: train.load_run(run)),
        ("config.json", lambda: train.load_run(run)),
    ):
        before = (run / name).read_bytes()
        (run / name).unlink()
        (run / name).symlink_to(run / name)
        with pytest.raises(
            OSError, match=rf"{name} cannot be read now .*not mean that it is damaged"
        ) as caught:
            read()
        assert "elete" not in str(caught.value)
        (run / name).unlink()
        (run / name).write_bytes(before)
    with pytest.raises(NotADirectoryError, match="cannot be read now"):
        checkpoint.load_checkpoint(run / "config.json")


def test_no_permission_is_no_damage(run, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("cnncourse.train.folder.open", refuse, raising=False)
    with pytest.raises(PermissionError, match=r"cannot be read now \(Permission denied\)"), opened(run / "x"):
        pass
    with pytest.raises(
        OSError, match=r"could not be written .*Permission denied.*Make the folder writable"
    ) as caught:
        checkpoint.write_text(run / "history.json", "{}")
    assert "space" not in str(caught.value)


def test_an_evaluation_goes_with_the_weights_that_it_measured(run):
    fit(run, epochs=2)
    assert not (run / "evaluation.json").exists()


def test_weights_of_another_tool_have_no_checksum_and_are_taken(run):
    """As safetensors itself writes them; and as a history that an older version wrote."""
    weights = checkpoint.read_weights(run / "model.safetensors")
    safetensors.torch.save_file(weights, run / "model.safetensors")
    assert torch.equal(train.load_run(run)[0].state_dict()["1.weight"], weights["1.weight"])
    content = json.loads((run / "history.json").read_text())
    old = {key: content[key] for key in content if key not in ("format", "checksum", "stopped")}
    (run / "history.json").write_text(json.dumps(old))
    assert len(History.load(run / "history.json").records) == 1
