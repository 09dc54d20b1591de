"""The numbers of the chapter's explorer and quest, counted again from the stored runs."""

import itertools

import numpy as np
import pytest

from cnncourse.chapters.cats_and_dogs.cats_dogs import (
    CONDITIONS,
    cats_dogs_curves,
    cats_dogs_runs,
    counts_at,
    dog_door,
    door_solved,
)
from cnncourse.course import stored

NETWORKS = ["article", "frozen", "fine-tuned"]
THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]


def test_every_condition_has_its_runs():
    runs = cats_dogs_runs()
    assert set(CONDITIONS.values()) == set(runs.curves) == set(runs.dog)
    for columns in runs.curves.values():
        assert len({values.shape for values in columns.values()}) == 1
        assert all(((values > 0) & (values <= 1)).all() for values in columns.values())
    assert len(runs.labels) == runs.images["test"] == len(stored("cats_dogs")["test_labels"])


def test_the_stored_probabilities_give_the_stored_accuracy():
    runs = cats_dogs_runs()
    for name, probability in runs.dog.items():
        accuracy = ((probability >= 0.5) == (runs.labels == 1)).mean()
        # Three decimals are stored: a picture or two at one half may fall on the other side.
        assert abs(accuracy - runs.test_accuracy[name][0]) <= 0.003


@pytest.mark.parametrize("network, threshold", list(itertools.product(NETWORKS, THRESHOLDS)))
def test_the_door_counts_right(network, threshold):
    run = stored("cats_dogs")
    hits = cats = dogs_there = cats_there = 0
    for label, probability in zip(run["test_labels"], run["runs"][network][0]["dog"]):
        inside = probability >= threshold
        dogs_there += label == "1"
        cats_there += label == "0"
        hits += inside and label == "1"
        cats += inside and label == "0"
    assert counts_at(network, threshold) == (hits, cats, dogs_there - hits, cats_there - cats)
    text = dog_door.alt(network=network, threshold=threshold)
    assert f"{hits} of {dogs_there} dogs come in, {100 * hits / dogs_there:.1f} %" in text
    assert f"and {cats} of {cats_there} cats" in text
    solved, hint = door_solved(network, threshold)
    assert solved == (cats / cats_there <= 0.02 and hits / dogs_there >= 0.6)
    if not solved and cats / cats_there > 0.02 and hits / dogs_there >= 0.6:
        assert f"{cats} cats come in, and 10 may" in hint


def test_the_curves_say_their_ends():
    run = stored("cats_dogs")
    for condition, name in CONDITIONS.items():
        ends = 100 * np.array([one["valid_accuracy"][-1] for one in run["runs"][name]])
        text = cats_dogs_curves.alt(condition=condition)
        assert f"{np.median(ends):.1f} % ({ends.min():.1f} to {ends.max():.1f}) of the validation" in text


def test_what_is_not_stored_is_refused():
    with pytest.raises(ValueError, match="condition: got 'magic', but there are runs for"):
        counts_at("magic", 0.5)
    with pytest.raises(ValueError, match="condition: got 'magic', but the conditions are as in the article"):
        cats_dogs_curves(condition="magic")
