"""Unfold and fold beside torch: values, gradients, refusals, and what ties them to convolution."""

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from oracle import same_as_torch, variants

import cnncourse.ops as ops

FLOATS = st.sampled_from([np.float64, np.float32])


def numbers(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@st.composite
def windows(draw):
    """Draw an image shape and windows that fit it."""
    kernel, stride, dilation, padding = (
        draw(st.integers(low, 3) | st.tuples(st.integers(low, 4), st.integers(low, 3)))
        for low in (1, 1, 1, 0)
    )
    size = []
    for axis in range(2):
        k, d, p = (v if isinstance(v, int) else v[axis] for v in (kernel, dilation, padding))
        least = max(1, d * (k - 1) + 1 - 2 * p)
        size.append(draw(st.integers(least, least + 5)))
    lead = draw(st.sampled_from([(3,), (0, 2), (1, 1), (2, 3)]))
    arguments = {"kernel_size": kernel, "dilation": dilation, "padding": padding, "stride": stride}
    return (*lead, *size), arguments


@given(windows(), FLOATS)
@example(((1, 1, 1, 1), {"kernel_size": 1}), np.float64)
def test_unfold(shape_and_arguments, dtype):
    shape, arguments = shape_and_arguments
    same_as_torch("unfold", [numbers(shape, dtype)], arguments)


@given(windows(), FLOATS)
@example(((3, 4, 4), {"kernel_size": [2, 2], "stride": [2, 2]}), np.float64)
def test_fold(shape_and_arguments, dtype):
    shape, arguments = shape_and_arguments
    columns = numbers(ops.unfold(np.zeros(shape), **arguments).shape, dtype)
    same_as_torch("fold", [columns], {"output_size": shape[-2:], **arguments})


def test_layouts():
    x = numbers((2, 3, 6, 5))
    expected = ops.unfold(x, 3, padding=1)
    for same in variants(x):
        np.testing.assert_array_equal(ops.unfold(same, 3, padding=1), expected)
    for same in variants(expected):
        np.testing.assert_array_equal(
            ops.fold(same, (6, 5), 3, padding=1), ops.fold(expected, (6, 5), 3, padding=1)
        )


def test_unfold_never_shares_memory():
    x = numbers((1, 1, 3, 3))
    ops.unfold(x, 1)[...] = 0
    assert x.all()


def test_by_hand():
    columns = ops.unfold(np.arange(9.0).reshape(1, 3, 3), 2)
    np.testing.assert_array_equal(columns.T, [[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]])
    np.testing.assert_array_equal(ops.fold(columns, 3, 2)[0], [[0, 2, 2], [6, 16, 10], [6, 14, 8]])


def test_convolution_is_a_matrix_product_of_unfolded_windows():
    x, w = numbers((2, 3, 7, 6)), numbers((4, 3, 3, 2), seed=1)
    arguments = {"stride": (2, 1), "padding": 1, "dilation": (1, 2)}
    expected = ops.conv2d(x, w, **arguments)
    product = w.reshape(4, -1) @ ops.unfold(x, (3, 2), **arguments)
    np.testing.assert_allclose(product.reshape(expected.shape), expected)


X, Y = np.zeros((2, 4, 7, 8)), np.zeros((2, 36, 30))


@pytest.mark.parametrize(
    ("name", "array", "arguments", "error", "text"),
    [
        ("unfold", X[0, 0], (3,), ValueError, "input must have 3 or 4 axes"),
        ("unfold", X[:, :0], (3,), ValueError, "input must not be empty except along the batch axis"),
        ("unfold", X, (9,), ValueError, "kernel must fit into the padded input"),
        ("unfold", X, (0,), ValueError, "kernel_size must be at least 1"),
        ("unfold", X, ((3,),), ValueError, "kernel_size must be an int or a pair"),
        ("unfold", X, ((3, 3, 3),), ValueError, "kernel_size must be an int or a pair"),
        ("unfold", X, (3, 0), ValueError, "dilation must be at least 1"),
        ("unfold", X, (3, 1, -1), ValueError, "padding must be at least 0"),
        ("unfold", X, (3, 1, "same"), TypeError, "padding must be an int or a pair"),
        ("unfold", X, (3, 1, 0, 0), ValueError, "stride must be at least 1"),
        ("fold", Y, ((8, 8), 3), ValueError, "input must have 36 columns, one for each of the 6 × 6"),
        ("fold", Y, ((2, 2), 3), ValueError, "kernel must fit into the padded input"),
        ("fold", Y[:, :35], ((7, 8), 3), ValueError, "rows divisible by the 9 taps"),
        ("fold", Y[:, :0], ((7, 8), 3), ValueError, "input must not be empty"),
        ("fold", X, ((7, 8), 3), ValueError, "input must have 2 or 3 axes"),
        ("fold", Y, ((7,), 3), ValueError, "output_size must be an int or a pair"),
        ("fold", Y, (0, 3), ValueError, "output_size must be at least 1"),
    ],
)
def test_refuses_what_torch_refuses(name, array, arguments, error, text):
    with pytest.raises((RuntimeError, TypeError, IndexError)):
        getattr(torch.nn.functional, name)(torch.tensor(array), *arguments)
    with pytest.raises(error, match=text):
        getattr(ops, name)(array, *arguments)


def test_backward_refuses_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"grad_output must have shape \(2, 36, 30\)"):
        ops.unfold_backward(np.zeros((2, 36, 31)), X, 3)
    with pytest.raises(ValueError, match=r"grad_output must have shape \(2, 4, 7, 8\)"):
        ops.fold_backward(np.zeros((2, 4, 8, 8)), Y, (7, 8), 3)
