"""The checks all operators share: what passes, what is refused, and that an error says all four things."""

import datetime

import numpy as np
import pytest
import torch

from cnncourse.ops import arguments


def test_arrays_pass_as_they_are():
    x = np.zeros((2, 3))
    assert arguments.array("input", x) is x
    assert arguments.array("input", x, 2) is x
    assert arguments.floating("input", x, (1, 2)) is x


def test_images_get_a_batch_axis_as_a_view():
    x = np.zeros((3, 4, 5))
    batch, batched = arguments.images("input", x)
    assert (batch.shape, batched, batch.base is x) == ((1, 3, 4, 5), False, True)
    batch, batched = arguments.images("input", batch)
    assert (batch.shape, batched) == ((1, 3, 4, 5), True)


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers(value):
    assert arguments.integer("groups", value, 1) == 3
    assert type(arguments.integer("groups", value)) is int
    assert arguments.pair("stride", value, 1) == (3, 3)
    assert arguments.pair("stride", (value, 1)) == arguments.pair("stride", [value, 1]) == (3, 1)
    assert arguments.pair("stride", [value]) == (3, 3)


@pytest.mark.parametrize(
    ("call", "error", "parts"),
    [
        (lambda: arguments.array("input", [1.0]), TypeError, ("input", "list", "NumPy array", "np.asarray")),
        (lambda: arguments.array("input", torch.ones(2)), TypeError, ("input", "Tensor", ".numpy()")),
        (lambda: arguments.array("input", None), TypeError, ("input", "NoneType", "NumPy array")),
        (lambda: arguments.array("input", np.array(["a"])), TypeError, ("input", "<U1", "numbers", "astype")),
        (
            lambda: arguments.array("x", np.array([datetime.date.today()])),
            TypeError,
            ("x", "object", "numbers"),
        ),
        (
            lambda: arguments.array("w", np.zeros(3), 4, "(O, C, kh, kw)"),
            ValueError,
            ("w", "(3,)", "4 axes", "kw)"),
        ),
        (lambda: arguments.floating("x", np.arange(3)), TypeError, ("x", "int64", "floats", "astype")),
        (lambda: arguments.no_bool("x", np.ones(3, bool)), TypeError, ("x", "bool", "numbers", "astype")),
        (lambda: arguments.not_empty("x", np.ones((0, 2))), ValueError, ("x", "(0, 2)", "empty", "axis")),
        (lambda: arguments.integer("groups", 0, 1), ValueError, ("groups", "got 0", "at least 1", "Use 1")),
        (lambda: arguments.integer("groups", True), TypeError, ("groups", "True", "bool", "int")),
        (lambda: arguments.integer("groups", 2.0), TypeError, ("groups", "2.0", "float", "int(")),
        (lambda: arguments.pair("stride", "2"), TypeError, ("stride", "'2'", "str", "pair")),
        (lambda: arguments.pair("stride", None), TypeError, ("stride", "None", "pair")),
        (lambda: arguments.pair("stride", (1, 2, 3)), ValueError, ("stride", "(1, 2, 3)", "pair")),
        (lambda: arguments.pair("stride", ()), ValueError, ("stride", "()", "pair")),
        (
            lambda: arguments.pair("kernel_size", (2,), lone=False),
            ValueError,
            ("kernel_size", "(2,)", "pair"),
        ),
        (lambda: arguments.pair("stride", (1, 0), 1), ValueError, ("stride[1]", "got 0", "at least 1")),
        (
            lambda: arguments.same_dtype("weight", np.ones(1, np.float32), "input", np.ones(1)),
            TypeError,
            ("weight", "float32", "float64", "astype(input.dtype)"),
        ),
        (
            lambda: arguments.same_shape("bias", np.ones(3), (4,), "one number per channel"),
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
