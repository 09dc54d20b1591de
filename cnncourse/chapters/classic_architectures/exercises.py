"""Exercises of the chapter classic_architectures."""

from cnncourse.course.exercises import Case, exercise

# (kernel_size, stride, padding) of convolutions and poolings.
_ALEXNET = [(11, 4, 0), (3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2, 0)]


_LENET = [(5, 1, 2), (2, 2, 0), (5, 1, 0), (2, 2, 0)]


def _image_cases() -> list[Case]:
    mixed = [(3, 2, 0), (4, 1, 1), (5, 3, 2)]
    return [Case(args) for args in ((3, [(3, 2, 1), (2, 1, 0)]), (6, _ALEXNET), (5, _LENET), (4, mixed))]


@exercise(
    "architectures.smallest_image",
    "The image that the paper meant",
    """
    Each layer is given as `(kernel_size, stride, padding)`, convolution or pooling alike. Write
    `smallest_image(side, layers)`: the side of the smallest square image of which they make maps of
    `side` × `side` pixels. AlexNet's maps are 6 × 6 when they reach the dense layers. Let your function
    say how large its images must be.
    """,
    cases=_image_cases,
    whole=True,
)
def smallest_image(side, layers):
    """Side of the smallest image that leaves maps of this side."""
    for kernel_size, stride, padding in reversed(layers):
        side = (side - 1) * stride + kernel_size - 2 * padding
    return side


smallest_image.mistake(
    "You go through the layers from first to last. `side` is what leaves the last one: begin there.",
    lambda side, layers: smallest_image(side, layers[::-1]),
)


@smallest_image.mistake(
    "That is the side of the maps that an image of `side` pixels leaves. The image itself is asked for."
)
def image_sent_forwards(side, layers):
    for k, s, p in layers:
        side = (side + 2 * p - k) // s + 1
    return side


smallest_image.mistake(
    "Padding stands in for pixels, so the image may be smaller by it, on both sides.",
    lambda side, layers: smallest_image(side, [(k, s, -p) for k, s, p in layers]),
)
smallest_image.mistake(
    "Padding is added on both sides of the image: count it twice.",
    lambda side, layers: smallest_image(side, [(k + p, s, p) for k, s, p in layers]),
)
smallest_image.mistake(
    "Between the first window and the last there is one step less than there are windows.",
    lambda side, layers: smallest_image(side, [(k + s, s, p) for k, s, p in layers]),
)
smallest_image.mistake(
    "The last window covers `kernel_size` pixels, not one.",
    lambda side, layers: smallest_image(side, [(1, s, p) for _, s, p in layers]),
)
smallest_image.mistake(
    "A smaller image will do. In yours some rows are left over after the last step.",
    lambda side, layers: smallest_image(side, [(k + s - 1, s, p) for k, s, p in layers]),
)


_ZFNET = [(7, 2, 1), (3, 2, 1), (5, 2, 0), (3, 2, 1)]


def _row_cases() -> list[Case]:
    small, last = [(3, 2, 1), (2, 1, 0)], [(3, 1, 1), (4, 3, 2), (2, 2, 0)]
    return [Case(args) for args in ((1, small), (0, _ZFNET), (3, _LENET), (5, _ALEXNET), (2, last))]


@exercise(
    "architectures.looks_at",
    "Where a unit looks",
    """
    Each layer is given as `(kernel_size, stride, padding)`. A unit behind the last layer stands in row
    `row` of its map, counted from 0. Write `looks_at(row, layers)`: the first and the last row of the
    image that it depends on. Rows of the padding above the image have negative numbers, those below it go
    on counting. Leave both as they are.
    """,
    cases=_row_cases,
    whole=True,
)
def looks_at(row, layers):
    """First and last row of the image that a unit in this row depends on."""
    first = last = row
    for kernel_size, stride, padding in reversed(layers):
        first = first * stride - padding
        last = last * stride - padding + kernel_size - 1
    return first, last


looks_at.mistake(
    "You go through the layers from first to last. `row` belongs to the last one: begin there.",
    lambda row, layers: looks_at(row, layers[::-1]),
)
looks_at.mistake(
    "The padding is not used. The window of row 0 begins in the padding, above the image.",
    lambda row, layers: looks_at(row, [(k, s, 0) for k, s, _ in layers]),
)


@looks_at.mistake(
    "Your window is as wide as one kernel. Lead its first and its last row through every layer."
)
def looks_with_one_kernel(row, layers):
    first, _ = looks_at(row, layers)
    return first, first + layers[0][0] - 1


looks_at.mistake(
    "Your windows are one row too long: the first row of a kernel counts as well.",
    lambda row, layers: looks_at(row, [(k + 1, s, p) for k, s, p in layers]),
)


@looks_at.mistake("The second number is how many rows there are. The last row is asked for.")
def looks_at_so_many(row, layers):
    first, last = looks_at(row, layers)
    return first, last - first + 1


looks_at.mistake(
    "The strides are not used. Two neighbours in the map look `stride` rows apart.",
    lambda row, layers: looks_at(row, [(k, 1, p) for k, _, p in layers]),
)


def _parameter_cases() -> list[Case]:
    alexnet = [(96, 11, 1), (256, 5, 2), (384, 3, 1), (384, 3, 2), (256, 3, 2)]
    return [
        Case(args)
        for args in (
            (1, [(6, 5, 1), (16, 5, 1)]),
            (3, alexnet),
            (8, [(8, 3, 8), (24, 1, 1)]),
            (4, [(6, 2, 2)]),
        )
    ]


@exercise(
    "architectures.parameters",
    "The parameters of a tower",
    """
    Convolutions stand one behind the other, each given as `(out_channels, kernel_size, groups)`. Write
    `parameters(in_channels, layers)`: how many weights and biases do they have together?
    """,
    cases=_parameter_cases,
    whole=True,
)
def parameters(in_channels, layers):
    """Weights and biases of convolutions (out_channels, kernel_size, groups)."""
    total = 0
    for out_channels, kernel_size, groups in layers:
        total += out_channels * (in_channels // groups * kernel_size**2 + 1)
        in_channels = out_channels
    return total


parameters.mistake(
    "The groups are not used. With two groups a filter reads half of the channels.",
    lambda in_channels, layers: parameters(in_channels, [(c, k, 1) for c, k, _ in layers]),
)
parameters.mistake(
    "The biases are missing: one for each output channel.",
    lambda in_channels, layers: parameters(in_channels, layers) - sum(c for c, _, _ in layers),
)
parameters.mistake(
    "Every layer has read the image. The channels that go in are those that came out before.",
    lambda in_channels, layers: sum(parameters(in_channels, [layer]) for layer in layers),
)


@parameters.mistake(
    "The groups are counted twice. A filter reads fewer channels, but there are as many filters."
)
def parameters_grouped_twice(in_channels, layers):
    total = 0
    for c, k, g in layers:
        total += c // g * (in_channels // g * k**2 + 1)
        in_channels = c
    return total


@parameters.mistake("A kernel has `kernel_size` rows and as many columns.")
def parameters_side_not_squared(in_channels, layers):
    total = 0
    for c, k, g in layers:
        total += c * (in_channels // g * k + 1)
        in_channels = c
    return total
