"""Answers to the exercises of chapter 14_modern_architectures: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def global_average_head(features, weight, bias):
    """Class scores from feature maps: their means, then a dense layer."""
    means = features.mean(axis=(2, 3))  # (N, C)
    return means @ weight.T + bias


def inception_macs(in_channels, widths, side):
    """Output channels and multiplications of an Inception block."""
    one, reduce3, three, reduce5, five, projection = widths
    per_pixel = in_channels * (one + reduce3 + reduce5 + projection)
    per_pixel += reduce3 * 9 * three + reduce5 * 25 * five
    return one + three + five + projection, per_pixel * side**2


def residual_block(x, weight1, weight2):
    """Two dense layers around a shortcut."""
    hidden = np.maximum(x @ weight1.T, 0)
    return np.maximum(hidden @ weight2.T + x, 0)


def widening_shortcut(x, stride, channels):
    """Every stride-th pixel, and channels of zeros at the end."""
    small = x[:, ::stride, ::stride]
    out = np.zeros((channels, *small.shape[1:]))
    out[: len(small)] = small
    return out


def gradient_gain(slopes, shortcut):
    """Factor by which a chain of blocks scales a gradient."""
    gain = 1.0
    for slope in slopes:
        gain *= slope + 1 if shortcut else slope
    return gain


def bottleneck_weights(channels, width):
    """Weights of a bottleneck block: 1 × 1, 3 × 3 and 1 × 1."""
    return channels * width + 9 * width * width + width * channels


def separable_share(in_channels, out_channels, kernel_size):
    """Weights of a depthwise separable layer, as a share of a full one."""
    full = in_channels * out_channels * kernel_size**2
    separable = in_channels * kernel_size**2 + in_channels * out_channels
    return separable / full


def squeeze_excite(x, weight1, weight2):
    """Each channel of x, shape (C, H, W), times a gate from 0 to 1."""
    squeezed = x.mean(axis=(1, 2))
    hidden = np.maximum(weight1 @ squeezed, 0)
    gate = 1 / (1 + np.exp(-(weight2 @ hidden)))
    return x * gate[:, None, None]


# Wrong answers


def head_of_maxima(features, weight, bias):
    return features.max(axis=(2, 3)) @ weight.T + bias


def head_of_sums(features, weight, bias):
    return features.sum(axis=(2, 3)) @ weight.T + bias


def head_without_bias(features, weight, bias):
    return features.mean(axis=(2, 3)) @ weight.T


def head_softmaxed(features, weight, bias):
    scores = np.exp(global_average_head(features, weight, bias))
    return scores / scores.sum(axis=1, keepdims=True)


def head_of_the_first_pixel(features, weight, bias):
    return features[:, :, 0, 0] @ weight.T + bias


def inception_not_reduced(in_channels, widths, side):
    one, _, three, _, five, projection = widths
    per_pixel = in_channels * (one + projection + 9 * three + 25 * five)
    return one + three + five + projection, per_pixel * side**2


def inception_reductions_free(in_channels, widths, side):
    one, reduce3, three, reduce5, five, projection = widths
    per_pixel = in_channels * (one + projection) + reduce3 * 9 * three + reduce5 * 25 * five
    return one + three + five + projection, per_pixel * side**2


def inception_all_concatenated(in_channels, widths, side):
    return sum(widths), inception_macs(in_channels, widths, side)[1]


def inception_one_pixel(in_channels, widths, side):
    channels, macs = inception_macs(in_channels, widths, side)
    return channels, macs // side**2


def inception_kernel_sides(in_channels, widths, side):
    one, reduce3, three, reduce5, five, projection = widths
    per_pixel = in_channels * (one + reduce3 + reduce5 + projection)
    per_pixel += reduce3 * 3 * three + reduce5 * 5 * five
    return one + three + five + projection, per_pixel * side**2


def inception_added(in_channels, widths, side):
    one, _, three, _, five, projection = widths
    return max(one, three, five, projection), inception_macs(in_channels, widths, side)[1]


def residual_added_after(x, weight1, weight2):
    return np.maximum(np.maximum(x @ weight1.T, 0) @ weight2.T, 0) + x


def residual_without_last(x, weight1, weight2):
    return np.maximum(x @ weight1.T, 0) @ weight2.T + x


def residual_without_shortcut(x, weight1, weight2):
    return np.maximum(np.maximum(x @ weight1.T, 0) @ weight2.T, 0)


def residual_linear_inside(x, weight1, weight2):
    return np.maximum(x @ weight1.T @ weight2.T + x, 0)


def shortcut_all_pixels(x, stride, channels):
    return widening_shortcut(x, 1, channels)


def shortcut_always_of_two(x, stride, channels):
    return widening_shortcut(x, 2, channels)


def shortcut_pooled(x, stride, channels):
    height, width = -(-x.shape[1] // stride), -(-x.shape[2] // stride)
    out = np.zeros((channels, height, width))
    for i in range(height):
        for j in range(width):
            block = x[:, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
            out[: len(x), i, j] = block.mean(axis=(1, 2))
    return out


def shortcut_zeros_first(x, stride, channels):
    return np.roll(widening_shortcut(x, stride, channels), channels - len(x), axis=0)


def shortcut_repeated(x, stride, channels):
    small = x[:, ::stride, ::stride]
    return np.array([small[c % len(x)] for c in range(channels)])


def shortcut_not_widened(x, stride, channels):
    return x[:, ::stride, ::stride].copy()


def gain_always_plain(slopes, shortcut):
    return gradient_gain(slopes, False)


def gain_always_residual(slopes, shortcut):
    return gradient_gain(slopes, True)


def gain_added_once(slopes, shortcut):
    return gradient_gain(slopes, False) + (1 if shortcut else 0)


def gain_summed(slopes, shortcut):
    return sum(slopes) + (len(slopes) if shortcut else 0)


def bottleneck_all_wide(channels, width):
    return 2 * channels * width + 9 * channels * channels


def bottleneck_not_widened(channels, width):
    return channels * width + 9 * width * width


def bottleneck_of_threes(channels, width):
    return 9 * (2 * channels * width + width * width)


def bottleneck_row(channels, width):
    return 2 * channels * width + 3 * width * width


def bottleneck_depthwise(channels, width):
    return 2 * channels * width + 9 * width


def separable_depthwise_only(in_channels, out_channels, kernel_size):
    return 1 / out_channels


def separable_inverse(in_channels, out_channels, kernel_size):
    return 1 / separable_share(in_channels, out_channels, kernel_size)


def separable_not_depthwise(in_channels, out_channels, kernel_size):
    full = in_channels * out_channels * kernel_size**2
    return (in_channels**2 * kernel_size**2 + in_channels * out_channels) / full


def separable_out_channels_first(in_channels, out_channels, kernel_size):
    full = in_channels * out_channels * kernel_size**2
    return (out_channels * kernel_size**2 + in_channels * out_channels) / full


def separable_product(in_channels, out_channels, kernel_size):
    full = in_channels * out_channels * kernel_size**2
    return in_channels * kernel_size**2 * in_channels * out_channels / full


def squeezed_by_sums(x, weight1, weight2):
    return x * _gate(weight2 @ np.maximum(weight1 @ x.sum(axis=(1, 2)), 0))[:, None, None]


def squeezed_without_relu(x, weight1, weight2):
    return x * _gate(weight2 @ weight1 @ x.mean(axis=(1, 2)))[:, None, None]


def squeezed_softmax(x, weight1, weight2):
    scores = np.exp(weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0))
    return x * (scores / scores.sum())[:, None, None]


def squeezed_added(x, weight1, weight2):
    return x + _gate(weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0))[:, None, None]


def squeezed_gate_only(x, weight1, weight2):
    return _gate(weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0))


def squeezed_not_gated(x, weight1, weight2):
    return x * (weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0))[:, None, None]


def _gate(scores):
    return 1 / (1 + np.exp(-scores))
