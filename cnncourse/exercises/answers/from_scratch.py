"""Answers to the exercises of chapter 08_a_cnn_from_scratch: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def flatten(maps):
    """One row of numbers for each picture: (N, C, H, W) to (N, C·H·W)."""
    return maps.reshape(len(maps), -1)


def network_parameters(side, kernel_size, filters_1, filters_2, hidden):
    """Weights and biases of a small CNN for grey pictures and ten classes."""
    first = filters_1 * (kernel_size**2 + 1)
    second = filters_2 * (filters_1 * kernel_size**2 + 1)
    for _ in range(2):
        side = (side - kernel_size + 1) // 2
    dense = hidden * (filters_2 * side**2 + 1)
    return first + second + dense + 10 * (hidden + 1)


def small_cnn(image, kernels, weight, bias):
    """Scores of convolution, ReLU, 2 × 2 max pooling, flatten and dense layer."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[1:])
    maps = np.maximum(np.einsum("ijab,mab->mij", windows, kernels), 0)
    m, height, width = maps.shape
    pooled = maps.reshape(m, height // 2, 2, width // 2, 2).max(axis=(2, 4))
    return weight @ pooled.reshape(-1) + bias


def training_step(x, labels, weight, velocity, lr, momentum):
    """Weight and velocity of a linear layer after one step on one batch."""
    scores = x @ weight.T
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(x)), labels] -= 1
    gradient = error.T @ x / len(x)
    velocity = momentum * velocity + gradient
    return weight - lr * velocity, velocity


def he_std(shape):
    """Standard deviation of He's starting weights for a weight of this shape."""
    return (2 / np.prod(shape[1:])) ** 0.5


def batch_sizes(count, batch_size):
    """How many pictures each batch of one epoch holds, in order."""
    return [min(batch_size, count - start) for start in range(0, count, batch_size)]


def reorder_dense(weight, channels, height, width):
    """Move the columns of a dense layer from the order (H, W, C) to (C, H, W)."""
    units = len(weight)
    places = weight.reshape(units, height, width, channels)
    return places.transpose(0, 3, 1, 2).reshape(units, -1)


def worst_mistake(logits, labels):
    """Position of the wrong answer that was given with the highest probability."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability = powers / powers.sum(axis=1, keepdims=True)
    sure = probability.max(axis=1)
    sure[probability.argmax(axis=1) == labels] = 0
    return int(sure.argmax())


# Wrong answers


def flattened_batch(maps):
    return maps.reshape(-1)


def flattened_channels_last(maps):
    return maps.transpose(0, 2, 3, 1).reshape(len(maps), -1)


def flattened_by_columns(maps):
    return maps.transpose(0, 1, 3, 2).reshape(len(maps), -1)


def a_row_for_each_map(maps):
    return maps.reshape(len(maps) * maps.shape[1], -1)


def pictures_as_columns(maps):
    return flatten(maps).T


def no_biases(side, kernel_size, filters_1, filters_2, hidden):
    biases = filters_1 + filters_2 + hidden + 10
    return network_parameters(side, kernel_size, filters_1, filters_2, hidden) - biases


def _with_last_side(last, kernel_size, filters_1, filters_2, hidden):
    """The parameters of the network when its last maps have this side."""
    convolutions = filters_1 * (kernel_size**2 + 1) + filters_2 * (filters_1 * kernel_size**2 + 1)
    return convolutions + hidden * (filters_2 * last**2 + 1) + 10 * (hidden + 1)


def no_pooling(side, kernel_size, *rest):
    return _with_last_side(side - 2 * (kernel_size - 1), kernel_size, *rest)


def as_if_padded(side, kernel_size, *rest):
    return _with_last_side(side // 2 // 2, kernel_size, *rest)


def second_layer_sees_one_channel(side, kernel_size, filters_1, filters_2, hidden):
    surplus = filters_2 * (filters_1 - 1) * kernel_size**2
    return network_parameters(side, kernel_size, filters_1, filters_2, hidden) - surplus


def dense_layer_sees_one_map(side, kernel_size, filters_1, filters_2, hidden):
    for _ in range(2):
        side = (side - kernel_size + 1) // 2
    convolutions = filters_1 * (kernel_size**2 + 1) + filters_2 * (filters_1 * kernel_size**2 + 1)
    return convolutions + hidden * (side**2 + 1) + 10 * (hidden + 1)


def _pooled_maps(image, kernels, relu=True, reduce=np.max):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[1:])
    maps = np.einsum("ijab,mab->mij", windows, kernels)
    if relu:
        maps = np.maximum(maps, 0)
    m, height, width = maps.shape
    return reduce(maps.reshape(m, height // 2, 2, width // 2, 2), axis=(2, 4))


def no_relu(image, kernels, weight, bias):
    return weight @ _pooled_maps(image, kernels, relu=False).reshape(-1) + bias


def mean_pooling(image, kernels, weight, bias):
    return weight @ _pooled_maps(image, kernels, reduce=np.mean).reshape(-1) + bias


def flipped_kernels(image, kernels, weight, bias):
    return small_cnn(image, kernels[:, ::-1, ::-1], weight, bias)


def scores_channels_last(image, kernels, weight, bias):
    return weight @ _pooled_maps(image, kernels).transpose(1, 2, 0).reshape(-1) + bias


def scores_without_bias(image, kernels, weight, bias):
    return weight @ _pooled_maps(image, kernels).reshape(-1)


def relu_on_the_scores(image, kernels, weight, bias):
    return np.maximum(small_cnn(image, kernels, weight, bias), 0)


def _gradient(x, labels, weight):
    """Mean gradient of the cross-entropy with respect to the weight."""
    return training_step(x, labels, weight, np.zeros_like(weight), 1.0, 0.0)[1]


def summed_gradient(x, labels, weight, velocity, lr, momentum):
    velocity = momentum * velocity + _gradient(x, labels, weight) * len(x)
    return weight - lr * velocity, velocity


def uphill(x, labels, weight, velocity, lr, momentum):
    velocity = momentum * velocity + _gradient(x, labels, weight)
    return weight + lr * velocity, velocity


def step_without_momentum(x, labels, weight, velocity, lr, momentum):
    gradient = _gradient(x, labels, weight)
    return weight - lr * gradient, momentum * velocity + gradient


def step_with_the_old_velocity(x, labels, weight, velocity, lr, momentum):
    return weight - lr * velocity, momentum * velocity + _gradient(x, labels, weight)


def rate_inside_the_velocity(x, labels, weight, velocity, lr, momentum):
    velocity = momentum * velocity - lr * _gradient(x, labels, weight)
    return weight + velocity, velocity


def labels_never_used(x, labels, weight, velocity, lr, momentum):
    scores = x @ weight.T
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    gradient = (powers / powers.sum(axis=1, keepdims=True)).T @ x / len(x)
    velocity = momentum * velocity + gradient
    return weight - lr * velocity, velocity


def last_batch_dropped(count, batch_size):
    return [batch_size] * (count // batch_size)


def last_batch_filled_up(count, batch_size):
    return [batch_size] * -(-count // batch_size)


def shared_out_evenly(count, batch_size):
    return [len(part) for part in np.array_split(np.arange(count), -(-count // batch_size))]


def number_of_batches(count, batch_size):
    return -(-count // batch_size)


def wrong_direction(weight, channels, height, width):
    units = len(weight)
    return weight.reshape(units, channels, height, width).transpose(0, 2, 3, 1).reshape(units, -1)


def reshaped_only(weight, channels, height, width):
    return weight.reshape(len(weight), channels, height, width).reshape(len(weight), -1)


def rows_and_columns_exchanged(weight, channels, height, width):
    units = len(weight)
    return weight.reshape(units, height, width, channels).transpose(0, 3, 2, 1).reshape(units, -1)


def four_axes_left(weight, channels, height, width):
    return weight.reshape(len(weight), height, width, channels).transpose(0, 3, 1, 2)


def highest_score(logits, labels):
    best = logits.max(axis=1)
    return int(np.where(logits.argmax(axis=1) == labels, -np.inf, best).argmax())


def surest_of_all(logits, labels):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return int((powers / powers.sum(axis=1, keepdims=True)).max(axis=1).argmax())


def least_likely_truth(logits, labels):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability = powers / powers.sum(axis=1, keepdims=True)
    return int(probability[np.arange(len(labels)), labels].argmin())


def its_class(logits, labels):
    return int(logits[worst_mistake(logits, labels)].argmax())
