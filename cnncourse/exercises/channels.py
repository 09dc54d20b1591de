"""Exercises of chapter 05_channels_and_filters."""

import numpy as np

from .answers import channels as answers
from .exercise import Case, Exercise, Mistake


def _image_cases() -> list[Case]:
    rng = np.random.default_rng(5)
    shapes = (1, 2, 3, 2), (2, 4, 4, 3), (3, 5, 7, 1)
    return [Case((rng.integers(0, 256, shape, dtype=np.uint8),)) for shape in shapes]


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


def _pointwise_cases() -> list[Case]:
    rng = np.random.default_rng(7)
    sizes = ((2, 2, 3), (3, 2)), ((4, 5, 5), (4, 4)), ((3, 1, 6), (1, 3)), ((1, 2, 2), (2, 1))
    return [Case((rng.integers(0, 9, image), rng.integers(-3, 4, weights))) for image, weights in sizes]


def _group_cases() -> list[Case]:
    return [Case(args) for args in ((4, 8, 3, 2), (3, 64, 7, 1), (32, 32, 3, 32), (256, 512, 1, 4))]


def _multiplication_cases() -> list[Case]:
    return [
        Case(args)
        for args in ((1, 6, 5, 28, 28), (3, 64, 7, 112, 112), (16, 16, 3, 4, 6), (256, 64, 1, 7, 7))
    ]


EXERCISES = (
    Exercise(
        name="channels.to_channels_first",
        title="From the file to the network",
        prompt=(
            "Image files give uint8 arrays of shape (N, H, W, C), with values from 0 to 255. PyTorch wants "
            "floats of shape (N, C, H, W). "
            "Write `to_channels_first(images)` with values from 0 to 1."
        ),
        reference=answers.to_channels_first,
        cases=_image_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.reshaped,
                "`reshape` has mixed the colours: it keeps the order of the numbers and only cuts anew. "
                "Move the axis with `transpose(0, 3, 1, 2)`.",
            ),
            Mistake(answers.not_scaled, "The values still run to 255. Divide by 255."),
            Mistake(answers.divided_as_integers, "`//` leaves 0 and 1 only. Use `/`."),
            Mistake(
                answers.rows_and_columns_exchanged,
                "Rows and columns are exchanged: the pictures are mirrored. Keep H before W.",
            ),
            Mistake(answers.divided_by_256, "White is 255, so that it becomes 1. You divided by 256."),
        ),
    ),
    Exercise(
        name="channels.conv2d_channels",
        title="Many channels, many filters",
        prompt=(
            "`image` has shape (C, H, W), `filters` has shape (M, C, KH, KW), `bias` has shape (M,). Write "
            "`conv2d_channels(image, filters, bias)`: each filter looks at all channels, sums everything "
            "under its window, "
            "and adds its bias. The result has one feature map per filter. No padding, stride 1."
        ),
        reference=answers.conv2d_channels,
        cases=_map_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.channels_not_summed,
                "The channels are still apart. A filter sums over all of them: one map per filter.",
            ),
            Mistake(answers.mean_over_channels, "You took the mean over the channels. They are summed."),
            Mistake(answers.map_without_bias, "The bias is not used."),
            Mistake(
                answers.bias_per_channel,
                "The bias is added once per channel. It is added once, after the sum over the channels.",
            ),
            Mistake(answers.first_channel_only, "Only the first channel was used."),
            Mistake(
                answers.filters_flipped,
                "The filters are flipped. PyTorch lays them on the image as they are.",
            ),
        ),
    ),
    Exercise(
        name="channels.pointwise",
        title="One by one",
        prompt=(
            "A 1 × 1 convolution mixes the channels of each pixel and looks at no neighbour. Write "
            "`pointwise(image, weights)` "
            "for an image of shape (C, H, W) and weights of shape (M, C), with a result of shape (M, H, W). "
            "No loop is needed."
        ),
        reference=answers.pointwise,
        cases=_pointwise_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.weights_transposed,
                "The weights are in the wrong order: row m holds the weights of output m.",
            ),
            Mistake(answers.pointwise_mean, "You took the mean over the channels. They are summed."),
            Mistake(answers.channels_last, "The channels came out last. Their axis is the first."),
            Mistake(answers.one_map_only, "There is one map per row of the weights. You added them all up."),
        ),
    ),
    Exercise(
        name="channels.grouped_parameters",
        title="Groups",
        prompt=(
            "With `groups`, each filter looks at one group of the input channels only. Write "
            "`grouped_parameters(in_channels, out_channels, kernel_size, groups)`: the number of weights "
            "and biases, for square kernels."
        ),
        reference=answers.grouped_parameters,
        cases=_group_cases,
        whole=True,
        mistakes=(
            Mistake(
                lambda i, o, k, g: o * i * k * k + o,
                "The groups are not used: a filter sees `in_channels // groups` channels.",
            ),
            Mistake(
                lambda i, o, k, g: o * (i // g) * k * k, "The biases are missing: one per output channel."
            ),
            Mistake(
                lambda i, o, k, g: (o // g) * (i // g) * k * k + o,
                "That is one group. There are `groups` of them: all filters together are `out_channels`.",
            ),
            Mistake(lambda i, o, k, g: o * i * k * k * g + o, "Groups make a layer smaller: divide."),
            Mistake(
                lambda i, o, k, g: o * i / g * k * k + o, "A number of parameters is an integer. Use `//`."
            ),
        ),
    ),
    Exercise(
        name="channels.multiplications",
        title="How much work",
        prompt=(
            "Write `multiplications(in_channels, out_channels, kernel_size, out_height, out_width)`: "
            "how many multiplications does a convolutional layer make for one image? Square kernels, no "
            "groups."
        ),
        reference=answers.multiplications,
        cases=_multiplication_cases,
        whole=True,
        mistakes=(
            Mistake(
                lambda i, o, k, h, w: i * o * k * k,
                "That is the number of weights. Each is used at every position of the output.",
            ),
            Mistake(lambda i, o, k, h, w: o * k * k * h * w, "Each filter looks at all input channels."),
            Mistake(lambda i, o, k, h, w: i * o * k * h * w, "The kernel is a square: k × k weights."),
            Mistake(
                lambda i, o, k, h, w: 2 * i * o * k * k * h * w,
                "That counts the additions too. Multiplications are asked for.",
            ),
        ),
    ),
)
