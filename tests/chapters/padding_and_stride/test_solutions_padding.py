"""The reference solutions of the chapter against PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncourse.chapters.padding_and_stride import exercises as answers

F = torch.nn.functional


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 3), st.integers(1, 4), st.integers(0, 3))
def test_transposed_size(size, kernel_size, padding, stride, output_padding):
    assume(output_padding < stride)
    assume((size - 1) * stride - 2 * padding + kernel_size + output_padding > 0)
    x = torch.zeros(1, 1, size)
    out = F.conv_transpose1d(x, torch.zeros(1, 1, kernel_size), None, stride, padding, output_padding)
    assert answers.transposed_size(size, kernel_size, padding, stride, output_padding) == out.shape[-1]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even")
@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 3), st.integers(0, 99))
def test_same_padding(kernel_size, dilation, seed):
    """On the sides that PyTorch pads, seen from values and not only from the size."""
    rng = np.random.default_rng(seed)
    x, weight = (
        torch.from_numpy(rng.normal(size=(1, 1, 9))),
        torch.from_numpy(rng.normal(size=(1, 1, kernel_size))),
    )
    same = F.conv1d(x, weight, padding="same", dilation=dilation)
    padded = F.pad(x, answers.same_padding(kernel_size, dilation))
    torch.testing.assert_close(F.conv1d(padded, weight, dilation=dilation), same)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(0, 99),
)
def test_strided_correlation(rows, columns, kernel_rows, kernel_columns, stride, seed):
    assume(kernel_rows <= rows and kernel_columns <= columns)
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(rows, columns)), rng.normal(size=(kernel_rows, kernel_columns))
    expected = F.conv2d(
        torch.from_numpy(image)[None, None], torch.from_numpy(kernel)[None, None], stride=stride
    )
    np.testing.assert_allclose(
        answers.strided_correlate2d(image, kernel, stride), expected[0, 0].numpy(), atol=1e-12
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_dilated_kernel(kernel_rows, kernel_columns, dilation, seed):
    rng = np.random.default_rng(seed)
    image = torch.from_numpy(rng.normal(size=(1, 1, 9, 10)))
    kernel = rng.normal(size=(kernel_rows, kernel_columns))
    expected = F.conv2d(image, torch.from_numpy(kernel)[None, None], dilation=dilation)
    spread = torch.from_numpy(answers.dilate_kernel(kernel, dilation))[None, None]
    torch.testing.assert_close(F.conv2d(image, spread), expected)
