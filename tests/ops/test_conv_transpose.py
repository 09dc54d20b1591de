"""Transposed and flipped convolutions against torch, and what all convolutions refuse."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle import assert_close, numbers, same_as_torch

import cnncourse.ops as ops

FLOATS = st.sampled_from([np.float64, np.float32])


@st.composite
def transposed(draw):
    """Draw shapes and arguments of a transposed convolution."""
    groups = draw(st.integers(1, 3))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride, dilation = (draw(st.tuples(st.integers(1, 3), st.integers(1, 3))) for _ in range(2))
    extra = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation))
    size = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    full = [(n - 1) * s + d * (k - 1) + e + 1 for n, s, d, k, e in zip(size, stride, dilation, kernel, extra)]
    padding = tuple(draw(st.integers(0, (n - 1) // 2)) for n in full)
    lead = draw(st.sampled_from([(), (0,), (1,), (2,)]))
    arguments = {"stride": stride, "padding": padding, "output_padding": extra, "groups": groups}
    channels, kernels = groups * draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return (*lead, channels, *size), (channels, kernels, *kernel), {**arguments, "dilation": dilation}


@settings(max_examples=200)
@given(transposed(), FLOATS)
@example(((2, 3, 4, 4), (3, 2, 3, 3), {}), np.float64)
@example(((1, 3, 4, 4), (3, 2, 3, 3), {"output_padding": 1, "dilation": 2}), np.float64)
def test_conv_transpose2d(shapes_and_arguments, dtype):
    input_shape, weight_shape, arguments = shapes_and_arguments
    x, w = numbers(input_shape, dtype, 1), numbers(weight_shape, dtype, 2)
    same_as_torch(
        "conv_transpose2d",
        [x, w],
        arguments,
        torch_op=lambda tx, tw, **a: torch.nn.functional.conv_transpose2d(tx, tw, None, **a),
    )
    b = numbers(weight_shape[1] * arguments.get("groups", 1), dtype, 3)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    theirs = torch.nn.functional.conv_transpose2d(*tensors, **arguments)
    ours = ops.conv_transpose2d(x, w, b, **arguments)
    assert_close(ours, theirs, "conv_transpose2d with bias")
    theirs.sum().backward()
    grad_bias = ops.conv_transpose2d_backward(np.ones_like(ours), x, w, **arguments)[2]
    assert_close(grad_bias, tensors[2].grad, "gradient of the bias")


def test_conv_transpose2d_is_the_transpose():
    """⟨conv(x), y⟩ = ⟨x, conv_transpose(y)⟩: what "transposed" means."""
    x, w = numbers((2, 3, 9, 8)), numbers((4, 3, 3, 2), seed=1)
    forward = ops.conv2d(x, w, stride=2, padding=1)
    y = numbers(forward.shape, seed=2)
    back = ops.conv_transpose2d(y, w, stride=2, padding=1, output_padding=(0, 0))
    assert back.shape == x.shape
    np.testing.assert_allclose((forward * y).sum(), (x * back).sum())


def test_convolve2d():
    """Flipped kernels; and with full padding image and kernel can change places."""
    x, w = numbers((2, 3, 7, 6)), numbers((4, 3, 3, 2), seed=1)
    flipped = np.ascontiguousarray(w[:, :, ::-1, ::-1])
    np.testing.assert_allclose(ops.convolve2d(x, w, padding=1), ops.conv2d(x, flipped, padding=1))
    a, b = numbers((5, 4)), numbers((3, 3), seed=1)
    np.testing.assert_allclose(ops.convolve2d(a, b, padding="full"), ops.convolve2d(b, a, padding="full"))
    rows = [np.convolve(row, b[0]) for row in a]
    np.testing.assert_allclose(ops.convolve2d(a, b[:1], padding="full"), rows)


X, W, B = np.zeros((2, 4, 7, 8)), np.zeros((6, 4, 3, 3)), np.zeros(6)


@pytest.mark.parametrize(
    ("arrays", "arguments", "error", "text"),
    [
        ((X.tolist(), W), {}, TypeError, "input must be a NumPy array, got a list"),
        ((X, torch.zeros(6, 4, 3, 3)), {}, TypeError, "weight must be a NumPy array, got a Tensor"),
        ((X > 0, W > 0), {}, TypeError, "input must be an array of numbers, got dtype bool"),
        ((X, W.astype(np.float32)), {}, TypeError, "weight must have the dtype of input"),
        ((X[0, 0], W), {}, ValueError, "input must have 3 or 4 axes"),
        ((X[None], W), {}, ValueError, "input must have 3 or 4 axes"),
        ((X, W[0]), {}, ValueError, "weight must have 4 axes"),
        ((X, W[:, :3]), {}, ValueError, "input must have 3 channels"),
        ((X, W[:0]), {}, ValueError, "weight must not be empty"),
        ((X, W[:, :, :0]), {}, ValueError, "weight must not be empty"),
        ((X[:, :, :0], W), {"padding": 3}, ValueError, "input must not be empty except along the batch"),
        ((X, W, B[:5]), {}, ValueError, r"bias must have shape \(6,\)"),
        ((X, W, B[:, None]), {}, ValueError, "bias must have 1 axes"),
        ((X, W, B.astype(np.float32)), {}, TypeError, "bias must have the dtype of input"),
        ((X, W), {"stride": 0}, ValueError, "stride must be at least 1, got 0"),
        ((X, W), {"stride": (1, -1)}, ValueError, r"stride\[1\] must be at least 1, got -1"),
        ((X, W), {"stride": 1.0}, TypeError, "stride must be an int or a pair"),
        ((X, W), {"stride": True}, TypeError, "stride must be an int or a pair"),
        ((X, W), {"stride": (1, 1, 1)}, ValueError, "stride must be an int or a pair"),
        ((X, W), {"padding": -1}, ValueError, "padding must be at least 0, got -1"),
        ((X, W), {"padding": "SAME"}, ValueError, "padding must be whole numbers"),
        ((X, W), {"padding": "same", "stride": 2}, ValueError, "stride must be 1 with padding"),
        ((X, W), {"dilation": 0}, ValueError, "dilation must be at least 1"),
        ((X, W), {"dilation": 4}, ValueError, "kernel must fit into the padded input"),
        ((X, W), {"groups": 0}, ValueError, "groups must be at least 1"),
        ((X, W), {"groups": 2.0}, TypeError, "groups must be an int"),
        ((X, W), {"groups": 2}, ValueError, "input must have 8 channels"),
        ((X, W[:5, :2]), {"groups": 2}, ValueError, "divisible by groups=2"),
    ],
)
def test_conv2d_refuses_what_torch_refuses(arrays, arguments, error, text):
    if all(isinstance(a, np.ndarray) for a in arrays):
        with pytest.raises((RuntimeError, TypeError, NotImplementedError)):
            torch.nn.functional.conv2d(*map(torch.tensor, arrays), **arguments)
    with pytest.raises(error, match=text) as caught:
        ops.conv2d(*arrays, **arguments)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("arrays", "arguments", "error", "text"),
    [
        ((X, W[:4]), {"stride": 2, "output_padding": 2}, ValueError, "output_padding must be smaller"),
        ((X, W[:4]), {"output_padding": -1, "stride": 2}, ValueError, "output_padding must be at least 0"),
        ((X, W[:4]), {"padding": 20}, ValueError, "padding must leave at least one pixel"),
        ((X, W[:4]), {"padding": "same"}, TypeError, "padding must be an int or a pair"),
        ((X, W[:4]), {"groups": 3}, ValueError, "divisible by groups=3"),
        ((X, W), {}, ValueError, "input must have 6 channels"),
        ((X, W[:4], B), {}, ValueError, r"bias must have shape \(4,\)"),
        ((X[:, :0], W[:0]), {}, ValueError, "weight must not be empty"),
    ],
)
def test_conv_transpose2d_refuses_what_torch_refuses(arrays, arguments, error, text):
    with pytest.raises((RuntimeError, TypeError)):
        torch.nn.functional.conv_transpose2d(*map(torch.tensor, arrays), **arguments)
    with pytest.raises(error, match=text):
        ops.conv_transpose2d(*arrays, **arguments)


def test_backward_refuses_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"grad_output must have shape \(2, 6, 5, 6\)"):
        ops.conv2d_backward(np.zeros((2, 6, 5, 5)), X, W)
    with pytest.raises(TypeError, match="grad_output must have the dtype of input"):
        ops.conv2d_backward(np.zeros((2, 6, 5, 6), np.float32), X, W)
    with pytest.raises(ValueError, match=r"grad_output must have shape \(2, 4, 9, 10\)"):
        ops.conv_transpose2d_backward(np.zeros((2, 4, 9, 9)), X, W[:4])
