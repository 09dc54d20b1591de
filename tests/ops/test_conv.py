"""Convolutions beside torch: values and every gradient over generated configurations, and refusals."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle import assert_close, numbers, one_or_two, same_as_torch, variants

import cnncourse.ops as ops
from cnncourse.ops import _engine, _slab, _winograd, shapes

FLOATS = st.sampled_from([np.float64, np.float32])


@st.composite
def convolutions(draw):
    """Draw shapes of input, weight and bias, and arguments that fit them."""
    groups = draw(st.integers(1, 3))
    group_channels, group_kernels = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = one_or_two(draw, 1, 3)
    padding = draw(st.sampled_from(["same", "valid"])) if draw(st.booleans()) else one_or_two(draw, 0, 4)
    stride = 1 if padding == "same" else one_or_two(draw, 1, 3)
    size = []
    pads = shapes.conv_padding(padding, kernel, stride, dilation)
    for k, d, frame in zip(kernel, shapes.arguments.pair("dilation", dilation), pads):
        least = max(1, d * (k - 1) + 1 - sum(frame))
        size.append(draw(st.integers(least, least + 6)))
    lead = draw(st.sampled_from([(), (0,), (1,), (2,), (3,)]))
    arguments = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    weight = (groups * group_kernels, group_channels, *kernel)
    return (*lead, groups * group_channels, *size), weight, draw(st.booleans()), arguments


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@settings(max_examples=300)
@given(convolutions(), FLOATS)
@example(((2, 4, 1, 1), (8, 1, 3, 3), True, {"padding": 1, "groups": 4}), np.float32)  # depthwise
@example(((2, 6, 8, 5), (6, 1, 3, 4), True, {"stride": 2, "padding": 1, "groups": 6}), np.float64)
@example(((2, 9, 40, 70), (9, 3, 7, 7), True, {"padding": 3, "groups": 3}), np.float64)  # large groups
@example(((3, 9, 5), (4, 3, 2, 4), True, {"padding": "same"}), np.float64)  # even kernel, unbatched
@example(((600, 2, 4, 4), (3, 2, 3, 3), True, {"padding": 1}), np.float64)  # many small images
@example(((300, 2, 9, 9), (3, 2, 3, 3), True, {"padding": 1, "stride": 2}), np.float64)
@example(((1, 2, 40, 40), (3, 2, 1, 1), True, {}), np.float64)  # 1×1 without a copy
@example(((1, 2, 40, 40), (3, 2, 1, 1), True, {"stride": 2}), np.float64)
def test_conv2d(shapes_and_arguments, dtype):
    input_shape, weight_shape, with_bias, arguments = shapes_and_arguments
    x, w = numbers(input_shape, dtype, 1), numbers(weight_shape, dtype, 2)
    b = numbers(weight_shape[0], dtype, 3) if with_bias else None
    same_conv(x, w, b, arguments)


def same_conv(x, w, b, arguments):
    """Compare value and gradients with torch. The bias goes by keyword: backward does not take it."""
    same_as_torch(
        "conv2d",
        [x, w],
        arguments,
        torch_op=lambda tx, tw, **a: torch.nn.functional.conv2d(tx, tw, None, **a),
    )
    if b is not None:
        ours = ops.conv2d(x, w, b, **arguments)
        tensors = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
        theirs = torch.nn.functional.conv2d(*tensors, **arguments)
        assert_close(ours, theirs, "conv2d with bias")
        theirs.sum().backward()
        grad_bias = ops.conv2d_backward(np.ones_like(ours), x, w, **arguments)[2]
        assert_close(grad_bias, tensors[2].grad, "gradient of the bias")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [(14, 14), (7, 9), (1, 1), (2, 31)])
@pytest.mark.parametrize("padding", [1, (2, 1), "same"])
def test_winograd_at_odd_edges(monkeypatch, dtype, size, padding):
    monkeypatch.setattr(_winograd, "MIN_CHANNELS", 8)
    monkeypatch.setattr(_engine, "LITTLE", 1 << 20)
    x, w = numbers((12, 8, *size), dtype, 1), numbers((13, 8, 3, 3), dtype, 2)
    geometry = ops.conv.conv_geometry(x, w, None, 1, padding, 1, 1)[1]
    assert _engine.way(w.shape, geometry, x.dtype, 1 << 20) == "winograd"
    same_conv(x, w, numbers(13, dtype, 3), {"padding": padding})


@pytest.mark.parametrize("how", ["columns", "taps"])
@pytest.mark.parametrize("block", [1, 2000, 20_000])
@pytest.mark.parametrize(
    "stride, kernel, dilation",
    [(1, (3, 2), 1), (2, (3, 3), 1), (3, (2, 3), 1), (2, (5, 1), 3), (1, (1, 1), 1)],
)
@pytest.mark.parametrize("groups", [1, 2])
def test_results_do_not_depend_on_the_way_and_the_blocks(
    monkeypatch, how, block, stride, kernel, dilation, groups
):
    """Blocks of one output row and group, of several rows, of whole images; each way of taking columns."""
    monkeypatch.setattr(_engine, "way", lambda *_: how)
    monkeypatch.setattr(_slab, "SMALLEST", block)
    monkeypatch.setattr(_slab, "PARTS", 1 << 40)
    x, w = numbers((5, 4, 23, 17)), numbers((6, 4 // groups, *kernel), seed=1)
    same_conv(
        x, w, numbers(6, seed=2), {"stride": stride, "dilation": dilation, "groups": groups, "padding": 1}
    )


@pytest.mark.parametrize(
    "shape, kernels, kernel, arguments, how",
    [
        ((2, 64, 28, 28), 32, 1, {}, "pointwise"),
        ((2, 64, 28, 28), 32, 1, {"stride": 2}, "pointwise"),
        ((2, 64, 28, 28), 32, 1, {"padding": 2}, "columns"),
        ((9, 128, 14, 14), 128, 3, {"padding": 1}, "winograd"),
        ((9, 128, 14, 14), 128, 3, {"padding": 1, "stride": 2}, "columns"),
        ((9, 64, 28, 28), 64, 3, {"padding": 1}, "columns"),
        ((9, 3, 32, 32), 16, 5, {}, "columns"),
        ((9, 32, 14, 14), 32, 3, {"padding": 1, "groups": 32}, "columns"),
        ((1, 64, 8, 8), 64, 7, {"padding": 3}, "taps"),  # the weights are fifty times the image
    ],
)
def test_the_plan(monkeypatch, shape, kernels, kernel, arguments, how):
    """Each way is taken for the layers it is for, and is right there."""
    taken, choose = [], _engine.way
    monkeypatch.setattr(_engine, "way", lambda *a: taken.append(choose(*a)) or taken[-1])
    x = numbers(shape, np.float64, 1)
    w = numbers((kernels, shape[1] // arguments.get("groups", 1), kernel, kernel), np.float64, 2)
    same_conv(x, w, None, arguments)
    assert taken[0] == how


def test_winograd_is_taken_and_exact():
    """The direct sum in float64 is the judge; float32 may err three times as much as torch."""
    x, w = numbers((8, 128, 28, 28), np.float64, 1), numbers((128, 128, 3, 3), np.float64, 2)
    geometry = ops.conv.conv_geometry(x, w, None, 1, 1, 1, 1)[1]
    assert _engine.way(w.shape, geometry, x.dtype, 4 * x.size) == "winograd"
    exact = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w), padding=1).numpy()
    scale = np.abs(exact).max()
    assert np.abs(ops.conv2d(x, w, padding=1) - exact).max() < 1e-12 * scale
    x32, w32 = x.astype(np.float32), w.astype(np.float32)
    theirs = torch.nn.functional.conv2d(torch.tensor(x32), torch.tensor(w32), padding=1).numpy()
    assert np.abs(ops.conv2d(x32, w32, padding=1) - exact).max() < 3 * np.abs(theirs - exact).max()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_special_numbers_stay_in_their_windows(value):
    """One NaN among the pixels reaches the 3×3 outputs around it and no other, as in torch."""
    x, w = numbers((16, 128, 14, 14), np.float32, 1), np.abs(numbers((128, 128, 3, 3), np.float32, 2))
    x[3, 5, 7, 7] = value
    ours = ops.conv2d(x, w, padding=1)
    theirs = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w), padding=1)
    assert_close(ours, theirs, "conv2d")
    assert (~np.isfinite(ours)).sum() == 9 * 128


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # inf - inf, here and there
@pytest.mark.parametrize("stride", [1, 2])
def test_special_numbers_stay_in_their_rows(value, stride):
    """Depthwise: at the edge of a row they reach no window, and no gradient, of the next row."""
    w = np.abs(numbers((4, 1, 3, 3), seed=2))
    arguments = {"stride": stride, "padding": 1, "groups": 4}
    for edge in (0, 8):
        x = numbers((2, 4, 7, 9), seed=1)
        x[1, 2, 3, edge] = value
        same_as_torch(
            "conv2d",
            [x, w],
            arguments,
            torch_op=lambda a, b, **k: torch.nn.functional.conv2d(a, b, None, **k),
        )
        w[3, 0, 1, edge // 8 * 2] = value
        same_as_torch(
            "conv2d",
            [x, w],
            arguments,
            torch_op=lambda a, b, **k: torch.nn.functional.conv2d(a, b, None, **k),
        )


def test_one_large_pixel_disturbs_no_other_window():
    x, w = numbers((16, 128, 14, 14), np.float32, 1), numbers((128, 128, 3, 3), np.float32, 2)
    clean = ops.conv2d(x, w, padding=1)
    x[0, 0, 6, 6] = 1e12
    far = np.ones((14, 14), bool)
    far[5:8, 5:8] = False
    np.testing.assert_allclose(ops.conv2d(x, w, padding=1)[0][:, far], clean[0][:, far], rtol=0, atol=1e-3)


def test_layouts_and_read_only_input():
    x, w, b = numbers((2, 3, 9, 8)), numbers((4, 3, 3, 2), seed=1), numbers(4, seed=2)
    expected = ops.conv2d(x, w, b, stride=2, padding=1)
    grad = numbers(expected.shape, seed=3)
    gradients = ops.conv2d_backward(grad, x, w, stride=2, padding=1)
    for x2, w2, b2, grad2 in zip(variants(x), variants(w), variants(b), variants(grad)):
        np.testing.assert_allclose(ops.conv2d(x2, w2, b2, stride=2, padding=1), expected, atol=1e-12)
        for ours, first in zip(ops.conv2d_backward(grad2, x2, w2, stride=2, padding=1), gradients):
            np.testing.assert_allclose(ours, first, atol=1e-12)


@pytest.mark.parametrize("kernel, channels, stride", [(1, 8, 1), (3, 8, 1), (3, 8, 2), (3, 128, 1)])
def test_no_result_is_work_space_of_the_next_call(kernel, channels, stride):
    x, w = (
        numbers((6, channels, 14, 14), np.float32),
        numbers((channels, channels, kernel, kernel), np.float32),
    )
    y = ops.conv2d(x, w, stride=stride)
    results = [y, *ops.conv2d_backward(y, x, w, stride), ops.conv_transpose2d(x, w, stride=stride)]
    before = [a.copy() for a in results]
    again = [ops.conv2d(-x, w, stride=stride), *ops.conv2d_backward(-y, x, w, stride)]
    again.append(ops.conv_transpose2d(-x, w, stride=stride))
    for result, copy, other in zip(results, before, again):
        np.testing.assert_array_equal(result, copy)
        np.testing.assert_array_equal(other, -copy)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float16])
def test_other_dtypes_stay(dtype):
    x, w = np.arange(2 * 36).reshape(1, 2, 6, 6).astype(dtype), np.ones((3, 2, 2, 2), dtype)
    assert_close_exact(ops.conv2d(x, w), torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w)))


def assert_close_exact(ours, theirs):
    assert ours.dtype == theirs.numpy().dtype
    np.testing.assert_array_equal(ours, theirs.numpy())


def test_by_hand():
    """D2L §7.2, and an edge detector on a picture that is dark on the left and bright on the right."""
    x, w = np.arange(9.0).reshape(1, 3, 3), np.arange(4.0).reshape(1, 1, 2, 2)
    np.testing.assert_array_equal(ops.conv2d(x, w)[0], [[19, 25], [37, 43]])
    picture = np.zeros((1, 6, 6))
    picture[:, :, 3:] = 255
    edge = np.array([[1.0, 0, -1]] * 3)[None, None]
    np.testing.assert_array_equal(ops.conv2d(picture, edge)[0], [[0, -765, -765, 0]] * 4)


def central_differences(function, array, grad, step=1e-6):
    slopes = np.zeros_like(array)
    for index in np.ndindex(*array.shape):
        moved = [array.copy(), array.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        slopes[index] = ((function(moved[0]) - function(moved[1])) * grad).sum() / (2 * step)
    return slopes


@pytest.mark.parametrize(
    "arguments",
    [{"stride": (2, 1), "padding": 1, "groups": 2}, {"dilation": 2, "padding": "same", "groups": 2}],
)
def test_gradients_by_central_differences(arguments):
    x, w = numbers((2, 4, 5, 4)), numbers((2, 2, 3, 2), seed=1)
    grad = numbers(ops.conv2d(x, w, **arguments).shape, seed=2)
    grad_input, grad_weight, _ = ops.conv2d_backward(grad, x, w, **arguments)
    slopes = central_differences(lambda a: ops.conv2d(a, w, **arguments), x, grad)
    np.testing.assert_allclose(grad_input, slopes, atol=1e-8)
    slopes = central_differences(lambda a: ops.conv2d(x, a, **arguments), w, grad)
    np.testing.assert_allclose(grad_weight, slopes, atol=1e-8)


@settings(max_examples=50)
@given(
    st.sampled_from([1, 2, 3, 5, 7, 11]),
    st.sampled_from([1, 8, 64]),
    st.sampled_from([1, 3, 40]),
    st.sampled_from([1, 2, 3, 4]),
    st.sampled_from([1, 2, 64]),
)
def test_memory_is_bounded(kernel, channels, images, stride, groups):
    """Peak memory of one thread, result included, is at most three times input and output, and 64 KiB."""
    before = ops.get_num_threads()
    ops.set_num_threads(1)
    groups = min(groups, channels)
    x = np.ones((images, channels, 28, 28), np.float32)
    w = np.ones((channels, channels // groups, kernel, kernel), np.float32)
    ops.conv2d(x, w, stride=stride, padding=kernel // 2, groups=groups)  # tests keep books, too
    _slab.Workspace.kept.__dict__.clear()
    tracemalloc.start()
    try:
        y = ops.conv2d(x, w, stride=stride, padding=kernel // 2, groups=groups)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        ops.set_num_threads(before)
    assert peak <= 3 * (x.nbytes + y.nbytes) + (1 << 16)
