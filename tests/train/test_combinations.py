"""Every kind of data as train and valid, with what follows: predict, evaluate, resume, one last sample."""

import numpy as np
import pytest
import torch
from small_training import make_data, make_net
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from cnncourse import models, train, transfer
from cnncourse.cli import main
from cnncourse.train import Augment, TrainConfig


def settings(**changes):
    return TrainConfig(**{"epochs": 6, "batch_size": 16, "progress": False, **changes})


def pixels(data):
    return TensorDataset(torch.from_numpy(data.images), torch.from_numpy(data.labels))


def floats(data, mean=0.35, std=0.25):
    return TensorDataset((torch.from_numpy(data.images) / 255 - mean) / std, torch.from_numpy(data.labels))


class Stream(IterableDataset):
    """Pairs that come one by one, of a known number."""

    def __init__(self, data):
        self.pairs = pixels(data)

    def __iter__(self):
        yield from self.pairs

    def __len__(self):
        return len(self.pairs)


RAW = {
    "images": lambda data: data,
    "dataset": pixels,
    "loader": lambda data: DataLoader(pixels(data), 16, shuffle=True),
    "stream": Stream,
}
OWN = {"floats": floats, "float loader": lambda data: DataLoader(floats(data), 16, shuffle=True)}


@pytest.mark.parametrize("valid", RAW)
@pytest.mark.parametrize("kind", RAW)
def test_pixels_of_every_kind_are_one_kind(kind, valid):
    """Validation, evaluate on each kind and predict agree; the last batch is a single image."""
    data, unseen, net = make_data(65), make_data(seed=1), make_net()
    history = train.fit(net, RAW[kind](data), RAW[valid](unseen), settings(augment=Augment(mixup=0.1)))
    expected = history.records[-1].valid_accuracy
    assert expected > 0.9
    for again in RAW.values():
        assert train.evaluate(net, again(unseen)).accuracy == expected
    assert (train.predict(net, unseen.images).argmax(1) == unseen.labels).mean() == expected
    assert net.trained_on["image_shape"] == [1, 8, 8]


@pytest.mark.parametrize("valid", OWN)
@pytest.mark.parametrize("kind", OWN)
def test_numbers_that_a_loader_normalised_meet_only_such(kind, valid):
    unseen, net = make_data(seed=1), make_net()
    history = train.fit(net, OWN[kind](make_data(65)), OWN[valid](unseen), settings())
    assert history.records[-1].valid_accuracy == train.evaluate(net, floats(unseen)).accuracy > 0.9
    for raw in RAW.values():
        with pytest.raises(
            ValueError, match="data holds pixels from 0 to 255, and the network was trained on num"
        ):
            train.evaluate(net, raw(unseen))
        with pytest.raises(
            ValueError, match="valid holds pixels from 0 to 255, and the network was trained on"
        ):
            train.fit(make_net(), OWN[kind](make_data()), raw(unseen), settings())
    with pytest.raises(ValueError, match="images holds pixels from 0 to 255"):
        train.predict(net, unseen.images)


@pytest.mark.parametrize("kind", RAW)
def test_numbers_from_0_to_1_are_told_from_normalised_ones(kind):
    data, net = make_data(), make_net()
    plain = floats(data, 0.0, 1.0)
    if kind == "images":
        train.fit(net, data, config=settings())
        normalised = floats(data, data.mean[0], data.std[0])
        assert train.evaluate(net, normalised).accuracy == train.evaluate(net, data).accuracy
        with pytest.raises(
            ValueError, match="data yields numbers from 0 to 1, and the network was trained on pi"
        ):
            train.evaluate(net, plain)
        with pytest.raises(ValueError, match="valid yields numbers from 0 to 1"):
            train.fit(make_net(), data, plain, settings())
    else:  # nothing told these how to normalise: they are divided by 255, as the numbers are
        train.fit(net, RAW[kind](data), config=settings())
        assert train.evaluate(net, plain).accuracy == train.evaluate(net, data).accuracy > 0.9


@pytest.mark.parametrize("kind", [*RAW, *OWN])
def test_every_kind_goes_on_bit_for_bit(tmp_path, kind):
    make = {**RAW, **OWN}[kind]
    data, config = make_data(33), settings(epochs=3)

    def interrupt(record, model):
        if record.epoch == 1:
            raise KeyboardInterrupt

    whole, parts = make_net(dropout=0.3), make_net(seed=4, dropout=0.3)
    train.fit(whole, make(data), config=config)
    train.fit(make_net(dropout=0.3), make(data), config=config, callbacks=[interrupt], out=tmp_path)
    history = train.fit(parts, make(data), config=config, out=tmp_path, resume=True)
    assert len(history.records) == 3
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name
    train.fit(make_net(), make(data), config=config, out=tmp_path, resume=True)  # nothing is left to do


def test_a_run_does_not_go_on_with_another_kind_of_numbers(tmp_path):
    config, data = settings(schedule="constant", epochs=1), make_data()
    train.fit(make_net(), pixels(data), config=config, out=tmp_path)
    with pytest.raises(ValueError, match="not the data that this run began with: its own_floats was False"):
        train.fit(make_net(), floats(data), config=settings(schedule="constant"), out=tmp_path, resume=True)


def test_a_run_of_a_loader_is_used_by_the_command_line(tmp_path, capsys, monkeypatch):
    from PIL import Image

    data = make_data(60, size=28)
    for number, (image, label) in enumerate(zip(data.images, data.labels)):
        place = tmp_path / "photos" / data.classes[label]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[0]).save(place / f"{number}.png")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    model = models.create("perceptron", 3, 1)
    train.fit(model, DataLoader(pixels(data), 16, shuffle=True), data, settings(), out=tmp_path / "run")
    accuracy = train.evaluate(model, data).accuracy
    assert main(["eval", str(tmp_path / "run"), "--data", str(tmp_path / "photos")]) == 0
    assert f"accuracy {accuracy:.2%}" in capsys.readouterr().out
    assert main(["predict", str(tmp_path / "run"), str(tmp_path / "photos" / "a" / "0.png")]) == 0
    assert capsys.readouterr().out.count("%") == 1


@pytest.mark.parametrize("size", [16, 64])
@pytest.mark.parametrize("make", [pixels, floats, Stream])
def test_a_last_sample_alone_joins_the_batch_before(make, size):
    """Batch norm over features, which sees one value per channel and cannot do with one sample."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.BatchNorm1d(8), nn.Linear(8, 3))
    seen = []
    net[0].register_forward_hook(
        lambda module, inputs, output: seen.append(len(inputs[0])) if module.training else None
    )
    train.fit(net, make(make_data(65)), config=settings(epochs=1, batch_size=size))
    assert sum(seen) == 65
    assert seen[-1] == size + 1


def test_features_with_a_last_row_alone():
    rows = transfer.FeatureData(np.eye(33, 8, dtype=np.float32), np.arange(33) % 2, ("a", "b"))
    head = nn.Sequential(nn.Linear(8, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    assert len(train.fit(head, rows, rows, settings(epochs=2)).records) == 2
    assert train.evaluate(head, rows).confusion.sum() == 33


@pytest.mark.parametrize("data", [make_data(1), pixels(make_data(1)), DataLoader(pixels(make_data(6)), 1)])
def test_batches_of_one_with_batch_norm_are_explained(data):
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.BatchNorm1d(8), nn.Linear(8, 3))
    with pytest.raises(ValueError, match="batch normalisation cannot train on a single sample"):
        train.fit(net, data, config=settings())


def test_no_batch_is_no_epoch():
    few, none = pixels(make_data(33)), pixels(make_data().take([]))
    dropping, empty = DataLoader(few, 64, drop_last=True), DataLoader(none, 16)
    for data, said in (
        (dropping, "yields no batch: 33 samples, and drop_last=True leaves out what does not fill 64"),
        (none, "holds no image"),
        (empty, "holds no image"),
        (Once([]), "yields no batch in this epoch"),
    ):
        config = settings(schedule="constant")
        with pytest.raises(ValueError, match=f"train {said}"):
            train.fit(make_net(), data, config=config)
        with pytest.raises(ValueError, match=f"valid {said}"):
            train.fit(make_net(), make_data(), data, config=config)
        with pytest.raises(ValueError, match=f"data {said}"):
            train.evaluate(make_net(), data)


class Once(IterableDataset):
    """A generator: it can be read a single time."""

    def __init__(self, pairs):
        self.pairs = iter(pairs)

    def __iter__(self):
        return self.pairs


def test_a_stream_that_is_used_up_is_told():
    with pytest.raises(
        ValueError, match="train yields no batch in this epoch: give a loader that can be read again"
    ):
        train.fit(make_net(), Once(list(pixels(make_data()))), config=settings(schedule="constant"))


class Items(Dataset):
    """Ten times the same sample."""

    def __init__(self, image, label=0):
        self.pair = (image, label)

    def __len__(self):
        return 10

    def __getitem__(self, index):
        return self.pair


@pytest.mark.parametrize(
    "data, kind, said",
    [
        (Items("cat.png", 0), TypeError, "yields batches of tuple, Tensor; each has to be a pair of tensors"),
        (Items(object(), 0), ValueError, "yields samples that make no batch: give .image, label."),
        (Items(torch.zeros(1, 8, 8), 0.5), ValueError, "yields labels of shape .10,. and type torch.float64"),
        (
            Items(torch.zeros(1, 8, 8), torch.zeros(1, dtype=int)),
            ValueError,
            "yields labels of shape .10, 1.",
        ),
        (Items(torch.zeros(1, 8, 8, dtype=torch.int32)), ValueError, "yields torch.int32 images; give uint8"),
        (Items(torch.zeros(3, 8, 8)), ValueError, "does not take images of 3×8×8"),
        (Items(torch.zeros(1, 8, 8), 5), ValueError, "has label 5, and the network only 3 outputs"),
        (Items(torch.zeros(1, 8, 8), -100), ValueError, "has label -100, and the network only 3 outputs"),
    ],
)
def test_streams_of_something_else_are_refused(data, kind, said):
    with pytest.raises(kind, match=said):
        train.fit(make_net(), data, config=settings())
    with pytest.raises(kind, match=said):
        train.evaluate(make_net(), data)


def test_mixing_needs_no_names_of_classes():
    history = train.fit(
        make_net(), pixels(make_data()), config=settings(augment=Augment(mixup=0.2, cutmix=0.5))
    )
    assert np.isfinite(history.column("train_loss")).all()


def test_shares_of_classes_are_labels_and_are_not_mixed():
    data = make_data()
    shares = torch.nn.functional.one_hot(torch.from_numpy(data.labels), 3).float()
    pairs = TensorDataset(torch.from_numpy(data.images), shares)
    net = make_net()
    assert train.fit(net, pairs, pairs, settings()).records[-1].valid_accuracy > 0.9
    with pytest.raises(
        ValueError, match="train yields shares of classes for labels; leave mixup and cutmix 0"
    ):
        train.fit(net, pairs, config=settings(augment=Augment(mixup=0.2)))
    with pytest.raises(
        ValueError, match="data has shares of classes for labels; evaluate needs one class per"
    ):
        train.evaluate(net, pairs)


def test_integer_labels_of_any_width_are_labels():
    data = make_data()
    narrow = TensorDataset(torch.from_numpy(data.images), torch.from_numpy(data.labels).to(torch.int16))
    assert train.fit(make_net(), narrow, narrow, settings()).records[-1].valid_accuracy > 0.9


@pytest.mark.parametrize("model", ["lenet5", nn.Linear, None, 5])
def test_what_is_no_network_is_refused(model, tmp_path):
    data = make_data()
    for use in (
        lambda: train.fit(model, data, config=settings()),
        lambda: train.evaluate(model, data),
        lambda: train.predict(model, data.images),
        lambda: train.load_weights(tmp_path / "w", model),
        lambda: transfer.features(model, data),
        lambda: transfer.freeze(model),
        lambda: transfer.replace_head(model, 2),
        lambda: transfer.layer_rates(model, 0.5),
        lambda: transfer.prepare(data, model),
    ):
        with pytest.raises(TypeError, match=r"model is .*; pass a network"):
            use()


@pytest.mark.parametrize("data", [None, "digits", [1, 2], np.zeros((2, 1, 8, 8), np.uint8)])
def test_what_is_no_data_is_refused(data):
    for use in (
        lambda: train.evaluate(make_net(), data),
        lambda: train.fit(make_net(), data, config=settings()),
        lambda: train.fit(make_net(), make_data(), data if data is not None else 0, settings()),
    ):
        with pytest.raises(TypeError, match=r"is a .*; pass an ImageData, a torch DataLoader or a Dataset"):
            use()
    with pytest.raises(TypeError, match=r"data is a .*; pass an ImageData"):
        transfer.prepare(data, make_net())


def test_other_arguments_of_another_kind(bands, net):
    with pytest.raises(TypeError, match="config is a dict; pass a TrainConfig"):
        train.fit(net, bands, config={"epochs": 2})
    for wrong in (print, ["x"], 5):
        with pytest.raises(TypeError, match=r"callbacks is .*; pass a list of functions"):
            train.fit(net, bands, config=settings(), callbacks=wrong)
    train.fit(net, bands, config=settings(epochs=1))
    for size in (0, -1, 2.5, "many"):
        with pytest.raises(ValueError, match=r"batch_size=.* must be a whole number of at least 1"):
            train.evaluate(net, bands, batch_size=size)
        with pytest.raises(ValueError, match=r"batch_size=.* must be a whole number of at least 1"):
            train.predict(net, bands.images, batch_size=size)
    with pytest.raises(TypeError, match="images is a list; pass an ndarray"):
        train.predict(net, bands.images.tolist())


def test_early_stopping_needs_validation_data(bands, net):
    with pytest.raises(
        ValueError, match="early_stopping=2 watches the loss on validation data, and there are none"
    ):
        train.fit(net, bands, config=settings(early_stopping=2))


# Wrappers


def wrap(kind, net):
    if kind == "compiled":
        return torch.compile(net, backend="eager")
    if kind == "inside":
        return nn.Sequential(torch.compile(net[:3], backend="eager"), nn.DataParallel(net[3:]))
    return nn.DataParallel(torch.compile(net, backend="eager")) if kind == "both" else nn.DataParallel(net)


@pytest.mark.parametrize("kind", ["compiled", "parallel", "both", "inside"])
def test_wrapped_networks_are_saved_by_their_own_names(tmp_path, kind):
    data, config = make_data(), settings(epochs=3, ema=0.5, early_stopping=3)
    plain = nn.Sequential(make_net()[:3], make_net()[3:]) if kind == "inside" else make_net()
    wrapped = wrap(kind, make_net())
    train.fit(wrapped, data, data, config, out=tmp_path / "run")
    train.load_weights(tmp_path / "run" / "model.safetensors", plain)
    if kind != "inside":  # two numberings of the layers
        assert list(plain.state_dict()) == list(make_net().state_dict())
    plain.trained_on = {
        "mean": data.mean,
        "std": data.std,
        "image_shape": [1, 8, 8],
        "classes": ["a", "b", "c"],
    }
    np.testing.assert_allclose(
        train.predict(wrapped, data.images), train.predict(plain, data.images), rtol=1e-4
    )
    assert train.evaluate(wrapped, data).accuracy == train.evaluate(plain, data).accuracy
    assert wrapped.trained_on["classes"] == ["a", "b", "c"]
    again = wrap(kind, make_net(seed=8))
    more = train.fit(again, data, data, config, out=tmp_path / "run", resume=True)
    assert len(more.records) == 3
    torch.testing.assert_close(*(next(iter(net.parameters())) for net in (again, wrapped)), rtol=0, atol=0)
    train.load_weights(tmp_path / "run" / "model.safetensors", wrap(kind, make_net(seed=9)))


def test_a_plain_network_goes_on_with_the_run_of_a_compiled_one(tmp_path):
    data = make_data()
    train.fit(
        wrap("compiled", make_net()), data, config=settings(epochs=1, schedule="constant"), out=tmp_path
    )
    history = train.fit(
        make_net(), data, config=settings(epochs=2, schedule="constant"), out=tmp_path, resume=True
    )
    assert len(history.records) == 2


def test_transfer_takes_wrapped_networks():
    net = wrap("compiled", make_net())
    train.fit(net, make_data(), config=settings(epochs=1))
    assert transfer.head_name(net) == "6"
    assert transfer.features(net, make_data()).values.shape == (60, 64)
    assert set(transfer.layer_rates(net, 0.5)) == {"0.", "1.", "6."}
    transfer.freeze(net)
    assert [name for name, weight in make_net().named_parameters() if weight.requires_grad]
    assert sum(weight.requires_grad for weight in net.parameters()) == 2
    assert transfer.replace_head(net, 5) is net
    assert train.evaluate(net, make_data(50, classes=5)).confusion.shape == (5, 5)
