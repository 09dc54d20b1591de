"""What the chapter reads from the package is what the benchmarks measured."""

import json
from pathlib import Path

import pytest

from cnncourse.chapters.data_augmentation.conditions import augmentation_runs
from cnncourse.course import stored

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", ["augmentation", "augmentation_photos"])
def test_the_stored_runs_are_those_of_the_benchmark(name):
    read = stored(name)
    measured = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    assert read["conditions"] == measured["conditions"]
    assert {key: measured[key] for key in read} == read
    for row in read["conditions"]:
        runs = sorted(row["accuracy_by_seed"])
        assert len(runs) == read["seeds"] == row["accuracy"]["n"]
        assert [row["accuracy"][key] for key in ("low", "high")] == [runs[0], runs[-1]]


@pytest.mark.parametrize("pictures, name", [("digits", "augmentation"), ("photos", "augmentation_photos")])
def test_they_are_handed_out_as_they_were_measured(pictures, name):
    measured = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    found = augmentation_runs(pictures)
    assert list(found) == [row["condition"] for row in measured["conditions"]]
    for row in measured["conditions"]:
        condition = found[row["condition"]]
        assert condition.accuracy.tolist() == row["accuracy_by_seed"]
        assert condition.median == row["accuracy"]["median"]
        by_class = condition.by_class
        assert (None if by_class is None else by_class.tolist()) == row.get("mean_accuracy_by_class")


def test_pictures_without_runs_are_refused():
    with pytest.raises(ValueError, match="pictures: got 'birds'"):
        augmentation_runs("birds")
