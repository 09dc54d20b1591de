"""The arithmetic of the pages against `cnncourse.ops`: values and gradients, for generated configurations.

Python computes in float64. The page gets the same numbers, in float32 for every second configuration.
"""

import re

import numpy as np
import pytest
from playwright.sync_api import Error

from cnncourse import ops

pytestmark = pytest.mark.site
COUNT = 120  # configurations of each function, half of them in float32


def pack(value, bits=64):
    """An array as the page takes it; anything else as it is."""
    if isinstance(value, np.ndarray):
        return {"numbers": value.ravel().tolist(), "shape": list(value.shape), "bits": bits}
    return value


class Draws:
    """Random arguments, whose numbers both types can hold."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def array(self, *shape, scale=1.0):
        return np.asarray(scale * self.rng.normal(size=shape), np.float32).astype(float)

    def whole(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def of(self, *values):
        return values[self.whole(0, len(values) - 1)]

    def images(self, channels, height, width):
        return self.array(*self.of((), (1,), (2,)), channels, height, width)


def conv_case(draw):
    """Input, weight, bias and options of a convolution that fits."""
    groups, per_group, kernels = draw.whole(1, 3), draw.whole(1, 2), draw.whole(1, 2)
    kernel = draw.whole(1, 4), draw.whole(1, 4)
    dilation = draw.of(1, 1, 2, (1, 2))
    reach = [
        (k - 1) * d + 1 for k, d in zip(kernel, dilation if isinstance(dilation, tuple) else (dilation,) * 2)
    ]
    stride = draw.of(1, 2, 3, (2, 1))
    padding = draw.of(0, 1, 2, (1, 0), "valid", *(("same",) if stride == 1 else ()))
    image = draw.images(groups * per_group, *(r + draw.whole(0, 5) for r in reach))
    weight = draw.array(groups * kernels, per_group, *kernel)
    bias = draw.of(None, draw.array(groups * kernels))
    return image, weight, bias, {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


def options(given):
    """Options as the page takes them: tuples are lists there."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}


def conv2d(draw):
    image, weight, bias, given = conv_case(draw)
    return ops.conv2d(image, weight, bias, **given), [image, weight, bias, options(given)]


def conv2d_backward(draw):
    image, weight, _, given = conv_case(draw)
    grad = draw.array(*ops.conv2d(image, weight, **given).shape)
    return ops.conv2d_backward(grad, image, weight, **given), [grad, image, weight, options(given)]


def pool_case(draw, averaging):
    kernel = draw.of(2, 3, (2, 3), (1, 2), 4)
    least = min(kernel) if isinstance(kernel, tuple) else kernel
    given = {
        "stride": draw.of(None, 1, 2, (1, 2)),
        "padding": draw.whole(0, least // 2),
        "ceil_mode": draw.of(False, True),
    }
    if averaging:
        given |= {"count_include_pad": draw.of(True, False), "divisor_override": draw.of(None, None, 3)}
    else:
        given |= {"dilation": draw.of(1, 1, 2)}
    return draw.images(draw.whole(1, 3), draw.whole(7, 10), draw.whole(7, 10)), kernel, given


def pooling(name, averaging):
    """The draw functions of a pooling and its backward."""
    forward, backward = getattr(ops, name), getattr(ops, f"{name}_backward")

    def values(draw):
        image, kernel, given = pool_case(draw, averaging)
        return forward(image, kernel, **given), [image, options({"k": kernel})["k"], options(given)]

    def gradients(draw):
        image, kernel, given = pool_case(draw, averaging)
        grad = draw.array(*forward(image, kernel, **given).shape)
        return backward(grad, image, kernel, **given), [
            grad,
            image,
            options({"k": kernel})["k"],
            options(given),
        ]

    return {name: values, f"{name}_backward": gradients}


def max_indices(draw):
    image, kernel, given = pool_case(draw, averaging=False)
    image = np.rint(image)  # with equals: the first one wins
    out = ops.max_pool2d(image, kernel, return_indices=True, **given)
    return out, [image, options({"k": kernel})["k"], {**options(given), "return_indices": True}]


def pad_case(draw):
    mode = draw.of("constant", "reflect", "replicate", "circular")
    low = -2 if mode == "constant" else 0
    return draw.images(2, draw.whole(4, 6), draw.whole(4, 6)), [draw.whole(low, 3) for _ in range(4)], mode


def pad(draw):
    image, widths, mode = pad_case(draw)
    value = draw.of(0.0, 1.5) if mode == "constant" else None
    return ops.pad(image, widths, mode, value), [image, widths, mode, value or 0]


def pad_backward(draw):
    image, widths, mode = pad_case(draw)
    grad = draw.array(*ops.pad(image, widths, mode).shape)
    return ops.pad_backward(grad, image, widths, mode), [grad, image, widths, mode]


def linear(draw):
    inputs, outputs = draw.whole(1, 9), draw.whole(1, 9)
    x, weight = draw.array(*draw.of((), (3,), (2, 3)), inputs), draw.array(outputs, inputs)
    bias = draw.of(None, draw.array(outputs))
    return ops.linear(x, weight, bias), [x, weight, bias]


def linear_backward(draw):
    inputs, outputs = draw.whole(1, 9), draw.whole(1, 9)
    lead = draw.of((), (3,), (2, 3))
    grad, x, weight = draw.array(*lead, outputs), draw.array(*lead, inputs), draw.array(outputs, inputs)
    return ops.linear_backward(grad, x, weight, draw.array(outputs)), [grad, x, weight]


def norm_case(draw):
    channels = draw.whole(1, 4)
    x = draw.array(2, channels, *draw.of((), (3, 4)))
    mean, var = draw.array(channels), np.abs(draw.array(channels)) + 0.125
    return x, mean, var, draw.array(channels), draw.array(channels)


def batch_norm(draw):
    x, mean, var, weight, bias = norm_case(draw)
    return ops.batch_norm(x, mean, var, weight, bias, eps=1e-3), [x, mean, var, weight, bias, {"eps": 1e-3}]


def batch_norm_backward(draw):
    x, mean, var, weight, bias = norm_case(draw)
    grad = draw.array(*x.shape)
    return ops.batch_norm_backward(grad, x, mean, var, weight, bias), [grad, x, mean, var, weight]


def elementwise(name, *extra):
    """The draw functions of an activation and its backward; `extra` gives further arguments to try."""
    forward, backward = getattr(ops, name), getattr(ops, f"{name}_backward")

    def values(draw):
        x, rest = draw.array(3, 7, scale=draw.of(1, 5)), draw.of((), *extra)
        return forward(x, *rest), [x, *rest]

    def gradients(draw):
        x, grad, rest = draw.array(3, 7, scale=draw.of(1, 5)), draw.array(3, 7), draw.of((), *extra)
        return backward(grad, x, *rest), [grad, x, *rest]

    return {name: values, f"{name}_backward": gradients}


def along_axis(name):
    """The draw functions of softmax or log_softmax and its backward."""
    forward, backward = getattr(ops, name), getattr(ops, f"{name}_backward")

    def values(draw):
        x, dim = draw.array(2, 5, 3, scale=draw.of(1, 30)), draw.whole(-3, 2)
        return forward(x, dim), [x, dim]

    def gradients(draw):
        x, grad, dim = draw.array(2, 5, 3), draw.array(2, 5, 3), draw.whole(-3, 2)
        return backward(grad, x, dim), [grad, x, dim]

    return {name: values, f"{name}_backward": gradients}


def loss_case(draw):
    samples, classes = draw.whole(1, 4), draw.whole(2, 6)
    # Not larger: where p is 1 but for rounding, p − 1 has no digits left in Python either.
    scores = draw.array(samples, classes, scale=draw.of(1, 4))
    labels = draw.rng.integers(classes, size=samples)
    target = draw.of(labels, ops.softmax(draw.array(samples, classes), 1))
    given = {"label_smoothing": draw.of(0.0, 0.1), "reduction": draw.of("mean", "sum")}
    return scores, target, target.tolist() if target is labels else target, given


def cross_entropy(draw):
    scores, target, packed, given = loss_case(draw)
    return ops.cross_entropy(scores, target, **given), [scores, packed, given]


def cross_entropy_backward(draw):
    scores, target, packed, given = loss_case(draw)
    grad = np.array(1.5)
    return ops.cross_entropy_backward(grad, scores, target, **given), [1.5, scores, packed, given]


def mse_loss(draw):
    x, target = draw.array(3, 4), draw.array(3, 4)
    return ops.mse_loss(x, target), [x, target]


def mse_loss_backward(draw):
    x, target = draw.array(3, 4), draw.array(3, 4)
    return ops.mse_loss_backward(np.array(2.0), x, target), [2.0, x, target]


CASES = {
    "conv2d": conv2d,
    "conv2d_backward": conv2d_backward,
    **pooling("max_pool2d", averaging=False),
    **pooling("avg_pool2d", averaging=True),
    "max_pool2d, indices": max_indices,
    "pad": pad,
    "pad_backward": pad_backward,
    "linear": linear,
    "linear_backward": linear_backward,
    "batch_norm": batch_norm,
    "batch_norm_backward": batch_norm_backward,
    **elementwise("relu"),
    **elementwise("leaky_relu", (0.2,)),
    **elementwise("elu", (0.5,)),
    **elementwise("sigmoid"),
    **elementwise("tanh"),
    **elementwise("silu"),
    **elementwise("softplus", (2.0, 3.0)),
    **elementwise("gelu", ("tanh",)),
    **along_axis("softmax"),
    **along_axis("log_softmax"),
    "cross_entropy": cross_entropy,
    "cross_entropy_backward": cross_entropy_backward,
    "mse_loss": mse_loss,
    "mse_loss_backward": mse_loss_backward,
}


def assert_near(got, expected, where):
    """The same shape and type, and each value to 1e-5 of itself or of the largest."""
    expected = np.asarray(expected)
    if isinstance(got, dict):
        assert got["shape"] == list(expected.shape), where
        got = np.reshape(got["numbers"], got["shape"])
    limit = 1e-5 * np.maximum(np.abs(expected), np.abs(expected).max(initial=0))
    assert (np.abs(got - expected) <= limit).all(), where


@pytest.mark.parametrize("name", CASES)
def test_the_page_computes_what_python_computes(run_module, name):
    cases = [CASES[name](Draws(seed)) for seed in range(COUNT)]
    function = name.split(",")[0]
    calls = [
        (function, [pack(one, (64, 32)[number % 2]) for one in given])
        for number, (_, given) in enumerate(cases)
    ]
    got = run_module("course/live/ops.js", calls)
    for number, ((expected, _), answer) in enumerate(zip(cases, got)):
        several = expected if isinstance(expected, tuple) else (expected,)
        answers = answer if isinstance(expected, tuple) else [answer]
        assert len(answers) == len(several)
        for part, (one, wanted) in enumerate(zip(answers, several)):
            assert_near(one, wanted, f"{name}, configuration {number}, part {part}")


def test_every_function_of_the_page_is_compared(module_page):
    names = module_page.evaluate("import('/course/live/ops.js').then((all) => Object.keys(all))")
    helpers = {"tensor", "nested", "numbers", "zeros", "conv_output_size", "resize_bilinear"}
    assert set(names) - helpers == {name.split(",")[0] for name in CASES}


def test_bilinear_resizing_is_that_of_torch(run_module):
    torch = pytest.importorskip("torch")
    cases = []
    for seed in range(COUNT):
        draw = Draws(seed)
        image, size = (
            draw.array(1, 2, draw.whole(1, 9), draw.whole(1, 9)),
            (draw.whole(1, 12), draw.whole(1, 12)),
        )
        wanted = torch.nn.functional.interpolate(torch.from_numpy(image), size, mode="bilinear")
        cases.append((image, size, wanted.numpy()))
    got = run_module(
        "course/live/ops.js", [("resize_bilinear", [pack(i), list(size)]) for i, size, _ in cases]
    )
    for number, (answer, (_, _, wanted)) in enumerate(zip(got, cases)):
        assert_near(answer, wanted, number)


@pytest.mark.parametrize(
    "call, words",
    [
        (("conv2d", [np.zeros((1, 2, 2)), np.zeros((1, 1, 3, 3))]), "does not fit into 2 × 2"),
        (("conv2d", [np.zeros((2, 4, 4)), np.zeros((1, 1, 3, 3))]), "must have 1 channels"),
        (("conv2d", [np.zeros((4, 4)), np.zeros((1, 1, 3, 3))]), "input must have shape"),
        (("conv2d", [np.zeros((1, 4, 4)), np.zeros((1, 1, 3, 3)), None, {"stride": 0}]), "stride must be"),
        (("max_pool2d", [np.zeros((1, 4, 4)), 2, {"padding": 2}]), "at most half a window"),
        (("pad", [np.zeros((1, 2, 2)), [2, 0, 0, 0], "reflect"]), "at most 1"),
        (("softmax", [np.zeros(3), 1]), "dim must name"),
        (("cross_entropy", [np.zeros((1, 3)), [3]]), "class numbers from 0 to 2"),
        (("linear", [np.zeros(3), np.zeros((2, 4))]), "last axis of 4"),
        (("relu_backward", [np.zeros(3), np.zeros(4)]), "grad_output must have shape (4)"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(run_module, call, words):
    name, given = call
    with pytest.raises(Error, match=re.escape(words)):
        run_module("course/live/ops.js", [(name, [pack(one) for one in given])])
