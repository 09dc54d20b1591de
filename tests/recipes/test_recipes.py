"""The recipes against the articles' figures, the arithmetic of their networks, and what was measured."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from cnncourse import data, models, recipes, train
from cnncourse.course import stored
from cnncourse.recipes import RECIPES, Outcome
from cnncourse.recipes.run import start_like_keras
from cnncourse.results import EpochRecord, History


def dense(inputs: int, outputs: int) -> int:
    return (inputs + 1) * outputs


PARAMETERS = {
    "article1": dense(27, 32) + dense(288, 32) + dense(14 * 14 * 32, 128) + dense(128, 1),
    "article2": dense(784, 10),
    "article3": dense(9, 32) + dense(13 * 13 * 32, 100) + dense(100, 10),
    "article4": dense(9, 32) + dense(288, 64) + dense(12 * 12 * 64, 128) + dense(128, 10),
    "article5": dense(25, 20) + dense(500, 50) + dense(800, 500) + dense(500, 10),
}


@pytest.mark.parametrize("name", RECIPES)
def test_networks_have_the_parameters_of_the_articles(name):
    recipe = RECIPES[name]
    channels, classes = (3, 2) if recipe.data == "cats_dogs" else (1, 10)
    model = models.create(name, classes, channels)
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]
    assert recipe.stated.parameters in (None, PARAMETERS[name])


def test_the_settings_are_those_of_the_articles():
    assert {name: recipe.config.epochs for name, recipe in RECIPES.items()} == {
        "article1": 25, "article2": 5, "article3": 10, "article4": 12, "article5": 5,
    }  # fmt: skip
    first, second, fourth = (RECIPES[f"article{n}"].config for n in (1, 2, 4))
    assert (first.batch_size, first.augment.shear, first.augment.flip) == (32, 0.2, 0.5)
    assert first.augment.scale == pytest.approx((1 / 1.2, 1.25))
    assert math.ceil(60_000 / second.batch_size) == 1875  # the steps its listing prints
    assert (second.optimizer, fourth.optimizer, fourth.batch_size) == ("adam", "adadelta", 128)
    assert all(RECIPES[f"article{n}"].config.weight_decay == 0 for n in (1, 2, 3, 4))


def test_keras_starts_from_glorots_uniform_weights():
    torch.manual_seed(0)
    model = models.create("article4", 10, 1)
    start_like_keras(model)
    for layer in (model[2], model[7]):
        fan_in, fan_out = layer.weight[0].numel(), layer.weight[:, 0].numel()
        limit = math.sqrt(6 / (fan_in + fan_out))
        assert float(layer.weight.detach().abs().max()) == pytest.approx(limit, rel=0.01)
        assert float(layer.weight.detach().std()) == pytest.approx(limit / math.sqrt(3), rel=0.02)
        assert not layer.bias.any()


def shortened(name: str, seed: int = 0) -> train.TrainConfig:
    return replace(RECIPES[name].config, epochs=1, seed=seed, progress=False)


def test_a_run_repeats_itself():
    digits, test = data.load("digits"), data.load("digits", "test")
    first, again, other = (
        recipes.run(RECIPES["article2"], digits, test, shortened("article2", seed)).history
        for seed in (3, 3, 4)
    )
    columns = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")
    assert all(np.array_equal(first.column(name), again.column(name)) for name in columns)
    assert not np.array_equal(first.column("train_loss"), other.column("train_loss"))
    assert first.config["batch_size"] == 32


def test_the_run_reports_what_evaluate_finds(tmp_path):
    digits, test = data.load("digits"), data.load("digits", "test")
    outcome = recipes.run(RECIPES["article3"], digits, test, shortened("article3"), out=tmp_path / "run")
    model, config = train.load_run(tmp_path / "run")
    assert config["data"]["mean"] == [0.0]
    assert config["data"]["std"] == [1.0]
    assert outcome.history.records[-1].valid_accuracy == pytest.approx(train.evaluate(model, test).accuracy)
    assert outcome.parameters == PARAMETERS["article3"]


def test_the_table_sets_ours_beside_theirs():
    records = [EpochRecord(n, 0.5 / n, 0.8 + n / 100, 0.4, 0.9 + n / 1000, 0.001, 1.0) for n in range(1, 7)]
    rows = {what: (said, here) for what, said, here in recipes.table(
        RECIPES["article2"], Outcome(7850, History(records))
    )}  # fmt: skip
    assert rows["parameters"] == ("–", "7,850")
    assert rows["epoch 1, loss"] == ("0.7187", "0.5000")
    assert rows["epoch 5, accuracy"] == ("0.9262", "0.8500")
    assert rows["epoch 6, loss"] == ("–", "0.0833")  # longer than the article's run
    assert rows["test accuracy after 6 epochs"] == ("–", "90.60%")
    with_transfer = Outcome(813_217, History(records), (130, History(records[:1])))
    assert recipes.table(RECIPES["article1"], with_transfer) == [
        ("parameters", "813,217", "813,217"),
        ("test accuracy after 6 epochs", "up to 90%", "90.60%"),
        ("with transfer: parameters trained", "–", "130"),
        ("with transfer: test accuracy", "–", "90.10%"),
    ]
    trained_twice = Outcome(1_199_882, History(records), alternative=History(records[:2]))
    assert recipes.table(RECIPES["article4"], trained_twice)[-1] == (
        "the same with this course's settings", "–", "90.20%",
    )  # fmt: skip


@pytest.mark.parametrize("which", ["alternative", "transfer"])
def test_a_second_training_that_was_stopped_is_told(which):
    records = [EpochRecord(1, 0.5, 0.8, 0.4, 0.9, 0.001, 1.0)]
    none = History([], stopped="interrupted by Ctrl-C in epoch 1")
    outcome = Outcome(10, History(records), **{which: none if which == "alternative" else (130, none)})
    assert outcome.stopped == none.stopped
    assert [row[0] for row in recipes.table(RECIPES["article4"], outcome)] == [
        "parameters", "test accuracy after 1 epochs",
    ]  # fmt: skip
    assert Outcome(10, History(records)).stopped is None


def test_transfer_trains_a_head_and_leaves_the_body(monkeypatch):
    parts = [
        data.shapes(number, 64, seed, classes=("circle", "square")) for number, seed in ((200, 0), (100, 1))
    ]
    body = models.create("resnet20", weights="cifar10")
    before = {name: value.clone() for name, value in body.state_dict().items()}
    monkeypatch.setattr(models, "create", lambda name, weights: body)
    trained, history = recipes.transferred(*parts, seed=1)
    assert trained == dense(64, 2)
    assert history.records[-1].valid_accuracy > 0.7  # chance is 0.5
    assert all(torch.equal(value, before[name]) for name, value in body.state_dict().items())


def seeds_of(name: str) -> list[dict]:
    return list(stored("articles")["recipes"][name]["seeds"].values())


def test_the_stored_runs_have_the_parameters_and_epochs_of_the_recipes():
    for name, entry in stored("articles")["recipes"].items():
        assert entry["parameters"] == PARAMETERS[name]
        for run in entry["seeds"].values():
            assert len(run["test_accuracy"]) == RECIPES[name].config.epochs


def test_article_2_comes_out_within_four_thousandths():
    stated = np.array(RECIPES["article2"].stated.train_accuracy)[1:]
    for run in seeds_of("article2"):
        assert np.abs(np.array(run["train_accuracy"])[1:] - stated).max() < 0.004


@pytest.mark.parametrize(("name", "least"), [("article3", 0.985), ("article4", 0.992), ("article5", 0.99)])
def test_the_digits_are_read_in_the_epochs_of_the_article(name, least):
    """In the last epoch, with every seed; article 4's network in its second training."""
    for run in seeds_of(name):
        tests = run.get("one_cycle", run)["test_accuracy"]
        assert len(tests) == RECIPES[name].config.epochs
        assert tests[-1] >= least
