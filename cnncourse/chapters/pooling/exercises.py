"""Exercises of the chapter pooling."""

import math

import numpy as np

from cnncourse.course.exercises import Case, exercise


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


def _max_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    small = np.array([[4, 1, 2, 7], [3, 5, 9, 0], [8, 2, 1, 1], [6, 0, 3, 2]]), 2
    negative = -np.arange(1, 13).reshape(3, 4), 2
    return [
        Case(small),
        Case(negative),
        Case((rng.normal(size=(7, 8)), 3)),
        Case((rng.normal(size=(3, 5)), 1)),
    ]


@exercise(
    "pooling.max_pool2d",
    "The largest of each block",
    """
    Write `max_pool2d(image, size)`: cut the image into blocks of `size` × `size` and keep the largest
    value of each. Rows and columns at the end that do not fill a block are left out, as in PyTorch.
    """,
    cases=_max_cases,
)
def max_pool2d(image, size):
    """Largest value of each size × size block; the rest is left out."""
    height, width = image.shape[0] // size, image.shape[1] // size
    blocks = image[: height * size, : width * size].reshape(height, size, width, size)
    return blocks.max(axis=(1, 3))


max_pool2d.mistake(
    "You took the mean of each block. Its largest value is asked for.",
    lambda image, size: avg_pool2d(image, size, size),
)
max_pool2d.mistake(
    "Your blocks overlap. Each starts where the last one ends: the stride is `size`.",
    lambda image, size: np.lib.stride_tricks.sliding_window_view(image, (size, size)).max(axis=(2, 3)),
)
max_pool2d.mistake(
    "The search for the maximum starts at 0, so negative values are lost. Start with the first value of the"
    " block.",
    lambda image, size: np.maximum(max_pool2d(image, size), 0),
)


@max_pool2d.mistake("You took the first value of each block, whatever its size.")
def first_of_each_block(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    return image[: height * size : size, : width * size : size]


@max_pool2d.mistake("Blocks that are not full are left out. Round the number of blocks down.")
def incomplete_blocks_kept(image, size):
    height, width = math.ceil(image.shape[0] / size), math.ceil(image.shape[1] / size)
    return np.array(
        [
            [image[i * size : (i + 1) * size, j * size : (j + 1) * size].max() for j in range(width)]
            for i in range(height)
        ]
    )


def _feature_cases() -> list[Case]:
    rng = np.random.default_rng(8)
    shapes = (1, 2, 2, 2), (3, 4, 5, 6), (2, 1, 7, 3)
    return [Case((rng.integers(0, 9, shape).astype(float),)) for shape in shapes]


@exercise(
    "pooling.global_average",
    "One number per map",
    """
    Write `global_average(features)` for features of shape (N, C, H, W): the mean of each feature map, as
    an array of shape (N, C).
    """,
    cases=_feature_cases,
    exact_shape=True,
)
def global_average(features):
    """Mean of each feature map: (N, C, H, W) to (N, C)."""
    return features.mean(axis=(2, 3))


global_average.mistake(
    "You averaged over the channels as well. Each map keeps a number of its own.",
    lambda features: features.mean(axis=(1, 2, 3)),
)
global_average.mistake(
    "You averaged over the channels. Average over rows and columns: axes 2 and 3.",
    lambda features: features.mean(axis=1),
)
global_average.mistake(
    "The batch is gone: you averaged over the samples too.", lambda features: features.mean(axis=(0, 2, 3))
)
global_average.mistake(
    "The values are right. Two axes of length 1 are left; the shape is to be (N, C).",
    lambda features: features.mean(axis=(2, 3), keepdims=True),
)
global_average.mistake(
    "You summed. Divide by the number of pixels.", lambda features: features.sum(axis=(2, 3))
)


def _gradient_cases() -> list[Case]:
    rng = np.random.default_rng(9)
    small = np.array([[1.0, 2.0], [4.0, 3.0]]), np.array([[5.0]])
    shapes = (4, 6), (5, 7), (2, 3)
    cases = [Case((rng.normal(size=(h, w)), rng.normal(size=(h // 2, w // 2)))) for h, w in shapes]
    return [Case(small), *cases]


@exercise(
    "pooling.gradient",
    "Where the gradient goes",
    """
    Max pooling with 2 × 2 blocks has made one number of each block. Backwards, `grad_output` holds one
    gradient per block. Write `max_pool_gradient(image, grad_output)`: an array of the shape of the image,
    in which each gradient stands at the pixel that was the largest of its block. All else is 0. No block
    has two largest pixels.
    """,
    cases=_gradient_cases,
)
def max_pool_gradient(image, grad_output):
    """Gradient of 2 × 2 max pooling with respect to the image."""
    grad = np.zeros(image.shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            block = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            row, column = np.unravel_index(block.argmax(), block.shape)
            grad[2 * i + row, 2 * j + column] = grad_output[i, j]
    return grad


@max_pool_gradient.mistake("Only the largest pixel has had an influence. The other three get 0.")
def gradient_to_all(image, grad_output):
    spread = np.kron(grad_output, np.ones((2, 2)))
    return np.pad(spread, [(0, s - t) for s, t in zip(image.shape, spread.shape)])


max_pool_gradient.mistake(
    "That is the gradient of average pooling. Here the largest pixel gets all of it.",
    lambda image, grad_output: gradient_to_all(image, grad_output) / 4,
)


@max_pool_gradient.mistake(
    "The gradient always goes to the upper left pixel. Find the largest one of each block."
)
def gradient_to_the_corner(image, grad_output):
    grad = np.zeros(image.shape)
    height, width = grad_output.shape
    grad[: 2 * height : 2, : 2 * width : 2] = grad_output
    return grad


max_pool_gradient.mistake(
    "The gradient is passed on as it is, not multiplied by the pixel.",
    lambda image, grad_output: max_pool_gradient(image, grad_output) * image,
)


def _dense_cases() -> list[Case]:
    return [Case(args) for args in ((20, 50, 0, 500), (28, 6, 2, 120), (7, 512, 1, 10), (50, 3, 3, 2))]


@exercise(
    "pooling.dense_weights",
    "What is left for the dense layer",
    """
    Square maps of `side` × `side` pixels, `channels` of them, go through `poolings` layers of 2 × 2
    pooling, one after the other, and are flattened. A dense layer of `units` units follows. Write
    `dense_weights(side, channels, poolings, units)`: how many weights has it? Biases are not counted.
    """,
    cases=_dense_cases,
    whole=True,
)
def dense_weights(side, channels, poolings, units):
    """Weights of a dense layer behind some poolings of 2 × 2."""
    for _ in range(poolings):
        side = side // 2
    return channels * side * side * units


dense_weights.mistake(
    "The pooling is not used: each layer halves height and width.", lambda s, c, p, u: c * s * s * u
)
dense_weights.mistake(
    "The channels are missing. Pooling keeps all of them.", lambda s, c, p, u: (s // 2**p) ** 2 * u
)
dense_weights.mistake(
    "Each pooling leaves a quarter of the pixels, not half: it halves height and width.",
    lambda s, c, p, u: c * (s * s // 2**p) * u,
)
dense_weights.mistake(
    "The channels are not halved. Each is pooled by itself, and all stay.",
    lambda s, c, p, u: (c // 2**p) * (s // 2**p) ** 2 * u,
)
dense_weights.mistake(
    "That counts the biases too. Leave them out.", lambda s, c, p, u: (c * (s // 2**p) ** 2 + 1) * u
)


def _framed_cases() -> list[Case]:
    rng = np.random.default_rng(10)
    sizes = ((6, 6), 3, 2, 1), ((5, 7), 3, 1, 1), ((4, 9), 5, 3, 2), ((4, 4), 2, 2, 0)
    white = Case((np.ones((4, 4)), 3, 2, 1))
    return [white, *(Case((rng.normal(size=shape), *rest)) for shape, *rest in sizes)]


@exercise(
    "pooling.average_without_frame",
    "A mean that leaves the rim bright",
    """
    Write `average_without_frame(image, size, stride, padding)`: average pooling with a frame of `padding`
    pixels, which only decides where the windows stand. Each window gives the mean of those pixels of the
    image that lie in it. Do not use `count_include_pad`.
    """,
    cases=_framed_cases,
)
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


@average_without_frame.mistake(
    "The pixels of the frame are counted as zeros. Divide by the number of real pixels."
)
def frame_counted(image, size, stride, padding):
    return avg_pool2d(np.pad(image, padding), size, stride)


average_without_frame.mistake(
    "You repeated the border pixels. Only the pixels of the image itself count, each once.",
    lambda image, size, stride, padding: avg_pool2d(np.pad(image, padding, mode="edge"), size, stride),
)
average_without_frame.mistake(
    "The padding is not used: the first window begins outside the image.",
    lambda image, size, stride, padding: avg_pool2d(image, size, stride),
)
average_without_frame.mistake(
    "You summed. Divide by the number of real pixels in the window.",
    lambda image, size, stride, padding: frame_counted(image, size, stride, padding) * size**2,
)
