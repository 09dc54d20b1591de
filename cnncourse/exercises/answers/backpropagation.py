"""Answers to the exercises of chapter 09_backpropagation: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def relu_backward(grad_output, x):
    """Gradient of the input of a ReLU."""
    return np.where(x > 0, grad_output, 0)


def used_twice_backward(grad_output, x, weight):
    """Gradients of x and of weight, behind x @ weight.T @ weight."""
    grad_squeezed = grad_output @ weight.T
    unfolding = (x @ weight.T).T @ grad_output
    squeezing = grad_squeezed.T @ x
    return grad_squeezed @ weight, unfolding + squeezing


def input_gradient(grad_output, kernel, padding):
    """Gradient of an image that was framed with zeros and correlated with a kernel."""
    height, width = grad_output.shape
    rows, columns = kernel.shape
    framed = np.zeros((height + rows - 1, width + columns - 1))
    for i in range(height):
        for j in range(width):
            framed[i : i + rows, j : j + columns] += grad_output[i, j] * kernel
    return framed[padding : framed.shape[0] - padding, padding : framed.shape[1] - padding]


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


def measured_gradient(loss, x, step):
    """Gradient of loss(x), measured with two calls for each entry of x."""
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += step
        down[place] -= step
        gradient[place] = (loss(up) - loss(down)) / (2 * step)
    return gradient


def strided_input_gradient(grad_output, kernel, stride, shape):
    """Gradient of an image of this shape, correlated in steps of `stride`."""
    rows, columns = kernel.shape
    grad = np.zeros(shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            top, left = i * stride, j * stride
            grad[top : top + rows, left : left + columns] += grad_output[i, j] * kernel
    return grad


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


# Wrong answers


def mask_from_the_gradient(grad_output, x):
    return np.where(grad_output > 0, grad_output, 0)


def both_must_be_positive(grad_output, x):
    return np.where((x > 0) & (grad_output > 0), grad_output, 0)


def times_the_input(grad_output, x):
    return grad_output * np.maximum(x, 0)


def passed_at_zero(grad_output, x):
    return np.where(x >= 0, grad_output, 0)


def slope_alone(grad_output, x):
    return (x > 0).astype(float)


def first_use_alone(grad_output, x, weight):
    return used_twice_backward(grad_output, x, weight)[0], (grad_output @ weight.T).T @ x


def second_use_alone(grad_output, x, weight):
    return used_twice_backward(grad_output, x, weight)[0], (x @ weight.T).T @ grad_output


def mean_of_both_uses(grad_output, x, weight):
    grad_x, grad_weight = used_twice_backward(grad_output, x, weight)
    return grad_x, grad_weight / 2


def stopped_halfway(grad_output, x, weight):
    return grad_output @ weight.T, used_twice_backward(grad_output, x, weight)[1]


def weight_not_turned(grad_output, x, weight):
    grad_squeezed = grad_output @ weight
    return grad_squeezed @ weight.T, (x @ weight.T).T @ grad_output + grad_squeezed.T @ x


def averaged_over_the_batch(grad_output, x, weight):
    grad_x, grad_weight = used_twice_backward(grad_output, x, weight)
    return grad_x, grad_weight / len(x)


def _correlate(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def _framed(grad_output, kernel):
    rows, columns = kernel.shape
    return np.pad(grad_output, ((rows - 1, rows - 1), (columns - 1, columns - 1)))


def _without_frame(full, padding):
    return full[padding : full.shape[0] - padding, padding : full.shape[1] - padding]


def kernel_not_turned(grad_output, kernel, padding):
    return _without_frame(_correlate(_framed(grad_output, kernel), kernel), padding)


def kernel_mirrored_in_rows(grad_output, kernel, padding):
    return _without_frame(_correlate(_framed(grad_output, kernel), kernel[::-1]), padding)


def kernel_transposed(grad_output, kernel, padding):
    return _without_frame(_correlate(_framed(grad_output, kernel), kernel[::-1, ::-1].T), padding)


def frame_left_on(grad_output, kernel, padding):
    return input_gradient(grad_output, kernel, 0)


def valid_instead_of_full(grad_output, kernel, padding):
    return _correlate(np.pad(grad_output, padding), kernel[::-1, ::-1])


def written_not_added(grad_output, kernel, padding):
    rows, columns = kernel.shape
    framed = np.zeros((grad_output.shape[0] + rows - 1, grad_output.shape[1] + columns - 1))
    for i, j in np.ndindex(grad_output.shape):
        framed[i : i + rows, j : j + columns] = grad_output[i, j] * kernel
    return _without_frame(framed, padding)


def averaged_weight_gradient(x, grad_output):
    return weight_gradient(x, grad_output) / len(x)


def batch_axis_kept(x, grad_output):
    return np.array([weight_gradient(x[n : n + 1], grad_output[n : n + 1]) for n in range(len(x))])


def turned_weight_gradient(x, grad_output):
    return weight_gradient(x, grad_output)[:, :, ::-1, ::-1]


def channels_exchanged(x, grad_output):
    return weight_gradient(x, grad_output).swapaxes(0, 1)


def each_channel_with_itself(x, grad_output):
    return np.repeat(weight_gradient(x.sum(axis=1, keepdims=True), grad_output), x.shape[1], axis=1)


def measured_upwards_only(loss, x, step):
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up = x.copy()
        up[place] += step
        gradient[place] = (loss(up) - loss(x)) / step
    return gradient


def measured_over_one_step(loss, x, step):
    return 2 * measured_gradient(loss, x, step)


def measured_all_at_once(loss, x, step):
    return np.full(x.shape, (loss(x + step) - loss(x - step)) / (2 * step))


def measured_while_walking(loss, x, step):
    gradient, up, down = np.zeros(x.shape), x.copy(), x.copy()
    for place in np.ndindex(x.shape):
        up[place] += step
        down[place] -= step
        gradient[place] = (loss(up) - loss(down)) / (2 * step)
    return gradient


def measured_with_a_step_of_its_own(loss, x, step):
    return measured_gradient(loss, x, 1e-5)


def measured_downwards(loss, x, step):
    return -measured_gradient(loss, x, step)


def _spread(grad_output, kernel, shape, steps):
    grad = np.zeros(shape)
    for (i, j), value in np.ndenumerate(grad_output):
        place = grad[i * steps : i * steps + kernel.shape[0], j * steps : j * steps + kernel.shape[1]]
        place += value * kernel[: place.shape[0], : place.shape[1]]
    return grad


def stride_forgotten(grad_output, kernel, stride, shape):
    return _spread(grad_output, kernel, shape, 1)


def turned_stamp(grad_output, kernel, stride, shape):
    return strided_input_gradient(grad_output, kernel[::-1, ::-1], stride, shape)


def stamps_written_over(grad_output, kernel, stride, shape):
    grad = np.zeros(shape)
    for (i, j), value in np.ndenumerate(grad_output):
        top, left = i * stride, j * stride
        grad[top : top + kernel.shape[0], left : left + kernel.shape[1]] = value * kernel
    return grad


def last_rows_forgotten(grad_output, kernel, stride, shape):
    reached = [(n - 1) * stride + k for n, k in zip(grad_output.shape, kernel.shape)]
    return strided_input_gradient(grad_output, kernel, stride, reached)


def repeated_instead_of_spread(grad_output, kernel, stride, shape):
    blocks = np.kron(grad_output, np.ones((stride, stride)))
    grad = _spread(blocks, kernel, [n + k for n, k in zip(blocks.shape, kernel.shape)], 1)
    fitted = np.zeros(shape)
    height, width = (min(a, b) for a, b in zip(shape, grad.shape))
    fitted[:height, :width] = grad[:height, :width]
    return fitted


def _pooled_back(x, grad_output, size, stride, shares):
    grad = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(grad_output):
        place = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        grad[place] += value * shares(x[place])
    return grad


def shared_between_ties(x, grad_output, size, stride):
    return _pooled_back(
        x, grad_output, size, stride, lambda window: (window == window.max()) / (window == window.max()).sum()
    )


def all_ties_get_everything(x, grad_output, size, stride):
    return _pooled_back(x, grad_output, size, stride, lambda window: (window == window.max()) * 1.0)


def last_of_the_ties(x, grad_output, size, stride):
    def last(window):
        share = np.zeros(window.size)
        share[window.size - 1 - window.ravel()[::-1].argmax()] = 1
        return share.reshape(window.shape)

    return _pooled_back(x, grad_output, size, stride, last)


def windows_overwrite_each_other(x, grad_output, size, stride):
    grad = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(grad_output):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        row, column = np.unravel_index(window.argmax(), window.shape)
        grad[i * stride + row, j * stride + column] = value
    return grad


def windows_side_by_side(x, grad_output, size, stride):
    grad = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(grad_output):
        window = x[i * size : i * size + size, j * size : j * size + size]
        if window.size:
            row, column = np.unravel_index(window.argmax(), window.shape)
            grad[i * size + row, j * size + column] += value
    return grad
