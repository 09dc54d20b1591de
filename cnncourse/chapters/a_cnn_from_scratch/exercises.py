"""Exercises of the chapter a_cnn_from_scratch."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _with_last_side(last, kernel_size, filters_1, filters_2, hidden):
    """The parameters of the network when its last maps have this side."""
    convolutions = filters_1 * (kernel_size**2 + 1) + filters_2 * (filters_1 * kernel_size**2 + 1)
    return convolutions + hidden * (filters_2 * last**2 + 1) + 10 * (hidden + 1)


def _pooled_maps(image, kernels, relu=True, reduce=np.max):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[1:])
    maps = np.einsum("ijab,mab->mij", windows, kernels)
    if relu:
        maps = np.maximum(maps, 0)
    m, height, width = maps.shape
    return reduce(maps.reshape(m, height // 2, 2, width // 2, 2), axis=(2, 4))


def _gradient(x, labels, weight):
    """Mean gradient of the cross-entropy with respect to the weight."""
    return training_step(x, labels, weight, np.zeros_like(weight), 1.0, 0.0)[1]


def _map_cases() -> list[Case]:
    shapes = (2, 3, 2, 2), (1, 2, 3, 4), (4, 1, 2, 5), (3, 16, 5, 5)
    return [Case((np.arange(np.prod(shape), dtype=float).reshape(shape),)) for shape in shapes]


@exercise(
    "scratch.flatten",
    "From maps to a row",
    """
    Write `flatten(maps)` for the maps of a whole batch, shape (N, C, H, W): one row of numbers for each
    picture, in the order that PyTorch has. It must work for a batch of one picture, too.
    """,
    cases=_map_cases,
    exact_shape=True,
)
def flatten(maps):
    """One row of numbers for each picture: (N, C, H, W) to (N, C·H·W)."""
    return maps.reshape(len(maps), -1)


flatten.mistake(
    "The batch is gone: all pictures stand in one row. The first axis must stay.",
    lambda maps: maps.reshape(-1),
)
flatten.mistake(
    "The maps are mixed. All numbers of the first map come first, then those of the second.",
    lambda maps: maps.transpose(0, 2, 3, 1).reshape(len(maps), -1),
)
flatten.mistake(
    "Within a map you go down the columns. Go along the rows, as you read a page.",
    lambda maps: maps.transpose(0, 1, 3, 2).reshape(len(maps), -1),
)
flatten.mistake(
    "Each map has a row of its own. All maps of a picture share one.",
    lambda maps: maps.reshape(len(maps) * maps.shape[1], -1),
)
flatten.mistake("Your pictures are columns. The batch is the first axis.", lambda maps: flatten(maps).T)


def _network_cases() -> list[Case]:
    sizes = (28, 5, 6, 16, 120), (28, 5, 20, 50, 500), (32, 3, 8, 8, 64), (29, 4, 2, 3, 5), (16, 2, 1, 1, 7)
    return [Case(args) for args in sizes]


@exercise(
    "scratch.network_parameters",
    "Count a whole network",
    """
    Grey pictures of `side` × `side` pixels go through two blocks. Each is a convolution without padding,
    with kernels of `kernel_size` × `kernel_size`, a ReLU and 2 × 2 pooling. The first has `filters_1`
    filters and the second `filters_2`. A dense layer of `hidden` units follows, then one of 10. Write
    `network_parameters(side, kernel_size, filters_1, filters_2, hidden)`: the number of all weights and
    biases. Pooling rounds down.
    """,
    cases=_network_cases,
    whole=True,
)
def network_parameters(side, kernel_size, filters_1, filters_2, hidden):
    """Weights and biases of a small CNN for grey pictures and ten classes."""
    first = filters_1 * (kernel_size**2 + 1)
    second = filters_2 * (filters_1 * kernel_size**2 + 1)
    for _ in range(2):
        side = (side - kernel_size + 1) // 2
    dense = hidden * (filters_2 * side**2 + 1)
    return first + second + dense + 10 * (hidden + 1)


@network_parameters.mistake("The biases are missing: one for each filter and for each unit.")
def no_biases(side, kernel_size, filters_1, filters_2, hidden):
    biases = filters_1 + filters_2 + hidden + 10
    return network_parameters(side, kernel_size, filters_1, filters_2, hidden) - biases


network_parameters.mistake(
    "The maps are not pooled. Each block halves their side after the convolution.",
    lambda side, kernel_size, *rest: _with_last_side(side - 2 * (kernel_size - 1), kernel_size, *rest),
)
network_parameters.mistake(
    "There is no padding, so each convolution makes the side smaller by `kernel_size - 1`.",
    lambda side, kernel_size, *rest: _with_last_side(side // 2 // 2, kernel_size, *rest),
)


@network_parameters.mistake("A filter of the second convolution has a kernel for each map of the first.")
def second_layer_sees_one_channel(side, kernel_size, filters_1, filters_2, hidden):
    surplus = filters_2 * (filters_1 - 1) * kernel_size**2
    return network_parameters(side, kernel_size, filters_1, filters_2, hidden) - surplus


@network_parameters.mistake("The dense layer sees all maps of the second block, not one.")
def dense_layer_sees_one_map(side, kernel_size, filters_1, filters_2, hidden):
    for _ in range(2):
        side = (side - kernel_size + 1) // 2
    convolutions = filters_1 * (kernel_size**2 + 1) + filters_2 * (filters_1 * kernel_size**2 + 1)
    return convolutions + hidden * (side**2 + 1) + 10 * (hidden + 1)


def _cnn_cases() -> list[Case]:
    rng = np.random.default_rng(80)
    # On a picture of ones the second kernel, of minus ones, gives only negative numbers.
    plain = np.stack([np.ones((3, 3)), -np.ones((3, 3))])
    small = np.arange(36.0).reshape(6, 6) % 5, plain, rng.normal(size=(3, 8)), np.array([1.0, -20.0, 3.0])
    cases = [Case(small)]
    for (height, width), kernel_size, maps, classes in (
        ((28, 28), 5, 4, 10),
        ((5, 9), 2, 3, 2),
        ((8, 8), 3, 1, 5),
    ):
        inputs = maps * ((height - kernel_size + 1) // 2) * ((width - kernel_size + 1) // 2)
        image, kernels = rng.normal(size=(height, width)), rng.normal(size=(maps, kernel_size, kernel_size))
        cases.append(Case((image, kernels, rng.normal(size=(classes, inputs)), rng.normal(size=classes))))
    return cases


@exercise(
    "scratch.small_cnn",
    "Forward, by hand",
    """
    A small CNN: a convolution with `kernels` of shape (M, k, k), no bias and no padding, then ReLU, 2 × 2
    max pooling, flatten, and a dense layer with `weight` of shape (classes, numbers) and `bias`. Write
    `small_cnn(image, kernels, weight, bias)`: the scores for one grey `image` of shape (H, W). All sizes
    are even where they are pooled. You may use `ops`, or NumPy alone.
    """,
    cases=_cnn_cases,
)
def small_cnn(image, kernels, weight, bias):
    """Scores of convolution, ReLU, 2 × 2 max pooling, flatten and dense layer."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[1:])
    maps = np.maximum(np.einsum("ijab,mab->mij", windows, kernels), 0)
    m, height, width = maps.shape
    pooled = maps.reshape(m, height // 2, 2, width // 2, 2).max(axis=(2, 4))
    return weight @ pooled.reshape(-1) + bias


@small_cnn.mistake("Negative numbers reach the dense layer. Where is the ReLU?")
def no_relu(image, kernels, weight, bias):
    return weight @ _pooled_maps(image, kernels, relu=False).reshape(-1) + bias


@small_cnn.mistake("You took the mean of each block. Max pooling is asked for.")
def mean_pooling(image, kernels, weight, bias):
    return weight @ _pooled_maps(image, kernels, reduce=np.mean).reshape(-1) + bias


small_cnn.mistake(
    "Your kernels are flipped. In deep learning a convolution does not turn them.",
    lambda image, kernels, weight, bias: small_cnn(image, kernels[:, ::-1, ::-1], weight, bias),
)


@small_cnn.mistake("The dense layer gets the right numbers in another order. Flatten map after map.")
def scores_channels_last(image, kernels, weight, bias):
    return weight @ _pooled_maps(image, kernels).transpose(1, 2, 0).reshape(-1) + bias


small_cnn.mistake(
    "The bias of the dense layer is missing.",
    lambda image, kernels, weight, bias: weight @ _pooled_maps(image, kernels).reshape(-1),
)
small_cnn.mistake(
    "The scores are cut off at 0. The last layer has no ReLU: scores may be negative.",
    lambda image, kernels, weight, bias: np.maximum(small_cnn(image, kernels, weight, bias), 0),
)


def _step_cases() -> list[Case]:
    rng = np.random.default_rng(81)
    cases = []
    for samples, inputs, classes, lr, momentum in (
        (2, 3, 2, 0.5, 0.9),
        (8, 5, 10, 0.1, 0.5),
        (1, 4, 3, 0.05, 0.0),
    ):
        weight, velocity = rng.normal(size=(2, classes, inputs))
        x, labels = rng.normal(size=(samples, inputs)), rng.integers(0, classes, samples)
        cases.append(Case((x, labels, weight, velocity, lr, momentum)))
    x, labels, weight, velocity, lr, momentum = cases[1].args
    return [*cases, Case((1000 * x, labels, weight, velocity, lr, momentum))]


@exercise(
    "scratch.training_step",
    "One step, without a library",
    """
    A network of one linear layer without bias: the scores are `x @ weight.T`, with `x` of shape (N,
    inputs) and `weight` of shape (classes, inputs). The loss is the mean cross-entropy over the batch.
    Write `training_step(x, labels, weight, velocity, lr, momentum)`, which returns the new weight and the
    new velocity after one step of SGD with momentum, as PyTorch does it: the velocity keeps `momentum` of
    itself and adds the gradient, and the weight moves by `lr` times the new velocity. Scores may be in
    the thousands.
    """,
    cases=_step_cases,
)
def training_step(x, labels, weight, velocity, lr, momentum):
    """Weight and velocity of a linear layer after one step on one batch."""
    scores = x @ weight.T
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(x)), labels] -= 1
    gradient = error.T @ x / len(x)
    velocity = momentum * velocity + gradient
    return weight - lr * velocity, velocity


@training_step.mistake("Your gradient is that of the sum. The loss is a mean over the batch.")
def summed_gradient(x, labels, weight, velocity, lr, momentum):
    velocity = momentum * velocity + _gradient(x, labels, weight) * len(x)
    return weight - lr * velocity, velocity


@training_step.mistake("You walk uphill: the step goes against the velocity.")
def uphill(x, labels, weight, velocity, lr, momentum):
    velocity = momentum * velocity + _gradient(x, labels, weight)
    return weight + lr * velocity, velocity


@training_step.mistake("The velocity is right, but the weight has moved by the gradient alone.")
def step_without_momentum(x, labels, weight, velocity, lr, momentum):
    gradient = _gradient(x, labels, weight)
    return weight - lr * gradient, momentum * velocity + gradient


@training_step.mistake("The weight has moved by the velocity from before. Renew the velocity first.")
def step_with_the_old_velocity(x, labels, weight, velocity, lr, momentum):
    return weight - lr * velocity, momentum * velocity + _gradient(x, labels, weight)


@training_step.mistake(
    "The weight is right. The velocity holds the learning rate and a minus sign; PyTorch's does not."
)
def rate_inside_the_velocity(x, labels, weight, velocity, lr, momentum):
    velocity = momentum * velocity - lr * _gradient(x, labels, weight)
    return weight + velocity, velocity


@training_step.mistake("The labels are not used. The gradient of the scores is p minus the truth.")
def labels_never_used(x, labels, weight, velocity, lr, momentum):
    scores = x @ weight.T
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    gradient = (powers / powers.sum(axis=1, keepdims=True)).T @ x / len(x)
    velocity = momentum * velocity + gradient
    return weight - lr * velocity, velocity


def _shape_cases() -> list[Case]:
    return [Case((shape,)) for shape in ((16, 6, 5, 5), (120, 400), (6, 1, 5, 5), (64, 3, 7, 3), (10, 84))]


@exercise(
    "scratch.he_std",
    "How large to start",
    """
    Write `he_std(shape)`: the standard deviation of He's starting weights for a layer before a ReLU.
    `shape` is the shape of the weight, (outputs, inputs) for a dense layer and (outputs, inputs, kernel
    height, kernel width) for a convolution. One function does both.
    """,
    cases=_shape_cases,
)
def he_std(shape):
    """Standard deviation of He's starting weights for a weight of this shape."""
    return (2 / np.prod(shape[1:])) ** 0.5


he_std.mistake(
    "For a convolution, each output is a sum over a whole window of every input channel.",
    lambda shape: (2 / shape[1]) ** 0.5,
)
he_std.mistake(
    "You counted the outputs. Count how many numbers one output is made of.",
    lambda shape: (2 / (shape[0] * np.prod(shape[2:]))) ** 0.5,
)
he_std.mistake(
    "The 2, which makes up for the ReLU, is missing.", lambda shape: (1 / np.prod(shape[1:])) ** 0.5
)
he_std.mistake("That is the variance. Its root is asked for.", lambda shape: 2 / np.prod(shape[1:]))
he_std.mistake(
    "You counted all weights of the layer. Count those of one output.",
    lambda shape: (2 / np.prod(shape)) ** 0.5,
)


def _dense_cases() -> list[Case]:
    sizes = (2, 3, 2, 2), (3, 2, 2, 3), (4, 16, 5, 5), (1, 5, 1, 4)
    return [
        Case((np.arange(u * c * h * w, dtype=float).reshape(u, c * h * w), c, h, w)) for u, c, h, w in sizes
    ]


@exercise(
    "scratch.reorder_dense",
    "Repair moved weights",
    """
    A dense layer was trained in a library that flattens maps with the channels last: row by row, and at
    each place all channels. Its `weight` has shape (units, height · width · channels). Write
    `reorder_dense(weight, channels, height, width)`: the weight with its columns in PyTorch's order, so
    that the layer gives the same answers behind PyTorch's flatten.
    """,
    cases=_dense_cases,
)
def reorder_dense(weight, channels, height, width):
    """Move the columns of a dense layer from the order (H, W, C) to (C, H, W)."""
    units = len(weight)
    places = weight.reshape(units, height, width, channels)
    return places.transpose(0, 3, 1, 2).reshape(units, -1)


@reorder_dense.mistake(
    "That goes the other way, from PyTorch's order to channels last. Which order do the columns have now?"
)
def wrong_direction(weight, channels, height, width):
    units = len(weight)
    return weight.reshape(units, channels, height, width).transpose(0, 2, 3, 1).reshape(units, -1)


@reorder_dense.mistake("Nothing has moved: reshaping alone keeps the order of the numbers.")
def reshaped_only(weight, channels, height, width):
    return weight.reshape(len(weight), channels, height, width).reshape(len(weight), -1)


@reorder_dense.mistake("The channels are in front, but rows and columns of the maps are exchanged.")
def rows_and_columns_exchanged(weight, channels, height, width):
    units = len(weight)
    return weight.reshape(units, height, width, channels).transpose(0, 3, 2, 1).reshape(units, -1)


@reorder_dense.mistake("The order is right. A dense layer's weight has two axes.")
def four_axes_left(weight, channels, height, width):
    return weight.reshape(len(weight), height, width, channels).transpose(0, 3, 1, 2)
