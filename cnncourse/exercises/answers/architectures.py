"""Answers to the exercises of chapter 13_classic_architectures: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def smallest_image(side, layers):
    """Side of the smallest image that leaves maps of this side."""
    for kernel_size, stride, padding in reversed(layers):
        side = (side - 1) * stride + kernel_size - 2 * padding
    return side


def looks_at(row, layers):
    """First and last row of the image that a unit in this row depends on."""
    first = last = row
    for kernel_size, stride, padding in reversed(layers):
        first = first * stride - padding
        last = last * stride - padding + kernel_size - 1
    return first, last


def parameters(in_channels, layers):
    """Weights and biases of convolutions (out_channels, kernel_size, groups)."""
    total = 0
    for out_channels, kernel_size, groups in layers:
        total += out_channels * (in_channels // groups * kernel_size**2 + 1)
        in_channels = out_channels
    return total


def layer_macs(in_channels, out_channels, kernel_size, stride, padding, side):
    """Multiplications of a convolution on an image of side × side pixels."""
    out_side = (side + 2 * padding - kernel_size) // stride + 1
    return out_channels * out_side**2 * in_channels * kernel_size**2


def stack_of_threes(kernel_size, channels):
    """Layers of 3 × 3 that see as much as one kernel, and their weights."""
    layers = (kernel_size - 1) // 2
    return layers, layers * 9 * channels**2


def masked_weight(weight, reads):
    """Weights of which each filter keeps only the input maps it reads."""
    return weight * reads[:, :, None, None]


def local_response(x, size, alpha, beta, k):
    """Each value divided by what the neighbouring channels say at its place."""
    out = np.zeros(x.shape)
    half = size // 2
    for c in range(len(x)):
        near = x[max(c - half, 0) : c + half + 1]
        out[c] = x[c] / (k + alpha * (near**2).sum(axis=0)) ** beta
    return out


# Wrong answers


def image_from_the_first_layer(side, layers):
    return smallest_image(side, layers[::-1])


def image_sent_forwards(side, layers):
    for k, s, p in layers:
        side = (side + 2 * p - k) // s + 1
    return side


def image_with_padding_added(side, layers):
    return smallest_image(side, [(k, s, -p) for k, s, p in layers])


def image_padded_once(side, layers):
    return smallest_image(side, [(k + p, s, p) for k, s, p in layers])


def image_one_step_too_many(side, layers):
    return smallest_image(side, [(k + s, s, p) for k, s, p in layers])


def image_without_kernels(side, layers):
    return smallest_image(side, [(1, s, p) for _, s, p in layers])


def largest_image(side, layers):
    return smallest_image(side, [(k + s - 1, s, p) for k, s, p in layers])


def looks_from_the_first_layer(row, layers):
    return looks_at(row, layers[::-1])


def looks_without_padding(row, layers):
    return looks_at(row, [(k, s, 0) for k, s, _ in layers])


def looks_with_one_kernel(row, layers):
    first, _ = looks_at(row, layers)
    return first, first + layers[0][0] - 1


def looks_one_row_too_far(row, layers):
    return looks_at(row, [(k + 1, s, p) for k, s, p in layers])


def looks_at_so_many(row, layers):
    first, last = looks_at(row, layers)
    return first, last - first + 1


def looks_without_strides(row, layers):
    return looks_at(row, [(k, 1, p) for k, _, p in layers])


def parameters_without_groups(in_channels, layers):
    return parameters(in_channels, [(c, k, 1) for c, k, _ in layers])


def parameters_without_biases(in_channels, layers):
    return parameters(in_channels, layers) - sum(c for c, _, _ in layers)


def parameters_not_chained(in_channels, layers):
    return sum(parameters(in_channels, [layer]) for layer in layers)


def parameters_grouped_twice(in_channels, layers):
    total = 0
    for c, k, g in layers:
        total += c // g * (in_channels // g * k**2 + 1)
        in_channels = c
    return total


def parameters_side_not_squared(in_channels, layers):
    total = 0
    for c, k, g in layers:
        total += c * (in_channels // g * k + 1)
        in_channels = c
    return total


def macs_at_the_input(in_channels, out_channels, kernel_size, stride, padding, side):
    return out_channels * side**2 * in_channels * kernel_size**2


def macs_of_one_channel(in_channels, out_channels, kernel_size, stride, padding, side):
    return layer_macs(1, out_channels, kernel_size, stride, padding, side)


def macs_of_one_row(in_channels, out_channels, kernel_size, stride, padding, side):
    out_side = (side + 2 * padding - kernel_size) // stride + 1
    return out_channels * out_side * in_channels * kernel_size**2


def macs_without_stride(in_channels, out_channels, kernel_size, stride, padding, side):
    return layer_macs(in_channels, out_channels, kernel_size, 1, padding, side)


def macs_at_one_place(in_channels, out_channels, kernel_size, stride, padding, side):
    return out_channels * in_channels * kernel_size**2


def stack_of_thirds(kernel_size, channels):
    layers = -(-kernel_size // 3)
    return layers, layers * 9 * channels**2


def stack_weights_of_one(kernel_size, channels):
    return (kernel_size - 1) // 2, 9 * channels**2


def stack_with_one_channel(kernel_size, channels):
    layers = (kernel_size - 1) // 2
    return layers, layers * 9 * channels


def stack_beside_the_large(kernel_size, channels):
    return (kernel_size - 1) // 2, kernel_size**2 * channels**2


def stack_exchanged(kernel_size, channels):
    return stack_of_threes(kernel_size, channels)[::-1]


def masked_the_others(weight, reads):
    return weight - masked_weight(weight, reads)


def masked_by_ones(weight, reads):
    return np.broadcast_to(reads[:, :, None, None], weight.shape)


def not_masked(weight, reads):
    return weight.copy()


def masked_and_summed(weight, reads):
    return masked_weight(weight, reads).sum(axis=1)


def masked_by_the_channel(weight, reads):
    return weight * (reads.sum(axis=1) > 1)[:, None, None, None]


def response_of_itself(x, size, alpha, beta, k):
    return x / (k + alpha * x**2) ** beta


def response_not_squared(x, size, alpha, beta, k):
    out = np.zeros(x.shape)
    half = size // 2
    for c in range(len(x)):
        out[c] = x[c] / (k + alpha * np.abs(x[max(c - half, 0) : c + half + 1]).sum(axis=0)) ** beta
    return out


def response_of_all(x, size, alpha, beta, k):
    return x / (k + alpha * (x**2).sum(axis=0)) ** beta


def response_of_earlier(x, size, alpha, beta, k):
    out = np.zeros(x.shape)
    for c in range(len(x)):
        out[c] = x[c] / (k + alpha * (x[max(c - size // 2, 0) : c + 1] ** 2).sum(axis=0)) ** beta
    return out


def response_wrapped(x, size, alpha, beta, k):
    half = size // 2
    near = sum(np.roll(x, shift, axis=0) ** 2 for shift in range(-half, half + 1))
    return x / (k + alpha * near) ** beta


def response_without_power(x, size, alpha, beta, k):
    return local_response(x, size, alpha, 1, k)
