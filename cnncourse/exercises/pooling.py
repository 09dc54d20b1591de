"""Exercises of chapter 06_pooling."""

import numpy as np

from .answers import pooling as answers
from .exercise import Case, Exercise, Mistake


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


def _average_cases() -> list[Case]:
    rng = np.random.default_rng(7)
    small = np.array([[4, 1, 2, 7], [3, 5, 9, 0], [8, 2, 1, 1], [6, 0, 3, 2]]), 2, 2
    bytes_ = rng.integers(0, 256, (5, 7), dtype=np.uint8), 3, 2
    return [
        Case(small),
        Case(bytes_),
        Case((rng.normal(size=(6, 6)), 2, 1)),
        Case((rng.normal(size=(4, 9)), 2, 3)),
    ]


def _feature_cases() -> list[Case]:
    rng = np.random.default_rng(8)
    shapes = (1, 2, 2, 2), (3, 4, 5, 6), (2, 1, 7, 3)
    return [Case((rng.integers(0, 9, shape).astype(float),)) for shape in shapes]


def _pooled_cases() -> list[Case]:
    return [Case(args) for args in ((28, 2, 2), (55, 3, 2), (7, 2, 2), (6, 3, 1), (5, 5, 3), (9, 2, 3))]


def _gradient_cases() -> list[Case]:
    rng = np.random.default_rng(9)
    small = np.array([[1.0, 2.0], [4.0, 3.0]]), np.array([[5.0]])
    shapes = (4, 6), (5, 7), (2, 3)
    cases = [Case((rng.normal(size=(h, w)), rng.normal(size=(h // 2, w // 2)))) for h, w in shapes]
    return [Case(small), *cases]


def _dense_cases() -> list[Case]:
    return [Case(args) for args in ((20, 50, 0, 500), (28, 6, 2, 120), (7, 512, 1, 10), (50, 3, 3, 2))]


def _framed_cases() -> list[Case]:
    rng = np.random.default_rng(10)
    sizes = ((6, 6), 3, 2, 1), ((5, 7), 3, 1, 1), ((4, 9), 5, 3, 2), ((4, 4), 2, 2, 0)
    white = Case((np.ones((4, 4)), 3, 2, 1))
    return [white, *(Case((rng.normal(size=shape), *rest)) for shape, *rest in sizes)]


EXERCISES = (
    Exercise(
        name="pooling.max_pool2d",
        title="The largest of each block",
        prompt=(
            "Write `max_pool2d(image, size)`: cut the image into blocks of `size` × `size` and keep the "
            "largest value of each. "
            "Rows and columns at the end that do not fill a block are left out, as in PyTorch."
        ),
        reference=answers.max_pool2d,
        cases=_max_cases,
        mistakes=(
            Mistake(
                answers.mean_of_the_block, "You took the mean of each block. Its largest value is asked for."
            ),
            Mistake(
                answers.overlapping_blocks,
                "Your blocks overlap. Each starts where the last one ends: the stride is `size`.",
            ),
            Mistake(
                answers.started_at_zero,
                "The search for the maximum starts at 0, so negative values are lost. Start with the first "
                "value of the block.",
            ),
            Mistake(
                answers.first_of_each_block, "You took the first value of each block, whatever its size."
            ),
            Mistake(
                answers.incomplete_blocks_kept,
                "Blocks that are not full are left out. Round the number of blocks down.",
            ),
        ),
    ),
    Exercise(
        name="pooling.avg_pool2d",
        title="The mean of each window",
        prompt=(
            "Write `avg_pool2d(image, size, stride)`: the mean of each `size` × `size` window, in steps of "
            "`stride`. No padding. "
            "The image may be of type uint8."
        ),
        reference=answers.avg_pool2d,
        cases=_average_cases,
        mistakes=(
            Mistake(answers.summed_window, "You summed the window. Divide by the number of its pixels."),
            Mistake(answers.maximum_of_the_window, "You took the largest value. The mean is asked for."),
            Mistake(answers.stride_is_size, "The stride is not used: your windows always lie side by side."),
            Mistake(answers.divided_by_the_side, "You divided by `size`. A window has `size * size` pixels."),
            Mistake(
                answers.kept_in_the_type_of_the_image,
                "The decimals are cut off, since your output has the integer type of the image. Make it "
                "float.",
            ),
        ),
    ),
    Exercise(
        name="pooling.global_average",
        title="One number per map",
        prompt=(
            "Write `global_average(features)` for features of shape (N, C, H, W): the mean of each feature "
            "map, "
            "as an array of shape (N, C)."
        ),
        reference=answers.global_average,
        cases=_feature_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.mean_over_everything,
                "You averaged over the channels as well. Each map keeps a number of its own.",
            ),
            Mistake(
                answers.mean_over_channels,
                "You averaged over the channels. Average over rows and columns: axes 2 and 3.",
            ),
            Mistake(answers.mean_over_the_batch, "The batch is gone: you averaged over the samples too."),
            Mistake(
                answers.axes_kept,
                "The values are right. Two axes of length 1 are left; the shape is to be (N, C).",
            ),
            Mistake(answers.summed_maps, "You summed. Divide by the number of pixels."),
        ),
    ),
    Exercise(
        name="pooling.output_size",
        title="The size after pooling",
        prompt=(
            "Write `pooled_size(size, kernel_size, stride)` for one axis, without padding. "
            "Check it on AlexNet, whose windows overlap: 55 pixels, windows of 3, stride 2."
        ),
        reference=answers.pooled_size,
        cases=_pooled_cases,
        whole=True,
        mistakes=(
            Mistake(lambda n, k, s: n // k, "The stride is not used. Windows may overlap."),
            Mistake(
                lambda n, k, s: n // s,
                "The last window must lie inside the axis. Take the size of the window off first.",
            ),
            Mistake(lambda n, k, s: (n - k) // s, "You count steps, not windows. Add 1."),
            Mistake(
                lambda n, k, s: -((k - n) // s) + 1, "You round up. A window that does not fit is left out."
            ),
            Mistake(lambda n, k, s: (n - k) / s + 1, "A size is an integer. Use `//`."),
        ),
    ),
    Exercise(
        name="pooling.gradient",
        title="Where the gradient goes",
        prompt=(
            "Max pooling with 2 × 2 blocks has made one number of each block. Backwards, `grad_output` "
            "holds one gradient per block. "
            "Write `max_pool_gradient(image, grad_output)`: an array of the shape of the image, in which "
            "each gradient "
            "stands at the pixel that was the largest of its block. All else is 0. No block has two largest "
            "pixels."
        ),
        reference=answers.max_pool_gradient,
        cases=_gradient_cases,
        mistakes=(
            Mistake(
                answers.gradient_to_all, "Only the largest pixel has had an influence. The other three get 0."
            ),
            Mistake(
                answers.gradient_shared,
                "That is the gradient of average pooling. Here the largest pixel gets all of it.",
            ),
            Mistake(
                answers.gradient_to_the_corner,
                "The gradient always goes to the upper left pixel. Find the largest one of each block.",
            ),
            Mistake(
                answers.times_the_maximum, "The gradient is passed on as it is, not multiplied by the pixel."
            ),
        ),
    ),
    Exercise(
        name="pooling.dense_weights",
        title="What is left for the dense layer",
        prompt=(
            "Square maps of `side` × `side` pixels, `channels` of them, go through `poolings` layers of "
            "2 × 2 pooling, one after the other, and are flattened. A dense layer of `units` units follows. "
            "Write "
            "`dense_weights(side, channels, poolings, units)`: how many weights has it? Biases are not "
            "counted."
        ),
        reference=answers.dense_weights,
        cases=_dense_cases,
        whole=True,
        mistakes=(
            Mistake(
                lambda s, c, p, u: c * s * s * u,
                "The pooling is not used: each layer halves height and width.",
            ),
            Mistake(
                lambda s, c, p, u: (s // 2**p) ** 2 * u,
                "The channels are missing. Pooling keeps all of them.",
            ),
            Mistake(
                lambda s, c, p, u: c * (s * s // 2**p) * u,
                "Each pooling leaves a quarter of the pixels, not half: it halves height and width.",
            ),
            Mistake(
                lambda s, c, p, u: (c // 2**p) * (s // 2**p) ** 2 * u,
                "The channels are not halved. Each is pooled by itself, and all stay.",
            ),
            Mistake(
                lambda s, c, p, u: (c * (s // 2**p) ** 2 + 1) * u,
                "That counts the biases too. Leave them out.",
            ),
        ),
    ),
    Exercise(
        name="pooling.average_without_frame",
        title="A mean that leaves the rim bright",
        prompt=(
            "Write `average_without_frame(image, size, stride, padding)`: average pooling with a frame of "
            "`padding` pixels, which only decides where the windows stand. Each window gives the mean of "
            "those pixels of the image that lie in it. Do not use `count_include_pad`."
        ),
        reference=answers.average_without_frame,
        cases=_framed_cases,
        mistakes=(
            Mistake(
                answers.frame_counted,
                "The pixels of the frame are counted as zeros. Divide by the number of real pixels.",
            ),
            Mistake(
                answers.frame_repeated,
                "You repeated the border pixels. Only the pixels of the image itself count, each once.",
            ),
            Mistake(
                answers.frame_left_out, "The padding is not used: the first window begins outside the image."
            ),
            Mistake(answers.frame_summed, "You summed. Divide by the number of real pixels in the window."),
        ),
    ),
)
