"""The reference solutions of the chapter against PyTorch, and other right ways to solve them."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from cnncourse import models
from cnncourse.chapters.classic_architectures import exercises as architectures
from cnncourse.chapters.classic_architectures import more_exercises as more
from cnncourse.course import check

LAYERS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=4)


def through(x, layers):
    for k, s, p in layers:
        x = F.conv1d(x, torch.ones(1, 1, k, dtype=x.dtype), stride=s, padding=p)
    return x


@settings(deadline=None, max_examples=60)
@given(st.integers(20, 25), LAYERS)
def test_smallest_image(side, layers):
    smallest = architectures.smallest_image(side, layers)
    assert through(torch.zeros(1, 1, smallest), layers).shape[-1] == side
    assert through(torch.zeros(1, 1, smallest - 1), layers).shape[-1] == side - 1


@settings(deadline=None, max_examples=60)
@given(st.integers(260, 300), LAYERS)
def test_looks_at(side, layers):
    image = torch.zeros(1, 1, side, dtype=torch.float64, requires_grad=True)
    maps = through(image, layers)
    row = maps.shape[-1] // 2
    first, last = architectures.looks_at(row, layers)
    assume(first >= 0 and last < side)
    maps[0, 0, row].backward()
    seen = image.grad[0, 0].nonzero()
    assert (first, last) == (int(seen.min()), int(seen.max()))


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([1, 2, 4]),
    st.integers(1, 3),
    st.sampled_from([4, 8]),
    st.integers(1, 5),
    st.integers(1, 3),
)
def test_parameters_and_macs(groups, stride, channels, kernel_size, padding):
    net = nn.Sequential(
        nn.Conv2d(channels, 12, kernel_size, stride, padding, groups=groups),
        nn.Conv2d(12, 5, kernel_size, stride, padding),
    )
    spec = [(12, kernel_size, groups), (5, kernel_size, 1)]
    assert architectures.parameters(channels, spec) == sum(p.numel() for p in net.parameters())
    table = models.summary(net[1], (12, 19, 19))
    assert more.layer_macs(12, 5, kernel_size, stride, padding, 19) == table.macs


@pytest.mark.parametrize("kernel_size, channels", [(3, 2), (5, 7), (9, 4)])
def test_a_stack_of_threes(kernel_size, channels):
    layers, weights = more.stack_of_threes(kernel_size, channels)
    stack = nn.Sequential(*[nn.Conv2d(channels, channels, 3, bias=False) for _ in range(layers)])
    assert stack(torch.zeros(1, channels, kernel_size, kernel_size)).shape[-2:] == (1, 1)
    assert weights == sum(p.numel() for p in stack.parameters())


def test_masked_weight_is_the_sparse_layer_of_1998():
    torch.manual_seed(0)
    sparse = models.create("lenet5_1998", 10, 1)[4]
    reads, weight = np.zeros((16, 6)), np.random.default_rng(0).normal(size=(16, 6, 5, 5))
    for number, (read, conv) in enumerate(zip(sparse.reads, sparse.maps)):
        reads[number, list(read)] = 1
        weight[number, list(read)] = conv.weight.detach().numpy()[0]
    x = torch.randn(1, 6, 9, 9)
    masked = torch.from_numpy(more.masked_weight(weight, reads)).float()
    bias = torch.cat([conv.bias for conv in sparse.maps])
    torch.testing.assert_close(F.conv2d(x, masked, bias), sparse(x), rtol=1e-4, atol=1e-5)


@settings(deadline=None, max_examples=30)
@given(
    st.integers(1, 8), st.sampled_from([1, 3, 5]), st.floats(0.1, 2), st.floats(0.3, 2), st.integers(0, 99)
)
def test_local_response(channels, size, alpha, beta, seed):
    x = np.random.default_rng(seed).normal(size=(channels, 3, 2))
    # PyTorch divides alpha by the size of the window.
    expected = F.local_response_norm(torch.from_numpy(x)[None], size, alpha * size, beta, k=1.5)[0]
    np.testing.assert_allclose(more.local_response(x, size, alpha, beta, 1.5), expected)


def test_other_right_solutions():
    def smallest_image(side, layers):  # by trying
        for image in range(1, 1000):
            maps = image
            for k, s, p in layers:
                maps = max((maps + 2 * p - k) // s + 1, 0)
            if maps == side:
                return np.int64(image)

    def looks_at(row, layers):  # from the image up: field, distance of neighbours, and where row 0 begins
        field, apart, start = 1, 1, 0
        for k, s, p in layers:
            field, start, apart = field + (k - 1) * apart, start - p * apart, apart * s
        return [start + row * apart, start + row * apart + field - 1]

    def masked_weight(weight, reads):
        out = weight.copy()
        out[np.asarray(reads) == 0] = 0
        return out

    def local_response(x, size, alpha, beta, k):
        padded = np.pad(x**2, ((size // 2, size // 2), (0, 0), (0, 0)))
        near = sum(padded[i : i + len(x)] for i in range(size))
        return x * (k + alpha * near) ** -beta

    assert check("architectures.smallest_image", smallest_image)
    assert check("architectures.looks_at", looks_at)
    assert check("architectures.stack_of_threes", lambda k, c: [k // 2, k // 2 * 9 * c * c])
    assert check("architectures.masked_weight", masked_weight)
    assert check("architectures.local_response", local_response)
