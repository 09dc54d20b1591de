"""The reference solutions of the chapter against PyTorch."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.pooling import exercises as pooling

F = torch.nn.functional


SEED = st.integers(0, 99)


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


@settings(deadline=None, max_examples=60)
@given(st.integers(3, 9), st.integers(3, 9), st.integers(1, 3), SEED)
def test_pooling(rows, columns, size, seed):
    image = np.random.default_rng(seed).normal(size=(rows, columns))
    x = tensor(image)[None, None]
    largest = F.max_pool2d(x, size)[0, 0]
    np.testing.assert_allclose(pooling.max_pool2d(image, size), largest.numpy())
    averaged = F.adaptive_avg_pool2d(x, 1)[..., 0, 0]
    np.testing.assert_allclose(pooling.global_average(x.numpy()), averaged.numpy(), atol=1e-12)
    x.requires_grad_()
    pooled = F.max_pool2d(x, 2)
    gradient = torch.randn_like(pooled)
    pooled.backward(gradient)
    found = pooling.max_pool_gradient(image, gradient[0, 0].numpy())
    np.testing.assert_allclose(found, x.grad[0, 0].numpy())
