"""Exercises of chapter 03_convolution."""

import numpy as np

from .answers import convolution as answers
from .exercise import Case, Exercise, Mistake


def _correlation_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    # No straight slope: on one, a transposed kernel and a kernel with one flipped axis give the same numbers.
    small = np.array([[0, 1, 2], [5, 3, 8], [4, 9, 6]]), np.array([[0, 1], [2, 3]])
    wide = rng.integers(0, 10, (5, 7)), np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    bright = rng.integers(100, 256, (4, 4), dtype=np.uint8), np.array([[1, 2], [0, 1]])
    low_kernel = rng.normal(size=(6, 4)), rng.normal(size=(2, 3))
    one_position = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    return [Case(args) for args in (small, wide, bright, low_kernel, one_position)]


def _fast_cases() -> list[Case]:
    rng = np.random.default_rng(4)
    large = rng.normal(size=(24, 24)), rng.normal(size=(3, 3))
    return [*_correlation_cases(), Case(large, max_lines=200)]


def _size_cases() -> list[Case]:
    return [Case(args) for args in ((5, 3), (28, 5), (3, 3), (224, 7), (6, 1))]


# The exercise with many right answers


def _edge_kernel_properties(kernel: np.ndarray) -> list[tuple[str, bool]]:
    right_shape = kernel.shape == (3, 3)
    if not right_shape:
        return [("the kernel has shape (3, 3)", False)]
    kernel = kernel.astype(np.float64)
    horizontal_edge = np.repeat([0.0, 1.0], 3)[:, None] * np.ones(6)
    most = np.abs(kernel).sum()

    def largest_response(image):
        return np.abs(answers.correlate2d(image, kernel)).max()

    return [
        ("the kernel has shape (3, 3)", True),
        ("a flat image gives 0 everywhere", bool(largest_response(np.ones((6, 6))) <= 1e-6 * most)),
        ("a vertical edge gives 0 everywhere", bool(largest_response(horizontal_edge.T) <= 1e-6 * most)),
        (
            "a horizontal edge gives something else than 0",
            bool(largest_response(horizontal_edge) > 1e-3 * most),
        ),
    ]


_HAND_RIGHT = np.array([[0, -765, -765, 0]] * 4)

EXERCISES = (
    Exercise(
        name="convolution.correlate_by_hand",
        title="Sixteen numbers by hand",
        prompt=(
            "The image has 6 × 6 pixels. Its left half is 0 (black), its right half is 255 (white). The "
            "kernel is\n\n"
            "```\n 1  0 -1\n 1  0 -1\n 1  0 -1\n```\n\n"
            "Slide it over the image as the chapter does and write down the 4 × 4 result. A pencil is "
            "enough: "
            "all four rows are equal."
        ),
        reference=_HAND_RIGHT,
        stub_text="by_hand = [\n" + "    [..., ..., ..., ...],\n" * 4 + "]",
        solution_text=(
            "# Where all nine pixels are equal, the left and the right column of the kernel cancel.\n"
            "# At the edge the right column meets three white pixels: 3 × 255 × (-1) = -765.\n"
            "by_hand = [\n" + "    [0, -765, -765, 0],\n" * 4 + "]"
        ),
        mistakes=(
            Mistake(
                -_HAND_RIGHT,
                "The sign is turned. The white pixels lie under the column of -1. "
                "Leave the kernel as it stands: it is not flipped here.",
            ),
            Mistake(_HAND_RIGHT / 9, "You took the mean of the nine products. The result is their sum."),
            Mistake(
                _HAND_RIGHT / 3,
                "You counted one row of the window. It has three: add the products of all nine pixels.",
            ),
            Mistake(_HAND_RIGHT / 255, "White is 255, not 1. Multiply by the pixel values as they are."),
            Mistake(
                _HAND_RIGHT[:, [1, 0, 0, 1]],
                "The kernel answers where the brightness changes. "
                "In the first and the last window all pixels are equal.",
            ),
        ),
    ),
    Exercise(
        name="convolution.correlate2d",
        title="The two loops",
        prompt=(
            "Write `correlate2d(image, kernel)`: lay the kernel on every position of the image, multiply, "
            "and sum. "
            "No padding, stride 1. Image and kernel need not be square."
        ),
        reference=answers.correlate2d,
        cases=_correlation_cases,
        mistakes=(
            Mistake(
                answers.flipped,
                "Your kernel is flipped. That is the convolution of mathematics; "
                "here `kernel[0, 0]` meets the upper left pixel of the window.",
            ),
            Mistake(answers.mean_for_sum, "You take the mean of the products. The output is their sum."),
            Mistake(
                answers.last_position_forgotten,
                "The last row and column of positions are missing. "
                "There are `size - kernel_size + 1` positions along an axis.",
            ),
            Mistake(
                answers.matrix_product,
                "`@` is the matrix product. Multiply pixel by pixel with `*`, then sum.",
            ),
            Mistake(
                answers.kept_in_uint8,
                "The image is of type uint8, and your output too: it counts from 255 on to 0 again. "
                "Make the output with `np.zeros((height, width))`, which is float64.",
            ),
        ),
    ),
    Exercise(
        name="convolution.convolve2d",
        title="Convolution as in mathematics",
        prompt=(
            "In mathematics a convolution turns the kernel by 180 degrees before it slides. "
            "Write `convolve2d(image, kernel)` for that. No padding, stride 1."
        ),
        reference=answers.convolve2d,
        cases=_correlation_cases,
        mistakes=(
            Mistake(
                answers.correlate2d,
                "This is cross-correlation: the kernel is not turned. Flip both of its axes first.",
            ),
            Mistake(
                answers.one_axis_flipped,
                "Only the rows are flipped. `kernel[::-1, ::-1]` flips both axes.",
            ),
            Mistake(
                answers.other_axis_flipped,
                "Only the columns are flipped. `kernel[::-1, ::-1]` flips both axes.",
            ),
            Mistake(
                answers.transposed,
                "`kernel.T` mirrors at the diagonal. A turn by 180 degrees reverses both axes: "
                "`kernel[::-1, ::-1]`.",
            ),
            Mistake(answers.turned_by_90_degrees, "`np.rot90` turns by 90 degrees. It takes two of them."),
            Mistake(
                answers.image_flipped_instead,
                "You flip the image, so the result comes out upside down. Flip the kernel.",
            ),
        ),
    ),
    Exercise(
        name="convolution.output_size",
        title="How many positions",
        prompt=(
            "An axis of the image has `size` pixels, the kernel `kernel_size`. Write "
            "`output_size(size, kernel_size)`: "
            "how many positions has the kernel along that axis? No padding, stride 1."
        ),
        reference=answers.output_size,
        cases=_size_cases,
        whole=True,
        mistakes=(
            Mistake(
                lambda size, kernel_size: size - kernel_size,
                "A kernel as large as the image still has one position. Your formula gives 0 there: add 1.",
            ),
            Mistake(
                lambda size, kernel_size: size - kernel_size - 1,
                "The sign of the 1 is turned. A kernel of size 1 has as many positions as there are pixels.",
            ),
            Mistake(
                lambda size, kernel_size: size // kernel_size,
                "The windows overlap: the kernel moves by one pixel, not by its own size.",
            ),
            Mistake(
                lambda size, kernel_size: size,
                "The kernel must lie inside the image, so some positions at the border are lost.",
            ),
            Mistake(
                lambda size, kernel_size: size - kernel_size / 1 + 1,
                "The number is right, its type is not: a size must be an integer. Use `//` in place of `/`.",
            ),
        ),
    ),
    Exercise(
        name="convolution.vectorised",
        title="Nine additions instead of a thousand loops",
        prompt=(
            "The loops over the pixels are slow. Turn them inside out: for each entry of the kernel, "
            "shift the whole image, multiply it by that entry, and add it to the output. "
            "Write `correlate2d_fast(image, kernel)` so, or in any other way without a loop over the pixels."
        ),
        reference=answers.correlate2d_fast,
        cases=_fast_cases,
        mistakes=(
            Mistake(
                answers.flipped,
                "Your shifts run backwards. Entry `kernel[i, j]` meets the image shifted by i rows and j "
                "columns: "
                "`image[i : i + height, j : j + width]`.",
            ),
            Mistake(
                answers.overwritten,
                "Only the last entry of the kernel is left: use `+=`, where `=` writes over the sum.",
            ),
            Mistake(
                answers.kernel_not_used,
                "The shifted images are added without their weights. Multiply each by `kernel[i, j]`.",
            ),
            Mistake(
                answers.transposed,
                "Rows and columns of the kernel are exchanged: `i` shifts down, `j` to the right.",
            ),
        ),
    ),
    Exercise(
        name="convolution.edge_kernel",
        title="A kernel of your own",
        prompt=(
            "Find a 3 × 3 kernel that answers to a horizontal edge (dark above, bright below, or the other "
            "way round), "
            "and gives 0 on a flat image and on a vertical edge. There are many."
        ),
        reference=np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
        properties=_edge_kernel_properties,
        stub_text="edge_kernel = [\n" + "    [..., ..., ...],\n" * 3 + "]",
        solution_text=(
            "# The row above counts negative, the row below positive. Every column sums to 0.\n"
            "edge_kernel = [\n    [-1, -1, -1],\n    [0, 0, 0],\n    [1, 1, 1],\n]"
        ),
        mistakes=(
            Mistake(
                [[-1, 0, 1]] * 3,
                "This kernel answers to vertical edges. Its transpose answers to horizontal ones.",
            ),
            Mistake(
                [[1, 1, 1]] * 3, "This kernel answers to a flat image too. Its nine entries must sum to 0."
            ),
            Mistake(
                [[0, 0, 0]] * 3,
                "A horizontal edge gives 0 as well: each of your rows sums to 0. Give them different sums.",
            ),
            Mistake(
                [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]],
                "This kernel answers to edges of both directions. Let each column sum to 0.",
            ),
        ),
    ),
)
