"""gradcheck: every operator passes it, and it names what is wrong when a gradient is."""

import inspect

import numpy as np
import pytest

import cnncourse.ops as ops
from cnncourse.ops import GradientError, gradcheck


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


IMAGE = numbers(2, 4, 5, 6)
CLASSES = np.array([0, 2, 1])
CASES = [  # operator, differentiated inputs by name, other arguments
    ("max_pool2d", {"input": IMAGE}, {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    (
        "avg_pool2d",
        {"input": IMAGE},
        {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False},
    ),
    ("sum_pool2d", {"input": IMAGE}, {"kernel_size": (2, 3)}),
    ("adaptive_avg_pool2d", {"input": IMAGE}, {"output_size": (3, 4)}),
    ("adaptive_max_pool2d", {"input": IMAGE}, {"output_size": (3, 4)}),
    *[
        ("pad", {"input": IMAGE}, {"pad": (1, 2, -1, 3), "mode": m})
        for m in ("constant", "reflect", "replicate", "circular")
    ],
    ("linear", {"input": numbers(3, 4), "weight": numbers(2, 4), "bias": numbers(2)}, {}),
    *[
        (n, {"input": 2 * IMAGE[0]}, {})
        for n in ("relu", "relu6", "leaky_relu", "hardtanh", "hardsigmoid", "hardswish")
    ],
    *[(n, {"input": 2 * IMAGE[0]}, {}) for n in ("sigmoid", "tanh", "silu", "softplus", "elu", "gelu")],
    ("gelu", {"input": IMAGE[0]}, {"approximate": "tanh"}),
    ("softmax", {"input": IMAGE}, {"dim": 1}),
    ("log_softmax", {"input": IMAGE}, {"dim": 1}),
    (
        "batch_norm",
        {"input": IMAGE, "weight": numbers(4), "bias": numbers(4)},
        {"running_mean": None, "running_var": None, "training": True},
    ),
    (
        "batch_norm",
        {"input": IMAGE, "weight": numbers(4), "bias": numbers(4)},
        {"running_mean": numbers(4), "running_var": np.abs(numbers(4))},
    ),
    (
        "layer_norm",
        {"input": IMAGE, "weight": numbers(5, 6), "bias": numbers(5, 6)},
        {"normalized_shape": (5, 6)},
    ),
    ("group_norm", {"input": IMAGE, "weight": numbers(4), "bias": numbers(4)}, {"num_groups": 2}),
    ("local_response_norm", {"input": IMAGE}, {"size": 3, "alpha": 0.5}),
    ("nll_loss", {"input": numbers(3, 4)}, {"target": CLASSES, "weight": np.arange(1.0, 5)}),
    ("cross_entropy", {"input": numbers(3, 4)}, {"target": CLASSES, "label_smoothing": 0.1}),
    ("cross_entropy", {"input": numbers(3, 4)}, {"target": np.abs(numbers(3, 4)), "reduction": "none"}),
    ("mse_loss", {"input": numbers(3, 4)}, {"target": numbers(3, 4, seed=1)}),
    (
        "binary_cross_entropy_with_logits",
        {"input": numbers(3, 4)},
        {"target": np.abs(numbers(3, 4)), "pos_weight": np.arange(1.0, 5)},
    ),
]


@pytest.mark.parametrize(("name", "inputs", "arguments"), CASES)
def test_operator_agrees_with_central_differences(name, inputs, arguments):
    op, op_backward = getattr(ops, name), getattr(ops, f"{name}_backward")

    def forward(*arrays):
        return op(**dict(zip(inputs, arrays)), **arguments)

    def backward(grad_output, *arrays):
        return op_backward(grad_output, **dict(zip(inputs, arrays)), **arguments)

    assert gradcheck(forward, backward, list(inputs.values()))


@pytest.mark.parametrize(
    "name", sorted(n for n in ops.__all__ if n.endswith("_backward") and not n.startswith("conv"))
)
def test_backward_takes_the_arguments_of_forward(name):
    """All of them in order; only where to put a result may be missing. (Convolutions leave out the bias.)"""
    backward = list(inspect.signature(getattr(ops, name)).parameters)
    forward = list(inspect.signature(getattr(ops, name.removesuffix("_backward"))).parameters)
    assert backward[0] == "grad_output"
    if name == "dropout_backward":
        forward = [p for p in forward if p not in ("rng", "return_mask")] + ["mask"]
    if name == "max_pool2d_backward":
        forward += ["indices"]
    assert backward[1:] == [p for p in forward if p != "inplace"]


def test_names_the_input_and_the_index_that_differ():
    def forward(x, weight):
        return x * weight

    def backward(grad_output, x, weight):
        grad_weight = grad_output * x
        grad_weight[1, 2] *= 2
        return grad_output * weight, grad_weight

    with pytest.raises(
        GradientError, match=r"gradient of input 1 \(weight\) at index \(1, 2\): .*1 of 6 entries"
    ):
        gradcheck(forward, backward, [numbers(2, 3), numbers(2, 3, seed=1)])


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda g, x: None, "backward returned none"),
        (lambda g, x: np.zeros(3), r"backward returned shape \(3,\), the input has shape \(2,\)"),
        (lambda g, x: np.full(2, np.nan), "backward says nan"),
        (lambda g, x: -2 * x * g, "2 of 2 entries differ"),
    ],
)
def test_says_what_is_wrong(backward, words):
    with pytest.raises(GradientError, match=words):
        gradcheck(lambda x: x**2, backward, [np.array([1.0, -2.0])])


def test_inputs_stay_as_they_are_and_none_is_skipped():
    x = np.array([1.0, 2.0])
    x.flags.writeable = False
    assert gradcheck(lambda x, bias: 3 * x, lambda g, x, bias: (3 * g, None), [x, None])
    np.testing.assert_array_equal(x, [1, 2])


@pytest.mark.parametrize("x", [np.ones(2, np.float32), [1.0]])
def test_other_types_are_refused(x):
    with pytest.raises(TypeError, match=r"input 0 \(x\) must be a float64 array or None, got"):
        gradcheck(lambda x: x, lambda g, x: g, [x])
