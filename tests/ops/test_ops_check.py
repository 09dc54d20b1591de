"""The checks all operators share: what passes, what is refused, and that an error says all four things."""

import datetime

import numpy as np
import pytest
import torch

from cnncourse.ops import _check


def test_arrays_pass_as_they_are():
    x = np.zeros((2, 3))
    assert _check.array("input", x) is x
    assert _check.array("input", x, 2) is x
    assert _check.floating("input", x, (1, 2)) is x


def test_images_get_a_batch_axis_as_a_view():
    x = np.zeros((3, 4, 5))
    batch, batched = _check.images("input", x)
    assert (batch.shape, batched, batch.base is x) == ((1, 3, 4, 5), False, True)
    batch, batched = _check.images("input", batch)
    assert (batch.shape, batched) == ((1, 3, 4, 5), True)


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers(value):
    assert _check.integer("groups", value, 1) == 3
    assert type(_check.integer("groups", value)) is int
    assert _check.pair("stride", value, 1) == (3, 3)
    assert _check.pair("stride", (value, 1)) == _check.pair("stride", [value, 1]) == (3, 1)
    assert _check.pair("stride", [value]) == (3, 3)


@pytest.mark.parametrize(
    ("call", "error", "parts"),
    [
        (lambda: _check.array("input", [1.0]), TypeError, ("input", "list", "NumPy array", "np.asarray")),
        (lambda: _check.array("input", torch.ones(2)), TypeError, ("input", "Tensor", ".numpy()")),
        (lambda: _check.array("input", None), TypeError, ("input", "NoneType", "NumPy array")),
        (lambda: _check.array("input", np.array(["a"])), TypeError, ("input", "<U1", "numbers", "astype")),
        (lambda: _check.array("x", np.array([datetime.date.today()])), TypeError, ("x", "object", "numbers")),
        (
            lambda: _check.array("w", np.zeros(3), 4, "(O, C, kh, kw)"),
            ValueError,
            ("w", "(3,)", "4 axes", "kw)"),
        ),
        (lambda: _check.floating("x", np.arange(3)), TypeError, ("x", "int64", "floats", "astype")),
        (lambda: _check.no_bool("x", np.ones(3, bool)), TypeError, ("x", "bool", "numbers", "astype")),
        (lambda: _check.not_empty("x", np.ones((0, 2))), ValueError, ("x", "(0, 2)", "empty", "axis")),
        (lambda: _check.integer("groups", 0, 1), ValueError, ("groups", "got 0", "at least 1", "Use 1")),
        (lambda: _check.integer("groups", True), TypeError, ("groups", "True", "bool", "int")),
        (lambda: _check.integer("groups", 2.0), TypeError, ("groups", "2.0", "float", "int(")),
        (lambda: _check.pair("stride", "2"), TypeError, ("stride", "'2'", "str", "pair")),
        (lambda: _check.pair("stride", None), TypeError, ("stride", "None", "pair")),
        (lambda: _check.pair("stride", (1, 2, 3)), ValueError, ("stride", "(1, 2, 3)", "pair")),
        (lambda: _check.pair("stride", ()), ValueError, ("stride", "()", "pair")),
        (lambda: _check.pair("kernel_size", (2,), lone=False), ValueError, ("kernel_size", "(2,)", "pair")),
        (lambda: _check.pair("stride", (1, 0), 1), ValueError, ("stride[1]", "got 0", "at least 1")),
        (
            lambda: _check.same_dtype("weight", np.ones(1, np.float32), "input", np.ones(1)),
            TypeError,
            ("weight", "float32", "float64", "astype(input.dtype)"),
        ),
        (
            lambda: _check.same_shape("bias", np.ones(3), (4,), "one number per channel"),
            ValueError,
            ("bias", "(3,)", "(4,)", "one number per channel"),
        ),
    ],
)
def test_an_error_names_argument_value_rule_and_remedy(call, error, parts):
    with pytest.raises(error) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)
    assert str(caught.value).count(".") >= 1
