"""The reference solutions of the chapter against PyTorch and SciPy."""

import numpy as np
import scipy.ndimage
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.why_convolution import exercises as why_convolution

F = torch.nn.functional


SEED = st.integers(0, 99)


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 5))
def test_parameter_counts(height, width, in_channels, out):
    assert why_convolution.dense_parameters(height, width, in_channels, out) == count(
        torch.nn.Linear(height * width * in_channels, out)
    )
    assert why_convolution.conv_parameters(in_channels, out, height) == count(
        torch.nn.Conv2d(in_channels, out, height)
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(-6, 6), st.integers(-6, 6), SEED)
def test_shift(rows, columns, down, right, seed):
    image = np.random.default_rng(seed).integers(1, 256, (rows, columns)).astype(float)
    expected = scipy.ndimage.shift(image, (down, right), order=0)
    np.testing.assert_array_equal(why_convolution.shift(image, down, right), expected)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 7), st.integers(2, 7), st.integers(1, 2), st.integers(1, 2), SEED)
def test_find_template(rows, columns, height, width, seed):
    rng = np.random.default_rng(seed)
    image, template = rng.normal(size=(rows, columns)), rng.normal(size=(height, width))
    scores = F.conv2d(tensor(image)[None, None], tensor(template)[None, None])[0, 0].numpy()
    assert why_convolution.find_template(image, template) == np.unravel_index(scores.argmax(), scores.shape)
