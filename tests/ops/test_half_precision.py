"""Half precision: sums, squares and products of float16 neither overflow nor vanish on the way."""

import numpy as np
import pytest
import torch
from oracle import assert_close, same_as_torch

import cnncourse.ops as ops

HALF = np.float16


def full(shape, value):
    return np.full(shape, value, HALF)


def noise(*shape, mean=0.0, spread=1.0):
    return (np.random.default_rng(0).standard_normal(shape) * spread + mean).astype(HALF)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda: ops.avg_pool2d(full((1, 1, 8, 8), 2000), 8), 2000),
        (lambda: ops.avg_pool2d(full((1, 1, 64, 64), 0.1), 64), HALF(0.1)),
        (lambda: ops.adaptive_avg_pool2d(full((1, 1, 32, 32), 100), 1), 100),
        (lambda: ops.mse_loss(full(3000, 20), full(3000, 0)), 400),
        (lambda: ops.mse_loss(full(3, 300), full(3, 290)), 100),
        (lambda: ops.mse_loss(full(3000, 20), full(3000, 0), weight=full(3000, 30)), 400),
        (lambda: ops.binary_cross_entropy_with_logits(full(70_000, 1), full(70_000, 0)), HALF(1.3135)),
        (lambda: ops.cross_entropy(full((70_000, 2), 0), np.zeros(70_000, int)), HALF(np.log(2))),
        (lambda: ops.nll_loss(full((70_000, 2), -3), np.zeros(70_000, int)), 3),
        (lambda: ops.softmax(full(70_000, 0), 0), HALF(1 / 70_000)),
        (lambda: ops.log_softmax(full(70_000, 0), 0), HALF(-np.log(70_000))),
        (lambda: ops.hardswish(full(1, 12_000)), 12_000),
        (lambda: ops.silu(full(1, 12_000)), 12_000),
        (lambda: ops.gelu(full(1, 12_000), "tanh"), 12_000),
        (lambda: ops.softplus(full(1, 12_000), beta=50), 12_000),
        (lambda: ops.elu(full(1, -3e-4), alpha=1e5), HALF(-29.98)),
        (lambda: ops.adaptive_max_pool2d_backward(full((1, 50, 50), 1), full((1, 1, 1), 1), 50), 2500),
        (lambda: ops.local_response_norm(full((1, 1, 1), 5000), 1, alpha=1, beta=0.5), 1),
        (
            lambda: ops.linear_backward(full((70_000, 1), 0.5), full((70_000, 1), 1), full((1, 1), 1))[1],
            35_000,
        ),
    ],
)
def test_values_that_overflowed_or_vanished(value, expected):
    result = value()
    assert result.dtype == HALF
    np.testing.assert_array_max_ulp(result, np.broadcast_to(HALF(expected), result.shape))


@pytest.mark.parametrize(
    ("name", "inputs", "arguments"),
    [
        (
            "avg_pool2d",
            {"input": noise(2, 3, 20, 20, mean=1000, spread=500)},
            {"kernel_size": 8, "stride": 5},
        ),
        ("sum_pool2d", {"input": noise(2, 3, 20, 20)}, {"kernel_size": 8}),
        ("adaptive_avg_pool2d", {"input": noise(1, 2, 33, 33, mean=100, spread=50)}, {"output_size": 7}),
        ("adaptive_avg_pool2d", {"input": noise(1, 2, 7, 7)}, {"output_size": 33}),
        ("softmax", {"input": noise(30, 70, spread=6)}, {"dim": 1}),
        ("softmax", {"input": noise(30, 70, spread=20_000)}, {"dim": 1}),
        ("log_softmax", {"input": noise(30, 70, spread=20_000)}, {"dim": 1}),
        ("binary_cross_entropy_with_logits", {"input": noise(50, 30, spread=8)}, {"target": noise(50, 30)}),
        ("cross_entropy", {"input": noise(40, 30, spread=8)}, {"target": np.arange(40) % 30}),
        ("mse_loss", {"input": noise(5000)}, {"target": full(5000, 1)}),
        ("linear", {"input": noise(2000, 5), "weight": noise(3, 5), "bias": noise(3)}, {}),
        ("gelu", {"input": noise(1000, spread=3000)}, {"approximate": "tanh"}),
        ("elu", {"input": noise(1000)}, {"alpha": 3000.0}),
    ],
)
def test_values_and_gradients_are_those_of_torch(name, inputs, arguments):
    torch_op = torch.nn.functional.avg_pool2d if name == "sum_pool2d" else None
    torch_arguments = arguments | {"divisor_override": 1} if torch_op else None
    same_as_torch(name, inputs, arguments, torch_op=torch_op, torch_arguments=torch_arguments)


NORMS = {
    "batch_norm": {"running_mean": full(6, 1), "running_var": full(6, 4)},
    "batch_norm in training": {"running_mean": None, "running_var": None, "training": True},
    "layer_norm": {"normalized_shape": (20,)},
    "group_norm": {"num_groups": 2},
}


@pytest.mark.parametrize("case", NORMS)
@pytest.mark.parametrize(("mean", "spread"), [(5, 1), (0, 300), (2000, 50), (0, 1e-3)])
@pytest.mark.parametrize("parameters", [None, np.float16, np.float32])
def test_norms(case, mean, spread, parameters):
    """Beside float32 weights the statistics are float32, as in mixed precision.

    What torch does in float32 is the better measure: in float16 it rounds the parts of its sums.
    """
    name, arguments = case.split()[0], dict(NORMS[case])
    x = noise(8, 6, 20, 20, mean=mean, spread=spread)
    shape = (20,) if name == "layer_norm" else (6,)
    affine = (None, None) if parameters is None else (full(shape, 2).astype(parameters), full(shape, 1))
    weight, bias = affine if parameters is None else (affine[0], affine[1].astype(parameters))
    if arguments.get("running_mean") is not None and parameters is not None:
        arguments |= {k: arguments[k].astype(parameters) for k in ("running_mean", "running_var")}
    same_as_torch(name, {"input": x, "weight": weight, "bias": bias}, arguments, torch_dtype=torch.float32)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_running_statistics_keep_their_own_dtype(dtype):
    x, mean, var = noise(32, 3, 32, 32, mean=5), np.zeros(3, dtype), np.ones(3, dtype)
    theirs = torch.tensor(mean), torch.tensor(var)
    torch.nn.functional.batch_norm(torch.tensor(x), *theirs, training=True)
    ops.batch_norm(x, mean, var, training=True)
    assert_close(mean, theirs[0], "running_mean")
    assert_close(var, theirs[1], "running_var")


@pytest.mark.parametrize(
    "call",
    [
        lambda x, w, wide: ops.batch_norm(x, wide, wide, w, w),
        lambda x, w, wide: ops.batch_norm(x, w, w, wide, wide),
        lambda x, w, wide: ops.layer_norm(x, (3,), wide, w),
        lambda x, w, wide: ops.group_norm(x, 1, wide.astype(np.float64)),
        lambda x, w, wide: ops.layer_norm(x.astype(np.float32), (3,), w),
    ],
)
def test_parameters_of_two_dtypes_are_refused_as_in_torch(call):
    with pytest.raises(TypeError, match=r"must have the dtype of input \(float(16|32)\), got float"):
        call(noise(4, 3), full(3, 1), np.ones(3, np.float32))


def test_a_float64_option_does_not_widen_float32():
    x, option = np.ones((2, 3), np.float32), np.float64(0.5)
    results = [
        ops.leaky_relu(x, option),
        ops.leaky_relu_backward(x, x, option),
        ops.elu(x, option),
        ops.elu_backward(x, x, option),
        ops.softplus(x, option),
        ops.layer_norm(x, (3,), eps=option),
        ops.group_norm(x, 1, eps=option),
        ops.batch_norm(x, None, None, training=True, eps=option),
        ops.local_response_norm(x[None], 2, option, option, option),
    ]
    assert {result.dtype for result in results} == {np.dtype(np.float32)}
