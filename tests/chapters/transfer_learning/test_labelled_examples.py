"""The stored runs of transfer learning: what is drawn and said are the benchmark's own numbers."""

import statistics

import numpy as np
import pytest

from cnncourse.chapters.transfer_learning.labels import (
    WAYS,
    enough_labels,
    find_enough_labels,
    labelled_examples,
    transfer_runs,
)
from cnncourse.course import explore, stored

RESULT = stored("transfer")["data"]
TASKS = {"cats and dogs": "cats_dogs", "digits": "mnist"}

each_task = pytest.mark.parametrize("task", TASKS)


@each_task
def test_accuracies_are_shares_of_the_test_images(task):
    runs = transfer_runs(task)
    for values in (*runs.accuracy.values(), runs.stage_accuracy, runs.decay_accuracy):
        assert ((values > 0) & (values <= 1)).all()
        hits = values * runs.test_images
        np.testing.assert_allclose(hits, np.rint(hits), atol=0.051)  # stored with four digits


@each_task
def test_it_draws_and_says_means_and_ranges(task):
    result = RESULT[TASKS[task]]
    for row, labels in enumerate(result["labels"]):
        figure, text = labelled_examples(task, labels), labelled_examples.alt(task, labels)
        lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
        for way in WAYS:
            seeds = result["accuracy"][way][row]
            assert lines[way].get_xdata()[row] == labels
            assert lines[way].get_ydata()[row] == pytest.approx(100 * statistics.mean(seeds))
            said = f"{100 * statistics.mean(seeds):.1f} % ({100 * min(seeds):.1f} to {100 * max(seeds):.1f})"
            assert f"{way} {said}" in text
        assert any(f"{labels:,} labels" in written.get_text() for written in figure.texts)


@each_task
def test_the_curves_stay_inside_the_picture(task):
    axes = labelled_examples(task, 20).axes[0]
    low, high = axes.get_ylim()
    for values in transfer_runs(task).accuracy.values():
        assert low <= 100 * values.min()
        assert 100 * values.max() <= high


def test_more_labels_help_and_a_trained_body_helps_most_with_few():
    for task in TASKS:
        runs = transfer_runs(task)
        for values in runs.accuracy.values():
            assert values[-1].mean() > values[0].mean()
    pets = transfer_runs("cats and dogs").accuracy
    assert (pets["frozen"][:3].min(axis=1) > pets["scratch"][:3].max(axis=1)).all()


def test_wrong_names_and_numbers():
    with pytest.raises(ValueError, match="data: got 'frogs', but runs are stored for 'cats and dogs'"):
        labelled_examples("frogs", 20)
    with pytest.raises(ValueError, match="labels: got 7, but there are runs for 20, 60"):
        labelled_examples("digits", 7)


def test_the_explorer_has_a_frame_for_each_point(shown):
    labels = transfer_runs("digits").labels
    explore(labelled_examples, data=list(TASKS), labels=labels)
    texts = {labelled_examples.alt(**shown[0].values(position)) for position in shown[0].positions()}
    assert len(texts) == 2 * len(labels) <= 36


def test_the_quest_is_solved_by_the_fewest_labels_that_never_fail(shown):
    find_enough_labels()
    accuracy, labels = RESULT["mnist"]["accuracy"], RESULT["mnist"]["labels"]
    goal = 0.9
    assert f"{100 * goal:.0f} %" in shown[0].prompt
    enough = [n for row, n in enumerate(labels) if any(min(accuracy[way][row]) >= goal for way in WAYS)]
    for position in shown[0].positions():
        values = shown[0].values(position)
        row = labels.index(values["labels"])
        solved, hint = shown[0].solved(**values)
        expected = values["labels"] == enough[0] and min(accuracy[values["way"]][row]) >= goal
        assert solved == expected
        assert hint
        assert values["way"] in shown[0].alt(**values)


def test_the_ring_of_the_quest_stands_at_what_was_chosen():
    runs = transfer_runs("digits")
    row = list(runs.labels).index(200)
    for way in WAYS:
        ring = enough_labels(way, 200).axes[0].lines[-1]
        assert ring.get_xdata() == [200]
        assert ring.get_ydata()[0] == pytest.approx(100 * runs.accuracy[way][row].mean())
