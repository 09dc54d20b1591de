"""Pooling beside torch: values, indices and gradients over generated windows, special numbers, and errors."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from oracle import assert_close, same_as_torch, variants

import cnncourse.ops as ops
from cnncourse.ops import shapes

FLOATS = st.sampled_from([np.float64, np.float32])


@st.composite
def pools(draw, dilated):
    """Draw an image and a window that fits it."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    arguments = {
        "kernel_size": kernel,
        "stride": draw(st.none() | st.integers(1, 3) | st.tuples(st.integers(1, 5), st.integers(1, 3))),
        "padding": tuple(draw(st.integers(0, k // 2)) for k in kernel),
        "ceil_mode": draw(st.booleans()),
    }
    dilation = draw(st.tuples(st.integers(1, 2), st.integers(1, 3))) if dilated else (1, 1)
    # A dilated window wider than the image may see padding alone; that has its own test, so d samples at
    # least.
    sizes = [
        draw(st.integers(max(d, d * (k - 1) + 1 - 2 * p), 12))
        for k, p, d in zip(kernel, arguments["padding"], dilation)
    ]
    if dilated:
        arguments["dilation"] = dilation
    lead = draw(st.sampled_from([(2, 3), (1, 1), (0, 2), (3,), (1,)]))
    return (*lead, *sizes), arguments


def numbers(shape, dtype, seed, ties=False):
    x = np.random.default_rng(seed).standard_normal(shape)
    return (np.round(x) if ties else x).astype(dtype)


@given(pools(dilated=True), FLOATS, st.integers(0, 99), st.booleans())
@example(((1, 1, 5, 5), {"kernel_size": 2, "stride": [], "ceil_mode": True}), np.float64, 0, True)
def test_max_pool2d(pool, dtype, seed, ties):
    shape, arguments = pool
    x = numbers(shape, dtype, seed, ties)
    out = same_as_torch("max_pool2d", [x], arguments)
    again, indices = ops.max_pool2d(x, **arguments, return_indices=True)
    _, expected = torch.nn.functional.max_pool2d(torch.tensor(x), **arguments, return_indices=True)
    np.testing.assert_array_equal(again, out)
    assert_close(indices, expected, "indices")
    grad = numbers(out.shape, dtype, seed + 1)
    np.testing.assert_array_equal(
        ops.max_pool2d_backward(grad, x, **arguments, indices=indices),
        ops.max_pool2d_backward(grad, x, **arguments),
    )


def test_many_images_are_worked_on_in_parts():
    same_as_torch("max_pool2d", [numbers((5, 3, 200, 190), np.float32, 0, ties=True)], {"kernel_size": 3})


SPECIAL = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0])


@given(
    hnp.arrays(np.float64, (1, 2, 5, 6), elements=SPECIAL), st.sampled_from([1, 2]), st.sampled_from([0, 1])
)
def test_max_pool2d_of_nan_and_infinity(x, dilation, padding):
    arguments = {"kernel_size": (2, 3), "stride": (1, 2), "padding": padding, "dilation": dilation}
    same_as_torch("max_pool2d", [x], arguments)
    same_as_torch("max_pool2d", [x], arguments | {"stride": 3})
    same_as_torch("adaptive_max_pool2d", [x], {"output_size": (2, 4)})


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_max_pool2d_of_integers(dtype):
    x = np.arange(60, dtype=dtype).reshape(1, 3, 4, 5)
    same_as_torch("max_pool2d", [x], {"kernel_size": 3, "padding": 1})


def test_max_pool2d_with_more_taps_than_a_byte_counts():
    same_as_torch(
        "max_pool2d", [numbers((1, 1, 40, 40), np.float32, 0, ties=True)], {"kernel_size": 20, "stride": 7}
    )


@given(
    pools(dilated=False), FLOATS, st.booleans(), st.sampled_from([None, None, 1, 7, -3]), st.integers(0, 99)
)
def test_avg_pool2d(pool, dtype, count_include_pad, divisor_override, seed):
    shape, arguments = pool
    more = {"count_include_pad": count_include_pad, "divisor_override": divisor_override}
    same_as_torch("avg_pool2d", [numbers(shape, dtype, seed)], arguments | more)


@given(pools(dilated=False), FLOATS)
def test_sum_pool2d(pool, dtype):
    shape, arguments = pool
    same_as_torch(
        "sum_pool2d",
        [numbers(shape, dtype, 0)],
        arguments,
        torch_op=torch.nn.functional.avg_pool2d,
        torch_arguments=arguments | {"divisor_override": 1},
    )


@given(
    st.sampled_from([(2, 3), (1, 1), (0, 2), (3,), (0,)]),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.integers(1, 5) | st.tuples(st.none() | st.integers(1, 12), st.none() | st.integers(1, 12)),
    FLOATS,
    st.booleans(),
)
def test_adaptive_pools(lead, size, output_size, dtype, ties):
    x = numbers((*lead, *size), dtype, 1, ties)
    same_as_torch("adaptive_avg_pool2d", [x], {"output_size": output_size})
    out = same_as_torch("adaptive_max_pool2d", [x], {"output_size": output_size})
    again, indices = ops.adaptive_max_pool2d(x, output_size, return_indices=True)
    _, expected = torch.nn.functional.adaptive_max_pool2d(torch.tensor(x), output_size, return_indices=True)
    np.testing.assert_array_equal(again, out)
    assert_close(indices, expected, "indices")


@pytest.mark.parametrize("name", ["adaptive_avg_pool2d", "adaptive_max_pool2d"])
def test_adaptive_pools_to_nothing(name):
    x = numbers((2, 3, 4, 5), np.float32, 0)
    out = getattr(ops, name)(x, (0, 2))
    assert out.shape == (2, 3, 0, 2)
    assert out.dtype == x.dtype
    np.testing.assert_array_equal(getattr(ops, f"{name}_backward")(out, x, (0, 2)), np.zeros_like(x))


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d"])
def test_pools_of_views_and_read_only_images(name):
    key = "output_size" if name.startswith("adaptive") else "kernel_size"
    for x in variants(numbers((2, 3, 6, 7), np.float64, 5)):
        same_as_torch(name, [x], {key: 3})


def test_worked_by_hand():
    image = np.array([[[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 1.0, 2.0]]]])
    np.testing.assert_array_equal(ops.max_pool2d(image, 2), [[[[4, 5]]]])
    np.testing.assert_array_equal(ops.max_pool2d(image, 2, return_indices=True)[1], [[[[5, 2]]]])
    np.testing.assert_array_equal(ops.avg_pool2d(image, 2), [[[[2.5, 2]]]])
    np.testing.assert_array_equal(ops.sum_pool2d(image, 2), [[[[10, 8]]]])
    np.testing.assert_array_equal(ops.adaptive_avg_pool2d(image, 1), [[[[2.25]]]])
    np.testing.assert_array_equal(ops.adaptive_max_pool2d(image, (2, 1)), [[[[5], [4]]]])
    grad = np.array([[[[10.0, 20.0]]]])
    np.testing.assert_array_equal(ops.max_pool2d_backward(grad, image, 2), [[[[0, 0, 20, 0], [0, 10, 0, 0]]]])
    np.testing.assert_array_equal(
        ops.avg_pool2d_backward(grad, image, 2), [[[[2.5, 2.5, 5, 5], [2.5, 2.5, 5, 5]]]]
    )


@given(pools(dilated=True))
def test_output_size_is_that_of_shapes(pool):
    shape, arguments = pool
    out = ops.max_pool2d(np.zeros(shape), **arguments)
    assert out.shape[-2:] == shapes.pool_output_size(shape[-2:], **arguments)


X = np.zeros((1, 2, 4, 4))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.max_pool2d(X.tolist(), 2), TypeError, ["input", "list", "np.asarray"]),
        (lambda: ops.max_pool2d(X.astype(bool), 2), TypeError, ["input", "bool", "astype"]),
        (lambda: ops.max_pool2d(np.zeros((4, 4)), 2), ValueError, ["input", "(4, 4)"]),
        (lambda: ops.max_pool2d(np.zeros((1, 0, 4, 4)), 2), ValueError, ["input", "(1, 0, 4, 4)", "empty"]),
        (lambda: ops.max_pool2d(np.zeros((0, 4, 4)), 2), ValueError, ["input", "(0, 4, 4)", "empty"]),
        (lambda: ops.max_pool2d(X, 2.0), TypeError, ["kernel_size", "2.0"]),
        (lambda: ops.max_pool2d(X, 0), ValueError, ["kernel_size", "0", "at least 1"]),
        (lambda: ops.max_pool2d(X, (2, 2, 2)), ValueError, ["kernel_size", "(2, 2, 2)"]),
        (lambda: ops.max_pool2d(X, 5), ValueError, ["5", "4 pixels"]),
        (lambda: ops.max_pool2d(X, 2, stride=0), ValueError, ["stride", "0"]),
        (lambda: ops.max_pool2d(X, 2, padding=-1), ValueError, ["padding", "-1"]),
        (lambda: ops.max_pool2d(X, 2, padding=2), ValueError, ["padding", "half"]),
        (lambda: ops.max_pool2d(X, 2, dilation=0), ValueError, ["dilation", "0"]),
        (
            lambda: ops.max_pool2d(X[..., :1], 2, padding=1, dilation=2),
            ValueError,
            ["dilation", "inside", "1 samples"],
        ),
        (lambda: ops.avg_pool2d(X.astype(int), 2), TypeError, ["input", "int64", "floats"]),
        (lambda: ops.avg_pool2d(X, 3, padding=2), ValueError, ["padding", "2", "half"]),
        (lambda: ops.avg_pool2d(X, 2, divisor_override=0), ValueError, ["divisor_override", "0"]),
        (lambda: ops.adaptive_avg_pool2d(X, -1), ValueError, ["output_size", "-1"]),
        (lambda: ops.adaptive_avg_pool2d(X, (1, 2, 3)), ValueError, ["output_size", "(1, 2, 3)"]),
        (lambda: ops.adaptive_avg_pool2d(X[:, :, :0], 2), ValueError, ["input", "rows"]),
        (lambda: ops.adaptive_avg_pool2d(X.astype(int), 2), TypeError, ["input", "int64"]),
        (lambda: ops.adaptive_max_pool2d(X.astype(int), 2), TypeError, ["input", "int64"]),
        (lambda: ops.adaptive_max_pool2d(X[:, :0], 2), ValueError, ["input", "empty"]),
        (
            lambda: ops.max_pool2d_backward(X, X, 2),
            ValueError,
            ["grad_output", "(1, 2, 2, 2)", "(1, 2, 4, 4)"],
        ),
        (
            lambda: ops.avg_pool2d_backward(X[:, :, :2, :2].astype("f4"), X, 2),
            TypeError,
            ["grad_output", "float32"],
        ),
        (lambda: ops.max_pool2d_backward(X, X.astype(int), 1), TypeError, ["input", "int64"]),
        (lambda: ops.max_pool2d_backward(X, X, 1, indices=X), ValueError, ["indices", "float64", "0 to 15"]),
        (
            lambda: ops.max_pool2d_backward(X, X, 1, indices=X.astype(int) + 16),
            ValueError,
            ["indices", "0 to 15"],
        ),
        (
            lambda: ops.max_pool2d_backward(X, X, 1, indices=X[0].astype(int)),
            ValueError,
            ["indices", "(2, 4, 4)"],
        ),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
