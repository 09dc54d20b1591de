"""The reference solutions of the chapter against PyTorch's autograd, and other right answers."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse import ops
from cnncourse.chapters.backpropagation import exercises as answers
from cnncourse.chapters.backpropagation import more_exercises as more
from cnncourse.course import check

F = torch.nn.functional
SEED = st.integers(0, 99)


def leaf(array):
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def back(output, rng):
    """Send a random gradient back and return it as an array."""
    gradient = rng.normal(size=tuple(output.shape))
    output.backward(torch.from_numpy(gradient))
    return gradient


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), SEED)
def test_relu_and_a_weight_used_twice(samples, inputs, units, seed):
    rng = np.random.default_rng(seed)
    x, weight = leaf(rng.normal(size=(samples, inputs))), leaf(rng.normal(size=(units, inputs)))
    gradient = back(F.linear(F.linear(x, weight), weight.T), rng)
    found = answers.used_twice_backward(gradient, x.detach().numpy(), weight.detach().numpy())
    for part, tensor in zip(found, (x, weight), strict=True):
        np.testing.assert_allclose(part, tensor.grad.numpy(), atol=1e-12)
    z = leaf(np.append(rng.normal(size=5), 0.0))
    gradient = back(F.relu(z), rng)
    np.testing.assert_array_equal(answers.relu_backward(gradient, z.detach().numpy()), z.grad.numpy())


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2), st.integers(1, 3), SEED)
def test_convolution_of_one_channel(rows, columns, padding, stride, seed):
    rng = np.random.default_rng(seed)
    image, kernel = leaf(rng.normal(size=(1, 1, 6, 7))), leaf(rng.normal(size=(1, 1, rows, columns)))
    gradient = back(F.conv2d(image, kernel, padding=padding), rng)[0, 0]
    found = answers.input_gradient(gradient, kernel.detach().numpy()[0, 0], padding)
    np.testing.assert_allclose(found, image.grad[0, 0].numpy(), atol=1e-12)
    image.grad = None
    gradient = back(F.conv2d(image, kernel, stride=stride), rng)[0, 0]
    found = more.strided_input_gradient(gradient, kernel.detach().numpy()[0, 0], stride, (6, 7))
    np.testing.assert_allclose(found, image.grad[0, 0].numpy(), atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), SEED)
def test_convolution_of_many_channels(samples, in_channels, out_channels, side, seed):
    rng = np.random.default_rng(seed)
    x = leaf(rng.normal(size=(samples, in_channels, 5, 4)))
    weight, bias = (
        leaf(rng.normal(size=(out_channels, in_channels, side, 2))),
        leaf(rng.normal(size=out_channels)),
    )
    gradient = back(F.conv2d(x, weight, bias), rng)
    found = answers.weight_gradient(x.detach().numpy(), gradient)
    np.testing.assert_allclose(found, weight.grad.numpy(), atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 3), max_size=3), SEED)
def test_measured_gradient(shape, seed):
    x = leaf(np.random.default_rng(seed).normal(size=shape))
    (torch.tanh(x).sum() * x.square().sum()).backward()
    found = more.measured_gradient(lambda x: np.tanh(x).sum() * (x**2).sum(), x.detach().numpy(), 1e-5)
    np.testing.assert_allclose(found, x.grad.numpy(), atol=1e-7)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3), st.integers(1, 3), st.booleans(), SEED)
def test_max_pooling(size, stride, ties, seed):
    rng = np.random.default_rng(seed)
    x = leaf(rng.integers(0, 3, (1, 1, 7, 6)) if ties else rng.normal(size=(1, 1, 7, 6)))
    gradient = back(F.max_pool2d(x, size, stride), rng)[0, 0]
    found = more.max_pool_backward(x.detach().numpy()[0, 0], gradient, size, stride)
    np.testing.assert_allclose(found, x.grad[0, 0].numpy(), atol=1e-12)


def test_other_right_answers_pass():
    def by_full_correlation(grad_output, kernel, padding):
        k, m = kernel.shape
        framed = np.pad(grad_output, ((k - 1, k - 1), (m - 1, m - 1)))
        full = ops.conv2d(framed[None], kernel[None, None, ::-1, ::-1])[0]
        return full[padding : len(full) - padding, padding : full.shape[1] - padding]

    def by_transposed_convolution(grad_output, kernel, stride, shape):
        grad = np.zeros(shape)
        reached = ops.conv_transpose2d(grad_output[None], kernel[None, None], stride=stride)[0]
        grad[: reached.shape[0], : reached.shape[1]] = reached
        return grad

    def by_swapping_axes(x, grad_output):
        return ops.conv2d(x.swapaxes(0, 1), grad_output.swapaxes(0, 1)).swapaxes(0, 1)

    def by_unit_arrays(loss, x, step):
        nudges = step * np.eye(x.size).reshape(x.size, *x.shape)
        slopes = [(loss(x + nudge) - loss(x - nudge)) / step / 2 for nudge in nudges]
        return np.reshape(slopes, x.shape)

    assert check("backpropagation.conv_input", by_full_correlation)
    assert check("backpropagation.strided", by_transposed_convolution)
    assert check("backpropagation.conv_weight", by_swapping_axes)
    assert check("backpropagation.measured", by_unit_arrays)
    assert check("backpropagation.relu", lambda grad_output, x: grad_output * (x > 0))

    def by_letters(grad_output, x, weight):
        grad_weight = np.einsum("nj,ni,ki->kj", grad_output, x, weight)
        grad_weight += np.einsum("nj,kj,ni->ki", grad_output, weight, x)
        return [grad_output @ (weight.T @ weight), grad_weight.astype(np.float32)]

    assert check("backpropagation.used_twice", by_letters)
    assert check(
        "backpropagation.max_pool",
        lambda x, grad_output, size, stride: ops.max_pool2d_backward(
            grad_output[None], x[None], size, stride
        )[0],
    )
