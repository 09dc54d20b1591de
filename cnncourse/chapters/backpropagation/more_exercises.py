"""More exercises of the chapter backpropagation: numerical gradients, strides and pooling."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _pooled_back(x, grad_output, size, stride, shares):
    grad = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(grad_output):
        place = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        grad[place] += value * shares(x[place])
    return grad


def _spread(grad_output, kernel, shape, steps):
    grad = np.zeros(shape)
    for (i, j), value in np.ndenumerate(grad_output):
        place = grad[i * steps : i * steps + kernel.shape[0], j * steps : j * steps + kernel.shape[1]]
        place += value * kernel[: place.shape[0], : place.shape[1]]
    return grad


def _cubes(x: np.ndarray) -> float:
    return float((x**3).sum())


def _waves(x: np.ndarray) -> float:
    """Entries that work together: the slope along one depends on the others."""
    return float(np.sin(x).sum() ** 2 + x.max() * x.mean())


def _measuring_cases() -> list[Case]:
    rng = np.random.default_rng(5)
    small = _cubes, np.array([1.0, -2.0, 0.5]), 0.5
    cases = [
        Case((_waves, rng.normal(size=shape), step)) for shape, step in (((2, 3), 0.01), ((1, 2, 2, 2), 0.3))
    ]
    return [Case(small), *cases]


@exercise(
    "backpropagation.measured",
    "Measure a gradient",
    """
    `loss` is a function that takes an array and returns one number. Nobody knows its formula. Write
    `measured_gradient(loss, x, step)`: the gradient at `x`, an array of any shape, measured with a step
    up and a step down for each entry. Use the `step` that is given, however large.
    """,
    cases=_measuring_cases,
    exact_shape=True,
)
def measured_gradient(loss, x, step):
    """Gradient of loss(x), measured with two calls for each entry of x."""
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += step
        down[place] -= step
        gradient[place] = (loss(up) - loss(down)) / (2 * step)
    return gradient


@measured_gradient.mistake(
    "You step to one side. Where the curve bends, that is off by much more: go up and down from `x`."
)
def measured_upwards_only(loss, x, step):
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up = x.copy()
        up[place] += step
        gradient[place] = (loss(up) - loss(x)) / step
    return gradient


measured_gradient.mistake(
    "Between the upper and the lower point lie two steps.",
    lambda loss, x, step: 2 * measured_gradient(loss, x, step),
)
measured_gradient.mistake(
    "You moved all entries together, which tells only how they work as one. Move one at a time.",
    lambda loss, x, step: np.full(x.shape, (loss(x + step) - loss(x - step)) / (2 * step)),
)


@measured_gradient.mistake(
    "An entry that was moved has not been put back before the next one moves. Begin with `x` each time."
)
def measured_while_walking(loss, x, step):
    gradient, up, down = np.zeros(x.shape), x.copy(), x.copy()
    for place in np.ndindex(x.shape):
        up[place] += step
        down[place] -= step
        gradient[place] = (loss(up) - loss(down)) / (2 * step)
    return gradient


measured_gradient.mistake(
    "You took a step of your own. With `step` the numbers differ a little, and those are asked for.",
    lambda loss, x, step: measured_gradient(loss, x, 1e-5),
)
measured_gradient.mistake(
    "The signs are turned: the upper loss minus the lower one.",
    lambda loss, x, step: -measured_gradient(loss, x, step),
)


def _strided_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    small = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 10.0], [100.0, 1000.0]]), 2, (4, 4)
    settings = ((2, 3), (3, 3), 2, (5, 7)), ((2, 2), (3, 3), 2, (6, 6)), ((3, 2), (2, 3), 3, (8, 7))
    cases = [Case((rng.normal(size=out), rng.normal(size=k), s, shape)) for out, k, s, shape in settings]
    return [Case(small), *cases]


@exercise(
    "backpropagation.strided",
    "Back through a stride",
    """
    An image of the given `shape` was correlated with `kernel` in steps of `stride`, without padding.
    Write `strided_input_gradient(grad_output, kernel, stride, shape)`: the gradient of the image.
    """,
    cases=_strided_cases,
    exact_shape=True,
)
def strided_input_gradient(grad_output, kernel, stride, shape):
    """Gradient of an image of this shape, correlated in steps of `stride`."""
    rows, columns = kernel.shape
    grad = np.zeros(shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            top, left = i * stride, j * stride
            grad[top : top + rows, left : left + columns] += grad_output[i, j] * kernel
    return grad


strided_input_gradient.mistake(
    "The stride is not used. Neighbouring outputs looked at windows that begin `stride` apart.",
    lambda grad_output, kernel, stride, shape: _spread(grad_output, kernel, shape, 1),
)


@strided_input_gradient.mistake(
    "If you stamp the kernel, stamp it as it is. It is turned only where a pixel collects."
)
def turned_stamp(grad_output, kernel, stride, shape):
    return strided_input_gradient(grad_output, kernel[::-1, ::-1], stride, shape)


@strided_input_gradient.mistake("Where stamps overlap, they add up. Use `+=`.")
def stamps_written_over(grad_output, kernel, stride, shape):
    grad = np.zeros(shape)
    for (i, j), value in np.ndenumerate(grad_output):
        top, left = i * stride, j * stride
        grad[top : top + kernel.shape[0], left : left + kernel.shape[1]] = value * kernel
    return grad


@strided_input_gradient.mistake(
    "The image may end with rows that no window has reached. Their gradient is 0, but they are there."
)
def last_rows_forgotten(grad_output, kernel, stride, shape):
    reached = [(n - 1) * stride + k for n, k in zip(grad_output.shape, kernel.shape)]
    return strided_input_gradient(grad_output, kernel, stride, reached)


@strided_input_gradient.mistake(
    "You repeated each gradient. Put zeros between them instead: the windows in between did not exist."
)
def repeated_instead_of_spread(grad_output, kernel, stride, shape):
    blocks = np.kron(grad_output, np.ones((stride, stride)))
    grad = _spread(blocks, kernel, [n + k for n, k in zip(blocks.shape, kernel.shape)], 1)
    fitted = np.zeros(shape)
    height, width = (min(a, b) for a, b in zip(shape, grad.shape))
    fitted[:height, :width] = grad[:height, :width]
    return fitted


def _pool_cases() -> list[Case]:
    rng = np.random.default_rng(7)
    tied = np.array([[1.0, 3.0, 0.0, 0.0], [3.0, 2.0, 0.0, 0.0]]), np.array([[6.0, 4.0]]), 2, 2
    overlapping = rng.normal(size=(5, 5)), rng.normal(size=(2, 2)), 3, 2
    dense = rng.permutation(16).reshape(4, 4).astype(float), rng.normal(size=(3, 3)), 2, 1
    return [Case(tied), Case(overlapping), Case(dense)]


@exercise(
    "backpropagation.max_pool",
    "Back through overlapping windows",
    """
    Write `max_pool_backward(x, grad_output, size, stride)` for max pooling with windows of `size` ×
    `size` in steps of `stride`, which may overlap. If a window has several largest pixels, the first in
    reading order gets everything, as in PyTorch.
    """,
    cases=_pool_cases,
)
def max_pool_backward(x, grad_output, size, stride):
    """Gradient of an image under max pooling; the first largest pixel of a window gets all."""
    grad = np.zeros(x.shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            top, left = i * stride, j * stride
            window = x[top : top + size, left : left + size]
            row, column = np.unravel_index(window.argmax(), window.shape)
            grad[top + row, left + column] += grad_output[i, j]
    return grad


@max_pool_backward.mistake("You shared the gradient between equal pixels. The first gets all.")
def shared_between_ties(x, grad_output, size, stride):
    return _pooled_back(
        x, grad_output, size, stride, lambda window: (window == window.max()) / (window == window.max()).sum()
    )


@max_pool_backward.mistake(
    "Each of the equal pixels got the whole gradient. Together they have more than came back."
)
def all_ties_get_everything(x, grad_output, size, stride):
    return _pooled_back(x, grad_output, size, stride, lambda window: (window == window.max()) * 1.0)


@max_pool_backward.mistake("You gave it to the last of the equal pixels.")
def last_of_the_ties(x, grad_output, size, stride):
    def last(window):
        share = np.zeros(window.size)
        share[window.size - 1 - window.ravel()[::-1].argmax()] = 1
        return share.reshape(window.shape)

    return _pooled_back(x, grad_output, size, stride, last)


@max_pool_backward.mistake("A pixel may be the largest of several windows. Then it gets a sum: `+=`.")
def windows_overwrite_each_other(x, grad_output, size, stride):
    grad = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(grad_output):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        row, column = np.unravel_index(window.argmax(), window.shape)
        grad[i * stride + row, j * stride + column] = value
    return grad


@max_pool_backward.mistake("The stride is not used: your windows always lie side by side.")
def windows_side_by_side(x, grad_output, size, stride):
    grad = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(grad_output):
        window = x[i * size : i * size + size, j * size : j * size + size]
        if window.size:
            row, column = np.unravel_index(window.argmax(), window.shape)
            grad[i * size + row, j * size + column] += value
    return grad
