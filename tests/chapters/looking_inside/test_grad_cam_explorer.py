"""The stored looks into a ResNet-20 are those of the network that ships; the explorer says its numbers."""

import numpy as np
import pytest
import torch

from cnncourse import explain, models
from cnncourse.chapters.looking_inside.grad_cam import grad_cam_layers, share_inside, stored_looks
from cnncourse.chapters.looking_inside.quest import covered_picture, evidence_solved, hidden_evidence

QUESTIONS = list(stored_looks().questions)
LAYERS = list(stored_looks().depth)


@pytest.fixture(scope="module")
def net():
    return models.create("resnet20", weights="cifar10").eval()


def ready(net, pixels):
    mean, std = (np.array(net.trained_on[key])[:, None, None] for key in ("mean", "std"))
    return ((pixels / 255 - mean) / std).astype(np.float32)[None]


@torch.no_grad()
def probability(net, pixels):
    return dict(
        zip(net.trained_on["classes"], net(torch.from_numpy(ready(net, pixels)))[0].softmax(0).tolist())
    )


@pytest.mark.parametrize("words", QUESTIONS)
def test_answers_and_maps_are_those_of_the_network(net, words):
    looks = stored_looks()
    one = looks.questions[words]
    pixels = looks.pictures[one.picture]
    found = probability(net, pixels)
    assert one.probability == pytest.approx(found[one.target], abs=2e-3)
    assert one.answer == max(found, key=found.get)
    assert one.answer_probability == pytest.approx(found[one.answer], abs=2e-3)
    target = looks.classes.index(one.target)
    for layer, heat in one.maps.items():
        expected = explain.grad_cam(net, ready(net, pixels), target, layer, upsample=False)[0]
        np.testing.assert_allclose(heat, expected, atol=0.01 * expected.max())


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("words", QUESTIONS)
def test_the_share_of_heat_by_a_loop(words, layer):
    one = stored_looks().questions[words]
    heat, total, on_it = one.maps[layer], 0.0, 0.0
    if one.inside is None:
        assert share_inside(one, layer) is None
        return
    block = 32 // len(heat)
    for i in range(32):
        for j in range(32):
            total += heat[i // block, j // block]
            on_it += heat[i // block, j // block] * one.inside[i, j]
    assert share_inside(one, layer) == pytest.approx(on_it / total)
    number = 100 * on_it / total
    text = grad_cam_layers.alt(asked=words, layer=layer)
    assert (
        f"On the {one.thing}: {number:.0f} % of" in text or f"On the {one.thing}: {number:.1f} % of" in text
    )


def test_two_questions_about_one_picture_are_answered_in_two_places():
    asked = stored_looks().questions
    car, plane = asked["automobile"], asked["airplane"]
    centres = {}
    for one in (car, plane):
        heat = one.maps["layer3"]
        rows, columns = np.indices(heat.shape)
        centres[one.target] = (rows * heat).sum() / heat.sum(), (columns * heat).sum() / heat.sum()
    assert centres["airplane"][0] < 4 < centres["automobile"][0]  # above and below the middle
    assert centres["airplane"][1] < centres["automobile"][1]


def test_the_classes_are_told_apart_better_layer_by_layer():
    accuracy = [entry["accuracy"] for entry in stored_looks().depth.values()]
    assert accuracy == sorted(accuracy)
    sees = [entry["sees"] for entry in stored_looks().depth.values()]
    # 3, then 12 more for each of three blocks at spacing 1; the same sum at spacings 2 and 4, strides counted
    assert sees == [3, 15, 37, 81]


def test_every_drawing_has_words_of_its_own():
    texts = {grad_cam_layers.alt(asked=words, layer=layer) for words in QUESTIONS for layer in LAYERS}
    assert len(texts) == len(QUESTIONS) * len(LAYERS)
    assert grad_cam_layers(QUESTIONS[0], LAYERS[0]).axes


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"asked": "cat", "layer": "conv1"}, "asked: got 'cat', but there are ship"),
        ({"asked": "ship", "layer": "fc"}, "layer: got 'fc', but there are conv1"),
    ],
)
def test_what_is_not_stored_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        grad_cam_layers(**arguments)


def test_the_squares_of_the_quest_are_those_of_the_network(net):
    squares = stored_looks().squares
    plain = stored_looks().pictures[squares["picture"]]
    assert squares["before"] == pytest.approx(probability(net, plain)[squares["target"]], abs=2e-3)
    for row, column in np.ndindex(6, 6):
        covered = covered_picture(row, column)
        assert (covered != plain).any(axis=0).sum() <= squares["window"] ** 2
        # The square has the mean colour, rounded to whole grey levels.
        expected = probability(net, covered)[squares["target"]]
        assert squares["after"][row][column] == pytest.approx(expected, abs=0.02)


def test_the_quest_has_one_answer_and_it_is_the_cheapest_place():
    after = np.array(stored_looks().squares["after"])
    solved = [place for place in np.ndindex(6, 6) if evidence_solved(*place)[0]]
    assert solved == [np.unravel_index(after.argmin(), after.shape)]
    hints = {evidence_solved(*place)[1].split(" is left. ")[-1] for place in np.ndindex(6, 6)}
    assert len(hints) == 4
    texts = {hidden_evidence.alt(row=row, column=column) for row, column in np.ndindex(6, 6)}
    assert len(texts) == 36


@pytest.mark.parametrize("place", [(-1, 0), (0, 6)])
def test_a_place_outside_is_refused(place):
    with pytest.raises(ValueError, match="the places are 0 to 5"):
        hidden_evidence(*place)
