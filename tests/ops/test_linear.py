"""The linear layer beside torch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import same_as_torch, variants

import cnncourse.ops as ops


def numbers(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@given(
    st.lists(st.integers(0, 4), max_size=3),
    st.integers(0, 5),
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from([np.float64, np.float32, np.float16]),
)
def test_linear(lead, in_features, out_features, with_bias, dtype):
    bias = numbers((out_features,), dtype, 2) if with_bias else None
    inputs = [numbers((*lead, in_features), dtype), numbers((out_features, in_features), dtype, 1), bias]
    same_as_torch("linear", inputs)


def test_weight_with_one_axis():
    same_as_torch("linear", [numbers((2, 3)), numbers((3,))])
    same_as_torch("linear", [numbers((3,)), numbers((3,))])


def test_bias_of_a_single_number():
    same_as_torch("linear", [numbers((2, 3)), numbers((4, 3)), np.array(2.0)])


def test_views_and_read_only_arrays():
    for x, weight in zip(variants(numbers((4, 3))), variants(numbers((5, 3)))):
        same_as_torch("linear", [x, weight, numbers((5,))])


def test_whole_numbers():
    same_as_torch("linear", [np.arange(6).reshape(2, 3), np.arange(12).reshape(4, 3)])


def test_worked_by_hand():
    x, weight = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 1.0], [-1.0, 0.0]])
    np.testing.assert_array_equal(ops.linear(x, weight, np.array([1.0, 0.0, 0.0])), [[12, 2, -1]])
    grads = ops.linear_backward(np.array([[1.0, 10.0, 100.0]]), x, weight, np.zeros(3))
    np.testing.assert_array_equal(grads[0], [[3 - 100, 4 + 10]])
    np.testing.assert_array_equal(grads[1], [[1, 2], [10, 20], [100, 200]])
    np.testing.assert_array_equal(grads[2], [1, 10, 100])


X, W = np.zeros((2, 3)), np.zeros((4, 3))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.linear([[1.0]], W), TypeError, ["input", "list"]),
        (lambda: ops.linear(X.astype(bool), W.astype(bool)), TypeError, ["input", "bool"]),
        (lambda: ops.linear(np.zeros(()), W), ValueError, ["input", "()", "3 features"]),
        (lambda: ops.linear(X, W[:, :2]), ValueError, ["input", "(2, 3)", "2 features", "(4, 2)"]),
        (lambda: ops.linear(X, W.astype(np.float32)), TypeError, ["weight", "float32", "float64"]),
        (lambda: ops.linear(X, W[None]), ValueError, ["weight", "(1, 4, 3)"]),
        (lambda: ops.linear(X, W, np.zeros(3)), ValueError, ["bias", "(3,)", "(4,)"]),
        (lambda: ops.linear(X, W[0], np.zeros(())), ValueError, ["bias"]),
        (lambda: ops.linear_backward(X, X, W), ValueError, ["grad_output", "(2, 4)", "(2, 3)"]),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
