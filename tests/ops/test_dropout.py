"""Dropout: what it keeps, how it scales, that a seed repeats it, and its gradient."""

import numpy as np
import pytest
import torch

import cnncourse.ops as ops


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_keeps_the_share_and_the_mean(p, dtype):
    x = np.full((100, 1000), 2, dtype)
    out, mask = ops.dropout(x, p, rng=0, return_mask=True)
    assert out.dtype == dtype
    assert abs(mask.mean() - (1 - p)) < 5 * (p * (1 - p) / x.size) ** 0.5 + 1e-12  # five standard deviations
    np.testing.assert_allclose(out[mask], 2 / (1 - p) if p < 1 else [])
    np.testing.assert_array_equal(out[~mask], 0)


def test_with_the_mask_of_torch_it_gives_the_numbers_of_torch():
    x = torch.randn(50, 40, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    out = torch.nn.functional.dropout(x, 0.3)
    out.sum().backward()
    mask = (x.grad != 0).numpy()
    grad = ops.dropout_backward(np.ones(x.shape), x.detach().numpy(), 0.3, mask=mask)
    np.testing.assert_allclose(grad, x.grad.numpy())


def test_a_seed_repeats_and_a_generator_goes_on():
    x = np.ones(200)
    np.testing.assert_array_equal(ops.dropout(x, rng=7), ops.dropout(x, rng=7))
    np.testing.assert_array_equal(ops.dropout(x, rng=7), ops.dropout(x, rng=np.random.default_rng(7)))
    rng = np.random.default_rng(7)
    assert (ops.dropout(x, rng=rng) != ops.dropout(x, rng=rng)).any()
    assert (ops.dropout(x) != ops.dropout(x)).any()


def test_outside_training_nothing_happens():
    x = np.arange(6.0)
    assert ops.dropout(x, training=False) is x
    out, mask = ops.dropout(x, training=False, return_mask=True)
    assert out is x
    assert mask.all()
    grad = ops.dropout_backward(x, x, training=False, mask=mask)
    np.testing.assert_array_equal(grad, x)
    assert not np.shares_memory(grad, x)


def test_in_place_and_otherwise_not():
    x = np.ones(50, np.float32)
    ops.dropout(x, rng=0)
    np.testing.assert_array_equal(x, 1)
    assert ops.dropout(x, rng=0, inplace=True) is x
    assert (x == 0).any()


def test_gradient_is_the_mask():
    x, grad = np.random.default_rng(0).standard_normal((2, 30))
    _, mask = ops.dropout(x, 0.25, rng=1, return_mask=True)

    def forward(x):
        return ops.dropout(x, 0.25, rng=1)

    assert ops.gradcheck(forward, lambda g, x: ops.dropout_backward(g, x, 0.25, mask=mask), [x])
    np.testing.assert_allclose(ops.dropout_backward(grad, x, 0.25, mask=mask), grad * mask / 0.75)


def test_infinity_and_not_a_number_are_not_hidden():
    with np.errstate(invalid="ignore"):
        assert np.isnan(ops.dropout(np.array([np.nan, np.inf]), 1.0)).all()  # ∞ · 0, as in torch


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.dropout(np.ones(3), 1.5), ValueError, ["p", "1.5", "between 0 and 1"]),
        (lambda: ops.dropout(np.ones(3), -0.1), ValueError, ["p", "-0.1"]),
        (lambda: ops.dropout(np.ones(3), np.nan), ValueError, ["p", "nan"]),
        (lambda: ops.dropout(np.ones(3, int)), TypeError, ["input", "int64"]),
        (lambda: ops.dropout(np.ones(3), rng="seed"), TypeError, ["rng", "'seed'"]),
        (
            lambda: ops.dropout_backward(np.ones(3), np.ones(3), mask=np.ones(3)),
            TypeError,
            ["mask", "float64"],
        ),
        (
            lambda: ops.dropout_backward(np.ones(3), np.ones(3), mask=np.ones(2, bool)),
            ValueError,
            ["mask", "(2,)"],
        ),
        (
            lambda: ops.dropout_backward(np.ones(2), np.ones(3), mask=np.ones(3, bool)),
            ValueError,
            ["grad_output"],
        ),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
