"""Exercises of chapter 02_why_convolution."""

import numpy as np

from .answers import why_convolution as answers
from .exercise import Case, Exercise, Mistake


def _dense_cases() -> list[Case]:
    return [Case(args) for args in ((28, 28, 1, 10), (64, 64, 3, 128), (1000, 1000, 1, 1000), (3, 5, 2, 1))]


def _conv_cases() -> list[Case]:
    return [Case(args) for args in ((1, 6, 5), (3, 32, 3), (64, 128, 1), (512, 512, 3))]


def _shift_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    small = np.arange(1, 10).reshape(3, 3), 1, 0
    wide = rng.integers(0, 256, (4, 6), dtype=np.uint8), 1, -2
    return [
        Case(small),
        Case(wide),
        Case((rng.normal(size=(5, 4)), -2, 3)),
        Case((rng.normal(size=(2, 3)), 0, 0)),
    ]


def _template_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    image = np.zeros((6, 8), dtype=int)
    image[1:4, 4:7] = cross
    cases = [Case((image, cross))]
    for shape, size in (((7, 5), (2, 3)), ((9, 12), (4, 2)), ((6, 6), (3, 3))):
        cases.append(Case((rng.normal(size=shape), rng.normal(size=size))))
    return cases


EXERCISES = (
    Exercise(
        name="why.dense_parameters",
        title="A dense layer on an image",
        prompt=(
            "An image of `height` × `width` pixels and `channels` channels goes into a dense layer of "
            "`hidden` neurons. "
            "Write `dense_parameters(height, width, channels, hidden)`: the number of its weights and biases."
        ),
        reference=answers.dense_parameters,
        cases=_dense_cases,
        whole=True,
        mistakes=(
            Mistake(lambda h, w, c, n: h * w * c * n, "The biases are missing: one per neuron."),
            Mistake(
                lambda h, w, c, n: h * w * c * n + 1,
                "Each neuron has a bias of its own, not one for the layer.",
            ),
            Mistake(
                lambda h, w, c, n: h * w * n + n,
                "The channels are missing. A colour image has three numbers per pixel.",
            ),
            Mistake(
                lambda h, w, c, n: h * w * c + n,
                "Each neuron has a weight for each pixel: multiply by the number of neurons.",
            ),
        ),
    ),
    Exercise(
        name="why.conv_parameters",
        title="A convolutional layer on an image",
        prompt=(
            "Write `conv_parameters(in_channels, out_channels, kernel_size)`: the number of weights and "
            "biases of a convolutional layer "
            "with square kernels. The size of the image is not an argument. Why?"
        ),
        reference=answers.conv_parameters,
        cases=_conv_cases,
        whole=True,
        mistakes=(
            Mistake(lambda i, o, k: o * i * k * k, "The biases are missing: one per output channel."),
            Mistake(
                lambda i, o, k: o * i * (k * k + 1),
                "There is one bias per output channel, not one per pair of channels.",
            ),
            Mistake(
                lambda i, o, k: o * (k * k + 1),
                "Each filter looks at all input channels: its size is in_channels × k × k.",
            ),
            Mistake(lambda i, o, k: o * (i * k + 1), "The kernel is a square: k × k weights."),
        ),
    ),
    Exercise(
        name="why.shift",
        title="Move the digit",
        prompt=(
            "Write `shift(image, down, right)`: move an image by `down` rows and `right` columns. Negative "
            "numbers move up and left. "
            "What leaves the image is lost; what enters is 0. The shape stays."
        ),
        reference=answers.shift,
        cases=_shift_cases,
        mistakes=(
            Mistake(
                answers.rolled,
                "`np.roll` brings back on one side what leaves on the other. Zeros are to enter.",
            ),
            Mistake(
                answers.moved_the_other_way,
                "The image moves the other way: output [i, j] comes from input [i − down, j − right].",
            ),
            Mistake(
                answers.right_before_down,
                "Rows and columns are exchanged: the first axis counts rows, downwards.",
            ),
            Mistake(
                answers.nothing_lost, "The image has grown. Its shape stays, and what leaves is cut off."
            ),
        ),
    ),
    Exercise(
        name="why.find_template",
        title="Wherever it is",
        prompt=(
            "A small pattern is somewhere in the image. Write `find_template(image, template)`: try every "
            "position, "
            "sum the products of the template and the pixels below it, and return `(row, column)` of the "
            "upper left corner "
            "where the sum is largest. This is a convolution and a maximum: the pattern is found wherever "
            "it is."
        ),
        reference=answers.find_template,
        cases=_template_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.flat_position,
                "`argmax` counts through the flattened array. `np.unravel_index` turns the number into row "
                "and column.",
            ),
            Mistake(answers.column_before_row, "Row and column are exchanged."),
            Mistake(
                answers.middle_of_the_window,
                "This is the middle of the window. Its upper left corner is asked for.",
            ),
            Mistake(answers.worst_position, "This is the position with the smallest sum."),
            Mistake(answers.template_flipped, "The template is flipped. Lay it on the image as it is."),
        ),
    ),
)
