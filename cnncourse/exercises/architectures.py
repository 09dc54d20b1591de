"""Exercises of chapter 13_classic_architectures."""

import numpy as np

from .answers import architectures as answers
from .exercise import Case, Exercise, Mistake

# (kernel_size, stride, padding) of convolutions and poolings.
_ALEXNET = [(11, 4, 0), (3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2, 0)]
_LENET = [(5, 1, 2), (2, 2, 0), (5, 1, 0), (2, 2, 0)]


_ZFNET = [(7, 2, 1), (3, 2, 1), (5, 2, 0), (3, 2, 1)]


def _image_cases() -> list[Case]:
    mixed = [(3, 2, 0), (4, 1, 1), (5, 3, 2)]
    return [Case(args) for args in ((3, [(3, 2, 1), (2, 1, 0)]), (6, _ALEXNET), (5, _LENET), (4, mixed))]


def _row_cases() -> list[Case]:
    small, last = [(3, 2, 1), (2, 1, 0)], [(3, 1, 1), (4, 3, 2), (2, 2, 0)]
    return [Case(args) for args in ((1, small), (0, _ZFNET), (3, _LENET), (5, _ALEXNET), (2, last))]


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


def _macs_cases() -> list[Case]:
    return [
        Case(args)
        for args in (
            (1, 6, 5, 1, 2, 28),
            (3, 96, 11, 4, 0, 227),
            (3, 64, 7, 2, 3, 224),
            (16, 8, 3, 2, 0, 12),
        )
    ]


def _stack_cases() -> list[Case]:
    return [Case(args) for args in ((5, 64), (7, 256), (3, 10), (11, 3))]


def _mask_cases() -> list[Case]:
    rng = np.random.default_rng(13)
    shapes = (3, 4, 2, 2), (3, 2, 1, 3), (4, 3, 3, 3)
    reads = [rng.integers(0, 2, shape[:2]) for shape in shapes]
    return [Case((rng.integers(1, 9, shape).astype(float), read)) for shape, read in zip(shapes, reads)]


def _response_cases() -> list[Case]:
    rng = np.random.default_rng(14)
    settings = ((4, 1, 2), 3, 1.0, 0.5, 1.0), ((7, 3, 3), 5, 0.3, 0.75, 2.0), ((6, 2, 4), 3, 0.8, 2.0, 1.5)
    return [Case((rng.normal(size=shape) * 3, *rest)) for shape, *rest in settings]


EXERCISES = (
    Exercise(
        name="architectures.smallest_image",
        title="The image that the paper meant",
        prompt=(
            "Each layer is given as `(kernel_size, stride, padding)`, convolution or pooling alike. Write "
            "`smallest_image(side, layers)`: the side of the smallest square image of which they make maps "
            "of `side` × `side` pixels. AlexNet's maps are 6 × 6 when they reach the dense layers. Let your "
            "function say how large its images must be."
        ),
        reference=answers.smallest_image,
        cases=_image_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.image_from_the_first_layer,
                "You go through the layers from first to last. `side` is what leaves the last one: begin "
                "there.",
            ),
            Mistake(
                answers.image_sent_forwards,
                "That is the side of the maps that an image of `side` pixels leaves. The image itself is "
                "asked for.",
            ),
            Mistake(
                answers.image_with_padding_added,
                "Padding stands in for pixels, so the image may be smaller by it, on both sides.",
            ),
            Mistake(
                answers.image_padded_once, "Padding is added on both sides of the image: count it twice."
            ),
            Mistake(
                answers.image_one_step_too_many,
                "Between the first window and the last there is one step less than there are windows.",
            ),
            Mistake(
                answers.image_without_kernels,
                "The last window covers `kernel_size` pixels, not one.",
            ),
            Mistake(
                answers.largest_image,
                "A smaller image will do. In yours some rows are left over after the last step.",
            ),
        ),
    ),
    Exercise(
        name="architectures.looks_at",
        title="Where a unit looks",
        prompt=(
            "Each layer is given as `(kernel_size, stride, padding)`. A unit behind the last layer stands in "
            "row `row` of its map, counted from 0. Write `looks_at(row, layers)`: the first and the last row "
            "of the image that it depends on. Rows of the padding above the image have negative numbers, "
            "those below it go on counting. Leave both as they are."
        ),
        reference=answers.looks_at,
        cases=_row_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.looks_from_the_first_layer,
                "You go through the layers from first to last. `row` belongs to the last one: begin there.",
            ),
            Mistake(
                answers.looks_without_padding,
                "The padding is not used. The window of row 0 begins in the padding, above the image.",
            ),
            Mistake(
                answers.looks_with_one_kernel,
                "Your window is as wide as one kernel. Lead its first and its last row through every layer.",
            ),
            Mistake(
                answers.looks_one_row_too_far,
                "Your windows are one row too long: the first row of a kernel counts as well.",
            ),
            Mistake(
                answers.looks_at_so_many,
                "The second number is how many rows there are. The last row is asked for.",
            ),
            Mistake(
                answers.looks_without_strides,
                "The strides are not used. Two neighbours in the map look `stride` rows apart.",
            ),
        ),
    ),
    Exercise(
        name="architectures.parameters",
        title="The parameters of a tower",
        prompt=(
            "Convolutions stand one behind the other, each given as `(out_channels, kernel_size, groups)`. "
            "Write `parameters(in_channels, layers)`: how many weights and biases do they have together?"
        ),
        reference=answers.parameters,
        cases=_parameter_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.parameters_without_groups,
                "The groups are not used. With two groups a filter reads half of the channels.",
            ),
            Mistake(
                answers.parameters_without_biases, "The biases are missing: one for each output channel."
            ),
            Mistake(
                answers.parameters_not_chained,
                "Every layer has read the image. The channels that go in are those that came out before.",
            ),
            Mistake(
                answers.parameters_grouped_twice,
                "The groups are counted twice. A filter reads fewer channels, but there are as many filters.",
            ),
            Mistake(
                answers.parameters_side_not_squared, "A kernel has `kernel_size` rows and as many columns."
            ),
        ),
    ),
    Exercise(
        name="architectures.layer_macs",
        title="The work of a layer",
        prompt=(
            "Write `layer_macs(in_channels, out_channels, kernel_size, stride, padding, side)`: how many "
            "multiplications does this convolution need for one image? `side` is the side of what goes *in*."
        ),
        reference=answers.layer_macs,
        cases=_macs_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.macs_at_the_input,
                "Count the places of the output, not those of the input: the kernel stands only there.",
            ),
            Mistake(answers.macs_of_one_channel, "Every filter reads all input channels."),
            Mistake(answers.macs_of_one_row, "The output has rows and columns: square its side."),
            Mistake(
                answers.macs_without_stride, "The stride is not used, so that you count too many places."
            ),
            Mistake(
                answers.macs_at_one_place,
                "Those are the weights. Each is used once at every place of the output.",
            ),
        ),
    ),
    Exercise(
        name="architectures.stack_of_threes",
        title="Only threes",
        prompt=(
            "A convolution with an odd `kernel_size` and stride 1 is replaced by 3 × 3 convolutions, one "
            "behind the other, which see just as far. All have `channels` input and output channels. Write "
            "`stack_of_threes(kernel_size, channels)`: return how many layers it takes, and how many "
            "weights they have together. No biases."
        ),
        reference=answers.stack_of_threes,
        cases=_stack_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.stack_of_thirds,
                "You divided by 3. How many pixels does the field grow with each further layer?",
            ),
            Mistake(answers.stack_weights_of_one, "Those are the weights of one layer. Count all of them."),
            Mistake(
                answers.stack_with_one_channel,
                "Each of the filters reads all channels: `channels` counts twice.",
            ),
            Mistake(
                answers.stack_beside_the_large,
                "Those are the weights of the large kernel. Count the small ones that replace it.",
            ),
            Mistake(answers.stack_exchanged, "The other way round: first the layers, then the weights."),
        ),
    ),
    Exercise(
        name="architectures.masked_weight",
        title="LeNet's missing connections",
        prompt=(
            "In LeNet-5 of 1998 a filter of the third layer reads only some of the maps. `weight` has "
            "shape (M, C, KH, KW). `reads`, of shape (M, C), holds 1 where filter m reads channel c, and 0 "
            "elsewhere. Write `masked_weight(weight, reads)`: the same weights, with 0 wherever a filter "
            "does not read a channel."
        ),
        reference=answers.masked_weight,
        cases=_mask_cases,
        exact_shape=True,
        mistakes=(
            Mistake(answers.masked_the_others, "The other way round: keep what is read, and clear the rest."),
            Mistake(answers.masked_by_ones, "That is the mask. Multiply the weights by it."),
            Mistake(answers.not_masked, "Nothing has been cleared."),
            Mistake(
                answers.masked_and_summed,
                "Do not sum over the channels. The shape stays: cleared kernels are full of zeros.",
            ),
        ),
    ),
    Exercise(
        name="architectures.local_response",
        title="AlexNet's normalisation",
        prompt=(
            "AlexNet divides each value by what its neighbours say: the channels next to it, at the same "
            "pixel. Write `local_response(x, size, alpha, beta, k)` for `x` of shape (C, H, W). Sum the "
            "squares over `size` channels, an odd number, with the value's own in the middle; at the ends "
            "there are fewer. Multiply the sum by `alpha`, add `k`, raise to the power `beta`, and divide "
            "the value by that."
        ),
        reference=answers.local_response,
        cases=_response_cases,
        mistakes=(
            Mistake(answers.response_of_itself, "The neighbouring channels are missing in the sum."),
            Mistake(answers.response_not_squared, "You summed magnitudes. Sum the squares."),
            Mistake(answers.response_of_all, "You summed over all channels. Only `size` of them are near."),
            Mistake(
                answers.response_of_earlier,
                "The channels after it are missing. The window reaches to both sides.",
            ),
            Mistake(
                answers.response_wrapped,
                "The first channel has seen the last one. At the ends the window is cut off.",
            ),
            Mistake(answers.response_without_power, "The power `beta` is not used."),
        ),
    ),
)
