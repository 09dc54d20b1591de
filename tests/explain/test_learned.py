"""On a trained network: maps point at the shape, forget with the weights, and a nudge turns answers."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats
import torch

from cnncourse import explain

METHODS = {
    "saliency": explain.saliency,
    "grad_cam": explain.grad_cam,
    "occlusion": explain.occlusion,
}
each_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


@each_method
def test_the_map_points_at_the_shape(trained, method):
    maps = method(trained.net, trained.images, trained.labels)
    near = scipy.ndimage.binary_dilation(trained.inside, np.ones((1, 7, 7), bool))
    peaks = [area.ravel()[one.argmax()] for one, area in zip(maps, near)]
    assert np.mean(peaks) > 0.55  # a blind peak would be there for the share of the area, a third
    assert near.mean() < 0.35
    positive = np.maximum(maps, 0)
    share = positive[trained.inside].sum() / positive.sum()
    assert share > 1.8 * trained.inside.mean()


@each_method
def test_fresh_weights_give_another_map(trained, method):
    images, labels = trained.images[:20], trained.labels[:20]
    maps = method(trained.net, images, labels)
    again = method(trained.net, images, labels)
    other = method(explain.randomised(trained.net, seed=3), images, labels)
    np.testing.assert_array_equal(maps, again)
    ranks = [explain.rank_correlation(a, b) for a, b in zip(maps, other)]
    assert np.nanmean(ranks) < 0.6


def test_randomised_forgets_what_is_named_and_nothing_else(trained):
    before = {name: value.clone() for name, value in trained.net.state_dict().items()}
    one, two, other = (explain.randomised(trained.net, seed) for seed in (1, 1, 2))
    for name, value in before.items():
        assert torch.equal(trained.net.state_dict()[name], value)
        assert torch.equal(one.state_dict()[name], two.state_dict()[name])
    assert not torch.equal(one[0].weight, other[0].weight)
    assert not torch.equal(one[0].weight, trained.net[0].weight)
    assert (one[1].running_mean == 0).all()  # batch normalisation forgets its statistics
    last = explain.randomised(trained.net, 1, layers="13")
    changed = [name for name, value in last.state_dict().items() if not torch.equal(value, before[name])]
    assert changed == ["13.weight", "13.bias"]


def test_randomised_does_not_touch_the_global_generator(trained):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    explain.randomised(trained.net, seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_randomised_refuses():
    class Own(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(2))

    with pytest.raises(ValueError, match=r"reset_parameters.*got Own"):
        explain.randomised(torch.nn.Sequential(Own()))
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
    with pytest.raises(ValueError, match="layers must have weights to forget, got '1'"):
        explain.randomised(net, layers=["0", "1"])
    with pytest.raises(ValueError, match=r"layer must be a layer .* got '7'"):
        explain.randomised(net, layers="7")


@pytest.mark.parametrize("ties", [False, True])
def test_rank_correlation_is_scipys(ties):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 9, 7))
    b += a
    if ties:
        a, b = a.round(), b.round()
    np.testing.assert_allclose(explain.rank_correlation(a, b), scipy.stats.spearmanr(a.ravel(), b.ravel())[0])
    assert explain.rank_correlation(a, -a) == pytest.approx(-1)
    assert np.isnan(explain.rank_correlation(a, np.ones_like(a)))


def test_rank_correlation_refuses():
    with pytest.raises(ValueError, match=r"got shapes \(2,\) and \(3,\)"):
        explain.rank_correlation(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="NaN"):
        explain.rank_correlation(np.array([1.0, np.nan]), np.zeros(2))


def accuracy(net, images, labels):
    with torch.no_grad():
        return np.mean(net(torch.from_numpy(images)).argmax(1).numpy() == labels)


def test_a_nudge_costs_answers_and_stays_within_epsilon(trained):
    pixels = {"mean": 0.5, "std": 0.3}
    before = trained.images * 0.3 + 0.5
    found = []
    for epsilon in (0.0, 0.02, 0.05):
        nudged = explain.nudge(trained.net, trained.images, trained.labels, epsilon, **pixels)
        moved = nudged * 0.3 + 0.5
        assert abs(moved - before).max() <= epsilon + 1e-5
        assert moved.min() >= -1e-5
        assert moved.max() <= 1 + 1e-5
        found.append(accuracy(trained.net, nudged, trained.labels))
    noise = np.random.default_rng(0).choice([-0.05, 0.05], trained.images.shape) / 0.3
    shaken = (trained.images + noise).astype(np.float32)
    assert found[0] > 0.9 > found[1] > found[2]
    assert (
        found[2] < accuracy(trained.net, shaken, trained.labels) - 0.3
    )  # chance moves as far and costs less


def test_a_nudge_goes_along_the_sign_of_differences(tiny):
    net, images = tiny
    net.eval()
    pixels = np.clip(images * 0.1 + 0.5, 0.2, 0.8)
    mean, std = np.array([0.4, 0.5, 0.6]), np.array([0.2, 0.25, 0.3])
    x = (pixels - mean[:, None, None]) / std[:, None, None]
    labels = np.array([0, 1, 2, 0])
    nudged = explain.nudge(net, x, labels, 0.05, mean=mean, std=std)
    direction = (nudged - x) * std[:, None, None] / 0.05

    def loss(values):
        out = net(torch.from_numpy(values))
        return (
            torch.nn.functional.cross_entropy(out, torch.from_numpy(labels), reduction="none")
            .detach()
            .numpy()
        )

    for place in [(0, 0, 0), (1, 3, 4), (2, 7, 7), (0, 5, 2)]:
        up, down = x.copy(), x.copy()
        up[(slice(None), *place)] += 1e-6
        down[(slice(None), *place)] -= 1e-6
        np.testing.assert_allclose(
            direction[(slice(None), *place)], np.sign(loss(up) - loss(down)), atol=1e-9
        )


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"epsilon": 8}, "epsilon must be from 0 to 1, got 8"),
        ({"epsilon": -0.1}, "got -0.1"),
        ({"std": 0.0}, "std must be above 0"),
        ({"mean": [0.5, 0.5]}, "mean must be .* 3 channels, got 2 numbers"),
        ({"labels": 3}, "labels must be among the network's 3 outputs, got 3 to 3"),
    ],
)
def test_nudge_refuses(tiny, arguments, words):
    net, images = tiny
    with pytest.raises(ValueError, match=words):
        explain.nudge(net, images, **arguments)
