"""The reference solutions of the chapter against PyTorch."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.convolution import exercises as convolution


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_correlations(extra_rows, extra_columns, kernel_rows, kernel_columns, seed):
    rng = np.random.default_rng(seed)
    kernel = rng.normal(size=(kernel_rows, kernel_columns))
    image = rng.normal(size=(kernel_rows + extra_rows, kernel_columns + extra_columns))

    def by_torch(weight):
        weight = torch.from_numpy(weight.copy())[None, None]
        return torch.nn.functional.conv2d(torch.from_numpy(image)[None, None], weight)[0, 0].numpy()

    np.testing.assert_allclose(convolution.correlate2d(image, kernel), by_torch(kernel), atol=1e-12)
    turned = np.flip(kernel, axis=(0, 1))
    np.testing.assert_allclose(convolution.convolve2d(image, kernel), by_torch(turned), atol=1e-12)
    assert convolution.output_size(image.shape[0], kernel_rows) == by_torch(kernel).shape[0]
