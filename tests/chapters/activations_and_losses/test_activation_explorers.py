"""The numbers of the explorers and quests of the chapter, against torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.activations_and_losses.deep_gradients import (
    gradient_alive,
    gradient_by_depth,
    keep_gradient_alive,
    layer_gradients,
)
from cnncourse.chapters.activations_and_losses.losses import loss_by_logit, losses_at
from cnncourse.chapters.activations_and_losses.temperature import (
    claims,
    find_temperature,
    honest_solved,
    overconfident,
    softmax_temperature,
    tempered,
)
from cnncourse.plots.cells import power_text


def _torch_gradients(function, depth, scale):
    """The same network in torch: the gradient of every layer's sums, by autograd."""
    curve = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": F.relu, "GELU": F.gelu}[function]
    rng = np.random.default_rng(0)
    signal, sums = torch.from_numpy(rng.normal(size=(64, 100))), []
    for _ in range(depth):
        weight = torch.from_numpy(rng.normal(size=(100, 100)) * scale / 10)
        sums.append(F.linear(signal, weight).requires_grad_())
        sums[-1].retain_grad()
        signal = curve(sums[-1])
    signal.backward(torch.from_numpy(rng.normal(size=(64, 100))))
    sizes = [float(z.grad.square().mean().sqrt()) for z in sums]
    return np.array(sizes) / sizes[-1]


@pytest.mark.parametrize("scale", [1, 1.4, 3])
@pytest.mark.parametrize("function", ["sigmoid", "tanh", "ReLU", "GELU"])
def test_the_gradient_of_each_layer_is_autograd_s(function, scale):
    found = layer_gradients(function, 7, scale)
    np.testing.assert_allclose(found, _torch_gradients(function, 7, scale), rtol=1e-6)
    assert found[-1] == 1


def test_a_sigmoid_loses_at_least_three_quarters_per_layer():
    sizes = np.array(layer_gradients("sigmoid", 20))
    assert (sizes[:-1] / sizes[1:] < 0.3).all()


def test_the_depth_explorer_says_its_number():
    first = float(gradient_by_depth.alt(function="sigmoid", depth=5).split(" gets ")[1].split()[0])
    assert first == pytest.approx(layer_gradients("sigmoid", 5)[0], rel=0.05)


@pytest.mark.parametrize(
    "wrong, message", [(("relu", 3), "function: got 'relu'"), (("ReLU", 0), "depth: got 0")]
)
def test_a_network_that_cannot_be_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        layer_gradients(*wrong)


@pytest.mark.parametrize(
    "function, scale, word",
    [("sigmoid", 3, "another function"), ("ReLU", 2, "smaller weights"), ("tanh", 0.5, "larger weights")],
)
def test_the_hints_on_the_way_to_a_living_gradient(function, scale, word):
    solved, hint = gradient_alive(function, scale)
    assert not solved
    assert word in hint


def test_two_settings_keep_the_gradient_alive(shown):
    keep_gradient_alive()
    quest = shown[0]
    alive = {
        (values["function"], values["weight_scale"])
        for values in map(quest.values, quest.positions())
        if quest.solved(**values)[0]
    }
    by_torch = {
        (function, scale)
        for function in ("sigmoid", "tanh", "ReLU")
        for scale in (0.5, 1, 1.4, 2)
        if 0.5 <= _torch_gradients(function, 20, scale)[0] <= 2
    }
    assert alive == by_torch == {("tanh", 1.4), ("ReLU", 1.4)}


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("logit", [-8, -1.5, 0, 6])
def test_both_losses_and_slopes_are_torch_s(logit, target):
    for name, loss_of in (
        ("cross-entropy", F.binary_cross_entropy_with_logits),
        ("squared error", lambda z, y: F.mse_loss(torch.sigmoid(z), y)),
    ):
        z = torch.tensor(float(logit), dtype=torch.float64, requires_grad=True)
        loss = loss_of(z, torch.tensor(float(target), dtype=torch.float64))
        loss.backward()
        np.testing.assert_allclose(losses_at(logit, target)[name], (loss.item(), z.grad.item()), rtol=1e-9)


def test_a_logit_says_what_it_costs():
    assert loss_by_logit.alt(logit=-6, target=1) == (
        "Right answer 1, logit −6, so p is 0.0025: cross-entropy 6.00, slope −1.00; squared error 1.00, "
        "slope −0.0049."
    )
    with pytest.raises(ValueError, match="target: got 2"):
        losses_at(0, 2)


@pytest.mark.parametrize("temperature", [0.1, 1, 20])
def test_tempered_softmax_is_torch_s(temperature):
    logits = np.random.default_rng(0).normal(scale=3, size=(4, 5))
    expected = F.softmax(torch.from_numpy(logits) / temperature, dim=1).numpy()
    np.testing.assert_allclose(tempered(logits, temperature), expected, rtol=1e-12)


def test_a_temperature_of_nothing_is_refused():
    with pytest.raises(ValueError, match="temperature: got 0"):
        tempered(np.zeros(3), 0)


def test_adding_to_all_scores_changes_the_scores_and_no_probability():
    plain, added = (softmax_temperature.alt(temperature=2, added=value) for value in (0, 5))
    assert plain.split(": ")[1] == added.split(": ")[1]
    assert "Scores 7, 6, 5.5, 4" in added


def test_the_stored_network_is_surer_than_right_until_it_is_cooled(shown):
    logits, labels = overconfident()
    assert logits.shape == (1000, 10)
    assert labels.shape == (1000,)
    find_temperature()
    solved = [
        values["temperature"]
        for values in map(shown[0].values, shown[0].positions())
        if shown[0].solved(**values)[0]
    ]
    gaps = {}
    for values in map(shown[0].values, shown[0].positions()):
        temperature = values["temperature"]
        shares = F.softmax(torch.from_numpy(logits[:500]) / temperature, dim=1)
        sure, answer = shares.max(dim=1)
        gaps[temperature] = float(sure.mean()) - float((answer.numpy() == labels[:500]).mean())
    assert solved == [temperature for temperature, gap in gaps.items() if abs(gap) <= 0.01]
    confidence, right = claims(1)
    assert gaps[1] == pytest.approx(confidence.mean() - right.mean())


@pytest.mark.parametrize("temperature, word", [(1, "a higher temperature"), (4, "a lower temperature")])
def test_the_hints_on_the_way_to_honesty(temperature, word):
    solved, hint = honest_solved(temperature)
    assert not solved
    assert word in hint


@pytest.mark.parametrize("value", [0.18, 8.7e-13, 945.2, -2.1e6, 0.0, 9.96, 9999.6, 0.00096, 3.0])
def test_power_text_can_be_read_back(value):
    text = (
        power_text(value)
        .replace(",", "")
        .replace("−", "-")
        .translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    )
    mantissa, _, exponent = text.partition(" · 10")
    assert float(mantissa) * 10 ** int(exponent or 0) == pytest.approx(value, rel=0.06)
