"""The loops, tested as hard as the fast operators: beside torch, over generated configurations."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import assert_close

import cnncourse.ops as ops
from cnncourse.ops import naive

small, step = st.integers(1, 3), st.tuples(st.integers(1, 2), st.integers(1, 3))


def numbers(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def tensors(*arrays):
    return [torch.tensor(a) for a in arrays]


@settings(max_examples=40)
@given(st.sampled_from([1, 2]), small, small, step, step, st.sampled_from([0, 1, (2, 0), "same", "valid"]))
def test_conv2d(groups, channels, kernels, stride, dilation, padding):
    stride = 1 if padding == "same" else stride
    x, w = numbers((2, groups * channels, 6, 7)), numbers((groups * kernels, channels, 2, 3), 1)
    b = numbers(groups * kernels, 2)
    arguments = (stride, padding, dilation, groups)
    theirs = torch.nn.functional.conv2d(*tensors(x, w, b), *arguments)
    assert_close(naive.conv2d(x, w, b, *arguments), theirs, "naive.conv2d")
    assert_close(naive.conv2d(x[0], w, b, *arguments), theirs[0], "naive.conv2d of one image")
    grad = numbers(theirs.shape, 3)
    leaves = [t.requires_grad_() for t in tensors(x, w, b)]
    torch.nn.functional.conv2d(*leaves, *arguments).backward(torch.tensor(grad))
    for ours, leaf in zip(naive.conv2d_backward(grad, x, w, *arguments), leaves):
        assert_close(ours, leaf.grad, "naive.conv2d_backward")
    one = naive.conv2d_backward(grad[1], x[1], w, *arguments)[0]
    assert_close(one, leaves[0].grad[1], "naive.conv2d_backward of one image")


@settings(max_examples=40)
@given(st.sampled_from([1, 2]), small, small, step, step, st.sampled_from([0, 1, (0, 1)]), st.booleans())
def test_conv_transpose2d(groups, channels, kernels, stride, dilation, padding, extended):
    x, w = numbers((2, groups * channels, 3, 4)), numbers((groups * channels, kernels, 2, 3), 1)
    b = numbers(groups * kernels, 2)
    extra = tuple(max(s, d) - 1 for s, d in zip(stride, dilation)) if extended else 0
    arguments = (stride, padding, extra, groups, dilation)
    theirs = torch.nn.functional.conv_transpose2d(*tensors(x, w, b), *arguments)
    assert_close(naive.conv_transpose2d(x, w, b, *arguments), theirs, "naive.conv_transpose2d")


@settings(max_examples=40)
@given(
    st.sampled_from(["max_pool2d", "avg_pool2d", "sum_pool2d"]),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.none() | st.integers(1, 3) | step,
    st.booleans(),
)
def test_pools(name, kernel, stride, padded):
    x, padding = numbers((2, 3, 7, 6)), tuple(k // 2 if padded else 0 for k in kernel)
    theirs = {
        "max_pool2d": torch.nn.functional.max_pool2d,
        "avg_pool2d": torch.nn.functional.avg_pool2d,
        "sum_pool2d": lambda *a: torch.nn.functional.avg_pool2d(*a, divisor_override=1),
    }[name](*tensors(x), kernel, stride, padding)
    assert_close(getattr(naive, name)(x, kernel, stride, padding), theirs, name)


@settings(max_examples=40)
@given(
    st.sampled_from(["max_pool2d", "avg_pool2d"]),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.none() | st.integers(1, 3) | step,
    st.booleans(),
    st.booleans(),
)
def test_pools_backward(name, kernel, stride, padded, ties):
    x, padding = numbers((2, 3, 7, 6)), tuple(k // 2 if padded else 0 for k in kernel)
    x = np.round(x) if ties else x
    leaf = torch.tensor(x, requires_grad=True)
    theirs = getattr(torch.nn.functional, name)(leaf, kernel, stride, padding)
    grad = numbers(theirs.shape, 1)
    theirs.backward(torch.tensor(grad))
    ours = getattr(naive, f"{name}_backward")(grad, x, kernel, stride, padding)
    assert_close(ours, leaf.grad, name)


def test_dense():
    x, w, b = numbers((4, 5)), numbers((3, 5), 1), numbers(3, 2)
    assert_close(naive.linear(x, w, b), torch.nn.functional.linear(*tensors(x, w, b)), "linear")
    assert_close(naive.linear(x, w), torch.nn.functional.linear(*tensors(x, w)), "linear without bias")
    grad, leaves = numbers((4, 3), 3), [t.requires_grad_() for t in tensors(x, w, b)]
    torch.nn.functional.linear(*leaves).backward(torch.tensor(grad))
    for ours, leaf in zip(naive.linear_backward(grad, x, w), leaves):
        assert_close(ours, leaf.grad, "linear_backward")
    assert_close(naive.relu(x), torch.relu(*tensors(x)), "relu")
    x[0] += 1000  # the exponential alone would overflow
    assert_close(naive.softmax(x), torch.softmax(*tensors(x), 1), "softmax")
    target = np.array([0, 4, 2, 2])
    theirs = torch.nn.functional.cross_entropy(*tensors(x, target))
    assert naive.cross_entropy(x, target) == pytest.approx(theirs.item(), rel=1e-12)


def test_fast_and_slow_agree_to_the_last_place_of_integers():
    x = np.arange(2 * 2 * 36).reshape(2, 2, 6, 6)
    w = np.arange(3 * 2 * 9).reshape(3, 2, 3, 3)
    np.testing.assert_array_equal(naive.conv2d(x, w, padding=1), ops.conv2d(x, w, padding=1))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: naive.conv2d(np.zeros((1, 2, 3, 3)), np.zeros((1, 3, 2, 2))), "input must have 3 channels"),
        (lambda: naive.max_pool2d(np.zeros((2, 3, 3)), 2), "input must have 4 axes"),
        (lambda: naive.max_pool2d(np.zeros((1, 2, 3, 3)), 2, padding=2), "padding must be at most half"),
        (
            lambda: naive.conv2d_backward(
                np.zeros((1, 1, 3, 3)), np.zeros((1, 1, 3, 3)), np.zeros((1, 1, 2, 2))
            ),
            r"grad_output must have shape \(1, 1, 2, 2\)",
        ),
        (
            lambda: naive.max_pool2d_backward(np.zeros((1, 1, 3, 3)), np.zeros((1, 1, 4, 4)), 2),
            r"grad_output must have shape \(1, 1, 2, 2\)",
        ),
        (
            lambda: naive.avg_pool2d_backward(np.zeros((1, 1, 3, 3)), np.zeros((1, 1, 4, 4)), 2),
            r"grad_output must have shape \(1, 1, 2, 2\)",
        ),
        (
            lambda: naive.linear_backward(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((4, 3))),
            r"grad_output must have shape \(2, 4\)",
        ),
        (lambda: naive.linear(np.zeros((2, 3)), np.zeros((4, 2))), r"weight must have shape \(4, 3\)"),
        (
            lambda: naive.cross_entropy(np.zeros((2, 3)), np.array([0, 3])),
            "target must hold classes from 0 to 2",
        ),
        (lambda: naive.cross_entropy(np.zeros((2, 3)), np.array([0, -1])), "target must hold classes"),
    ],
)
def test_refusals(call, text):
    with pytest.raises(ValueError, match=text):
        call()
