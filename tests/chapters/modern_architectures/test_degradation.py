"""The stored runs of plain and residual networks, and what is said of them."""

import statistics

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnncourse.chapters.modern_architectures.depth import KINDS, degradation, degradation_runs
from cnncourse.course import stored
from cnncourse.models.depth_study import depth_study


@pytest.fixture(scope="module")
def record():
    return stored("degradation")


def test_each_run_stands_at_its_kind_depth_and_seed(record):
    runs = degradation_runs()
    assert len(record["runs"]) == len(KINDS) * len(runs.depths) * runs.seeds
    for run in record["runs"]:
        key, seed = (run["kind"], run["depth"]), run["seed"]
        assert runs.train_error[key][seed] == run["train_error"]
        assert runs.test_error[key][seed] == run["test_error"]
        np.testing.assert_array_equal(runs.loss[key][seed], run["loss"])
        np.testing.assert_array_equal(runs.gradient[key][seed], run["gradient"])
        assert len(run["gradient"]) == (run["depth"] - 2) // 2


def test_the_stored_summary_is_that_of_the_runs(record):
    for name, errors in record["errors"].items():
        kind, depth = name.removesuffix(" layers").split(", ")
        values = [r["train_error"] for r in record["runs"] if (r["kind"], str(r["depth"])) == (kind, depth)]
        assert errors["train_error"]["median"] == statistics.median(values)
        assert (errors["train_error"]["low"], errors["train_error"]["high"]) == (min(values), max(values))


def test_plain_networks_degrade_and_residual_ones_do_not():
    errors = degradation_runs().train_error
    medians = {key: np.median(values) for key, values in errors.items()}
    assert medians["plain", 8] < medians["plain", 20] < medians["plain", 32] < medians["plain", 44]
    assert errors["plain", 44].min() > 5 * errors["residual", 44].max()
    assert errors["plain", 32].min() > errors["residual", 32].max()


@pytest.mark.parametrize("shortcut", [False, True])
def test_gradients_grow_in_plain_networks_on_other_images_too(shortcut):
    torch.manual_seed(3)
    net, x, held = depth_study(44, shortcut), torch.randn(128, 1, 28, 28), []
    for part in net:
        x = part(x)
        if hasattr(part, "shortcut"):
            x.retain_grad()
            held.append(x)
    F.cross_entropy(x, torch.arange(128) % 10).backward()
    ratio = (held[0].grad.norm() / held[-1].grad.norm()).item()
    first, last = np.median(degradation_runs().gradient[KINDS[shortcut], 44], axis=0)[[0, -1]]
    assert 0.2 < ratio / (first / last) < 5


def test_it_says_its_numbers():
    error = 100 * np.median(degradation_runs().train_error["plain", 44])
    assert f"then {error:.1f} % wrong" in degradation.alt(depth=44, show="training loss")
    first = np.median(degradation_runs().gradient["residual", 20], axis=0)[0]
    assert f"residual: {first:.3g} at the first block" in degradation.alt(depth=20, show="gradient")


def test_other_depths_and_quantities_are_refused():
    with pytest.raises(ValueError, match=r"depth: got 12, .*\(8, 20, 32, 44\)"):
        degradation(12)
    with pytest.raises(ValueError, match=r"show: got 'loss', .*training loss"):
        degradation(8, "loss")
