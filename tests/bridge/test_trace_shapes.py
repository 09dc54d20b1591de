"""Rows of `trace_shapes` against what torch computes and against the formulas of the costs."""

import pytest
import torch
import torchvision
from torch import nn

from cnncourse import models
from cnncourse.bridge import trace_shapes


@pytest.mark.parametrize("name", ["alexnet", "squeezenet1_1", "resnet18", "mobilenet_v2", "densenet121"])
def test_shapes_parameters_and_macs_are_those_of_the_network_that_runs(name):
    network = torchvision.models.get_model(name, weights=None)
    network.eval()
    rows = trace_shapes(network, (3, 96, 96))
    expected = []

    def note(layer):
        def hook(module, inputs, output):
            parameters = sum(p.numel() for p in module.parameters(recurse=False))
            macs = 0
            if isinstance(module, nn.Conv2d):
                macs = output[0].numel() * module.weight[0].numel()
            elif isinstance(module, nn.Linear):
                macs = module.weight.numel()
            expected.append((layer, tuple(output.shape[1:]), parameters, macs))

        return hook

    for layer, module in network.named_modules():
        if not list(module.children()):
            module.register_forward_hook(note(layer))
    with torch.no_grad():
        network(torch.zeros(1, 3, 96, 96))
    found = [(row.name, row.output_shape, row.parameters, row.macs) for row in rows]
    counted = set()  # ReLU modules run several times; parameters count once
    for i, (layer, shape, _, macs) in enumerate(expected):
        if layer in counted:
            expected[i] = (layer, shape, 0, macs)
        counted.add(layer)
    assert found == expected


def test_a_network_of_the_course_without_torch_weights_is_refused():
    with pytest.raises(TypeError, match="model is a list; it must be"):
        trace_shapes([1, 2], (1, 28, 28))
    with pytest.raises(ValueError, match=r"input_size=\(28, 28\) must be three whole numbers"):
        trace_shapes(models.create("lenet5", in_channels=1), (28, 28))
