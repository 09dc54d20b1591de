"""Exercises of the chapter backpropagation."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _correlate(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def _framed(grad_output, kernel):
    rows, columns = kernel.shape
    return np.pad(grad_output, ((rows - 1, rows - 1), (columns - 1, columns - 1)))


def _without_frame(full, padding):
    return full[padding : full.shape[0] - padding, padding : full.shape[1] - padding]


def _relu_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    small = np.array([[5.0, -6.0], [-7.0, 8.0]]), np.array([[1.0, 2.0], [-1.0, 0.0]])
    shapes = (7,), (2, 3, 4)
    return [Case(small), *(Case((rng.normal(size=shape), rng.normal(size=shape))) for shape in shapes)]


@exercise(
    "backpropagation.relu",
    "Through a ReLU",
    """
    A ReLU has taken `x` and the gradient `grad_output` of its result comes back. Write
    `relu_backward(grad_output, x)`: the gradient of `x`. At exactly 0 the slope is taken as 0, as in
    PyTorch.
    """,
    cases=_relu_cases,
)
def relu_backward(grad_output, x):
    """Gradient of the input of a ReLU."""
    return np.where(x > 0, grad_output, 0)


relu_backward.mistake(
    "The mask comes from the input, not from the gradient: a negative gradient may pass.",
    lambda grad_output, x: np.where(grad_output > 0, grad_output, 0),
)
relu_backward.mistake(
    "A negative gradient passes too, wherever the input was above 0.",
    lambda grad_output, x: np.where((x > 0) & (grad_output > 0), grad_output, 0),
)
relu_backward.mistake(
    "Where it passes, the gradient is multiplied by 1, not by the input.",
    lambda grad_output, x: grad_output * np.maximum(x, 0),
)
relu_backward.mistake(
    "At an input of exactly 0, nothing passes.", lambda grad_output, x: np.where(x >= 0, grad_output, 0)
)
relu_backward.mistake(
    "That is the slope. Multiply it by the gradient that comes back.",
    lambda grad_output, x: (x > 0).astype(float),
)


def _twice_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    square = (
        np.array([[1.0, 2.0], [0.0, -1.0]]),
        np.array([[1.0, 0.0], [3.0, 1.0]]),
        np.array([[1.0, -1.0], [2.0, 0.0]]),
    )
    cases = [Case(square)]
    for n, inputs, units in ((4, 4, 4), (5, 3, 2), (1, 2, 6)):
        grad_output, x = rng.normal(size=(2, n, inputs))
        cases.append(Case((grad_output, x, rng.normal(size=(units, inputs)))))
    return cases


@exercise(
    "backpropagation.used_twice",
    "One weight, used twice",
    """
    A network squeezes `x`, of shape (N, inputs), to `x @ weight.T` and unfolds that again with the same
    numbers: the result is `x @ weight.T @ weight`. `weight` has shape (units, inputs). Write
    `used_twice_backward(grad_output, x, weight)`: the gradient of `x` and that of `weight`. `grad_output`
    has the shape of the result, which is that of `x`.
    """,
    cases=_twice_cases,
    exact_shape=True,
)
def used_twice_backward(grad_output, x, weight):
    """Gradients of x and of weight, behind x @ weight.T @ weight."""
    grad_squeezed = grad_output @ weight.T
    unfolding = (x @ weight.T).T @ grad_output
    squeezing = grad_squeezed.T @ x
    return grad_squeezed @ weight, unfolding + squeezing


@used_twice_backward.mistake(
    "Your gradient of the weight knows only how it squeezes. It unfolds as well, and the ways add up."
)
def first_use_alone(grad_output, x, weight):
    return used_twice_backward(grad_output, x, weight)[0], (grad_output @ weight.T).T @ x


@used_twice_backward.mistake(
    "Your gradient of the weight knows only how it unfolds. It squeezes as well, and the ways add up."
)
def second_use_alone(grad_output, x, weight):
    return used_twice_backward(grad_output, x, weight)[0], (x @ weight.T).T @ grad_output


@used_twice_backward.mistake("You took the mean of the two ways. They add up.")
def mean_of_both_uses(grad_output, x, weight):
    grad_x, grad_weight = used_twice_backward(grad_output, x, weight)
    return grad_x, grad_weight / 2


used_twice_backward.mistake(
    "Your gradient of `x` is that of the squeezed numbers. One more product leads back to `x`.",
    lambda grad_output, x, weight: (grad_output @ weight.T, used_twice_backward(grad_output, x, weight)[1]),
)


@used_twice_backward.mistake(
    "Where the forward pass multiplies by `weight`, the way back multiplies by `weight.T`, and the other "
    "way round."
)
def weight_not_turned(grad_output, x, weight):
    grad_squeezed = grad_output @ weight
    return grad_squeezed @ weight.T, (x @ weight.T).T @ grad_output + grad_squeezed.T @ x


@used_twice_backward.mistake(
    "You divided by N. If the loss is a mean, its own gradient has done that already."
)
def averaged_over_the_batch(grad_output, x, weight):
    grad_x, grad_weight = used_twice_backward(grad_output, x, weight)
    return grad_x, grad_weight / len(x)


def _input_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    small = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), 0
    settings = ((3, 4), (3, 3), 1), ((4, 4), (3, 3), 0), ((5, 5), (5, 5), 2), ((2, 3), (2, 3), 0)
    cases = [Case((rng.normal(size=out), rng.normal(size=kernel), p)) for out, kernel, p in settings]
    return [Case(small), *cases]


@exercise(
    "backpropagation.conv_input",
    "Back to the pixels",
    """
    An image was framed with `padding` zeros on each side and correlated with `kernel`, stride 1. Write
    `input_gradient(grad_output, kernel, padding)`: the gradient of the image, without the frame.
    """,
    cases=_input_cases,
)
def input_gradient(grad_output, kernel, padding):
    """Gradient of an image that was framed with zeros and correlated with a kernel."""
    height, width = grad_output.shape
    rows, columns = kernel.shape
    framed = np.zeros((height + rows - 1, width + columns - 1))
    for i in range(height):
        for j in range(width):
            framed[i : i + rows, j : j + columns] += grad_output[i, j] * kernel
    return framed[padding : framed.shape[0] - padding, padding : framed.shape[1] - padding]


@input_gradient.mistake(
    "The kernel is not turned by 180 degrees. Follow the upper left pixel: which weight used it?"
)
def kernel_not_turned(grad_output, kernel, padding):
    return _without_frame(_correlate(_framed(grad_output, kernel), kernel), padding)


@input_gradient.mistake("The kernel is mirrored top to bottom only. Mirror both axes.")
def kernel_mirrored_in_rows(grad_output, kernel, padding):
    return _without_frame(_correlate(_framed(grad_output, kernel), kernel[::-1]), padding)


@input_gradient.mistake("Rows and columns of the kernel are exchanged.")
def kernel_transposed(grad_output, kernel, padding):
    return _without_frame(_correlate(_framed(grad_output, kernel), kernel[::-1, ::-1].T), padding)


input_gradient.mistake(
    "The frame has a gradient too, but nobody asks for it: cut `padding` pixels off each side.",
    lambda grad_output, kernel, padding: input_gradient(grad_output, kernel, 0),
)
input_gradient.mistake(
    "Your gradient is too small. The pixels on the border have touched outputs as well: frame `grad_output`"
    " with one zero less than the kernel is long.",
    lambda grad_output, kernel, padding: _correlate(np.pad(grad_output, padding), kernel[::-1, ::-1]),
)


@input_gradient.mistake("A pixel that has touched several outputs gets a sum. Use `+=`.")
def written_not_added(grad_output, kernel, padding):
    rows, columns = kernel.shape
    framed = np.zeros((grad_output.shape[0] + rows - 1, grad_output.shape[1] + columns - 1))
    for i, j in np.ndindex(grad_output.shape):
        framed[i : i + rows, j : j + columns] = grad_output[i, j] * kernel
    return _without_frame(framed, padding)


def _weight_cases() -> list[Case]:
    rng = np.random.default_rng(4)
    small = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    twice = np.repeat(small[0], 2, axis=0), np.repeat(small[1], 2, axis=0)
    settings = (3, 2, 2, (5, 6), (3, 3)), (2, 3, 4, (4, 4), (2, 3))
    cases = [
        Case((rng.normal(size=(n, c, *size)), rng.normal(size=(n, o, size[0] - k + 1, size[1] - m + 1))))
        for n, c, o, size, (k, m) in settings
    ]
    return [Case(small), Case(twice), *cases]


@exercise(
    "backpropagation.conv_weight",
    "Back to the weights",
    """
    A convolution (stride 1, no padding) has turned `x` of shape (N, C, H, W) into an output whose
    gradient `grad_output` has shape (N, O, H', W'). Write `weight_gradient(x, grad_output)`: the gradient
    of the weights, of shape (O, C, KH, KW). The size of the kernel follows from the other two.
    """,
    cases=_weight_cases,
    exact_shape=True,
)
def weight_gradient(x, grad_output):
    """Gradient of the weights (O, C, KH, KW) of a convolution of stride 1, without padding."""
    height, width = grad_output.shape[2:]
    rows, columns = x.shape[2] - height + 1, x.shape[3] - width + 1
    grad = np.zeros((grad_output.shape[1], x.shape[1], rows, columns))
    for a in range(rows):
        for b in range(columns):
            under = x[:, :, a : a + height, b : b + width]
            grad[:, :, a, b] = np.einsum("nohw,nchw->oc", grad_output, under)
    return grad


weight_gradient.mistake(
    "You averaged over the batch. The images add their shares.",
    lambda x, grad_output: weight_gradient(x, grad_output) / len(x),
)


@weight_gradient.mistake(
    "You have a gradient for each image. They all used the same weights: sum over the batch."
)
def batch_axis_kept(x, grad_output):
    return np.array([weight_gradient(x[n : n + 1], grad_output[n : n + 1]) for n in range(len(x))])


weight_gradient.mistake(
    "Your gradient is turned by 180 degrees. Nothing is flipped here: slide the gradient over `x`.",
    lambda x, grad_output: weight_gradient(x, grad_output)[:, :, ::-1, ::-1],
)
weight_gradient.mistake(
    "Input and output channels are exchanged.",
    lambda x, grad_output: weight_gradient(x, grad_output).swapaxes(0, 1),
)


@weight_gradient.mistake("You summed over the input channels. Each weight belongs to one of them.")
def each_channel_with_itself(x, grad_output):
    return np.repeat(weight_gradient(x.sum(axis=1, keepdims=True), grad_output), x.shape[1], axis=1)
