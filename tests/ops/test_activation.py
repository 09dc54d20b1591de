"""Activations and softmax beside torch: generated arrays, special numbers, dtypes, and errors."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_close, same_as_torch, variants

import cnncourse.ops as ops
from cnncourse.ops._erf import erfc

SLOPES = st.floats(0.01, 3)
CASES = {  # name -> generated arguments
    "relu": {},
    "relu6": {},
    "leaky_relu": {"negative_slope": st.floats(-2, 2)},
    "hardtanh": {"min_val": st.floats(-3, 0), "max_val": st.floats(0, 3)},
    "hardsigmoid": {},
    "hardswish": {},
    "sigmoid": {},
    "tanh": {},
    "silu": {},
    "softplus": {"beta": SLOPES | st.floats(-3, -0.01), "threshold": st.floats(-5, 25)},
    "elu": {"alpha": st.floats(-2, 2)},
    "gelu": {"approximate": st.sampled_from(["none", "tanh"])},
}
# Torch keeps the 1/6 of this slope in float32, also for float64: seven digits is all it offers.
TOLERANCE = {"hardsigmoid": 1e-7}
INPLACE = ["relu", "relu6", "leaky_relu", "hardtanh", "hardsigmoid", "hardswish", "silu", "elu"]


@st.composite
def arrays(draw, low=-40.0, high=40.0, min_dims=0):
    dtype = draw(st.sampled_from([np.float64, np.float32, np.float16]))
    width = 8 * np.dtype(dtype).itemsize
    shape = draw(hnp.array_shapes(min_dims=min_dims, max_dims=4, min_side=0, max_side=4))
    elements = st.floats(low, high, width=width) | st.sampled_from([-3.0, 0.0, 3.0, 6.0])
    return draw(hnp.arrays(dtype, shape, elements=elements))


@pytest.mark.parametrize("name", CASES)
@given(x=arrays(), data=st.data())
def test_activation(name, x, data):
    arguments = {k: data.draw(v) for k, v in CASES[name].items()}
    same_as_torch(name, [x], arguments, tolerance=TOLERANCE.get(name) if x.dtype == np.float64 else None)


@pytest.mark.parametrize("name", CASES)
def test_special_numbers(name):
    x = np.array([np.nan, -np.inf, np.inf, -0.0, 0.0, -1000.0, 1000.0, 1e-300, -3.0, 3.0, 6.0])
    if name == "gelu":  # torch's exact form gives NaN at +∞ and at −∞; the limit at +∞ is +∞
        assert ops.gelu(np.array([np.inf]))[0] == np.inf
        x = x[np.isfinite(x) | np.isnan(x)]
    if name in ("silu", "hardswish", "leaky_relu"):  # the slope at −∞ is a matter of rounding, in torch too
        expected = getattr(torch.nn.functional, name)(torch.tensor(x))
        assert_close(getattr(ops, name)(x), expected, name)
        x = x[~np.isinf(x)]
    if name in (
        "relu",
        "hardswish",
    ):  # torch lets the gradient through at NaN, where the slope is nobody's guess
        assert_close(getattr(ops, name)(x), getattr(torch.nn.functional, name)(torch.tensor(x)), name)
        x = x[~np.isnan(x)]
    same_as_torch(name, [x], tolerance=TOLERANCE.get(name))


@pytest.mark.parametrize("name", CASES)
def test_views_and_read_only_arrays(name):
    for x in variants(np.random.default_rng(0).standard_normal((3, 4, 5))):
        same_as_torch(name, [x], tolerance=TOLERANCE.get(name))


@pytest.mark.parametrize("name", INPLACE)
def test_in_place(name):
    x = np.array([-2.0, 0.5, 9.0], np.float32)
    expected = getattr(ops, name)(x)
    assert getattr(ops, name)(x, inplace=True) is x
    np.testing.assert_array_equal(x, expected)
    x.flags.writeable = False
    with pytest.raises(ValueError, match=r"input must be writeable in place, got a read-only array\. Copy"):
        getattr(ops, name)(x, inplace=True)


@pytest.mark.parametrize("name", ["relu", "relu6", "hardtanh", "sigmoid", "tanh"])
@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
def test_whole_numbers_where_torch_takes_them(name, dtype):
    x = np.arange(9, dtype=dtype)
    if name == "hardtanh":
        same_as_torch(name, [x], {"min_val": 1, "max_val": 4})
    else:
        same_as_torch(name, [x])


@given(arrays(min_dims=1), st.data(), st.sampled_from(["softmax", "log_softmax"]))
def test_softmax(x, data, name):
    same_as_torch(name, [x], {"dim": data.draw(st.integers(-x.ndim, x.ndim - 1))})


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
class TestSoftmax:
    def test_special_numbers(self, name):
        x = [[0, -np.inf, 1000], [np.inf, 1, 2], [-np.inf] * 3, [np.nan, 1, 2], [1e4, 1e4, -1e4]]
        same_as_torch(name, [np.array(x)], {"dim": 1})

    def test_single_number(self, name):
        same_as_torch(name, [np.array(3.0)], {"dim": 0})
        same_as_torch(name, [np.array(3.0)], {"dim": -1})

    def test_views_and_read_only_arrays(self, name):
        for x in variants(np.random.default_rng(0).standard_normal((3, 4))):
            same_as_torch(name, [x], {"dim": 0})

    def test_dtype_converts_first(self, name):
        x = np.arange(6).reshape(2, 3)
        expected = getattr(torch.nn.functional, name)(torch.tensor(x), 1, dtype=torch.float64)
        assert_close(getattr(ops, name)(x, 1, dtype=np.float64), expected, name)

    @pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (2, 3, 4, 5)])
    def test_without_dim_it_says_what_it_took(self, name, shape):
        x = np.random.default_rng(0).standard_normal(shape)
        with pytest.warns(UserWarning, match="dim was left out and taken as"):
            ours = getattr(ops, name)(x)
        with pytest.warns(UserWarning, match="dim"):
            theirs = getattr(torch.nn.functional, name)(torch.tensor(x))
        assert_close(ours, theirs, name)


@given(hnp.arrays(np.float64, 50, elements=st.floats(-7, 6)))
def test_erfc_has_fifteen_digits(x):
    expected = np.array([math.erfc(v) for v in x])
    np.testing.assert_allclose(erfc(x), expected, rtol=1e-14, atol=0)


def test_erfc_far_out_and_at_special_numbers():
    x = np.array([27.0, 40.0, np.inf, -40.0, -np.inf, np.nan])
    np.testing.assert_allclose(erfc(x), [math.erfc(27.0), 0, 0, 2, 2, np.nan], rtol=1e-12, atol=0)


def test_worked_by_hand():
    x, grad = np.array([-4.0, -1.0, 0.0, 2.0, 8.0]), np.ones(5)
    np.testing.assert_array_equal(ops.relu(x), [0, 0, 0, 2, 8])
    np.testing.assert_array_equal(ops.relu_backward(grad, x), [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(ops.relu6(x), [0, 0, 0, 2, 6])
    np.testing.assert_array_equal(ops.relu6_backward(grad, x), [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(ops.leaky_relu(x, 0.5), [-2, -0.5, 0, 2, 8])
    np.testing.assert_array_equal(ops.leaky_relu_backward(grad, x, 0.5), [0.5, 0.5, 0.5, 1, 1])
    np.testing.assert_array_equal(ops.hardtanh(x), [-1, -1, 0, 1, 1])
    np.testing.assert_array_equal(ops.hardtanh_backward(grad, x), [0, 0, 1, 0, 0])
    np.testing.assert_allclose(ops.hardsigmoid(x), [0, 1 / 3, 1 / 2, 5 / 6, 1])
    np.testing.assert_allclose(ops.hardsigmoid_backward(grad, x), [0, 1 / 6, 1 / 6, 1 / 6, 0])
    np.testing.assert_allclose(ops.hardswish(x), [0, -1 / 3, 0, 5 / 3, 8])
    np.testing.assert_allclose(ops.hardswish_backward(grad, x), [0, 1 / 6, 1 / 2, 7 / 6, 1])
    third = np.array([math.log(3.0)])  # σ(log 3) = 3/4
    one = np.ones(1)
    np.testing.assert_allclose(ops.sigmoid(third), [0.75])
    np.testing.assert_allclose(ops.sigmoid_backward(one, third), [0.1875])
    np.testing.assert_allclose(ops.tanh(third), [0.8])  # (3 − 1/3) / (3 + 1/3)
    np.testing.assert_allclose(ops.tanh_backward(one, third), [0.36])
    np.testing.assert_allclose(ops.silu(third), 0.75 * third)
    np.testing.assert_allclose(ops.silu_backward(one, third), 0.75 * (1 + 0.25 * third))
    np.testing.assert_allclose(ops.softplus(third), [math.log(4.0)])
    np.testing.assert_allclose(ops.softplus_backward(one, third), [0.75])
    np.testing.assert_allclose(ops.elu(-third, 3.0), [-2])
    np.testing.assert_allclose(ops.elu_backward(one, -third, 3.0), [1])
    np.testing.assert_allclose(ops.gelu(one), [0.5 * (1 + math.erf(0.5**0.5))])
    np.testing.assert_allclose(
        ops.gelu(one, "tanh"), [0.5 * (1 + math.tanh((2 / math.pi) ** 0.5 * 1.044715))]
    )
    np.testing.assert_allclose(ops.gelu_backward(one, np.zeros(1)), [0.5])
    scores = np.log(np.array([1.0, 2.0, 5.0]))
    np.testing.assert_allclose(ops.softmax(scores, 0), [1 / 8, 2 / 8, 5 / 8])
    np.testing.assert_allclose(ops.log_softmax(scores, 0), np.log([1 / 8, 2 / 8, 5 / 8]))
    first = np.array([1.0, 0.0, 0.0])
    np.testing.assert_allclose(ops.softmax_backward(first, scores, 0), [7 / 64, -2 / 64, -5 / 64])
    np.testing.assert_allclose(ops.log_softmax_backward(first, scores, 0), [7 / 8, -2 / 8, -5 / 8])


@pytest.mark.parametrize("name", CASES)
def test_wrong_types_are_refused(name):
    op, backward = getattr(ops, name), getattr(ops, f"{name}_backward")
    with pytest.raises(TypeError, match=r"input must be a NumPy array, got a list\. Convert"):
        op([1.0])
    if name not in ("sigmoid", "tanh"):
        with pytest.raises(TypeError, match=r"input must be an array of .*, got dtype bool"):
            op(np.ones(2, bool))
    with pytest.raises(TypeError, match=r"input must be an array of .*, got dtype complex128"):
        op(np.ones(2, complex))
    if name not in ("sigmoid", "tanh", "relu", "relu6", "hardtanh"):
        with pytest.raises(TypeError, match=r"input must be an array of floats, got dtype int64"):
            op(np.ones(2, np.int64))
    with pytest.raises(ValueError, match=r"grad_output must have shape \(2,\), .*got shape \(3,\)"):
        backward(np.ones(3), np.ones(2))
    with pytest.raises(TypeError, match=r"grad_output must have the dtype of input"):
        backward(np.ones(2, np.float32), np.ones(2))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.hardtanh(np.ones(2), 2, 1), ValueError, ["min_val", "2", "max_val (1)"]),
        (lambda: ops.gelu(np.ones(2), "exact"), ValueError, ["approximate", "'exact'", "'tanh'"]),
        (lambda: ops.softplus(np.ones(2), beta=0), ValueError, ["beta", "0"]),
        (lambda: ops.softmax(np.ones(2, int), 0), TypeError, ["input", "int64"]),
        (lambda: ops.softmax(np.ones((2, 3)), 2), ValueError, ["dim", "2", "-2 and 1"]),
        (lambda: ops.softmax(np.ones((2, 3)), 1.0), TypeError, ["dim", "1.0"]),
        (
            lambda: ops.log_softmax_backward(np.ones(3), np.ones((2, 3)), 1),
            ValueError,
            ["grad_output", "(3,)"],
        ),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
