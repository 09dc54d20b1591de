"""Answers to the exercises of chapter 06_pooling: solutions and usual mistakes."""

import math

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def max_pool2d(image, size):
    """Largest value of each size × size block; the rest is left out."""
    height, width = image.shape[0] // size, image.shape[1] // size
    blocks = image[: height * size, : width * size].reshape(height, size, width, size)
    return blocks.max(axis=(1, 3))


def avg_pool2d(image, size, stride):
    """Mean of each size × size window, in steps of `stride`."""
    height = (image.shape[0] - size) // stride + 1
    width = (image.shape[1] - size) // stride + 1
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            out[i, j] = image[top : top + size, left : left + size].mean()
    return out


def global_average(features):
    """Mean of each feature map: (N, C, H, W) to (N, C)."""
    return features.mean(axis=(2, 3))


def pooled_size(size, kernel_size, stride):
    """Size of one axis after pooling, without padding."""
    return (size - kernel_size) // stride + 1


def max_pool_gradient(image, grad_output):
    """Gradient of 2 × 2 max pooling with respect to the image."""
    grad = np.zeros(image.shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            block = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            row, column = np.unravel_index(block.argmax(), block.shape)
            grad[2 * i + row, 2 * j + column] = grad_output[i, j]
    return grad


def dense_weights(side, channels, poolings, units):
    """Weights of a dense layer behind some poolings of 2 × 2."""
    for _ in range(poolings):
        side = side // 2
    return channels * side * side * units


def average_without_frame(image, size, stride, padding):
    """Mean of the image's own pixels in each window."""
    height = (image.shape[0] + 2 * padding - size) // stride + 1
    width = (image.shape[1] + 2 * padding - size) // stride + 1
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride - padding, j * stride - padding
            rows = slice(max(top, 0), top + size)
            columns = slice(max(left, 0), left + size)
            out[i, j] = image[rows, columns].mean()
    return out


# Wrong answers


def mean_of_the_block(image, size):
    return avg_pool2d(image, size, size)


def overlapping_blocks(image, size):
    return np.lib.stride_tricks.sliding_window_view(image, (size, size)).max(axis=(2, 3))


def started_at_zero(image, size):
    return np.maximum(max_pool2d(image, size), 0)


def first_of_each_block(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    return image[: height * size : size, : width * size : size]


def incomplete_blocks_kept(image, size):
    height, width = math.ceil(image.shape[0] / size), math.ceil(image.shape[1] / size)
    return np.array(
        [
            [image[i * size : (i + 1) * size, j * size : (j + 1) * size].max() for j in range(width)]
            for i in range(height)
        ]
    )


def summed_window(image, size, stride):
    return avg_pool2d(image, size, stride) * size**2


def maximum_of_the_window(image, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    return windows.max(axis=(2, 3))[::stride, ::stride]


def stride_is_size(image, size, stride):
    return avg_pool2d(image, size, size)


def divided_by_the_side(image, size, stride):
    return avg_pool2d(image, size, stride) * size


def kept_in_the_type_of_the_image(image, size, stride):
    return avg_pool2d(image, size, stride).astype(image.dtype)


def mean_over_everything(features):
    return features.mean(axis=(1, 2, 3))


def mean_over_channels(features):
    return features.mean(axis=1)


def mean_over_the_batch(features):
    return features.mean(axis=(0, 2, 3))


def axes_kept(features):
    return features.mean(axis=(2, 3), keepdims=True)


def summed_maps(features):
    return features.sum(axis=(2, 3))


def gradient_to_all(image, grad_output):
    spread = np.kron(grad_output, np.ones((2, 2)))
    return np.pad(spread, [(0, s - t) for s, t in zip(image.shape, spread.shape)])


def gradient_shared(image, grad_output):
    return gradient_to_all(image, grad_output) / 4


def gradient_to_the_corner(image, grad_output):
    grad = np.zeros(image.shape)
    height, width = grad_output.shape
    grad[: 2 * height : 2, : 2 * width : 2] = grad_output
    return grad


def times_the_maximum(image, grad_output):
    return max_pool_gradient(image, grad_output) * image


def frame_counted(image, size, stride, padding):
    return avg_pool2d(np.pad(image, padding), size, stride)


def frame_repeated(image, size, stride, padding):
    return avg_pool2d(np.pad(image, padding, mode="edge"), size, stride)


def frame_left_out(image, size, stride, padding):
    return avg_pool2d(image, size, stride)


def frame_summed(image, size, stride, padding):
    return frame_counted(image, size, stride, padding) * size**2
