"""What the chapter reads of the stored runs is what was measured."""

import statistics

import pytest

from cnncourse.chapters.data_augmentation.conditions import augmentation_runs
from cnncourse.course import stored


@pytest.mark.parametrize("name", ["augmentation", "augmentation_photos"])
def test_each_condition_has_its_seeds_and_their_spread(name):
    read = stored(name)
    for row in read["conditions"]:
        runs = sorted(row["accuracy_by_seed"])
        assert len(runs) == read["seeds"] == row["accuracy"]["n"]
        assert [row["accuracy"][key] for key in ("low", "high")] == [runs[0], runs[-1]]


@pytest.mark.parametrize("pictures, name", [("digits", "augmentation"), ("photos", "augmentation_photos")])
def test_they_are_handed_out_as_they_were_measured(pictures, name):
    measured = stored(name)
    found = augmentation_runs(pictures)
    assert list(found) == [row["condition"] for row in measured["conditions"]]
    for row in measured["conditions"]:
        condition = found[row["condition"]]
        assert condition.accuracy.tolist() == row["accuracy_by_seed"]
        assert condition.median == statistics.median(row["accuracy_by_seed"])
        by_class = condition.by_class
        assert (None if by_class is None else by_class.tolist()) == row.get("mean_accuracy_by_class")


def test_pictures_without_runs_are_refused():
    with pytest.raises(ValueError, match="pictures: got 'birds'"):
        augmentation_runs("birds")
