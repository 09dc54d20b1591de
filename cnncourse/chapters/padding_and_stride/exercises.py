"""Exercises of the chapter padding_and_stride."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _same_cases() -> list[Case]:
    return [Case(args) for args in ((3, 1), (5, 1), (4, 1), (3, 2), (2, 3), (1, 1))]


@exercise(
    "padding.same_padding",
    "Keep the size",
    """
    How many zeros on the left and on the right keep the size of an axis, at stride 1? Write
    `same_padding(kernel_size, dilation)` and return both numbers. Where the sum is odd, PyTorch puts the
    larger one on the right; do so too.
    """,
    cases=_same_cases,
    whole=True,
)
def same_padding(kernel_size, dilation):
    """Zeros to the left and to the right that keep the size, at stride 1."""
    total = dilation * (kernel_size - 1)
    left = total // 2
    return left, total - left


same_padding.mistake(
    "For an even kernel the two sides differ: their sum must be `dilation * (kernel_size - 1)`.",
    lambda k, d: (d * (k - 1) // 2,) * 2,
)
same_padding.mistake(
    "`kernel_size // 2` on each side is right for odd kernels only. With an even one the output grows.",
    lambda k, d: (k // 2 * d, k // 2 * d),
)
same_padding.mistake(
    "The odd zero is on the left. PyTorch puts it on the right.", lambda k, d: same_padding(k, d)[::-1]
)
same_padding.mistake(
    "The dilation is not used. A stretched kernel needs more zeros.", lambda k, d: same_padding(k, 1)
)
same_padding.mistake(
    "That is the sum for both sides. Share it between them.", lambda k, d: (d * (k - 1),) * 2
)


def _stride_cases() -> list[Case]:
    rng = np.random.default_rng(5)
    small = np.arange(25).reshape(5, 5), np.array([[1, 0], [0, 2]]), 2
    odd = rng.integers(0, 10, (6, 9)), rng.integers(-2, 3, (3, 3)), 2
    wide_step = rng.normal(size=(7, 8)), rng.normal(size=(2, 3)), 3
    step_of_one = rng.normal(size=(4, 5)), rng.normal(size=(3, 2)), 1
    one_position = rng.normal(size=(4, 3)), rng.normal(size=(3, 3)), 5
    return [Case(args) for args in (small, odd, wide_step, step_of_one, one_position)]


@exercise(
    "padding.strided_conv",
    "Larger steps",
    """
    Write `strided_correlate2d(image, kernel, stride)`: the kernel moves by `stride` pixels, down and to
    the right. No padding. A last step that does not fit is left out.
    """,
    cases=_stride_cases,
)
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


@strided_correlate2d.mistake(
    "The output has the right size, but the window still moves by one pixel. Output `[i, j]` looks at row "
    "`i * stride` and column `j * stride`."
)
def window_does_not_move(image, kernel, stride):
    height, width = strided_correlate2d(image, kernel, stride).shape
    return strided_correlate2d(image, kernel, 1)[:height, :width]


strided_correlate2d.mistake(
    "The stride is not used: there are as many outputs as with stride 1.",
    lambda image, kernel, stride: strided_correlate2d(image, kernel, 1),
)
strided_correlate2d.mistake(
    "The stride works on the rows only. The columns need it too.",
    lambda image, kernel, stride: strided_correlate2d(image, kernel, 1)[::stride],
)


@strided_correlate2d.mistake("The first position is skipped. The window starts at row 0, column 0.")
def first_skipped(image, kernel, stride):
    return strided_correlate2d(image, kernel, 1)[stride - 1 :: stride, stride - 1 :: stride]


strided_correlate2d.mistake(
    "You left out pixels of the image. All pixels are looked at; the kernel takes larger steps.",
    lambda image, kernel, stride: strided_correlate2d(image[::stride, ::stride], kernel, 1),
)


def _dilate_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    square = np.array([[1, 2], [3, 4]]), 2
    wide = rng.normal(size=(2, 4)), 3
    return [Case(args) for args in (square, wide, (rng.normal(size=(3, 3)), 1), (np.array([[5.0]]), 4))]


@exercise(
    "padding.dilate_kernel",
    "A stretched kernel",
    """
    A dilated convolution is a convolution with a stretched kernel. Write `dilate_kernel(kernel,
    dilation)`: the same entries, with `dilation - 1` zeros between neighbours, and none outside.
    """,
    cases=_dilate_cases,
)
def dilate_kernel(kernel, dilation):
    """Spread the entries of `kernel`, with `dilation - 1` zeros between neighbours."""
    height, width = kernel.shape
    out = np.zeros((dilation * (height - 1) + 1, dilation * (width - 1) + 1))
    out[::dilation, ::dilation] = kernel
    return out


dilate_kernel.mistake(
    "One zero too many in each gap. Dilation 1 is the kernel itself, without any gap.",
    lambda kernel, dilation: dilate_kernel(kernel, dilation + 1),
)


@dilate_kernel.mistake(
    "There are zeros after the last entry. Gaps are only between entries: the side is `dilation * (size - "
    "1) + 1`."
)
def zeros_after_the_last(kernel, dilation):
    corner = np.zeros((dilation, dilation))
    corner[0, 0] = 1
    return np.kron(kernel, corner)


dilate_kernel.mistake(
    "You repeat the entries. The gaps hold zeros, so that the number of weights stays.",
    lambda kernel, dilation: np.kron(kernel, np.ones((dilation, dilation))),
)
dilate_kernel.mistake(
    "Only the rows are spread. The columns need gaps too.",
    lambda kernel, dilation: dilate_kernel(kernel, dilation)[:, ::dilation],
)


def _transposed_cases() -> list[Case]:
    sizes = (7, 4, 1, 2, 0), (5, 3, 0, 1, 0), (14, 3, 1, 2, 1), (1, 5, 0, 3, 0), (4, 2, 0, 2, 0)
    return [Case(args) for args in sizes]


@exercise(
    "padding.transposed_size",
    "Upwards again",
    """
    A transposed convolution turns the sizes round: it lays one kernel per input pixel, `stride` apart,
    cuts `padding` off on each side and adds `output_padding` at the end. Write `transposed_size(size,
    kernel_size, padding, stride, output_padding)` for one axis.
    """,
    cases=_transposed_cases,
    whole=True,
)
def transposed_size(size, kernel_size, padding, stride, output_padding):
    """Size that a transposed convolution makes of `size`, along one axis."""
    return (size - 1) * stride - 2 * padding + kernel_size + output_padding


transposed_size.mistake(
    "Between n kernels there are n − 1 steps.", lambda n, k, p, s, o: n * s - 2 * p + k + o
)
transposed_size.mistake(
    "Padding makes the output of a transposed convolution smaller: it is cut off.",
    lambda n, k, p, s, o: (n - 1) * s + 2 * p + k + o,
)
transposed_size.mistake(
    "The padding is cut on both sides: `2 * padding`.", lambda n, k, p, s, o: (n - 1) * s - p + k + o
)
transposed_size.mistake(
    "`output_padding` is not used. It tells apart the sizes that a strided convolution maps to the same one.",
    lambda n, k, p, s, o: (n - 1) * s - 2 * p + k,
)
transposed_size.mistake(
    "That is the size of the ordinary convolution. Solve it for its input.",
    lambda n, k, p, s, o: (n + 2 * p - k) // s + 1 + o,
)
transposed_size.mistake(
    "The last kernel covers `kernel_size` pixels, not one.", lambda n, k, p, s, o: (n - 1) * s - 2 * p + o + 1
)
