"""The stored LeNet: its shapes and costs are those of the model zoo, its maps those of torch."""

import numpy as np
import pytest
import torch

from cnncourse import models
from cnncourse.chapters.a_cnn_from_scratch.layers import LAYERS, lenet_digit, lenet_layers, lenet_stages
from cnncourse.course import stored

STORED = stored("lenet_layers")
DRAWN = STORED["drawn"]


def test_shapes_and_costs_are_those_of_the_model():
    table = models.summary(models.create("lenet5", in_channels=1), (1, 28, 28))
    ours = [stage for name, stage in lenet_stages().items() if name not in ("input", "softmax")]
    assert len(ours) == len(table.rows)
    for stage, row in zip(ours, table):
        assert stage.values.shape == row.output_shape, stage.name
        assert (stage.parameters, stage.multiplications) == (row.parameters, row.macs), stage.name
    last = lenet_stages()["softmax"]
    assert (last.parameters_so_far, last.multiplications_so_far) == (table.parameters, table.macs)


def test_what_has_come_so_far_is_a_running_sum():
    stages = list(lenet_stages().values())
    assert [s.parameters_so_far for s in stages] == np.cumsum([s.parameters for s in stages]).tolist()
    products = np.cumsum([s.multiplications for s in stages]).tolist()
    assert [s.multiplications_so_far for s in stages] == products


def test_the_maps_are_those_of_torch():
    x = torch.tensor((lenet_digit() / 255 - DRAWN["mean"]) / DRAWN["std"])[None, None]
    stages = lenet_stages()
    for number, (part, padding) in enumerate(zip(DRAWN["convolutions"], (2, 0)), start=1):
        weight, bias = (torch.tensor(part[name], dtype=torch.float64) for name in ("weight", "bias"))
        x = torch.nn.functional.conv2d(x, weight, bias, padding=padding)
        np.testing.assert_allclose(stages[f"convolution {number}"].values, x[0], atol=1e-10)
        x = torch.nn.functional.max_pool2d(torch.relu(x), 2)
        np.testing.assert_allclose(stages[f"pooling {number}"].values, x[0], atol=1e-10)
    np.testing.assert_allclose(stages["flatten"].values, torch.flatten(x), atol=1e-10)


def test_the_answer_is_right_and_that_of_the_benchmark():
    probability = lenet_stages()["softmax"].values
    expected = torch.softmax(torch.tensor(DRAWN["dense"][2]), 0)
    np.testing.assert_allclose(probability, expected, atol=1e-6)
    assert probability.argmax() == DRAWN["label"] == STORED["answer"]
    assert STORED["test_accuracy"] > 0.97


def test_the_words_have_the_numbers_of_the_layer():
    text = lenet_layers.alt(layer="dense 1")
    assert "layer 8 of 13, dense 1: shape 120" in text
    assert "48,120 parameters and 48,000 multiplications" in text
    assert "so far 50,692 of 61,706 and 405,600 of 416,520" in text
    assert lenet_layers.alt(layer="softmax").endswith("The largest of the ten belongs to the 7.")


def test_the_layers_are_named_in_their_order():
    assert tuple(lenet_stages()) == LAYERS


def test_an_unknown_layer_is_refused():
    with pytest.raises(ValueError, match=r"layer: got 'dense 4', .* Choose one of them"):
        lenet_layers("dense 4")
