"""Padding beside torch: every mode, widening and cropping, and errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import same_as_torch, variants

import cnncourse.ops as ops

FLOATS = st.sampled_from([np.float64, np.float32])


@st.composite
def constant_cases(draw):
    shape = tuple(draw(st.lists(st.integers(0, 4), min_size=0, max_size=5)))
    widths = []
    for size in shape[::-1][: draw(st.integers(0, len(shape)))]:
        left = draw(st.integers(-size, 3))
        widths += [left, draw(st.integers(-(size - max(0, -left)), 3))]
    return shape, tuple(widths), draw(st.none() | st.floats(-9, 9))


@st.composite
def border_cases(draw, mode):
    padded = draw(st.integers(1, 3))
    lead = draw(st.sampled_from([(2,), (1,), (2, 3), (0, 1)]))
    sizes, widths = [], []
    for _ in range(padded):
        size = draw(st.integers(1, 5))
        limit = {"reflect": size - 1, "replicate": 6, "circular": size}[mode]
        left = draw(st.integers(-(size - 1), limit))
        if mode == "circular":  # torch copies from memory it has not filled when a cropped axis wraps further
            limit = size - max(0, -left)
        right = draw(st.integers(-(size - 1 - max(0, -left)), limit))
        if mode == "circular" and left > size - max(0, -right):
            left = size - max(0, -right)
        sizes.append(size)
        widths += [left, right]
    return (*lead, *sizes[::-1]), tuple(widths)


def numbers(shape, dtype=np.float64):
    return np.random.default_rng(3).standard_normal(shape).astype(dtype)


@given(constant_cases(), FLOATS)
def test_constant(case, dtype):
    shape, widths, value = case
    same_as_torch("pad", [numbers(shape, dtype)], {"pad": widths, "value": value})


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@given(data=st.data(), dtype=FLOATS)
def test_borders_copied_from_the_input(mode, data, dtype):
    shape, widths = data.draw(border_cases(mode))
    same_as_torch("pad", [numbers(shape, dtype)], {"pad": widths, "mode": mode})


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_whole_numbers_and_truth_values(dtype):
    x = np.arange(6).reshape(1, 2, 3).astype(dtype)
    same_as_torch("pad", [x], {"pad": (1, 2), "value": 1.0})
    same_as_torch("pad", [x], {"pad": (1, 2), "mode": "circular"})


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_views_and_read_only_arrays(mode):
    for x in variants(numbers((2, 3, 4, 5))):
        same_as_torch("pad", [x], {"pad": (1, 2, 3, -1), "mode": mode})


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_nothing_to_pad_gives_a_copy(mode):
    x = numbers((1, 2, 3))
    out = ops.pad(x, (0, 0), mode)
    back = ops.pad_backward(x, x, (0, 0), mode)
    assert not np.shares_memory(out, x)
    assert not np.shares_memory(back, x)


def test_worked_by_hand():
    row = np.array([[1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(ops.pad(row, (2, 1), value=9.0), [[9, 9, 1, 2, 3, 9]])
    np.testing.assert_array_equal(ops.pad(row, (2, 1), "reflect"), [[3, 2, 1, 2, 3, 2]])
    np.testing.assert_array_equal(ops.pad(row, (2, 1), "replicate"), [[1, 1, 1, 2, 3, 3]])
    np.testing.assert_array_equal(ops.pad(row, (2, 1), "circular"), [[2, 3, 1, 2, 3, 1]])
    np.testing.assert_array_equal(ops.pad(row, (-1, -1)), [[2]])
    grad = np.array([[1.0, 10.0, 100.0, 1e3, 1e4, 1e5]])
    np.testing.assert_array_equal(ops.pad_backward(grad, row, (2, 1)), [[100, 1e3, 1e4]])
    np.testing.assert_array_equal(ops.pad_backward(grad, row, (2, 1), "reflect"), [[100, 101010, 10001]])
    np.testing.assert_array_equal(ops.pad_backward(grad, row, (2, 1), "replicate"), [[111, 1e3, 110000]])


X = np.zeros((1, 2, 3))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.pad([1.0], (1, 1)), TypeError, ["input", "list"]),
        (lambda: ops.pad(X, 1), TypeError, ["pad", "int", "(left, right)"]),
        (lambda: ops.pad(X, (1.0, 1)), TypeError, ["pad[0]", "1.0"]),
        (lambda: ops.pad(X, (1,)), ValueError, ["pad", "(1,)", "two widths"]),
        (lambda: ops.pad(X, (1,) * 8), ValueError, ["pad", "two widths"]),
        (lambda: ops.pad(X, (-2, -2)), ValueError, ["pad", "(-2, -2)", "crop", "3"]),
        (lambda: ops.pad(X, (4, -5)), ValueError, ["pad", "(4, -5)", "crop"]),
        (lambda: ops.pad(X, (1, 1), "mirror"), ValueError, ["mode", "'mirror'", "reflect"]),
        (lambda: ops.pad(X, (1, 1), "reflect", 3.0), ValueError, ["value", "3.0", "'reflect'"]),
        (lambda: ops.pad(X, (3, 0), "reflect"), ValueError, ["pad", "(3, 0)", "at most 2"]),
        (lambda: ops.pad(X, (4, 0), "circular"), ValueError, ["pad", "(4, 0)", "at most 3"]),
        (lambda: ops.pad(X, (-2, -1), "replicate"), ValueError, ["pad", "(-2, -1)", "leave"]),
        (lambda: ops.pad(X[..., :0], (1, 1), "replicate"), ValueError, ["pad", "leave"]),
        (lambda: ops.pad(np.zeros(3), (1, 1), "reflect"), ValueError, ["pad", "(3,)", "reflect"]),
        (lambda: ops.pad(X[None], (1, 1), "reflect"), ValueError, ["pad", "2 widths", "(1, 1, 2, 3)"]),
        (lambda: ops.pad(X.astype(int), (1, 1), value=np.nan), ValueError, ["value", "nan", "int64"]),
        (lambda: ops.pad(X.astype(np.uint8), (1, 1), value=300), ValueError, ["value", "300", "uint8"]),
        (lambda: ops.pad_backward(X, X, (1, 1)), ValueError, ["grad_output", "(1, 2, 5)"]),
        (lambda: ops.pad_backward(X.astype(int), X, (0, 0)), TypeError, ["grad_output", "int64"]),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
