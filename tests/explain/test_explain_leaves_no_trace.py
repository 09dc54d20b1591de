"""Looking changes nothing: mode, weights, gradients, hooks and the images stay; mistakes are explained."""

import numpy as np
import pytest
import torch
from torch import nn

from cnncourse import explain

LOOKS = {
    "feature_maps": explain.feature_maps,
    "filters": lambda net, images: explain.filters(net),
    "saliency": explain.saliency,
    "grad_cam": explain.grad_cam,
    "gradient_times_input": explain.gradient_times_input,
    "occlusion": lambda net, images: explain.occlusion(net, images, window=4, stride=4),
    "nudge": explain.nudge,
    "randomised": lambda net, images: explain.randomised(net),
}
WITH_TARGETS = {name: LOOKS[name] for name in ("saliency", "grad_cam", "nudge")}
each_look = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
at_images = [name for name in LOOKS if name not in ("filters", "randomised")]
each_look_at_images = pytest.mark.parametrize("look", [LOOKS[name] for name in at_images], ids=at_images)


def hooks(net):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks")
    return [len(getattr(module, kind)) for module in net.modules() for kind in kinds]


@pytest.fixture
def used(tiny):
    """A network in the middle of a training: mixed modes, a frozen weight, gradients, a foreign hook."""
    net, images = tiny
    net.train()
    net[1].eval()
    net[0].weight.requires_grad_(False)
    net(torch.from_numpy(images)).sum().backward()
    net[3].register_forward_hook(lambda module, inputs, output: None)
    return net, images


def snapshot(net):
    state = {name: value.clone() for name, value in net.state_dict().items()}
    gradients = {n: None if p.grad is None else p.grad.clone() for n, p in net.named_parameters()}
    modes = [module.training for module in net.modules()]
    return state, gradients, modes, hooks(net), [p.requires_grad for p in net.parameters()]


def same(one, two):
    for a, b in zip(one[:2], two[:2]):
        assert a.keys() == b.keys()
        for name in a:
            assert a[name] is b[name] is None or torch.equal(a[name], b[name]), name
    return one[2:] == two[2:]


@each_look
def test_no_trace_is_left(used, look):
    net, images = used
    before, kept = snapshot(net), images.copy()
    look(net, images)
    assert same(before, snapshot(net))
    np.testing.assert_array_equal(images, kept)


@each_look_at_images
def test_no_trace_is_left_by_a_failure(used, look):
    net, _ = used
    before = snapshot(net)
    with pytest.raises(ValueError, match=r"images must have the shape .* got \(1, 5, 8, 8\)"):
        look(net, np.zeros((1, 5, 8, 8)))
    assert same(before, snapshot(net))


@each_look_at_images
def test_it_works_under_no_grad_and_on_tensors_that_want_gradients(tiny, look):
    net, images = tiny
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    leaf = torch.tensor(images, requires_grad=True)
    expected = look(net, images)
    with torch.no_grad():
        found = look(net, leaf)
    assert leaf.grad is None
    if isinstance(found, dict):
        expected, found = expected["0"], found["0"]
    np.testing.assert_array_equal(found, expected)


@each_look_at_images
def test_dropout_is_at_rest(tiny, look):
    net, images = tiny
    noisy = nn.Sequential(*net[:6], nn.Dropout(0.5), *net[6:]).train()
    one, two = look(noisy, images), look(noisy, images)
    if isinstance(one, dict):
        one, two = one["0"], two["0"]
    np.testing.assert_array_equal(one, two)
    assert noisy.training


@each_look_at_images
@pytest.mark.parametrize(
    "images, error, words",
    [
        (np.zeros((3, 8, 8)), ValueError, r"got shape \(3, 8, 8\).*images\[None\]"),
        (np.zeros((0, 3, 8, 8)), ValueError, r"got shape \(0, 3, 8, 8\)"),
        (np.zeros((1, 3, 8, 8), np.uint8), TypeError, "must be floats"),
        ([[0.0]], TypeError, "got a list"),
    ],
)
def test_images_that_are_refused(tiny, look, images, error, words):
    with pytest.raises(error, match=words):
        look(tiny[0], images)


@pytest.mark.parametrize("look", WITH_TARGETS.values(), ids=WITH_TARGETS)
@pytest.mark.parametrize(
    "targets, error, words",
    [
        (3, ValueError, "network's 3 outputs, got 3 to 3. Pass one class, or one per image, from 0 to 2"),
        ([0, 1, 2, -1], ValueError, "got -1 to 2"),
        ([0, 1], ValueError, r"for 4 images, got shape \(2,\)"),
        (0.5, TypeError, "must be whole numbers, got float64"),
    ],
)
def test_targets_that_are_refused(tiny, look, targets, error, words):
    with pytest.raises(error, match=words):
        look(*tiny, targets)


@pytest.mark.parametrize("look", [explain.feature_maps, lambda *a: explain.grad_cam(a[0], a[1], None, a[2])])
def test_an_unknown_layer_lists_near_matches(tiny, look):
    net = nn.Sequential()
    net.add_module("features", tiny[0])
    with pytest.raises(ValueError, match=r"layer must be .* got 'feature.0'\. Did you mean 'features.0'"):
        look(net, tiny[1], "feature.0")


def test_layers_of_the_wrong_kind(tiny):
    net, images = tiny
    with pytest.raises(ValueError, match=r"got '1', a BatchNorm2d\. Choose one of '0', '4'"):
        explain.filters(net, "1")
    with pytest.raises(ValueError, match=r"layer must give maps .* '0', '4', got '9' with \(4, 3\)"):
        explain.grad_cam(net, images, layer="9")
    with pytest.raises(ValueError, match="Put it into nn"):
        explain.filters(nn.Conv2d(1, 1, 1))


def test_a_layer_that_never_runs():
    class Idle(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.idle = nn.Conv2d(1, 2, 1), nn.Conv2d(1, 2, 1)

        def forward(self, x):
            return self.used(x).mean(dim=(2, 3))

    net, images = Idle(), torch.zeros(1, 1, 4, 4)
    with pytest.raises(ValueError, match=r"layers must run, got \['idle'\], which did not"):
        explain.feature_maps(net, images)
    with pytest.raises(ValueError, match="layer must run, got 'idle', which did not"):
        explain.grad_cam(net, images, layer="idle")
    assert explain.grad_cam(net, images).shape == (1, 4, 4)


def test_a_network_that_gives_no_logits():
    with pytest.raises(ValueError, match=r"must return logits of shape \(N, K\), got \(1, 1, 4, 4\)"):
        explain.saliency(nn.Sequential(nn.Conv2d(1, 1, 1)), torch.zeros(1, 1, 4, 4))


def test_a_layer_that_gives_no_tensor():
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.LSTM(4, 2, batch_first=True)

        def forward(self, x):
            return self.inner(x[:, 0])[0][:, 0]

    with pytest.raises(ValueError, match="layer must return one tensor, got a tuple from 'inner'"):
        explain.feature_maps(Recurrent(), torch.zeros(1, 1, 4, 4), "inner")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@each_look_at_images
def test_on_a_gpu(tiny, look):
    net, images = tiny
    expected = look(net, images)
    found = look(net.cuda(), images)
    if isinstance(found, dict):
        expected, found = expected["0"], found["0"]
    np.testing.assert_allclose(found, expected, atol=1e-8)
    assert next(net.parameters()).is_cuda
