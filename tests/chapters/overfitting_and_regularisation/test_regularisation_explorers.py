"""The explorers and the quest: dropout against torch, the stored runs against their summary."""

import numpy as np
import pytest
import torch

from cnncourse.chapters.overfitting_and_regularisation.dropout import VALUES, dropout_draws, dropout_layer
from cnncourse.chapters.overfitting_and_regularisation.overfitting import (
    overfitting_by_size,
    overfitting_runs,
    place_of,
)
from cnncourse.chapters.overfitting_and_regularisation.quest import (
    SIZE,
    find_stop,
    losses_at,
    lowest_loss,
    stop_solved,
)
from cnncourse.course import stored


@pytest.mark.parametrize("rate", [0, 0.1, 0.25, 0.5, 0.75, 0.9])
def test_dropout_keeps_the_mean_and_has_the_deviation_of_torch(rate):
    masks, outputs = dropout_draws(rate, 1000)
    torch.manual_seed(0)
    many = torch.nn.functional.dropout(torch.tensor(VALUES).repeat(200_000, 1), rate, training=True)
    # Of the mean of 1,000 draws, in units of the deviation of such a mean: eight units, so 3.5 is rare.
    deviation = many.std(dim=0).numpy()
    error = np.abs(outputs.mean(axis=0) - many.mean(dim=0).numpy())
    assert (error <= 3.5 * deviation / np.sqrt(1000) + 1e-12).all()
    np.testing.assert_allclose(outputs.std(axis=0), deviation, rtol=0.15)
    kept = outputs[masks] / np.broadcast_to(VALUES, outputs.shape)[masks]
    np.testing.assert_allclose(kept, 1 / (1 - rate))
    assert (outputs[~masks] == 0).all()


def test_a_higher_rate_drops_the_same_units_and_more():
    low, high = (dropout_draws(rate, 50)[0] for rate in (0.25, 0.5))
    assert (low | ~high).all()
    assert (low & ~high).any()


def test_dropout_says_its_numbers():
    _, outputs = dropout_draws(0.5, 10)
    text = dropout_layer.alt(rate=0.5, draws=10)
    last = " ".join(f"{value:g}" for value in outputs[-1])
    assert f"Draw 10 gives {last}, mean {outputs[-1].mean():.2f} instead of 2.00" in text
    assert f"off by at most {np.abs(outputs.mean(axis=0) - VALUES).max():.2f}" in text


@pytest.mark.parametrize(
    "rate, draws, words", [(1.0, 1, "rate: got 1.0"), (-0.1, 1, "rate: got"), (0.5, 0, "draws: got 0")]
)
def test_a_rate_or_number_out_of_range_is_refused(rate, draws, words):
    with pytest.raises(ValueError, match=words):
        dropout_layer(rate, draws)


def test_what_is_drawn_is_what_was_measured():
    runs, result = overfitting_runs(), stored("overfitting")
    assert len(result["runs"]) == runs.test_accuracy.size
    for run in result["runs"]:
        place = *place_of(run["size"], run["remedy"]), run["seed"]
        assert runs.train_accuracy[place] == run["train_accuracy"]
        assert runs.test_accuracy[place] == run["test_accuracy"]
        assert runs.weight_norm[place] == run["weight_norm"]
        if run["seed"] == 0:
            assert runs.curves[place[:2]][-1, 0] == run["train_loss"]
    for row in result["summary"]:
        place = place_of(row["size"], row["remedy"])
        assert row["test_accuracy"]["median"] == np.median(runs.test_accuracy[place])


def test_it_shows_a_gap_that_closes():
    runs = overfitting_runs()
    gap = np.median(runs.train_accuracy - runs.test_accuracy, axis=2)
    assert (gap[:, 0] > 0.3).all()
    assert (gap[:, -1] < 0.05).all()


def test_overfitting_says_its_numbers():
    runs = overfitting_runs()
    place = place_of(100, "dropout")
    text = overfitting_by_size.alt(size=100, remedy="dropout")
    assert f"{100 * np.median(runs.test_accuracy[place]):.1f} % of new ones" in text
    assert f"{runs.curves[place][-1, 2]:.2f} at the end" in text


@pytest.mark.parametrize("size, remedy, words", [(7, "nothing", "size: got 7"), (100, "hope", "remedy: got")])
def test_runs_that_never_were_are_refused(size, remedy, words):
    with pytest.raises(ValueError, match=words):
        overfitting_by_size(size, remedy)


def test_only_the_lowest_losses_solve_the_quest(shown):
    find_stop()
    runs = overfitting_runs()
    losses = {}
    for position in shown[0].positions():
        values = shown[0].values(position)
        row, column = runs.remedies.index(values["remedy"]), runs.sizes.index(SIZE)
        index = np.flatnonzero(runs.steps == values["stop"])[0]
        losses[position] = runs.curves[row, column, index, 2]
        assert losses_at(**values) == (runs.curves[row, column, index, 0], losses[position])
        solved, hint = stop_solved(**values)
        assert solved == (losses[position] <= 1.02 * min(runs.curves[:, column, :, 2].ravel()))
        if "Stop later" in hint:
            later = runs.curves[row, column, index + 1 :, 2]
            assert later.min() < losses[position]
        if "Stop earlier" in hint:
            assert runs.curves[row, column, :index, 2].min() < losses[position]
    assert min(losses.values()) == lowest_loss()


def test_a_step_that_was_not_measured_is_refused():
    with pytest.raises(ValueError, match="stop: got 7"):
        losses_at("nothing", 7)
