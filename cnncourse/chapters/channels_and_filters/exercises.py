"""Exercises of the chapter channels_and_filters."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _one(channel, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(channel, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def _image_cases() -> list[Case]:
    rng = np.random.default_rng(5)
    shapes = (1, 2, 3, 2), (2, 4, 4, 3), (3, 5, 7, 1)
    return [Case((rng.integers(0, 256, shape, dtype=np.uint8),)) for shape in shapes]


@exercise(
    "channels.to_channels_first",
    "From the file to the network",
    """
    Image files give uint8 arrays of shape (N, H, W, C), with values from 0 to 255. PyTorch wants floats
    of shape (N, C, H, W). Write `to_channels_first(images)` with values from 0 to 1.
    """,
    cases=_image_cases,
    exact_shape=True,
)
def to_channels_first(images):
    """Turn uint8 images (N, H, W, C) into floats (N, C, H, W) from 0 to 1."""
    return images.transpose(0, 3, 1, 2) / 255


@to_channels_first.mistake(
    "`reshape` has mixed the colours: it keeps the order of the numbers and only cuts anew. Move the axis "
    "with `transpose(0, 3, 1, 2)`."
)
def reshaped(images):
    n, height, width, channels = images.shape
    return images.reshape(n, channels, height, width) / 255


to_channels_first.mistake(
    "The values still run to 255. Divide by 255.", lambda images: images.transpose(0, 3, 1, 2).astype(float)
)
to_channels_first.mistake(
    "`//` leaves 0 and 1 only. Use `/`.", lambda images: images.transpose(0, 3, 1, 2) // 255
)
to_channels_first.mistake(
    "Rows and columns are exchanged: the pictures are mirrored. Keep H before W.",
    lambda images: images.transpose(0, 3, 2, 1) / 255,
)
to_channels_first.mistake(
    "White is 255, so that it becomes 1. You divided by 256.",
    lambda images: images.transpose(0, 3, 1, 2) / 256,
)


def _map_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    sizes = (
        ((2, 3, 3), (1, 2, 2, 2)),
        ((3, 6, 5), (4, 3, 3, 3)),
        ((1, 4, 4), (2, 1, 2, 3)),
        ((5, 3, 4), (2, 5, 1, 1)),
    )
    return [
        Case((rng.integers(0, 5, image), rng.integers(-2, 3, filters), rng.integers(1, 9, filters[0])))
        for image, filters in sizes
    ]


@exercise(
    "channels.conv2d_channels",
    "Many channels, many filters",
    """
    `image` has shape (C, H, W), `filters` has shape (M, C, KH, KW), `bias` has shape (M,). Write
    `conv2d_channels(image, filters, bias)`: each filter looks at all channels, sums everything under its
    window, and adds its bias. The result has one feature map per filter. No padding, stride 1.
    """,
    cases=_map_cases,
    exact_shape=True,
)
def conv2d_channels(image, filters, bias):
    """Image (C, H, W), filters (M, C, KH, KW) to maps (M, H', W')."""
    kernel_height, kernel_width = filters.shape[2:]
    height = image.shape[1] - kernel_height + 1
    width = image.shape[2] - kernel_width + 1
    out = np.zeros((len(filters), height, width))
    for i in range(height):
        for j in range(width):
            window = image[:, i : i + kernel_height, j : j + kernel_width]
            out[:, i, j] = (filters * window).sum(axis=(1, 2, 3)) + bias
    return out


@conv2d_channels.mistake("The channels are still apart. A filter sums over all of them: one map per filter.")
def channels_not_summed(image, filters, bias):
    maps = [[_one(channel, kernel) for channel, kernel in zip(image, one)] for one in filters]
    return np.array(maps) + bias[:, None, None, None]


@conv2d_channels.mistake("You took the mean over the channels. They are summed.")
def mean_over_channels(image, filters, bias):
    return conv2d_channels(image, filters, 0 * bias) / len(image) + bias[:, None, None]


conv2d_channels.mistake(
    "The bias is not used.", lambda image, filters, bias: conv2d_channels(image, filters, 0 * bias)
)
conv2d_channels.mistake(
    "The bias is added once per channel. It is added once, after the sum over the channels.",
    lambda image, filters, bias: conv2d_channels(image, filters, len(image) * bias),
)
conv2d_channels.mistake(
    "Only the first channel was used.",
    lambda image, filters, bias: conv2d_channels(image[:1], filters[:, :1], bias),
)
conv2d_channels.mistake(
    "The filters are flipped. PyTorch lays them on the image as they are.",
    lambda image, filters, bias: conv2d_channels(image, filters[:, :, ::-1, ::-1], bias),
)


def _pointwise_cases() -> list[Case]:
    rng = np.random.default_rng(7)
    sizes = ((2, 2, 3), (3, 2)), ((4, 5, 5), (4, 4)), ((3, 1, 6), (1, 3)), ((1, 2, 2), (2, 1))
    return [Case((rng.integers(0, 9, image), rng.integers(-3, 4, weights))) for image, weights in sizes]


@exercise(
    "channels.pointwise",
    "One by one",
    """
    A 1 × 1 convolution mixes the channels of each pixel and looks at no neighbour. Write
    `pointwise(image, weights)` for an image of shape (C, H, W) and weights of shape (M, C), with a result
    of shape (M, H, W). No loop is needed.
    """,
    cases=_pointwise_cases,
    exact_shape=True,
)
def pointwise(image, weights):
    """A 1 × 1 convolution: (C, H, W) and weights (M, C) to (M, H, W)."""
    return np.einsum("mc,chw->mhw", weights, image)


pointwise.mistake(
    "The weights are in the wrong order: row m holds the weights of output m.",
    lambda image, weights: pointwise(image, weights.reshape(weights.shape[::-1]).T),
)
pointwise.mistake(
    "You took the mean over the channels. They are summed.",
    lambda image, weights: pointwise(image, weights) / len(image),
)
pointwise.mistake(
    "The channels came out last. Their axis is the first.",
    lambda image, weights: np.moveaxis(pointwise(image, weights), 0, -1),
)
pointwise.mistake(
    "There is one map per row of the weights. You added them all up.",
    lambda image, weights: pointwise(image, weights).sum(axis=0),
)


def _group_cases() -> list[Case]:
    return [Case(args) for args in ((4, 8, 3, 2), (3, 64, 7, 1), (32, 32, 3, 32), (256, 512, 1, 4))]


@exercise(
    "channels.grouped_parameters",
    "Groups",
    """
    With `groups`, each filter looks at one group of the input channels only. Write
    `grouped_parameters(in_channels, out_channels, kernel_size, groups)`: the number of weights and
    biases, for square kernels.
    """,
    cases=_group_cases,
    whole=True,
)
def grouped_parameters(in_channels, out_channels, kernel_size, groups):
    """Weights and biases of a convolutional layer with groups."""
    return out_channels * (in_channels // groups) * kernel_size**2 + out_channels


grouped_parameters.mistake(
    "The groups are not used: a filter sees `in_channels // groups` channels.",
    lambda i, o, k, g: o * i * k * k + o,
)
grouped_parameters.mistake(
    "The biases are missing: one per output channel.", lambda i, o, k, g: o * (i // g) * k * k
)
grouped_parameters.mistake(
    "That is one group. There are `groups` of them: all filters together are `out_channels`.",
    lambda i, o, k, g: (o // g) * (i // g) * k * k + o,
)
grouped_parameters.mistake("Groups make a layer smaller: divide.", lambda i, o, k, g: o * i * k * k * g + o)
grouped_parameters.mistake(
    "A number of parameters is an integer. Use `//`.", lambda i, o, k, g: o * i / g * k * k + o
)


def _multiplication_cases() -> list[Case]:
    return [
        Case(args)
        for args in ((1, 6, 5, 28, 28), (3, 64, 7, 112, 112), (16, 16, 3, 4, 6), (256, 64, 1, 7, 7))
    ]


@exercise(
    "channels.multiplications",
    "How much work",
    """
    Write `multiplications(in_channels, out_channels, kernel_size, out_height, out_width)`: how many
    multiplications does a convolutional layer make for one image? Square kernels, no groups.
    """,
    cases=_multiplication_cases,
    whole=True,
)
def multiplications(in_channels, out_channels, kernel_size, out_height, out_width):
    """Multiplications of a convolutional layer for one image."""
    return out_height * out_width * out_channels * in_channels * kernel_size**2


multiplications.mistake(
    "That is the number of weights. Each is used at every position of the output.",
    lambda i, o, k, h, w: i * o * k * k,
)
multiplications.mistake("Each filter looks at all input channels.", lambda i, o, k, h, w: o * k * k * h * w)
multiplications.mistake("The kernel is a square: k × k weights.", lambda i, o, k, h, w: i * o * k * h * w)
multiplications.mistake(
    "That counts the additions too. Multiplications are asked for.",
    lambda i, o, k, h, w: 2 * i * o * k * k * h * w,
)
