"""Random weights that hide nothing, and the comparison of a network's two ways to compute."""

import numpy as np
import torch
from torch import nn

from cnncourse.bridge import numpy_forward


def randomise(network, seed=0):
    """Give every weight and every running statistic a random value; return the network in evaluation mode.

    The usual first values would hide faults: batch normalisation that does nothing, ConvNeXt's blocks times
    10⁻⁶, biases of zero. He's spread keeps the numbers from fading.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if weight.ndim > 1 and weight[0].numel() > 1:
                limit = (6 / weight[0].numel()) ** 0.5
                weight.uniform_(-limit, limit, generator=generator)
            elif name.endswith("bias"):
                weight.uniform_(-0.2, 0.2, generator=generator)
            else:
                weight.uniform_(0.5, 1.5, generator=generator)
        for name, statistic in network.named_buffers():
            if name.endswith("running_mean"):
                statistic.uniform_(-0.2, 0.2, generator=generator)
            elif name.endswith("running_var"):
                statistic.uniform_(0.5, 1.5, generator=generator)
    return network.eval()


def images(*shape, dtype=np.float64, seed=0):
    """Return random numbers around zero."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def assert_same(network, x, tolerance=1e-10):
    """Compare `numpy_forward` with the network itself: structure, shapes, dtypes and numbers."""
    before = x.copy()
    ours = numpy_forward(network, x)
    np.testing.assert_array_equal(x, before, err_msg="the input was modified")
    with torch.no_grad():
        theirs = network(torch.from_numpy(x.copy()))
    _compare(ours, theirs, tolerance)
    return ours


def _compare(ours, theirs, tolerance):
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        ours, theirs = tuple(ours.values()), tuple(theirs.values())
    if isinstance(theirs, tuple | list):
        assert len(ours) == len(theirs)
        for our, their in zip(ours, theirs):
            _compare(our, their, tolerance)
    elif isinstance(theirs, torch.Tensor):
        expected = theirs.numpy()
        assert isinstance(ours, np.ndarray | np.generic)
        assert (ours.shape, ours.dtype) == (expected.shape, expected.dtype)
        scale = np.abs(expected).max(initial=0)
        np.testing.assert_allclose(ours, expected, rtol=0, atol=tolerance * scale)
    else:
        assert ours == theirs


class Forward(nn.Module):
    """A network whose forward is the given function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)
