"""Answers to the exercises of chapter 04_padding_and_stride: solutions and usual mistakes."""

import math

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def output_size(size, kernel_size, padding, stride, dilation):
    """Number of positions of a kernel along one axis."""
    reach = dilation * (kernel_size - 1) + 1
    return (size + 2 * padding - reach) // stride + 1


def zero_pad(images, padding):
    """Add `padding` rows and columns of zeros on each side of images of shape (..., H, W)."""
    *batch, height, width = images.shape
    out = np.zeros((*batch, height + 2 * padding, width + 2 * padding), dtype=images.dtype)
    out[..., padding : padding + height, padding : padding + width] = images
    return out


def same_padding(kernel_size, dilation):
    """Zeros to the left and to the right that keep the size, at stride 1."""
    total = dilation * (kernel_size - 1)
    left = total // 2
    return left, total - left


def strided_correlate2d(image, kernel, stride):
    """Slide `kernel` over `image` in steps of `stride`, without padding."""
    kernel_height, kernel_width = kernel.shape
    height = (image.shape[0] - kernel_height) // stride + 1
    width = (image.shape[1] - kernel_width) // stride + 1
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            window = image[top : top + kernel_height, left : left + kernel_width]
            out[i, j] = (window * kernel).sum()
    return out


def dilate_kernel(kernel, dilation):
    """Spread the entries of `kernel`, with `dilation - 1` zeros between neighbours."""
    height, width = kernel.shape
    out = np.zeros((dilation * (height - 1) + 1, dilation * (width - 1) + 1))
    out[::dilation, ::dilation] = kernel
    return out


def transposed_size(size, kernel_size, padding, stride, output_padding):
    """Size that a transposed convolution makes of `size`, along one axis."""
    return (size - 1) * stride - 2 * padding + kernel_size + output_padding


# Wrong answers


def padded_on_one_side(n, k, p, s, d):
    return (n + p - d * (k - 1) - 1) // s + 1


def without_one(n, k, p, s, d):
    return (n + 2 * p - d * (k - 1) - 1) // s


def rounded_up(n, k, p, s, d):
    return math.ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1


def reach_too_long(n, k, p, s, d):
    return (n + 2 * p - d * k) // s + 1


def dilation_forgotten(n, k, p, s, d):
    return (n + 2 * p - k) // s + 1


def one_divided_too(n, k, p, s, d):
    return (n + 2 * p - d * (k - 1)) // s


def float_size(n, k, p, s, d):
    return (n + 2 * p - d * (k - 1) - 1) / s + 1


def pad_all_axes(images, padding):
    return np.pad(images, padding)


def pad_below_and_right(images, padding):
    return np.roll(zero_pad(images, padding), (-padding, -padding), axis=(-2, -1))


def pad_by_edge(images, padding):
    widths = [(0, 0)] * (images.ndim - 2) + [(padding, padding)] * 2
    return np.pad(images, widths, mode="edge")


def pad_half(images, padding):
    after = padding - padding // 2
    widths = [(0, 0)] * (images.ndim - 2) + [(padding // 2, after)] * 2
    return np.pad(images, widths)


def pad_columns_only(images, padding):
    return np.pad(images, [(0, 0)] * (images.ndim - 1) + [(padding, padding)])


def window_does_not_move(image, kernel, stride):
    height, width = strided_correlate2d(image, kernel, stride).shape
    return strided_correlate2d(image, kernel, 1)[:height, :width]


def stride_ignored(image, kernel, stride):
    return strided_correlate2d(image, kernel, 1)


def rows_only(image, kernel, stride):
    return strided_correlate2d(image, kernel, 1)[::stride]


def first_skipped(image, kernel, stride):
    return strided_correlate2d(image, kernel, 1)[stride - 1 :: stride, stride - 1 :: stride]


def image_thinned_first(image, kernel, stride):
    return strided_correlate2d(image[::stride, ::stride], kernel, 1)


def one_zero_too_many(kernel, dilation):
    return dilate_kernel(kernel, dilation + 1)


def zeros_after_the_last(kernel, dilation):
    corner = np.zeros((dilation, dilation))
    corner[0, 0] = 1
    return np.kron(kernel, corner)


def entries_repeated(kernel, dilation):
    return np.kron(kernel, np.ones((dilation, dilation)))


def rows_spread_only(kernel, dilation):
    return dilate_kernel(kernel, dilation)[:, ::dilation]
