"""Answers to the exercises of chapter 02_why_convolution: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def dense_parameters(height, width, channels, hidden):
    """Weights and biases of a dense layer on an image."""
    return height * width * channels * hidden + hidden


def conv_parameters(in_channels, out_channels, kernel_size):
    """Weights and biases of a convolutional layer with square kernels."""
    return out_channels * (in_channels * kernel_size * kernel_size + 1)


def shift(image, down, right):
    """Move an image; what leaves is lost, what enters is 0."""
    height, width = image.shape
    out = np.zeros_like(image)
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                out[i, j] = image[i - down, j - right]
    return out


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


# Wrong answers


def rolled(image, down, right):
    return np.roll(image, (down, right), axis=(0, 1))


def moved_the_other_way(image, down, right):
    return shift(image, -down, -right)


def right_before_down(image, down, right):
    return shift(image, right, down)


def nothing_lost(image, down, right):
    return np.pad(image, ((max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))))


def _scores(image, template):
    windows = np.lib.stride_tricks.sliding_window_view(image, template.shape)
    return np.einsum("ijkl,kl->ij", windows, template)


def flat_position(image, template):
    return int(_scores(image, template).argmax())


def column_before_row(image, template):
    return find_template(image, template)[::-1]


def middle_of_the_window(image, template):
    row, column = find_template(image, template)
    return row + template.shape[0] // 2, column + template.shape[1] // 2


def worst_position(image, template):
    scores = _scores(image, template)
    return tuple(int(i) for i in np.unravel_index(scores.argmin(), scores.shape))


def template_flipped(image, template):
    return find_template(image, template[::-1, ::-1])
