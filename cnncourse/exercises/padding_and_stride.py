"""Exercises of chapter 04_padding_and_stride."""

import numpy as np

from .answers import padding_and_stride as answers
from .exercise import Case, Exercise, Mistake


def _size_cases() -> list[Case]:
    return [
        Case(args)
        for args in (
            (7, 3, 0, 1, 1),
            (28, 5, 2, 1, 1),
            (6, 3, 0, 2, 1),
            (7, 3, 0, 2, 1),
            (224, 7, 3, 2, 1),
            (9, 3, 1, 2, 2),
            (5, 5, 0, 3, 1),
        )
    ]


def _pad_cases() -> list[Case]:
    rng = np.random.default_rng(4)
    return [
        Case((np.arange(1, 7).reshape(2, 3), 1)),
        Case((rng.integers(1, 256, (2, 3, 4, 5), dtype=np.uint8), 2)),
        Case((rng.normal(size=(3, 2, 2)), 3)),
        Case((rng.normal(size=(3, 3)), 0)),
    ]


def _same_cases() -> list[Case]:
    return [Case(args) for args in ((3, 1), (5, 1), (4, 1), (3, 2), (2, 3), (1, 1))]


def _stride_cases() -> list[Case]:
    rng = np.random.default_rng(5)
    small = np.arange(25).reshape(5, 5), np.array([[1, 0], [0, 2]]), 2
    odd = rng.integers(0, 10, (6, 9)), rng.integers(-2, 3, (3, 3)), 2
    wide_step = rng.normal(size=(7, 8)), rng.normal(size=(2, 3)), 3
    step_of_one = rng.normal(size=(4, 5)), rng.normal(size=(3, 2)), 1
    one_position = rng.normal(size=(4, 3)), rng.normal(size=(3, 3)), 5
    return [Case(args) for args in (small, odd, wide_step, step_of_one, one_position)]


def _dilate_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    square = np.array([[1, 2], [3, 4]]), 2
    wide = rng.normal(size=(2, 4)), 3
    return [Case(args) for args in (square, wide, (rng.normal(size=(3, 3)), 1), (np.array([[5.0]]), 4))]


def _transposed_cases() -> list[Case]:
    sizes = (7, 4, 1, 2, 0), (5, 3, 0, 1, 0), (14, 3, 1, 2, 1), (1, 5, 0, 3, 0), (4, 2, 0, 2, 0)
    return [Case(args) for args in sizes]


EXERCISES = (
    Exercise(
        name="padding.output_size",
        title="One formula for all sizes",
        prompt=(
            "Write `output_size(size, kernel_size, padding, stride, dilation)` for one axis. "
            "`padding` zeros stand on each side, and the kernel must lie inside the padded image. "
            "Positions that do not fit any more are left out."
        ),
        reference=answers.output_size,
        cases=_size_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.padded_on_one_side,
                "Padding is added on both sides of the axis: `2 * padding`.",
            ),
            Mistake(
                answers.without_one,
                "You count the steps between the positions. The first position counts too: add 1.",
            ),
            Mistake(
                answers.rounded_up,
                "You round up. The last, incomplete step is left out: round down with `//`.",
            ),
            Mistake(
                answers.reach_too_long,
                "A dilated kernel reaches over `dilation * (kernel_size - 1) + 1` pixels. There are gaps "
                "only between its entries.",
            ),
            Mistake(answers.dilation_forgotten, "The dilation is not used. It stretches the kernel."),
            Mistake(
                answers.one_divided_too,
                "The 1 must not be divided by the stride: divide first, then add 1.",
            ),
            Mistake(answers.float_size, "`/` gives a float and keeps the incomplete step. Use `//`."),
        ),
    ),
    Exercise(
        name="padding.zero_pad",
        title="A frame of zeros",
        prompt=(
            "Write `zero_pad(images, padding)` for images of shape (..., H, W): one image or a whole batch. "
            "Only the last two axes grow. Do it without `np.pad` first; then find the call of `np.pad` that "
            "does the same."
        ),
        reference=answers.zero_pad,
        cases=_pad_cases,
        mistakes=(
            Mistake(
                answers.pad_all_axes,
                "The batch and the channels have grown as well. Pad the last two axes only; "
                "`np.pad` takes one pair `(before, after)` per axis, `(0, 0)` for the others.",
            ),
            Mistake(
                answers.pad_below_and_right,
                "All zeros are below and to the right. The image belongs in the middle: "
                "it starts at row and column `padding`.",
            ),
            Mistake(
                answers.pad_by_edge,
                "The border repeats the outermost pixels. Here it is to hold zeros.",
            ),
            Mistake(
                answers.pad_half,
                "`padding` counts the zeros on each side, not on both sides together.",
            ),
            Mistake(answers.pad_columns_only, "Only the width has grown. The rows need padding too."),
        ),
    ),
    Exercise(
        name="padding.same_padding",
        title="Keep the size",
        prompt=(
            "How many zeros on the left and on the right keep the size of an axis, at stride 1? "
            "Write `same_padding(kernel_size, dilation)` and return both numbers. "
            "Where the sum is odd, PyTorch puts the larger one on the right; do so too."
        ),
        reference=answers.same_padding,
        cases=_same_cases,
        whole=True,
        mistakes=(
            Mistake(
                lambda k, d: (d * (k - 1) // 2,) * 2,
                "For an even kernel the two sides differ: their sum must be `dilation * (kernel_size - 1)`.",
            ),
            Mistake(
                lambda k, d: (k // 2 * d, k // 2 * d),
                "`kernel_size // 2` on each side is right for odd kernels only. "
                "With an even one the output grows.",
            ),
            Mistake(
                lambda k, d: answers.same_padding(k, d)[::-1],
                "The odd zero is on the left. PyTorch puts it on the right.",
            ),
            Mistake(
                lambda k, d: answers.same_padding(k, 1),
                "The dilation is not used. A stretched kernel needs more zeros.",
            ),
            Mistake(
                lambda k, d: (d * (k - 1),) * 2, "That is the sum for both sides. Share it between them."
            ),
        ),
    ),
    Exercise(
        name="padding.strided_conv",
        title="Larger steps",
        prompt=(
            "Write `strided_correlate2d(image, kernel, stride)`: the kernel moves by `stride` pixels, "
            "down and to the right. No padding. A last step that does not fit is left out."
        ),
        reference=answers.strided_correlate2d,
        cases=_stride_cases,
        mistakes=(
            Mistake(
                answers.window_does_not_move,
                "The output has the right size, but the window still moves by one pixel. "
                "Output `[i, j]` looks at row `i * stride` and column `j * stride`.",
            ),
            Mistake(
                answers.stride_ignored,
                "The stride is not used: there are as many outputs as with stride 1.",
            ),
            Mistake(answers.rows_only, "The stride works on the rows only. The columns need it too."),
            Mistake(
                answers.first_skipped,
                "The first position is skipped. The window starts at row 0, column 0.",
            ),
            Mistake(
                answers.image_thinned_first,
                "You left out pixels of the image. All pixels are looked at; the kernel takes larger steps.",
            ),
        ),
    ),
    Exercise(
        name="padding.dilate_kernel",
        title="A stretched kernel",
        prompt=(
            "A dilated convolution is a convolution with a stretched kernel. Write "
            "`dilate_kernel(kernel, dilation)`: "
            "the same entries, with `dilation - 1` zeros between neighbours, and none outside."
        ),
        reference=answers.dilate_kernel,
        cases=_dilate_cases,
        mistakes=(
            Mistake(
                answers.one_zero_too_many,
                "One zero too many in each gap. Dilation 1 is the kernel itself, without any gap.",
            ),
            Mistake(
                answers.zeros_after_the_last,
                "There are zeros after the last entry. Gaps are only between entries: "
                "the side is `dilation * (size - 1) + 1`.",
            ),
            Mistake(
                answers.entries_repeated,
                "You repeat the entries. The gaps hold zeros, so that the number of weights stays.",
            ),
            Mistake(answers.rows_spread_only, "Only the rows are spread. The columns need gaps too."),
        ),
    ),
    Exercise(
        name="padding.transposed_size",
        title="Upwards again",
        prompt=(
            "A transposed convolution turns the sizes round: it lays one kernel per input pixel, `stride` "
            "apart, "
            "cuts `padding` off on each side and adds `output_padding` at the end. Write "
            "`transposed_size(size, kernel_size, padding, stride, output_padding)` for one axis."
        ),
        reference=answers.transposed_size,
        cases=_transposed_cases,
        whole=True,
        mistakes=(
            Mistake(lambda n, k, p, s, o: n * s - 2 * p + k + o, "Between n kernels there are n − 1 steps."),
            Mistake(
                lambda n, k, p, s, o: (n - 1) * s + 2 * p + k + o,
                "Padding makes the output of a transposed convolution smaller: it is cut off.",
            ),
            Mistake(
                lambda n, k, p, s, o: (n - 1) * s - p + k + o,
                "The padding is cut on both sides: `2 * padding`.",
            ),
            Mistake(
                lambda n, k, p, s, o: (n - 1) * s - 2 * p + k,
                "`output_padding` is not used. It tells apart the sizes "
                "that a strided convolution maps to the same one.",
            ),
            Mistake(
                lambda n, k, p, s, o: (n + 2 * p - k) // s + 1 + o,
                "That is the size of the ordinary convolution. Solve it for its input.",
            ),
            Mistake(
                lambda n, k, p, s, o: (n - 1) * s - 2 * p + o + 1,
                "The last kernel covers `kernel_size` pixels, not one.",
            ),
        ),
    ),
)
