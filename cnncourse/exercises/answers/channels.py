"""Answers to the exercises of chapter 05_channels_and_filters: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def to_channels_first(images):
    """Turn uint8 images (N, H, W, C) into floats (N, C, H, W) from 0 to 1."""
    return images.transpose(0, 3, 1, 2) / 255


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


def pointwise(image, weights):
    """A 1 × 1 convolution: (C, H, W) and weights (M, C) to (M, H, W)."""
    return np.einsum("mc,chw->mhw", weights, image)


def grouped_parameters(in_channels, out_channels, kernel_size, groups):
    """Weights and biases of a convolutional layer with groups."""
    return out_channels * (in_channels // groups) * kernel_size**2 + out_channels


def multiplications(in_channels, out_channels, kernel_size, out_height, out_width):
    """Multiplications of a convolutional layer for one image."""
    return out_height * out_width * out_channels * in_channels * kernel_size**2


# Wrong answers


def reshaped(images):
    n, height, width, channels = images.shape
    return images.reshape(n, channels, height, width) / 255


def not_scaled(images):
    return images.transpose(0, 3, 1, 2).astype(float)


def divided_as_integers(images):
    return images.transpose(0, 3, 1, 2) // 255


def rows_and_columns_exchanged(images):
    return images.transpose(0, 3, 2, 1) / 255


def divided_by_256(images):
    return images.transpose(0, 3, 1, 2) / 256


def channels_not_summed(image, filters, bias):
    maps = [[_one(channel, kernel) for channel, kernel in zip(image, one)] for one in filters]
    return np.array(maps) + bias[:, None, None, None]


def _one(channel, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(channel, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def mean_over_channels(image, filters, bias):
    return conv2d_channels(image, filters, 0 * bias) / len(image) + bias[:, None, None]


def map_without_bias(image, filters, bias):
    return conv2d_channels(image, filters, 0 * bias)


def bias_per_channel(image, filters, bias):
    return conv2d_channels(image, filters, len(image) * bias)


def first_channel_only(image, filters, bias):
    return conv2d_channels(image[:1], filters[:, :1], bias)


def filters_flipped(image, filters, bias):
    return conv2d_channels(image, filters[:, :, ::-1, ::-1], bias)


def weights_transposed(image, weights):
    return pointwise(image, weights.reshape(weights.shape[::-1]).T)


def pointwise_mean(image, weights):
    return pointwise(image, weights) / len(image)


def channels_last(image, weights):
    return np.moveaxis(pointwise(image, weights), 0, -1)


def one_map_only(image, weights):
    return pointwise(image, weights).sum(axis=0)
