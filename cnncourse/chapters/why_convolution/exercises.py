"""Exercises of the chapter why_convolution."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _scores(image, template):
    windows = np.lib.stride_tricks.sliding_window_view(image, template.shape)
    return np.einsum("ijkl,kl->ij", windows, template)


def _dense_cases() -> list[Case]:
    return [Case(args) for args in ((28, 28, 1, 10), (64, 64, 3, 128), (1000, 1000, 1, 1000), (3, 5, 2, 1))]


@exercise(
    "why.dense_parameters",
    "A dense layer on an image",
    """
    An image of `height` × `width` pixels and `channels` channels goes into a dense layer of `hidden`
    neurons. Write `dense_parameters(height, width, channels, hidden)`: the number of its weights and
    biases.
    """,
    cases=_dense_cases,
    whole=True,
)
def dense_parameters(height, width, channels, hidden):
    """Weights and biases of a dense layer on an image."""
    return height * width * channels * hidden + hidden


dense_parameters.mistake("The biases are missing: one per neuron.", lambda h, w, c, n: h * w * c * n)
dense_parameters.mistake(
    "Each neuron has a bias of its own, not one for the layer.", lambda h, w, c, n: h * w * c * n + 1
)
dense_parameters.mistake(
    "The channels are missing. A colour image has three numbers per pixel.", lambda h, w, c, n: h * w * n + n
)
dense_parameters.mistake(
    "Each neuron has a weight for each pixel: multiply by the number of neurons.",
    lambda h, w, c, n: h * w * c + n,
)


def _conv_cases() -> list[Case]:
    return [Case(args) for args in ((1, 6, 5), (3, 32, 3), (64, 128, 1), (512, 512, 3))]


@exercise(
    "why.conv_parameters",
    "A convolutional layer on an image",
    """
    Write `conv_parameters(in_channels, out_channels, kernel_size)`: the number of weights and biases of a
    convolutional layer with square kernels. The size of the image is not an argument. Why?
    """,
    cases=_conv_cases,
    whole=True,
)
def conv_parameters(in_channels, out_channels, kernel_size):
    """Weights and biases of a convolutional layer with square kernels."""
    return out_channels * (in_channels * kernel_size * kernel_size + 1)


conv_parameters.mistake("The biases are missing: one per output channel.", lambda i, o, k: o * i * k * k)
conv_parameters.mistake(
    "There is one bias per output channel, not one per pair of channels.", lambda i, o, k: o * i * (k * k + 1)
)
conv_parameters.mistake(
    "Each filter looks at all input channels: its size is in_channels × k × k.",
    lambda i, o, k: o * (k * k + 1),
)
conv_parameters.mistake("The kernel is a square: k × k weights.", lambda i, o, k: o * (i * k + 1))


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


@exercise(
    "why.shift",
    "Move the digit",
    """
    Write `shift(image, down, right)`: move an image by `down` rows and `right` columns. Negative numbers
    move up and left. What leaves the image is lost; what enters is 0. The shape stays.
    """,
    cases=_shift_cases,
)
def shift(image, down, right):
    """Move an image; what leaves is lost, what enters is 0."""
    height, width = image.shape
    out = np.zeros_like(image)
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                out[i, j] = image[i - down, j - right]
    return out


shift.mistake(
    "`np.roll` brings back on one side what leaves on the other. Zeros are to enter.",
    lambda image, down, right: np.roll(image, (down, right), axis=(0, 1)),
)
shift.mistake(
    "The image moves the other way: output [i, j] comes from input [i − down, j − right].",
    lambda image, down, right: shift(image, -down, -right),
)
shift.mistake(
    "Rows and columns are exchanged: the first axis counts rows, downwards.",
    lambda image, down, right: shift(image, right, down),
)


@shift.mistake("The image has grown. Its shape stays, and what leaves is cut off.")
def nothing_lost(image, down, right):
    return np.pad(image, ((max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))))


def _template_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    image = np.zeros((6, 8), dtype=int)
    image[1:4, 4:7] = cross
    cases = [Case((image, cross))]
    for shape, size in (((7, 5), (2, 3)), ((9, 12), (4, 2)), ((6, 6), (3, 3))):
        cases.append(Case((rng.normal(size=shape), rng.normal(size=size))))
    return cases


@exercise(
    "why.find_template",
    "Wherever it is",
    """
    A small pattern is somewhere in the image. Write `find_template(image, template)`: try every position,
    sum the products of the template and the pixels below it, and return `(row, column)` of the upper left
    corner where the sum is largest. This is a convolution and a maximum: the pattern is found wherever it
    is.
    """,
    cases=_template_cases,
    whole=True,
)
def find_template(image, template):
    """Row and column where the sum of the products of `template` and `image` is largest."""
    height, width = template.shape
    best, position = -np.inf, (0, 0)
    for i in range(image.shape[0] - height + 1):
        for j in range(image.shape[1] - width + 1):
            score = (image[i : i + height, j : j + width] * template).sum()
            if score > best:
                best, position = score, (i, j)
    return position


find_template.mistake(
    "`argmax` counts through the flattened array. `np.unravel_index` turns the number into row and column.",
    lambda image, template: int(_scores(image, template).argmax()),
)
find_template.mistake(
    "Row and column are exchanged.", lambda image, template: find_template(image, template)[::-1]
)


@find_template.mistake("This is the middle of the window. Its upper left corner is asked for.")
def middle_of_the_window(image, template):
    row, column = find_template(image, template)
    return row + template.shape[0] // 2, column + template.shape[1] // 2


@find_template.mistake("This is the position with the smallest sum.")
def worst_position(image, template):
    scores = _scores(image, template)
    return tuple(int(i) for i in np.unravel_index(scores.argmin(), scores.shape))


find_template.mistake(
    "The template is flipped. Lay it on the image as it is.",
    lambda image, template: find_template(image, template[::-1, ::-1]),
)
