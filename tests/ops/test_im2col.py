"""The columns, tested as hard as the loops and the engine: all three equal, values and gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import assert_close
from test_conv import FLOATS, convolutions

import cnncourse.ops as ops
from cnncourse.ops import im2col


def numbers(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def same(ours, theirs, what):
    """Compare a result, or a tuple of them, with the engine's."""
    for i, (a, b) in enumerate(zip(*(r if isinstance(r, tuple) else (r,) for r in (ours, theirs)))):
        assert_close(a, torch.from_numpy(np.ascontiguousarray(b)), f"{what} {i}")


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@settings(max_examples=150)
@given(convolutions(), FLOATS)
def test_conv2d(shapes_and_arguments, dtype):
    input_shape, weight_shape, with_bias, arguments = shapes_and_arguments
    x, w = numbers(input_shape, dtype, 1), numbers(weight_shape, dtype, 2)
    b = numbers(weight_shape[0], dtype, 3) if with_bias else None
    ours = im2col.conv2d(x, w, b, **arguments)
    same(ours, ops.conv2d(x, w, b, **arguments), "conv2d")
    tx, tw = (torch.tensor(a, requires_grad=True) for a in (x, w))
    theirs = torch.nn.functional.conv2d(tx, tw, None if b is None else torch.tensor(b), **arguments)
    assert_close(ours, theirs, "conv2d")
    grad = numbers(ours.shape, dtype, 4)
    gradients = im2col.conv2d_backward(grad, x, w, **arguments)
    same(gradients, ops.conv2d_backward(grad, x, w, **arguments), "gradient")
    theirs.backward(torch.tensor(grad))
    for ours, tensor in zip(gradients, (tx, tw)):
        expected = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
        assert_close(ours, expected, "gradient")


@settings(max_examples=150)
@given(
    st.sampled_from(["max_pool2d", "avg_pool2d"]),
    st.sampled_from([(), (0,), (2,)]),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.none() | st.integers(1, 3) | st.tuples(st.integers(1, 2), st.integers(1, 4)),
    st.booleans(),
    st.integers(1, 2),
    st.booleans(),
    FLOATS,
)
def test_pools(name, lead, kernel, stride, padded, dilation, ties, dtype):
    x = numbers((*lead, 3, 9, 8), dtype)
    if ties:
        x = np.round(x)
    arguments = {"stride": stride, "padding": tuple(k // 2 if padded else 0 for k in kernel)}
    if name == "max_pool2d":
        arguments["dilation"] = dilation
    ours = getattr(im2col, name)(x, kernel, **arguments)
    same(ours, getattr(ops, name)(x, kernel, **arguments), name)
    tx = torch.tensor(x, requires_grad=True)
    theirs = getattr(torch.nn.functional, name)(tx, kernel, **arguments)
    assert_close(ours, theirs, name)
    grad = numbers(ours.shape, dtype, 1)
    ours = getattr(im2col, f"{name}_backward")(grad, x, kernel, **arguments)
    same(ours, getattr(ops, f"{name}_backward")(grad, x, kernel, **arguments), "gradient")
    theirs.backward(torch.tensor(grad))
    assert_close(ours, tx.grad, "gradient")


def test_windows_share_the_pixels_of_the_image():
    image = np.arange(16.0).reshape(1, 1, 4, 4)
    where = ops.conv.conv_geometry(image, np.ones((1, 1, 2, 2)), None, 2, 0, 1, 1)[1]
    view = im2col.windows(image, where)
    assert np.shares_memory(view, image)
    np.testing.assert_array_equal(view[0, 0, 1, 0], [[4, 6], [12, 14]])  # the lower left of each window
    np.testing.assert_array_equal(im2col.add_back(view, where), image)  # side by side: each pixel once


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: im2col.conv2d(x, x[:, :1]), ValueError, "input must have 1 channels"),
        (lambda x: im2col.conv2d_backward(x, x, x), ValueError, "grad_output must have shape"),
        (lambda x: im2col.max_pool2d(x, 2, padding=2), ValueError, "padding must be at most half"),
        (lambda x: im2col.max_pool2d(x.astype(int), 2), TypeError, "input must be an array of floats"),
        (lambda x: im2col.avg_pool2d(x, 0), ValueError, "kernel_size must be at least 1"),
        (lambda x: im2col.avg_pool2d(x[0, 0], 2), ValueError, "input must have 3 or 4 axes"),
        (lambda x: im2col.avg_pool2d(x[:, :0], 2), ValueError, "input must not be empty"),
        (lambda x: im2col.max_pool2d_backward(x, x, 2), ValueError, "grad_output must have shape"),
    ],
)
def test_refusals(call, error, text):
    with pytest.raises(error, match=text):
        call(np.zeros((2, 2, 3, 3)))
