"""Exercises of the chapter convolution."""

import numpy as np

from cnncourse.course.exercises import Case, exercise, value_exercise


def flipped(image, kernel):
    return correlate2d(image, kernel[::-1, ::-1])


_HAND_RIGHT = np.array([[0, -765, -765, 0]] * 4)


by_hand = value_exercise(
    "convolution.correlate_by_hand",
    "Sixteen numbers by hand",
    """
    The image has 6 × 6 pixels. Its left half is 0 (black), its right half is 255 (white). The kernel is

    ```
     1  0 -1
     1  0 -1
     1  0 -1
    ```

    Slide it over the image as the chapter does and write down the 4 × 4 result. A pencil is enough: all
    four rows are equal.
    """,
    stub="""
        by_hand = [
            [..., ..., ..., ...],
            [..., ..., ..., ...],
            [..., ..., ..., ...],
            [..., ..., ..., ...],
        ]
    """,
    solution="""
        # Where all nine pixels are equal, the left and the right column of the kernel cancel.
        # At the edge the right column meets three white pixels: 3 × 255 × (-1) = -765.
        by_hand = [
            [0, -765, -765, 0],
            [0, -765, -765, 0],
            [0, -765, -765, 0],
            [0, -765, -765, 0],
        ]
    """,
)


by_hand.mistake(
    "The sign is turned. The white pixels lie under the column of -1. Leave the kernel as it stands: it is "
    "not flipped here.",
    -_HAND_RIGHT,
)
by_hand.mistake("You took the mean of the nine products. The result is their sum.", _HAND_RIGHT / 9)
by_hand.mistake(
    "You counted one row of the window. It has three: add the products of all nine pixels.", _HAND_RIGHT / 3
)
by_hand.mistake("White is 255, not 1. Multiply by the pixel values as they are.", _HAND_RIGHT / 255)
by_hand.mistake(
    "The kernel answers where the brightness changes. In the first and the last window all pixels are equal.",
    _HAND_RIGHT[:, [1, 0, 0, 1]],
)


def _correlation_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    # No straight slope: on one, a transposed kernel and a kernel with one flipped axis give the same numbers.
    small = np.array([[0, 1, 2], [5, 3, 8], [4, 9, 6]]), np.array([[0, 1], [2, 3]])
    wide = rng.integers(0, 10, (5, 7)), np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    bright = rng.integers(100, 256, (4, 4), dtype=np.uint8), np.array([[1, 2], [0, 1]])
    low_kernel = rng.normal(size=(6, 4)), rng.normal(size=(2, 3))
    one_position = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    return [Case(args) for args in (small, wide, bright, low_kernel, one_position)]


@exercise(
    "convolution.convolve2d",
    "Convolution as in mathematics",
    """
    In mathematics a convolution turns the kernel by 180 degrees before it slides. Write
    `convolve2d(image, kernel)` for that. No padding, stride 1.
    """,
    cases=_correlation_cases,
)
def convolve2d(image, kernel):
    """Convolution as in mathematics: turn the kernel by 180 degrees, then slide it."""
    flipped = kernel[::-1, ::-1]
    kernel_height, kernel_width = flipped.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = image[i : i + kernel_height, j : j + kernel_width]
            out[i, j] = (window * flipped).sum()
    return out


@convolve2d.mistake("This is cross-correlation: the kernel is not turned. Flip both of its axes first.")
def correlate2d(image, kernel):
    """Slide `kernel` over `image`: no padding, stride 1."""
    kernel_height, kernel_width = kernel.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = image[i : i + kernel_height, j : j + kernel_width]
            out[i, j] = (window * kernel).sum()
    return out


convolve2d.mistake(
    "Only the rows are flipped. `kernel[::-1, ::-1]` flips both axes.",
    lambda image, kernel: correlate2d(image, kernel[::-1]),
)
convolve2d.mistake(
    "Only the columns are flipped. `kernel[::-1, ::-1]` flips both axes.",
    lambda image, kernel: correlate2d(image, kernel[:, ::-1]),
)
convolve2d.mistake(
    "`kernel.T` mirrors at the diagonal. A turn by 180 degrees reverses both axes: `kernel[::-1, ::-1]`.",
    lambda image, kernel: correlate2d(image, kernel.T),
)
convolve2d.mistake(
    "`np.rot90` turns by 90 degrees. It takes two of them.",
    lambda image, kernel: correlate2d(image, np.rot90(kernel)),
)
convolve2d.mistake(
    "You flip the image, so the result comes out upside down. Flip the kernel.",
    lambda image, kernel: correlate2d(image[::-1, ::-1], kernel),
)


def _size_cases() -> list[Case]:
    return [Case(args) for args in ((5, 3), (28, 5), (3, 3), (224, 7), (6, 1))]


@exercise(
    "convolution.output_size",
    "How many positions",
    """
    An axis of the image has `size` pixels, the kernel `kernel_size`. Write `output_size(size,
    kernel_size)`: how many positions has the kernel along that axis? No padding, stride 1.
    """,
    cases=_size_cases,
    whole=True,
)
def output_size(size, kernel_size):
    """Number of positions of a kernel along one axis of an image."""
    return size - kernel_size + 1


output_size.mistake(
    "A kernel as large as the image still has one position. Your formula gives 0 there: add 1.",
    lambda size, kernel_size: size - kernel_size,
)
output_size.mistake(
    "The sign of the 1 is turned. A kernel of size 1 has as many positions as there are pixels.",
    lambda size, kernel_size: size - kernel_size - 1,
)
output_size.mistake(
    "The windows overlap: the kernel moves by one pixel, not by its own size.",
    lambda size, kernel_size: size // kernel_size,
)
output_size.mistake(
    "The kernel must lie inside the image, so some positions at the border are lost.",
    lambda size, kernel_size: size,
)
output_size.mistake(
    "The number is right, its type is not: a size must be an integer. Use `//` in place of `/`.",
    lambda size, kernel_size: size - kernel_size / 1 + 1,
)


def _edge_kernel_properties(kernel: np.ndarray) -> list[tuple[str, bool]]:
    right_shape = kernel.shape == (3, 3)
    if not right_shape:
        return [("the kernel has shape (3, 3)", False)]
    kernel = kernel.astype(np.float64)
    horizontal_edge = np.repeat([0.0, 1.0], 3)[:, None] * np.ones(6)
    most = np.abs(kernel).sum()

    def largest_response(image):
        return np.abs(correlate2d(image, kernel)).max()

    return [
        ("the kernel has shape (3, 3)", True),
        ("a flat image gives 0 everywhere", bool(largest_response(np.ones((6, 6))) <= 1e-6 * most)),
        ("a vertical edge gives 0 everywhere", bool(largest_response(horizontal_edge.T) <= 1e-6 * most)),
        (
            "a horizontal edge gives something else than 0",
            bool(largest_response(horizontal_edge) > 1e-3 * most),
        ),
    ]


edge_kernel = value_exercise(
    "convolution.edge_kernel",
    "A kernel of your own",
    """
    Find a 3 × 3 kernel that answers to a horizontal edge (dark above, bright below, or the other way
    round), and gives 0 on a flat image and on a vertical edge. There are many.
    """,
    stub="""
        edge_kernel = [
            [..., ..., ...],
            [..., ..., ...],
            [..., ..., ...],
        ]
    """,
    solution="""
        # The row above counts negative, the row below positive. Every column sums to 0.
        edge_kernel = [
            [-1, -1, -1],
            [0, 0, 0],
            [1, 1, 1],
        ]
    """,
    properties=_edge_kernel_properties,
)


edge_kernel.mistake(
    "This kernel answers to vertical edges. Its transpose answers to horizontal ones.", [[-1, 0, 1]] * 3
)
edge_kernel.mistake(
    "This kernel answers to a flat image too. Its nine entries must sum to 0.", [[1, 1, 1]] * 3
)
edge_kernel.mistake(
    "A horizontal edge gives 0 as well: each of your rows sums to 0. Give them different sums.",
    [[0, 0, 0]] * 3,
)
edge_kernel.mistake(
    "This kernel answers to edges of both directions. Let each column sum to 0.",
    [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]],
)
