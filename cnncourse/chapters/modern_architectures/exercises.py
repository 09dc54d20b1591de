"""Exercises of the chapter modern_architectures."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _head_cases() -> list[Case]:
    rng = np.random.default_rng(20)
    sizes = ((1, 2, 2, 2), 3), ((4, 3, 5, 4), 2), ((2, 6, 1, 3), 4)
    return [
        Case((rng.normal(size=shape) * 2, rng.normal(size=(classes, shape[1])), rng.normal(size=classes)))
        for shape, classes in sizes
    ]


@exercise(
    "modern.global_average_head",
    "The end of a modern network",
    """
    Write `global_average_head(features, weight, bias)`: take the mean of each feature map, then a dense
    layer. `features` has shape (N, C, H, W), `weight` (K, C), `bias` (K,). Return the K raw scores of
    each image.
    """,
    cases=_head_cases,
    exact_shape=True,
)
def global_average_head(features, weight, bias):
    """Class scores from feature maps: their means, then a dense layer."""
    means = features.mean(axis=(2, 3))  # (N, C)
    return means @ weight.T + bias


global_average_head.mistake(
    "You took the largest value of each map. The mean is asked for.",
    lambda features, weight, bias: features.max(axis=(2, 3)) @ weight.T + bias,
)
global_average_head.mistake(
    "You summed the maps: the scores would grow with the size of the image.",
    lambda features, weight, bias: features.sum(axis=(2, 3)) @ weight.T + bias,
)
global_average_head.mistake(
    "The bias is missing.", lambda features, weight, bias: features.mean(axis=(2, 3)) @ weight.T
)


@global_average_head.mistake("Raw scores are asked for. Leave the softmax to the loss.")
def head_softmaxed(features, weight, bias):
    scores = np.exp(global_average_head(features, weight, bias))
    return scores / scores.sum(axis=1, keepdims=True)


global_average_head.mistake(
    "Only one pixel of each map has been used.",
    lambda features, weight, bias: features[:, :, 0, 0] @ weight.T + bias,
)


def _inception_cases() -> list[Case]:
    return [
        Case(args)
        for args in (
            (192, (64, 96, 128, 16, 32, 32), 28),
            (4, (2, 3, 5, 1, 2, 6), 3),
            (832, (384, 192, 384, 48, 128, 128), 7),
        )
    ]


@exercise(
    "modern.inception_macs",
    "Counting an Inception block",
    """
    `widths` holds six numbers of output channels: of the 1 × 1 branch; of the 1 × 1 reduction and of the
    3 × 3 behind it; of the 1 × 1 reduction and of the 5 × 5 behind it; of the 1 × 1 behind the pooling.
    The block keeps the side. Write `inception_macs(in_channels, widths, side)`: return the number of
    channels that leave the block, and its multiplications for one image.
    """,
    cases=_inception_cases,
    whole=True,
)
def inception_macs(in_channels, widths, side):
    """Output channels and multiplications of an Inception block."""
    one, reduce3, three, reduce5, five, projection = widths
    per_pixel = in_channels * (one + reduce3 + reduce5 + projection)
    per_pixel += reduce3 * 9 * three + reduce5 * 25 * five
    return one + three + five + projection, per_pixel * side**2


@inception_macs.mistake("The 3 × 3 and the 5 × 5 read what their reductions leave, not all input channels.")
def inception_not_reduced(in_channels, widths, side):
    one, _, three, _, five, projection = widths
    per_pixel = in_channels * (one + projection + 9 * three + 25 * five)
    return one + three + five + projection, per_pixel * side**2


@inception_macs.mistake("The two reductions are layers too: they cost something.")
def inception_reductions_free(in_channels, widths, side):
    one, reduce3, three, reduce5, five, projection = widths
    per_pixel = in_channels * (one + projection) + reduce3 * 9 * three + reduce5 * 25 * five
    return one + three + five + projection, per_pixel * side**2


inception_macs.mistake(
    "The multiplications are right. Only the ends of the four branches leave the block.",
    lambda in_channels, widths, side: (sum(widths), inception_macs(in_channels, widths, side)[1]),
)


@inception_macs.mistake("That is the work at one pixel. There are `side` × `side`.")
def inception_one_pixel(in_channels, widths, side):
    channels, macs = inception_macs(in_channels, widths, side)
    return channels, macs // side**2


@inception_macs.mistake("A 3 × 3 kernel has 9 weights, a 5 × 5 kernel 25.")
def inception_kernel_sides(in_channels, widths, side):
    one, reduce3, three, reduce5, five, projection = widths
    per_pixel = in_channels * (one + reduce3 + reduce5 + projection)
    per_pixel += reduce3 * 3 * three + reduce5 * 5 * five
    return one + three + five + projection, per_pixel * side**2


@inception_macs.mistake("The branches are laid one behind the other, not added: their channels add up.")
def inception_added(in_channels, widths, side):
    one, _, three, _, five, projection = widths
    return max(one, three, five, projection), inception_macs(in_channels, widths, side)[1]


def _residual_cases() -> list[Case]:
    rng = np.random.default_rng(21)
    sizes = ((1, 2), 3), ((4, 3), 5), ((5, 2), 2)
    return [
        Case(
            (rng.normal(size=shape), rng.normal(size=(hidden, shape[1])), rng.normal(size=(shape[1], hidden)))
        )
        for shape, hidden in sizes
    ]


@exercise(
    "modern.residual_block",
    "A block with a shortcut",
    """
    Write `residual_block(x, weight1, weight2)` with two dense layers without biases: ReLU after the
    first, then the second, then add the input, then ReLU. `x` has shape (N, D), `weight1` (H, D),
    `weight2` (D, H).
    """,
    cases=_residual_cases,
    exact_shape=True,
)
def residual_block(x, weight1, weight2):
    """Two dense layers around a shortcut."""
    hidden = np.maximum(x @ weight1.T, 0)
    return np.maximum(hidden @ weight2.T + x, 0)


residual_block.mistake(
    "You added after the last ReLU. Add first, then take the ReLU.",
    lambda x, weight1, weight2: np.maximum(np.maximum(x @ weight1.T, 0) @ weight2.T, 0) + x,
)
residual_block.mistake(
    "The ReLU after the addition is missing.",
    lambda x, weight1, weight2: np.maximum(x @ weight1.T, 0) @ weight2.T + x,
)
residual_block.mistake(
    "The input has not been added.",
    lambda x, weight1, weight2: np.maximum(np.maximum(x @ weight1.T, 0) @ weight2.T, 0),
)
residual_block.mistake(
    "The ReLU between the two layers is missing.",
    lambda x, weight1, weight2: np.maximum(x @ weight1.T @ weight2.T + x, 0),
)


def _shortcut_cases() -> list[Case]:
    rng = np.random.default_rng(22)
    sizes = ((2, 4, 4), 2, 4), ((3, 7, 5), 2, 7), ((2, 7, 8), 3, 5)
    return [Case((rng.integers(1, 90, shape).astype(float), *rest)) for shape, *rest in sizes]


@exercise(
    "modern.widening_shortcut",
    "A shortcut where the shape changes",
    """
    Where a block halves the side and doubles the channels, the input does not fit the output. The ResNets
    for CIFAR-10 have a shortcut without weights for it. Write `widening_shortcut(x, stride, channels)`
    for `x` of shape (C, H, W): take every `stride`-th pixel in both directions, beginning with the first,
    and fill up with zeros to `channels` channels. The old channels come first.
    """,
    cases=_shortcut_cases,
    exact_shape=True,
)
def widening_shortcut(x, stride, channels):
    """Every stride-th pixel, and channels of zeros at the end."""
    small = x[:, ::stride, ::stride]
    out = np.zeros((channels, *small.shape[1:]))
    out[: len(small)] = small
    return out


widening_shortcut.mistake(
    "The stride is not used: rows and columns are to be left out.",
    lambda x, stride, channels: widening_shortcut(x, 1, channels),
)


@widening_shortcut.mistake("You took means. Take single pixels: this shortcut computes nothing.")
def shortcut_pooled(x, stride, channels):
    height, width = -(-x.shape[1] // stride), -(-x.shape[2] // stride)
    out = np.zeros((channels, height, width))
    for i in range(height):
        for j in range(width):
            block = x[:, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
            out[: len(x), i, j] = block.mean(axis=(1, 2))
    return out


widening_shortcut.mistake(
    "You take every second pixel, whatever `stride` says.",
    lambda x, stride, channels: widening_shortcut(x, 2, channels),
)
widening_shortcut.mistake(
    "The zeros stand first. The old channels come first.",
    lambda x, stride, channels: np.roll(widening_shortcut(x, stride, channels), channels - len(x), axis=0),
)


@widening_shortcut.mistake("The new channels are copies. Fill them with zeros.")
def shortcut_repeated(x, stride, channels):
    small = x[:, ::stride, ::stride]
    return np.array([small[c % len(x)] for c in range(channels)])


widening_shortcut.mistake(
    "The new channels are missing.", lambda x, stride, channels: x[:, ::stride, ::stride].copy()
)
