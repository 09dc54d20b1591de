"""Files of a run: whole or not there, refused when they are not ours, and enough to go on."""

import json
import os
import pickle
import shutil
import zipfile

import numpy as np
import pytest
import torch
from small_training import make_data, make_net

from cnncourse import models, train
from cnncourse.results import History
from cnncourse.train import Augment, TrainConfig, checkpoint
from cnncourse.train import folder as run_folder


def settings(**changes):
    return TrainConfig(**{"epochs": 3, "batch_size": 16, "progress": False, **changes})


def lenet_data():
    return make_data(40, size=28)


@pytest.fixture
def run(tmp_path):
    """A finished run of two epochs."""
    model = models.create("lenet5", 3, 1)
    train.fit(model, lenet_data(), lenet_data(), settings(epochs=2), out=tmp_path / "run")
    return tmp_path / "run", model


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_run_can_be_read_back(run):
    folder, model = run
    again, config = train.load_run(folder)
    assert same(again.state_dict(), model.cpu().state_dict())
    assert not again.training
    assert config["model"] == {"name": "lenet5", "num_classes": 3, "in_channels": 1}
    assert config["data"]["classes"] == ["a", "b", "c"]
    assert TrainConfig.from_dict(config["train"]) == settings(epochs=2)
    assert len(History.load(folder / "history.json").records) == 2
    images = lenet_data().images
    # The trained network keeps its weights in channels_last order, where sums run in another order.
    np.testing.assert_allclose(train.predict(again, images), train.predict(model, images), rtol=1e-5)


def test_the_folder_holds_no_leftovers(run):
    assert sorted(p.name for p in run[0].iterdir()) == [
        "checkpoint.pt",
        "config.json",
        "history.json",
        "model.safetensors",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": "sgd", "schedule": "cosine"},
        {"optimizer": "adam", "schedule": "step", "step_epochs": 1},
        {"ema": 0.9, "augment": Augment(flip=0.5, rotate=10, mixup=0.3), "clip_norm": 1.0},
        {"early_stopping": 5, "schedule": "constant", "lr_scales": {"0.": 0.1}},
    ],
)
def test_a_run_in_two_parts_has_the_bits_of_one(tmp_path, changes):
    """The first part is ended by a callback after each possible epoch; the second is a fresh network."""
    config = settings(epochs=4, **changes)
    data = make_data()
    whole = make_net(dropout=0.3)
    history = train.fit(whole, data, make_data(seed=1), config)
    for last in (1, 3):
        folder = tmp_path / str(last)

        def interrupt(record, model, last=last):
            if record.epoch == last + 1:
                raise KeyboardInterrupt

        train.fit(make_net(dropout=0.3), data, make_data(seed=1), config, [interrupt], out=folder)
        second = make_net(seed=7, dropout=0.3)
        resumed = train.fit(second, data, make_data(seed=1), config, out=folder, resume=True)
        assert same(whole.state_dict(), second.state_dict())
        for column in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "lr"):
            np.testing.assert_array_equal(resumed.column(column), history.column(column))


def test_resume_starts_where_there_is_nothing(tmp_path):
    a, b = make_net(), make_net()
    train.fit(a, make_data(), config=settings())
    train.fit(b, make_data(), config=settings(), out=tmp_path / "new", resume=True)
    assert same(a.state_dict(), b.state_dict())


def test_resuming_a_finished_run_changes_nothing(tmp_path):
    model, again = make_net(), make_net(seed=3)
    train.fit(model, make_data(), config=settings(ema=0.5), out=tmp_path)
    history = train.fit(again, make_data(), config=settings(ema=0.5), out=tmp_path, resume=True)
    assert len(history.records) == 3
    assert same(model.state_dict(), again.state_dict())


def test_a_run_that_stopped_for_a_reason_stays_stopped(tmp_path):
    config = settings(schedule="constant")
    train.fit(make_net(), make_data(), config=config, callbacks=[lambda r, m: "enough"], out=tmp_path)
    history = train.fit(make_net(), make_data(), config=config, out=tmp_path, resume=True)
    assert (history.stopped, len(history.records)) == ("enough", 1)


def test_refuses_to_write_over_a_run(run):
    with pytest.raises(FileExistsError, match=r"already holds a run; continue it with resume=True"):
        train.fit(models.create("lenet5", 3, 1), lenet_data(), config=settings(), out=run[0])


def test_refuses_to_go_on_with_something_else(run):
    folder = run[0]
    with pytest.raises(ValueError, match=r"other settings \(lr was 0.003, now 0.5\)"):
        train.fit(
            models.create("lenet5", 3, 1),
            lenet_data(),
            config=settings(epochs=2, lr=0.5),
            out=folder,
            resume=True,
        )
    with pytest.raises(ValueError, match=r"another model .*lenet5.*mlp"):
        train.fit(
            models.create("mlp", 3, 1), lenet_data(), config=settings(epochs=2), out=folder, resume=True
        )
    with pytest.raises(ValueError, match="another data"):
        train.fit(
            models.create("lenet5", 3, 1),
            make_data(50, size=28),
            config=settings(epochs=2),
            out=folder,
            resume=True,
        )


def test_a_schedule_that_does_not_stretch_may_get_more_epochs(tmp_path):
    whole, parts = make_net(), make_net()
    train.fit(whole, make_data(), config=settings(epochs=4, schedule="constant"))
    train.fit(parts, make_data(), config=settings(epochs=2, schedule="constant"), out=tmp_path)
    train.fit(parts, make_data(), config=settings(epochs=4, schedule="constant"), out=tmp_path, resume=True)
    assert same(whole.state_dict(), parts.state_dict())


def test_a_truncated_checkpoint_is_refused_at_every_length(run):
    path = run[0] / "checkpoint.pt"
    whole = path.read_bytes()
    for length in [0, 1, 3, 4, 100, *np.linspace(200, len(whole) - 1, 25).astype(int)]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"checkpoint.pt is (truncated or damaged|refused)"):
            checkpoint.load_checkpoint(run[0])


def test_truncated_weights_are_refused_at_every_length(run):
    path = run[0] / "model.safetensors"
    whole = path.read_bytes()
    for length in [0, 1, 7, 8, 9, 100, *np.linspace(200, len(whole) - 1, 25).astype(int)]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"model.safetensors is no whole safetensors file"):
            train.load_run(run[0])


def foreign_text(path):
    path.write_text("dear diary\n" * 50)


def foreign_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "hello")


def foreign_state_dict(path):
    torch.save(torch.nn.Linear(2, 2).state_dict(), path)


def foreign_list(path):
    torch.save([1, 2, 3], path)


def foreign_object(path):
    torch.save(torch.nn.Linear(2, 2), path)  # a whole module needs code to be read back


def foreign_safetensors(path):
    checkpoint.save_weights(path, torch.nn.Linear(2, 2).state_dict())


@pytest.mark.parametrize(
    "write",
    [foreign_text, foreign_zip, foreign_state_dict, foreign_list, foreign_object, foreign_safetensors],
)
def test_a_foreign_checkpoint_is_refused(tmp_path, write):
    write(tmp_path / "checkpoint.pt")
    with pytest.raises(
        ValueError, match=r"checkpoint.pt is (refused|truncated or damaged|a torch file, but no checkpoint)"
    ):
        train.fit(make_net(), make_data(), config=settings(), out=tmp_path, resume=True)


class Payload:
    """What an attacker would put into a checkpoint: unpickling it creates a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


@pytest.mark.parametrize("how", ["pickle", "torch", "torch legacy", "inside a state"])
def test_a_malicious_pickle_is_refused_and_not_run(tmp_path, how):
    marker, path = tmp_path / "it ran", tmp_path / "checkpoint.pt"
    payload = Payload(marker)
    if how == "pickle":
        path.write_bytes(pickle.dumps(payload, protocol=2))
    elif how == "inside a state":
        checkpoint.save_checkpoint(tmp_path, {"model": {}, "optimizer": payload})
    else:
        torch.save(payload, path, _use_new_zipfile_serialization=how == "torch")
    with pytest.raises(ValueError, match=r"is refused.*Nothing in it was run"):
        train.fit(make_net(), make_data(), config=settings(), out=tmp_path, resume=True)
    assert not marker.exists()
    pickle.loads(pickle.dumps(payload))
    assert marker.exists()  # the payload does work where pickles are trusted


def test_load_run_says_what_is_missing(run, tmp_path):
    folder, _ = run
    with pytest.raises(FileNotFoundError, match="is no folder of a run"):
        train.load_run(tmp_path / "elsewhere")
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"model.safetensors does not exist"):
        train.load_run(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config.json is not JSON, so it is damaged or foreign"):
        train.load_run(folder)


def test_weights_of_another_network_are_refused(run):
    folder, _ = run
    config = json.loads((folder / "config.json").read_text())
    config["model"]["name"] = "mlp"
    del config["checksum"], config["format"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="holds the weights of another network"):
        train.load_run(folder)


def test_a_network_of_ones_own_says_how_to_read_it(tmp_path):
    model = make_net()
    train.fit(model, make_data(), config=settings(), out=tmp_path)
    with pytest.raises(ValueError, match=r"that models.create did not make.*load_weights"):
        train.load_run(tmp_path)
    again = make_net(seed=9)
    train.load_weights(tmp_path / "model.safetensors", again)
    assert same(model.state_dict(), again.state_dict())


def test_save_run_writes_what_load_run_reads(tmp_path):
    model = models.create("lenet5", 3, 1)
    history = train.fit(model, lenet_data(), config=settings(epochs=1))
    train.save_run(
        tmp_path, model, history, {"model": model.spec, "data": model.trained_on, "train": history.config}
    )
    assert same(train.load_run(tmp_path)[0].state_dict(), model.state_dict())
    assert History.load(tmp_path / "history.json") == history


def test_tied_weights_can_be_saved(tmp_path):
    model = torch.nn.ModuleDict({"a": torch.nn.Linear(3, 3), "b": torch.nn.Linear(3, 3)})
    model["b"].weight = model["a"].weight
    checkpoint.save_weights(tmp_path / "tied.safetensors", model.state_dict())
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    torch.nn.init.zeros_(model["a"].weight)
    checkpoint.load_weights(tmp_path / "tied.safetensors", model)
    assert same(before, model.state_dict())


needs_dev_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is a Linux device")


@needs_dev_full
@pytest.mark.parametrize("name", ["checkpoint.pt", "model.safetensors"])
def test_a_full_disk_leaves_the_old_files_and_says_so(tmp_path, name, monkeypatch):
    """/dev/full answers every write with the kernel's own "no space left on device"."""
    config = settings(schedule="constant")
    train.fit(make_net(), make_data(), config=config, out=tmp_path)
    before = (tmp_path / name).read_bytes()
    more = settings(schedule="constant", epochs=5)

    def on_a_full_disk(path, mode):
        return open("/dev/full", "wb") if mode == "xb" and name in path.name else open(path, mode)

    said = rf"{name} could not be written .*No space left.*its former content is untouched. Free some space"
    with monkeypatch.context() as patch:
        patch.setattr(run_folder, "open", on_a_full_disk, raising=False)
        with pytest.raises(OSError, match=said):
            train.fit(make_net(), make_data(), config=more, out=tmp_path, resume=True)
    assert (tmp_path / name).read_bytes() == before
    assert not list(tmp_path.glob(".*"))
    whole, resumed = make_net(), make_net()
    train.fit(whole, make_data(), config=more)
    train.fit(resumed, make_data(), config=more, out=tmp_path, resume=True)  # the disk has room again
    assert same(whole.state_dict(), resumed.state_dict())


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="could not be written"):
        train.fit(make_net(), make_data(), config=settings(epochs=1), out=tmp_path / "file" / "run")


def test_checkpoints_move_to_another_place(tmp_path):
    config = settings(schedule="constant")
    train.fit(make_net(), make_data(), config=config, out=tmp_path / "a")
    shutil.move(tmp_path / "a", tmp_path / "b")
    history = train.fit(
        make_net(),
        make_data(),
        config=settings(schedule="constant", epochs=4),
        out=tmp_path / "b",
        resume=True,
    )
    assert len(history.records) == 4
