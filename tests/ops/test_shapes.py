"""The size formulas beside what torch returns, known architectures, and refusals."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnncourse.ops import shapes

pairs = st.tuples(st.integers(1, 5), st.integers(1, 5))


def accepted(run):
    """Run a torch function and return the spatial size of its result, or None if it refuses."""
    try:
        return tuple(run().shape[2:])
    except RuntimeError:
        return None


@given(
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    pairs,
    pairs,
    pairs,
    st.tuples(*[st.integers(0, 3)] * 2),
)
def test_conv_output_size(size, kernel, stride, dilation, padding):
    theirs = accepted(
        lambda: torch.nn.functional.conv2d(
            torch.zeros(1, 1, *size), torch.zeros(1, 1, *kernel), None, stride, padding, dilation
        )
    )
    if theirs is None:
        with pytest.raises(ValueError, match="must fit into the padded input"):
            shapes.conv_output_size(size, kernel, stride, padding, dilation)
    else:
        assert shapes.conv_output_size(size, kernel, stride, padding, dilation) == theirs


@given(pairs, pairs, pairs, pairs, st.tuples(*[st.integers(0, 4)] * 2), st.tuples(*[st.integers(0, 3)] * 2))
def test_conv_transpose_output_size(size, kernel, stride, dilation, padding, extra):
    theirs = accepted(
        lambda: torch.nn.functional.conv_transpose2d(
            torch.zeros(1, 1, *size), torch.zeros(1, 1, *kernel), None, stride, padding, extra, 1, dilation
        )
    )
    arguments = (size, kernel, stride, padding, extra, dilation)
    if theirs is None:
        with pytest.raises(ValueError, match=r"output_padding must be smaller|padding must leave"):
            shapes.conv_transpose_output_size(*arguments)
    else:
        assert shapes.conv_transpose_output_size(*arguments) == theirs


@given(
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    pairs,
    st.none() | pairs,
    st.tuples(*[st.integers(0, 3)] * 2),
    pairs,
    st.booleans(),
)
def test_pool_output_size(size, kernel, stride, padding, dilation, ceil_mode):
    arguments = (kernel, stride, padding, dilation, ceil_mode)
    theirs = accepted(lambda: torch.nn.functional.max_pool2d(torch.zeros(1, 1, *size), *arguments))
    if theirs is None:
        with pytest.raises(ValueError, match=r"at most half the kernel|must fit at least once"):
            shapes.pool_output_size(size, *arguments)
    else:
        assert shapes.pool_output_size(size, *arguments) == theirs


@given(st.integers(1, 8), st.integers(1, 4), st.integers(1, 20))
def test_same_padding_keeps_the_size(kernel, dilation, size):
    before, after = shapes.same_padding(kernel, dilation)
    assert 0 <= after - before <= 1
    assert size + before + after - dilation * (kernel - 1) == size
    assert shapes.conv_output_size(size, kernel, padding="same", dilation=dilation) == size


def test_known_architectures():
    """The sides that follow from the layers of AlexNet (227 pixels), ZFNet and VGG."""
    side = shapes.conv_output_size(227, 11, stride=4)
    sides = [side]
    for _ in range(3):
        sides.append(shapes.pool_output_size(sides[-1], 3, stride=2))
    assert sides == [55, 27, 13, 6]
    assert shapes.conv_output_size(224, 7, stride=2, padding=1) == 110
    assert shapes.pool_output_size(110, 3, stride=2, padding=1) == 55
    assert shapes.conv_output_size(224, 3, padding=1) == 224


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), min_size=1, max_size=4))
def test_receptive_field_is_what_a_gradient_reaches(layers):
    """Send a gradient back from two neighbouring units: the pixels each spans, and how far apart they are."""
    field, jump = shapes.receptive_field(layers)
    x = torch.zeros(1, 1, field + jump, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, dilation in layers:
        y = torch.nn.functional.conv1d(
            y, torch.ones(1, 1, kernel, dtype=torch.float64), None, stride, 0, dilation
        )
    assert y.shape[-1] == 2
    spans = [torch.autograd.grad(y[0, 0, i], x, retain_graph=True)[0][0, 0].nonzero() for i in range(2)]
    assert int(spans[0].max() - spans[0].min()) + 1 == field
    assert int(spans[1].min() - spans[0].min()) == jump


def test_receptive_field_by_hand():
    assert shapes.receptive_field([]) == (1, 1)
    assert shapes.receptive_field([(3, 1), (2, 2), (3, 1), (2, 2)]) == (10, 4)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: shapes.conv_output_size(5.0, 3), TypeError, "size must be an int or a pair"),
        (lambda: shapes.conv_output_size(-1, 3), ValueError, "size must be at least 0"),
        (lambda: shapes.conv_output_size(5, 3, padding="full"), ValueError, "padding must be whole numbers"),
        (lambda: shapes.conv_output_size(5, 3, 2, "same"), ValueError, "stride must be 1"),
        (lambda: shapes.conv_output_size(5, 7), ValueError, "covering 7 pixels"),
        (lambda: shapes.same_padding(0), ValueError, "kernel_size must be at least 1"),
        (lambda: shapes.receptive_field([3]), ValueError, r"layers\[0\] must be"),
        (lambda: shapes.receptive_field([(3, 0)]), ValueError, r"layers\[0\]\[1\] must be at least 1"),
        (lambda: shapes.receptive_field([(3, 1.5)]), TypeError, r"layers\[0\]\[1\] must be an int"),
    ],
)
def test_refusals(call, error, text):
    with pytest.raises(error, match=text):
        call()
