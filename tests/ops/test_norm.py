"""Normalisations beside torch: values, gradients, running statistics, and errors."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_close, same_as_torch, variants

import cnncourse.ops as ops

FLOATS = st.sampled_from([np.float64, np.float32, np.float16])
# Division by a small deviation magnifies the rounding of the mean: float32 keeps four digits there.
LOOSE = {np.float64: 1e-9, np.float32: 2e-4, np.float16: 4e-3}


def numbers(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def affine(shape, dtype, present):
    return (numbers(shape, dtype, 1), numbers(shape, dtype, 2)) if present else (None, None)


SHAPES = st.sampled_from(
    [(4, 3), (2, 3, 5), (2, 3, 4, 5), (1, 2, 1, 3), (3, 1, 2, 2, 2), (0, 3), (0, 3, 2, 2)]
)


@given(SHAPES, FLOATS, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([1e-5, 1e-2, 0.3]))
def test_batch_norm(shape, dtype, training, with_affine, with_running, eps):
    weight, bias = affine(shape[1], dtype, with_affine)
    running = {"running_mean": None, "running_var": None}
    if with_running or not training:
        running["running_mean"] = numbers(shape[1], dtype, 3)
        running["running_var"] = np.abs(numbers(shape[1], dtype, 4)) + dtype(0.1)
    inputs = {"input": numbers(shape, dtype), "weight": weight, "bias": bias}
    arguments = running | {"training": training, "eps": eps}
    same_as_torch("batch_norm", inputs, arguments, tolerance=LOOSE[dtype])


@given(SHAPES, FLOATS, st.sampled_from([0.0, 0.1, 1.0]))
def test_running_statistics_are_updated_in_place_as_in_torch(shape, dtype, momentum):
    x = 3 * numbers(shape, dtype) + 2
    mean, var = numbers(shape[1], dtype, 3), np.abs(numbers(shape[1], dtype, 4)) + dtype(0.1)
    theirs = torch.tensor(mean), torch.tensor(var)
    torch.nn.functional.batch_norm(torch.tensor(x), *theirs, training=True, momentum=momentum)
    ops.batch_norm(x, mean, var, training=True, momentum=momentum)
    if x.shape[
        0
    ]:  # of an empty batch torch takes a mean that is not a number; here nothing is learnt from it
        assert_close(mean, theirs[0], "running_mean")
        assert_close(var, theirs[1], "running_var")
    else:
        assert np.isfinite(mean).all()
        assert np.isfinite(var).all()


def test_backward_and_prediction_leave_the_running_statistics_alone():
    x, mean, var = numbers((4, 3)), np.zeros(3), np.ones(3)
    ops.batch_norm(x, mean, var)
    ops.batch_norm_backward(x, x, mean, var)
    ops.batch_norm_backward(x, x, mean, var, training=True)
    np.testing.assert_array_equal(mean, np.zeros(3))
    np.testing.assert_array_equal(var, np.ones(3))


@given(
    st.sampled_from([(4, 3), (2, 3, 5), (2, 1, 4), (0, 3), (5,), (2, 0)]),
    st.data(),
    FLOATS,
    st.booleans(),
    st.booleans(),
)
def test_layer_norm(shape, data, dtype, with_affine, without_bias):
    normalized = shape[-data.draw(st.integers(1, len(shape))) :]
    weight, bias = affine(normalized, dtype, with_affine)
    inputs = {"input": numbers(shape, dtype), "weight": weight, "bias": None if without_bias else bias}
    same_as_torch("layer_norm", inputs, {"normalized_shape": normalized}, tolerance=LOOSE[dtype])


@given(
    st.sampled_from([(2, 6), (1, 6, 3), (2, 6, 3, 4), (0, 6, 2), (3, 6, 1, 1)]),
    st.sampled_from([1, 2, 3, 6]),
    FLOATS,
    st.booleans(),
)
def test_group_norm(shape, groups, dtype, with_affine):
    weight, bias = affine(6, dtype, with_affine)
    inputs = {"input": numbers(shape, dtype), "weight": weight, "bias": bias}
    # A group of one number is its own mean: what is left is rounding, divided by √eps = 0.003.
    same_as_torch("group_norm", inputs, {"num_groups": groups}, tolerance=LOOSE[dtype] * 10)


@given(
    st.sampled_from([(2, 6, 2), (1, 1, 3), (2, 5, 3, 2), (0, 4, 2), (2, 3, 1, 2, 2)]),
    st.integers(1, 14),
    st.sampled_from([np.float64, np.float32]),  # torch has no such function of float16 on a processor
    st.floats(1e-4, 2),
    st.floats(0.25, 2),
    st.floats(0.5, 3),
)
def test_local_response_norm(shape, size, dtype, alpha, beta, k):
    same_as_torch(
        "local_response_norm", [numbers(shape, dtype)], {"size": size, "alpha": alpha, "beta": beta, "k": k}
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("batch_norm", {"running_mean": None, "running_var": None, "training": True}),
        ("layer_norm", {"normalized_shape": (6, 5)}),
        ("group_norm", {"num_groups": 2}),
        ("local_response_norm", {"size": 3}),
    ],
)
def test_views_and_read_only_arrays(name, arguments):
    for x in variants(numbers((3, 4, 6, 5))):
        same_as_torch(name, {"input": x}, arguments)


@pytest.mark.parametrize("eps", [-1e-3, -5.0])
def test_a_negative_eps_is_taken_within_a_sample_as_in_torch(eps):
    with np.errstate(invalid="ignore"):  # the root of a negative number is NaN
        same_as_torch("layer_norm", [numbers((4, 3))], {"normalized_shape": (3,), "eps": eps})
        same_as_torch("group_norm", [numbers((4, 6, 2))], {"num_groups": 2, "eps": eps})


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 3, 0)])
@pytest.mark.parametrize("training", [False, True])
def test_batch_norm_of_nothing(shape, training):
    inputs = {"input": np.ones(shape), "weight": np.full(3, 2.0), "bias": np.ones(3)}
    arguments = {"running_mean": np.zeros(3), "running_var": np.ones(3), "training": training}
    same_as_torch("batch_norm", inputs, arguments)
    np.testing.assert_array_equal(arguments["running_mean"], np.zeros(3))


def test_worked_by_hand():
    x = np.array([[1.0, 10.0], [3.0, 30.0]])
    ones, zeros = np.ones(2), np.zeros(2)
    tiny = 1e-12
    np.testing.assert_allclose(ops.batch_norm(x, None, None, training=True, eps=tiny), [[-1, -1], [1, 1]])
    np.testing.assert_allclose(ops.batch_norm(x, ones, 4 * ones, 2 * ones, ones, eps=0), [[1, 10], [3, 30]])
    grads = ops.batch_norm_backward(ones[None] * [[1], [0]], x, zeros, ones, ones, zeros)
    np.testing.assert_allclose(grads[1], [1, 10], rtol=1e-5)
    np.testing.assert_allclose(grads[2], [1, 1])
    # Two values per channel become −1 and 1 whatever they are: no input can change the output.
    grad = np.array([[1.0, 2.0], [3.0, 4.0]])
    grad_input = ops.batch_norm_backward(grad, x, None, None, training=True, eps=tiny)[0]
    np.testing.assert_allclose(grad_input, np.zeros((2, 2)), atol=1e-9)
    np.testing.assert_allclose(ops.layer_norm(np.array([[1.0, 3.0]]), (2,), eps=0), [[-1, 1]])
    four = np.array([[1.0, 3.0, 10.0, 30.0]])
    np.testing.assert_allclose(ops.group_norm(four, 2, eps=0), [[-1, 1, -1, 1]])
    pair = np.array([[[3.0], [4.0]]])
    out = ops.local_response_norm(
        pair, size=2, alpha=2.0, beta=1.0, k=0.0
    )  # window: itself and the one before
    np.testing.assert_allclose(out, [[[3 / 9], [4 / 25]]])


X, ONES = np.zeros((4, 3)), np.ones(3)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.batch_norm(X.astype(int), ONES, ONES), TypeError, ["input", "int64"]),
        (lambda: ops.batch_norm(ONES, ONES, ONES), ValueError, ["input", "(3,)", "(N, C, ...)"]),
        (lambda: ops.batch_norm(X, None, None), ValueError, ["running_mean", "None"]),
        (lambda: ops.batch_norm(X, ONES, None, training=True), ValueError, ["running_var", "both"]),
        (lambda: ops.batch_norm(X, np.ones(2), np.ones(2)), ValueError, ["running_mean", "(2,)", "(3,)"]),
        (lambda: ops.batch_norm(X, ONES, ONES, np.ones(4)), ValueError, ["weight", "(4,)"]),
        (lambda: ops.batch_norm(X, ONES, ONES, bias=ONES.astype("f4")), TypeError, ["bias", "float32"]),
        (
            lambda: ops.batch_norm(X[:1], None, None, training=True),
            ValueError,
            ["input", "(1, 3)", "more than 1"],
        ),
        (lambda: ops.batch_norm(X, ONES, ONES, eps=-1), ValueError, ["eps", "-1", "at least 0"]),
        (lambda: ops.batch_norm(X, ONES, ONES, training=True, eps=0), ValueError, ["eps", "0", "above 0"]),
        (lambda: ops.batch_norm_backward(X[:2], X, ONES, ONES), ValueError, ["grad_output", "(2, 3)"]),
        (lambda: ops.layer_norm(X, 3), TypeError, ["normalized_shape", "3", "tuple"]),
        (lambda: ops.layer_norm(X, (4,)), ValueError, ["normalized_shape", "(4,)", "(4, 3)"]),
        (lambda: ops.layer_norm(X, ()), ValueError, ["normalized_shape", "()"]),
        (lambda: ops.layer_norm(X, (3,), np.ones(2)), ValueError, ["weight", "(2,)"]),
        (lambda: ops.group_norm(X, 2), ValueError, ["num_groups", "2", "3 channels"]),
        (lambda: ops.group_norm(X, 0), ValueError, ["num_groups", "0"]),
        (lambda: ops.group_norm(ONES, 1), ValueError, ["input", "(3,)"]),
        (lambda: ops.group_norm(X[:1], 3), ValueError, ["input", "(1, 3)", "more than 1"]),
        (lambda: ops.group_norm(X, 1, np.ones(1)), ValueError, ["weight", "(1,)", "(3,)"]),
        (lambda: ops.local_response_norm(X, 3), ValueError, ["input", "(4, 3)"]),
        (lambda: ops.local_response_norm(X[None], 0), ValueError, ["size", "0"]),
        (lambda: ops.local_response_norm(X[None].astype(int), 3), TypeError, ["input", "int64"]),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
