"""Where two lists of classes meet, names decide: in evaluate, in fit, and when a run goes on."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_training import make_data, make_net
from torch.utils.data import DataLoader, Dataset, Subset

from cnncourse import train, transfer
from cnncourse.train import TrainConfig

SETTINGS = TrainConfig(epochs=8, batch_size=16, progress=False)


class Named(Dataset):
    """The images of an ImageData one by one, as uint8, with the names of its classes."""

    def __init__(self, data, named=True):
        self.data = data
        if named:
            self.classes = list(data.classes)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        return torch.from_numpy(self.data.images[index]), int(self.data.labels[index])


def reordered(data, names):
    """The same images under the same names, which other numbers stand for."""
    labels = np.array([names.index(data.classes[label]) for label in data.labels])
    return replace(data, labels=labels, classes=tuple(names))


@pytest.fixture(scope="module")
def trained():
    net = make_net()
    train.fit(net, make_data(), config=SETTINGS)
    return net


KINDS = {
    "images": lambda data: data,
    "dataset": Named,
    "loader": lambda data: DataLoader(Named(data), 7),
    "subset": lambda data: Subset(Named(data), range(len(data))),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", ["abc", "cab", "cbad"])
def test_evaluate_goes_by_names(trained, kind, names):
    data = make_data(seed=1)
    right = train.evaluate(trained, data)
    result = train.evaluate(trained, KINDS[kind](reordered(data, list(names))))
    assert right.accuracy > 0.9
    assert result.accuracy == right.accuracy
    assert result.loss == pytest.approx(right.loss, rel=1e-6)
    assert result.classes == ("a", "b", "c")
    np.testing.assert_array_equal(result.confusion, right.confusion)


@pytest.mark.parametrize("kind", KINDS)
def test_evaluate_takes_some_of_the_classes(trained, kind):
    data = make_data(seed=1)
    some = data.take(data.labels > 0)
    result = train.evaluate(trained, KINDS[kind](reordered(some, ["b", "c"])))
    assert result.accuracy == train.evaluate(trained, some).accuracy > 0.9
    assert result.confusion.shape == (3, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_that_the_network_does_not_know_is_named(trained, kind):
    data = replace(make_data(seed=1), classes=("a", "B", "c"))
    with pytest.raises(
        ValueError, match=r"the class 'B', which the network does not know. Did you mean 'b'\?"
    ):
        train.evaluate(trained, KINDS[kind](data))


def test_data_without_names_are_taken_by_their_numbers(trained):
    data = make_data(seed=1)
    assert train.evaluate(trained, Named(data, named=False)).accuracy > 0.9
    one_more = replace(data, labels=data.labels + 1, classes=tuple("abcd"))
    with pytest.raises(ValueError, match="data has label 3, and the network only 3 outputs"):
        train.evaluate(trained, Named(one_more, named=False))


@pytest.mark.parametrize("kind", KINDS)
def test_validation_goes_by_names(kind):
    net, data = make_net(), make_data(seed=1)
    valid = KINDS[kind](reordered(data, ["c", "a", "b"]))
    history = train.fit(net, make_data(), valid, SETTINGS)
    assert history.records[-1].valid_accuracy == train.evaluate(net, data).accuracy > 0.9
    with pytest.raises(ValueError, match=r"valid has the class 'x', which the network does not know"):
        train.fit(make_net(), make_data(), KINDS[kind](replace(data, classes=("a", "b", "x"))), SETTINGS)


@pytest.mark.parametrize("kind", KINDS)
def test_training_on_keeps_the_order_of_the_outputs(trained, kind):
    """A network that knows a, b, c learns from data with the same classes in another order."""
    net = make_net()
    net.load_state_dict(trained.state_dict())
    net.trained_on = dict(trained.trained_on)
    data = KINDS[kind](reordered(make_data(), ["b", "c", "a"]))
    history = train.fit(net, data, config=replace(SETTINGS, epochs=1, lr=1e-6))
    assert history.records[0].train_accuracy > 0.9
    assert net.trained_on["classes"] == ["a", "b", "c"]


def test_other_classes_are_another_task(trained):
    net = make_net()
    net.trained_on = dict(trained.trained_on)
    train.fit(net, replace(make_data(), classes=("x", "y", "z")), config=SETTINGS)
    assert net.trained_on["classes"] == ["x", "y", "z"]


def test_a_run_goes_on_with_the_same_order_alone(tmp_path):
    config = replace(SETTINGS, epochs=1, schedule="constant")
    train.fit(make_net(), make_data(), config=config, out=tmp_path)
    with pytest.raises(
        ValueError, match=r"another data \(classes was \['a', 'b', 'c'\], now \['c', 'a', 'b'\]\)"
    ):
        train.fit(
            make_net(),
            reordered(make_data(), ["c", "a", "b"]),
            config=replace(config, epochs=2),
            out=tmp_path,
            resume=True,
        )


def test_features_keep_their_names(trained):
    rows = transfer.features(trained, make_data())
    head = torch.nn.Linear(rows.values.shape[1], 3)
    train.fit(head, rows, config=replace(SETTINGS, lr=0.1))
    unseen = transfer.features(trained, make_data(seed=1))
    turned = replace(unseen, labels=(unseen.labels + 1) % 3, classes=("c", "a", "b"))
    assert train.evaluate(head, turned).accuracy == train.evaluate(head, unseen).accuracy > 0.9
    history = train.fit(head, rows, turned, replace(SETTINGS, epochs=1))
    assert history.records[0].valid_accuracy > 0.9


def test_a_new_head_stands_for_nothing_until_it_is_trained(trained):
    net = make_net()
    net.trained_on = dict(trained.trained_on)
    transfer.replace_head(net, 3)
    data = replace(make_data(), classes=("x", "y", "z"))
    assert train.evaluate(net, data).classes == ("x", "y", "z")
    train.fit(net, data, config=replace(SETTINGS, epochs=1))
    assert net.trained_on["classes"] == ["x", "y", "z"]
