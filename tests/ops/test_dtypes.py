"""What each operator takes and refuses is what torch takes and refuses, dtype by dtype."""

import itertools

import numpy as np
import pytest
import torch

import cnncourse.ops as ops

INTEGERS = ["uint8", "int8", "int16", "int32", "int64"]
DTYPES = ["bool", *INTEGERS, "float16", "float32", "float64", "complex128"]
X = np.arange(24).reshape(2, 3, 2, 2) % 7
SCORES = np.random.default_rng(0).standard_normal((4, 3))


def of(dtype, *values):
    """Return arrays of ones, or the arrays given, in one dtype."""
    return [(np.ones(v) if isinstance(v, tuple) else v).astype(dtype) for v in values]


CASES = {  # name -> (operator, arguments in one dtype -> all positional arguments)
    **{
        name: (name, lambda d: of(d, X))
        for name in [
            *("relu", "relu6", "leaky_relu", "hardsigmoid", "hardswish"),
            *("sigmoid", "tanh", "silu", "softplus", "elu", "gelu"),
        ]
    },
    "hardtanh": ("hardtanh", lambda d: [*of(d, X), 1, 4]),
    "softmax": ("softmax", lambda d: [*of(d, X), 1]),
    "log_softmax": ("log_softmax", lambda d: [*of(d, X), 1]),
    "avg_pool2d": ("avg_pool2d", lambda d: [*of(d, X), 2]),
    "adaptive_avg_pool2d": ("adaptive_avg_pool2d", lambda d: [*of(d, X), 1]),
    "adaptive_max_pool2d": ("adaptive_max_pool2d", lambda d: [*of(d, X), 1]),
    "local_response_norm": ("local_response_norm", lambda d: [*of(d, X), 2]),
    "layer_norm": ("layer_norm", lambda d: [*of(d, X), (2,)]),
    "group_norm": ("group_norm", lambda d: [*of(d, X), 1]),
    "batch_norm": ("batch_norm", lambda d: of(d, X, (3,), (3,))),
    "batch_norm: statistics": ("batch_norm", lambda d: [SCORES, *of(d, (3,), (3,))]),
    "linear": ("linear", lambda d: of(d, (4, 3), (2, 3), (2,))),
    "dropout in training": ("dropout", lambda d: of(d, X)),
    "dropout of nothing": ("dropout", lambda d: [*of(d, X), 0.0]),
    "dropout in prediction": ("dropout", lambda d: [*of(d, X), 0.5, False]),
    "pad": ("pad", lambda d: [*of(d, X), (1, 1, 1, 1)]),
    "pad by reflection": ("pad", lambda d: [*of(d, X), (1, 1, 1, 1), "reflect"]),
    "pad by circling": ("pad", lambda d: [*of(d, X), (1, 1, 1, 1), "circular"]),
    "max_pool2d": ("max_pool2d", lambda d: [*of(d, X), 2]),
    "unfold": ("unfold", lambda d: [*of(d, X), 2]),
    "fold": ("fold", lambda d: [*of(d, (2, 8, 9)), (4, 4), 2]),
    "conv2d": ("conv2d", lambda d: of(d, X, (2, 3, 2, 2))),
    "conv_transpose2d": ("conv_transpose2d", lambda d: of(d, X, (3, 2, 2, 2))),
    "nll_loss: target": ("nll_loss", lambda d: [SCORES, *of(d, (4,))]),
    "cross_entropy: target": ("cross_entropy", lambda d: [SCORES, *of(d, (4,))]),
    "mse_loss": ("mse_loss", lambda d: of(d, (4, 3), (4, 3))),
    "mse_loss: target": ("mse_loss", lambda d: [SCORES, *of(d, (4, 3))]),
    "bce: target": ("binary_cross_entropy_with_logits", lambda d: [SCORES, *of(d, (4, 3))]),
    "bce: weight": ("binary_cross_entropy_with_logits", lambda d: [SCORES, abs(SCORES), *of(d, (3,))]),
}
# Where the two differ knowingly: the docstring says why.
COMPLEX = ["sigmoid", "tanh", "silu", "adaptive_avg_pool2d", "bce: target"]  # real numbers only
TAKEN_BY_TORCH_ALONE = {
    ("avg_pool2d", "int64"),
    ("local_response_norm", "int64"),
    *((case, "complex128") for case in COMPLEX),
}
SMALL = ["int8", "int16", "int32"]
TAKEN_HERE_ALONE = {
    *(("nll_loss: target", dtype) for dtype in SMALL),
    *(("cross_entropy: target", dtype) for dtype in SMALL),
    *(("conv_transpose2d", dtype) for dtype in ["uint8", *SMALL]),
    *((name, dtype) for name in ("unfold", "fold") for dtype in INTEGERS),
    ("pad by reflection", "bool"),
    ("local_response_norm", "float16"),  # torch has it on a graphics card only
}


def dtype_of(function, arguments):
    """Return the dtype of the result as text, or None where the arguments are refused."""
    try:
        return str(function(*arguments).dtype).removeprefix("torch.")
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        return None


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES)
def test_one_dtype(case, dtype):
    name, make = CASES[case]
    arguments = make(dtype)
    tensors = [torch.tensor(a) if isinstance(a, np.ndarray) else a for a in arguments]
    ours, theirs = (
        dtype_of(getattr(ops, name), arguments),
        dtype_of(getattr(torch.nn.functional, name), tensors),
    )
    if (case, dtype) in TAKEN_HERE_ALONE:
        assert ours is not None
        assert theirs is None
    elif (case, dtype) in TAKEN_BY_TORCH_ALONE:
        assert ours is None
        assert theirs is not None
    else:
        assert ours == theirs


PAIRS = {  # name -> (operator, one dtype, another -> arguments)
    "linear": ("linear", lambda a, b: of(a, (4, 3)) + of(b, (2, 3))),
    "linear: bias": ("linear", lambda a, b: of(a, (4, 3), (2, 3)) + of(b, (2,))),
    "layer_norm": ("layer_norm", lambda a, b: [*of(a, SCORES), (3,), *of(b, (3,), (3,))]),
    "layer_norm: bias": ("layer_norm", lambda a, b: [*of(a, SCORES), (3,), *of(a, (3,)), *of(b, (3,))]),
    "group_norm": ("group_norm", lambda a, b: [*of(a, SCORES), 1, *of(b, (3,), (3,))]),
    "batch_norm": ("batch_norm", lambda a, b: of(a, SCORES) + of(b, (3,), (3,), (3,), (3,))),
    "batch_norm: statistics": ("batch_norm", lambda a, b: of(a, SCORES) + of(b, (3,), (3,))),
    "batch_norm: weight": (
        "batch_norm",
        lambda a, b: of(a, SCORES, (3,), (3,)) + of(b, (3,), (3,)),
    ),
    "nll_loss: weight": ("nll_loss", lambda a, b: [*of(a, SCORES), np.arange(4) % 3, *of(b, (3,))]),
    "cross_entropy: weight": ("cross_entropy", lambda a, b: [*of(a, SCORES), np.arange(4) % 3, *of(b, (3,))]),
    "cross_entropy: probabilities": ("cross_entropy", lambda a, b: of(a, SCORES) + of(b, abs(SCORES))),
    "cross_entropy: both": ("cross_entropy", lambda a, b: of(a, SCORES) + of(b, abs(SCORES), (3,))),
    "mse_loss": ("mse_loss", lambda a, b: of(a, SCORES) + of(b, SCORES)),
    "bce: target": ("binary_cross_entropy_with_logits", lambda a, b: of(a, SCORES) + of(b, abs(SCORES))),
    "bce: weight": (
        "binary_cross_entropy_with_logits",
        lambda a, b: of(a, SCORES, abs(SCORES)) + of(b, (3,)),
    ),
}


@pytest.mark.parametrize(("a", "b"), list(itertools.permutations(["float16", "float32", "float64"], 2)))
@pytest.mark.parametrize("case", PAIRS)
def test_two_dtypes(case, a, b):
    name, make = PAIRS[case]
    arguments = make(a, b)
    tensors = [torch.tensor(x) if isinstance(x, np.ndarray) else x for x in arguments]
    ours, theirs = (
        dtype_of(getattr(ops, name), arguments),
        dtype_of(getattr(torch.nn.functional, name), tensors),
    )
    assert ours == theirs
