"""Answers to the exercises of chapter 03_convolution: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def correlate2d(image, kernel):
    """Slide `kernel` over `image`: no padding, stride 1."""
    kernel_height, kernel_width = kernel.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = image[i : i + kernel_height, j : j + kernel_width]
            out[i, j] = (window * kernel).sum()
    return out


def convolve2d(image, kernel):
    """Convolution as in mathematics: turn the kernel by 180 degrees, then slide it."""
    flipped = kernel[::-1, ::-1]
    kernel_height, kernel_width = flipped.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = image[i : i + kernel_height, j : j + kernel_width]
            out[i, j] = (window * flipped).sum()
    return out


def output_size(size, kernel_size):
    """Number of positions of a kernel along one axis of an image."""
    return size - kernel_size + 1


def correlate2d_fast(image, kernel):
    """Slide `kernel` over `image` without a loop over the pixels."""
    kernel_height, kernel_width = kernel.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    out = np.zeros((height, width))
    for i in range(kernel_height):
        for j in range(kernel_width):
            out += kernel[i, j] * image[i : i + height, j : j + width]
    return out


# Wrong answers


def flipped(image, kernel):
    return correlate2d(image, kernel[::-1, ::-1])


def mean_for_sum(image, kernel):
    return correlate2d(image, kernel) / kernel.size


def last_position_forgotten(image, kernel):
    return correlate2d(image, kernel)[:-1, :-1]


def matrix_product(image, kernel):
    height, width = (np.subtract(image.shape, kernel.shape) + 1).tolist()
    rows, columns = kernel.shape
    windows = [[image[i : i + rows, j : j + columns] for j in range(width)] for i in range(height)]
    return np.array([[(window @ kernel).sum() for window in row] for row in windows])


def kept_in_uint8(image, kernel):
    return correlate2d(image, kernel).astype(image.dtype)


def one_axis_flipped(image, kernel):
    return correlate2d(image, kernel[::-1])


def other_axis_flipped(image, kernel):
    return correlate2d(image, kernel[:, ::-1])


def transposed(image, kernel):
    return correlate2d(image, kernel.T)


def turned_by_90_degrees(image, kernel):
    return correlate2d(image, np.rot90(kernel))


def overwritten(image, kernel):
    height, width = (np.subtract(image.shape, kernel.shape) + 1).tolist()
    return kernel[-1, -1] * image[-height:, -width:]


def kernel_not_used(image, kernel):
    return correlate2d(image, np.ones(kernel.shape))


def image_flipped_instead(image, kernel):
    return correlate2d(image[::-1, ::-1], kernel)
