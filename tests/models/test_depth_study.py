"""The networks of the degradation study: same weights with and without shortcuts, one addition apart."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnncourse.models.depth_study import StudyBlock, depth_study


@pytest.mark.parametrize("depth", [4, 8, 20, 44])
def test_depth_counts_the_layers_with_weights(depth):
    layers = [m for m in depth_study(depth, True).modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == depth


def test_a_shortcut_adds_the_input_and_nothing_else():
    torch.manual_seed(0)
    plain, residual = (StudyBlock(4, shortcut, True).eval() for shortcut in (False, True))
    residual.load_state_dict(plain.state_dict())
    x = torch.randn(2, 4, 7, 7)
    inner = plain.bn2(plain.conv2(F.relu(plain.bn1(plain.conv1(x)))))
    torch.testing.assert_close(plain(x), F.relu(inner))
    torch.testing.assert_close(residual(x), F.relu(inner + x))


@pytest.mark.parametrize("batch_norm", [True, False])
def test_shape_and_normalisation(batch_norm):
    net = depth_study(8, True, num_classes=3, in_channels=2, batch_norm=batch_norm)
    assert net(torch.randn(5, 2, 28, 28)).shape == (5, 3)
    assert any(isinstance(m, nn.BatchNorm2d) for m in net.modules()) == batch_norm


@pytest.mark.parametrize("depth", [7, 2, 20.0])
def test_refuses_other_depths(depth):
    with pytest.raises(ValueError, match="must be an even whole number of at least 4"):
        depth_study(depth, True)
