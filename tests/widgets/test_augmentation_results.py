"""What chapter 12 reads from the package is what the benchmarks measured."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["augmentation", "augmentation_photos"])
def test_the_stored_runs_are_those_of_the_benchmark(name):
    read = json.loads((ROOT / "cnncourse" / "widgets" / f"{name}.json").read_text(encoding="utf-8"))
    measured = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    assert read["conditions"] == measured["conditions"]
    assert {key: measured[key] for key in read} == read
    for row in read["conditions"]:
        runs = sorted(row["accuracy_by_seed"])
        assert len(runs) == read["seeds"] == row["accuracy"]["n"]
        assert [row["accuracy"][key] for key in ("low", "high")] == [runs[0], runs[-1]]
