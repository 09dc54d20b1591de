"""The numbers of the explorer of parameters, against torch."""

import pytest
import torch

from cnncourse.chapters.why_convolution.fields import (
    dense_or_convolution,
    layer_parameters,
)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [8, 28])
def test_parameters_are_those_of_torch_layers(side, channels):
    count = lambda layer: sum(p.numel() for p in layer.parameters())  # noqa: E731
    dense = torch.nn.Linear(side * side * channels, 100)
    convolution = torch.nn.Conv2d(channels, 16, 3)
    assert layer_parameters(side, channels) == (count(dense), count(convolution))
    assert f"{count(dense):,}" in dense_or_convolution.alt(side=side, channels=channels)
