"""Exercises of chapter 14_modern_architectures."""

import numpy as np

from .answers import modern as answers
from .exercise import Case, Exercise, Mistake


def _head_cases() -> list[Case]:
    rng = np.random.default_rng(20)
    sizes = ((1, 2, 2, 2), 3), ((4, 3, 5, 4), 2), ((2, 6, 1, 3), 4)
    return [
        Case((rng.normal(size=shape) * 2, rng.normal(size=(classes, shape[1])), rng.normal(size=classes)))
        for shape, classes in sizes
    ]


def _inception_cases() -> list[Case]:
    return [
        Case(args)
        for args in (
            (192, (64, 96, 128, 16, 32, 32), 28),
            (4, (2, 3, 5, 1, 2, 6), 3),
            (832, (384, 192, 384, 48, 128, 128), 7),
        )
    ]


def _residual_cases() -> list[Case]:
    rng = np.random.default_rng(21)
    sizes = ((1, 2), 3), ((4, 3), 5), ((5, 2), 2)
    return [
        Case(
            (rng.normal(size=shape), rng.normal(size=(hidden, shape[1])), rng.normal(size=(shape[1], hidden)))
        )
        for shape, hidden in sizes
    ]


def _shortcut_cases() -> list[Case]:
    rng = np.random.default_rng(22)
    sizes = ((2, 4, 4), 2, 4), ((3, 7, 5), 2, 7), ((2, 7, 8), 3, 5)
    return [Case((rng.integers(1, 90, shape).astype(float), *rest)) for shape, *rest in sizes]


def _gain_cases() -> list[Case]:
    chains = (
        ((0.5, 0.5, 0.5), False),
        ((0.5, 0.5, 0.5), True),
        ((0.1, -0.2, 0.3, 0.1), True),
        ((2.0, 0.3), False),
    )
    return [Case(([*slopes], shortcut)) for slopes, shortcut in chains]


def _bottleneck_cases() -> list[Case]:
    return [Case(args) for args in ((256, 64), (512, 128), (10, 3))]


def _separable_cases() -> list[Case]:
    return [Case(args) for args in ((64, 128, 3), (32, 16, 5), (3, 8, 7), (512, 512, 3))]


def _excite_cases() -> list[Case]:
    rng = np.random.default_rng(23)
    sizes = ((2, 2, 3), 1), ((6, 4, 4), 2), ((4, 1, 5), 3)
    return [
        Case(
            (
                rng.normal(size=shape) + 0.5,
                rng.normal(size=(small, shape[0])),
                rng.normal(size=(shape[0], small)),
            )
        )
        for shape, small in sizes
    ]


EXERCISES = (
    Exercise(
        name="modern.global_average_head",
        title="The end of a modern network",
        prompt=(
            "Write `global_average_head(features, weight, bias)`: take the mean of each feature map, then "
            "a dense layer. `features` has shape (N, C, H, W), `weight` (K, C), `bias` (K,). Return the K "
            "raw scores of each image."
        ),
        reference=answers.global_average_head,
        cases=_head_cases,
        exact_shape=True,
        mistakes=(
            Mistake(answers.head_of_maxima, "You took the largest value of each map. The mean is asked for."),
            Mistake(
                answers.head_of_sums, "You summed the maps: the scores would grow with the size of the image."
            ),
            Mistake(answers.head_without_bias, "The bias is missing."),
            Mistake(answers.head_softmaxed, "Raw scores are asked for. Leave the softmax to the loss."),
            Mistake(answers.head_of_the_first_pixel, "Only one pixel of each map has been used."),
        ),
    ),
    Exercise(
        name="modern.inception_macs",
        title="Counting an Inception block",
        prompt=(
            "`widths` holds six numbers of output channels: of the 1 × 1 branch; of the 1 × 1 reduction "
            "and of the 3 × 3 behind it; of the 1 × 1 reduction and of the 5 × 5 behind it; of the 1 × 1 "
            "behind the pooling. The block keeps the side. Write `inception_macs(in_channels, widths, "
            "side)`: return the number of channels that leave the block, and its multiplications for one "
            "image."
        ),
        reference=answers.inception_macs,
        cases=_inception_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.inception_not_reduced,
                "The 3 × 3 and the 5 × 5 read what their reductions leave, not all input channels.",
            ),
            Mistake(
                answers.inception_reductions_free, "The two reductions are layers too: they cost something."
            ),
            Mistake(
                answers.inception_all_concatenated,
                "The multiplications are right. Only the ends of the four branches leave the block.",
            ),
            Mistake(answers.inception_one_pixel, "That is the work at one pixel. There are `side` × `side`."),
            Mistake(answers.inception_kernel_sides, "A 3 × 3 kernel has 9 weights, a 5 × 5 kernel 25."),
            Mistake(
                answers.inception_added,
                "The branches are laid one behind the other, not added: their channels add up.",
            ),
        ),
    ),
    Exercise(
        name="modern.residual_block",
        title="A block with a shortcut",
        prompt=(
            "Write `residual_block(x, weight1, weight2)` with two dense layers without biases: ReLU after "
            "the first, then the second, then add the input, then ReLU. `x` has shape (N, D), `weight1` "
            "(H, D), `weight2` (D, H)."
        ),
        reference=answers.residual_block,
        cases=_residual_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.residual_added_after, "You added after the last ReLU. Add first, then take the ReLU."
            ),
            Mistake(answers.residual_without_last, "The ReLU after the addition is missing."),
            Mistake(answers.residual_without_shortcut, "The input has not been added."),
            Mistake(answers.residual_linear_inside, "The ReLU between the two layers is missing."),
        ),
    ),
    Exercise(
        name="modern.widening_shortcut",
        title="A shortcut where the shape changes",
        prompt=(
            "Where a block halves the side and doubles the channels, the input does not fit the output. "
            "The ResNets for CIFAR-10 have a shortcut without weights for it. Write `widening_shortcut(x, "
            "stride, channels)` for `x` of shape (C, H, W): take every `stride`-th pixel in both "
            "directions, beginning with the first, and fill up with zeros to `channels` channels. The old "
            "channels come first."
        ),
        reference=answers.widening_shortcut,
        cases=_shortcut_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.shortcut_all_pixels, "The stride is not used: rows and columns are to be left out."
            ),
            Mistake(
                answers.shortcut_pooled,
                "You took means. Take single pixels: this shortcut computes nothing.",
            ),
            Mistake(
                answers.shortcut_always_of_two,
                "You take every second pixel, whatever `stride` says.",
            ),
            Mistake(answers.shortcut_zeros_first, "The zeros stand first. The old channels come first."),
            Mistake(answers.shortcut_repeated, "The new channels are copies. Fill them with zeros."),
            Mistake(answers.shortcut_not_widened, "The new channels are missing."),
        ),
    ),
    Exercise(
        name="modern.gradient_gain",
        title="What a gradient goes through",
        prompt=(
            "A chain of blocks, each a function of one number. `slopes` lists the derivatives of their "
            "layers. A plain block passes a gradient on times its slope. A block with a shortcut computes "
            "f(x) + x. Write `gradient_gain(slopes, shortcut)`: by what is a gradient multiplied on its "
            "way through all blocks?"
        ),
        reference=answers.gradient_gain,
        cases=_gain_cases,
        mistakes=(
            Mistake(
                answers.gain_always_plain, "The shortcut is not used. What is the derivative of f(x) + x?"
            ),
            Mistake(answers.gain_always_residual, "Without a shortcut a block passes on its slope alone."),
            Mistake(
                answers.gain_added_once,
                "One shortcut round all blocks would do that. Every block has a shortcut of its own.",
            ),
            Mistake(
                answers.gain_summed, "Blocks stand one behind the other: by the chain rule factors multiply."
            ),
        ),
    ),
    Exercise(
        name="modern.bottleneck_weights",
        title="Through the bottleneck",
        prompt=(
            "ResNet-50's block leads `channels` channels down to `width` with a 1 × 1 convolution, works "
            "there with 3 × 3, and leads back up with 1 × 1. Write `bottleneck_weights(channels, width)`: "
            "how many weights does it have? No biases, no batch normalisation. Compare 256 and 64 with two "
            "3 × 3 convolutions of 256 channels."
        ),
        reference=answers.bottleneck_weights,
        cases=_bottleneck_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.bottleneck_all_wide, "The 3 × 3 works on the narrow maps, from `width` to `width`."
            ),
            Mistake(answers.bottleneck_not_widened, "The way back up is missing."),
            Mistake(
                answers.bottleneck_of_threes, "Two of the three kernels are 1 × 1: one weight, not nine."
            ),
            Mistake(answers.bottleneck_row, "A 3 × 3 kernel has nine weights."),
            Mistake(
                answers.bottleneck_depthwise,
                "The 3 × 3 is an ordinary convolution: each filter reads all `width` channels.",
            ),
        ),
    ),
    Exercise(
        name="modern.separable_share",
        title="What a separable layer costs",
        prompt=(
            "A depthwise separable layer is a depthwise convolution, one kernel for each input channel, "
            "and a 1 × 1 convolution behind it. Write `separable_share(in_channels, out_channels, "
            "kernel_size)`: its weights divided by those of an ordinary convolution. No biases."
        ),
        reference=answers.separable_share,
        cases=_separable_cases,
        mistakes=(
            Mistake(
                answers.separable_depthwise_only,
                "The 1 × 1 convolution is missing: the depthwise part alone mixes no channels.",
            ),
            Mistake(
                answers.separable_inverse, "The other way round: the separable layer by the ordinary one."
            ),
            Mistake(
                answers.separable_not_depthwise,
                "The first part is depthwise: each kernel reads one channel only.",
            ),
            Mistake(
                answers.separable_out_channels_first,
                "The depthwise part comes first: it has one kernel for each *input* channel.",
            ),
            Mistake(answers.separable_product, "Two layers: their weights add, they do not multiply."),
        ),
    ),
    Exercise(
        name="modern.squeeze_excite",
        title="A gate for each channel",
        prompt=(
            "Write `squeeze_excite(x, weight1, weight2)` for `x` of shape (C, H, W). Squeeze: the mean of "
            "each channel. Excite: `weight1`, shape (R, C), then ReLU, then `weight2`, shape (C, R), then "
            "the sigmoid. Multiply each channel of `x` by its gate. No biases."
        ),
        reference=answers.squeeze_excite,
        cases=_excite_cases,
        exact_shape=True,
        mistakes=(
            Mistake(answers.squeezed_by_sums, "You squeezed by sums. Take the mean of each channel."),
            Mistake(answers.squeezed_without_relu, "The ReLU between the two layers is missing."),
            Mistake(
                answers.squeezed_softmax,
                "The softmax makes the channels compete. Each gate is a sigmoid of its own.",
            ),
            Mistake(answers.squeezed_added, "The gates are factors, not summands."),
            Mistake(answers.squeezed_gate_only, "Those are the gates. Multiply the channels of `x` by them."),
            Mistake(answers.squeezed_not_gated, "The sigmoid is missing: a gate lies between 0 and 1."),
        ),
    ),
)
