"""More exercises of the chapter modern_architectures: gradients, bottlenecks and gates."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _gate(scores):
    return 1 / (1 + np.exp(-scores))


def _gain_cases() -> list[Case]:
    chains = (
        ((0.5, 0.5, 0.5), False),
        ((0.5, 0.5, 0.5), True),
        ((0.1, -0.2, 0.3, 0.1), True),
        ((2.0, 0.3), False),
    )
    return [Case(([*slopes], shortcut)) for slopes, shortcut in chains]


@exercise(
    "modern.gradient_gain",
    "What a gradient goes through",
    """
    A chain of blocks, each a function of one number. `slopes` lists the derivatives of their layers. A
    plain block passes a gradient on times its slope. A block with a shortcut computes f(x) + x. Write
    `gradient_gain(slopes, shortcut)`: by what is a gradient multiplied on its way through all blocks?
    """,
    cases=_gain_cases,
)
def gradient_gain(slopes, shortcut):
    """Factor by which a chain of blocks scales a gradient."""
    gain = 1.0
    for slope in slopes:
        gain *= slope + 1 if shortcut else slope
    return gain


gradient_gain.mistake(
    "The shortcut is not used. What is the derivative of f(x) + x?",
    lambda slopes, shortcut: gradient_gain(slopes, False),
)
gradient_gain.mistake(
    "Without a shortcut a block passes on its slope alone.",
    lambda slopes, shortcut: gradient_gain(slopes, True),
)
gradient_gain.mistake(
    "One shortcut round all blocks would do that. Every block has a shortcut of its own.",
    lambda slopes, shortcut: gradient_gain(slopes, False) + (1 if shortcut else 0),
)
gradient_gain.mistake(
    "Blocks stand one behind the other: by the chain rule factors multiply.",
    lambda slopes, shortcut: sum(slopes) + (len(slopes) if shortcut else 0),
)


def _bottleneck_cases() -> list[Case]:
    return [Case(args) for args in ((256, 64), (512, 128), (10, 3))]


@exercise(
    "modern.bottleneck_weights",
    "Through the bottleneck",
    """
    ResNet-50's block leads `channels` channels down to `width` with a 1 × 1 convolution, works there with
    3 × 3, and leads back up with 1 × 1. Write `bottleneck_weights(channels, width)`: how many weights
    does it have? No biases, no batch normalisation. Compare 256 and 64 with two 3 × 3 convolutions of 256
    channels.
    """,
    cases=_bottleneck_cases,
    whole=True,
)
def bottleneck_weights(channels, width):
    """Weights of a bottleneck block: 1 × 1, 3 × 3 and 1 × 1."""
    return channels * width + 9 * width * width + width * channels


bottleneck_weights.mistake(
    "The 3 × 3 works on the narrow maps, from `width` to `width`.",
    lambda channels, width: 2 * channels * width + 9 * channels * channels,
)
bottleneck_weights.mistake(
    "The way back up is missing.", lambda channels, width: channels * width + 9 * width * width
)
bottleneck_weights.mistake(
    "Two of the three kernels are 1 × 1: one weight, not nine.",
    lambda channels, width: 9 * (2 * channels * width + width * width),
)
bottleneck_weights.mistake(
    "A 3 × 3 kernel has nine weights.", lambda channels, width: 2 * channels * width + 3 * width * width
)
bottleneck_weights.mistake(
    "The 3 × 3 is an ordinary convolution: each filter reads all `width` channels.",
    lambda channels, width: 2 * channels * width + 9 * width,
)


def _separable_cases() -> list[Case]:
    return [Case(args) for args in ((64, 128, 3), (32, 16, 5), (3, 8, 7), (512, 512, 3))]


@exercise(
    "modern.separable_share",
    "What a separable layer costs",
    """
    A depthwise separable layer is a depthwise convolution, one kernel for each input channel, and a 1 × 1
    convolution behind it. Write `separable_share(in_channels, out_channels, kernel_size)`: its weights
    divided by those of an ordinary convolution. No biases.
    """,
    cases=_separable_cases,
)
def separable_share(in_channels, out_channels, kernel_size):
    """Weights of a depthwise separable layer, as a share of a full one."""
    full = in_channels * out_channels * kernel_size**2
    separable = in_channels * kernel_size**2 + in_channels * out_channels
    return separable / full


separable_share.mistake(
    "The 1 × 1 convolution is missing: the depthwise part alone mixes no channels.",
    lambda in_channels, out_channels, kernel_size: 1 / out_channels,
)


@separable_share.mistake("The other way round: the separable layer by the ordinary one.")
def separable_inverse(in_channels, out_channels, kernel_size):
    return 1 / separable_share(in_channels, out_channels, kernel_size)


@separable_share.mistake("The first part is depthwise: each kernel reads one channel only.")
def separable_not_depthwise(in_channels, out_channels, kernel_size):
    full = in_channels * out_channels * kernel_size**2
    return (in_channels**2 * kernel_size**2 + in_channels * out_channels) / full


@separable_share.mistake("The depthwise part comes first: it has one kernel for each *input* channel.")
def separable_out_channels_first(in_channels, out_channels, kernel_size):
    full = in_channels * out_channels * kernel_size**2
    return (out_channels * kernel_size**2 + in_channels * out_channels) / full


@separable_share.mistake("Two layers: their weights add, they do not multiply.")
def separable_product(in_channels, out_channels, kernel_size):
    full = in_channels * out_channels * kernel_size**2
    return in_channels * kernel_size**2 * in_channels * out_channels / full


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


@exercise(
    "modern.squeeze_excite",
    "A gate for each channel",
    """
    Write `squeeze_excite(x, weight1, weight2)` for `x` of shape (C, H, W). Squeeze: the mean of each
    channel. Excite: `weight1`, shape (R, C), then ReLU, then `weight2`, shape (C, R), then the sigmoid.
    Multiply each channel of `x` by its gate. No biases.
    """,
    cases=_excite_cases,
    exact_shape=True,
)
def squeeze_excite(x, weight1, weight2):
    """Each channel of x, shape (C, H, W), times a gate from 0 to 1."""
    squeezed = x.mean(axis=(1, 2))
    hidden = np.maximum(weight1 @ squeezed, 0)
    gate = 1 / (1 + np.exp(-(weight2 @ hidden)))
    return x * gate[:, None, None]


@squeeze_excite.mistake("You squeezed by sums. Take the mean of each channel.")
def squeezed_by_sums(x, weight1, weight2):
    return x * _gate(weight2 @ np.maximum(weight1 @ x.sum(axis=(1, 2)), 0))[:, None, None]


squeeze_excite.mistake(
    "The ReLU between the two layers is missing.",
    lambda x, weight1, weight2: x * _gate(weight2 @ weight1 @ x.mean(axis=(1, 2)))[:, None, None],
)


@squeeze_excite.mistake("The softmax makes the channels compete. Each gate is a sigmoid of its own.")
def squeezed_softmax(x, weight1, weight2):
    scores = np.exp(weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0))
    return x * (scores / scores.sum())[:, None, None]


@squeeze_excite.mistake("The gates are factors, not summands.")
def squeezed_added(x, weight1, weight2):
    return x + _gate(weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0))[:, None, None]


squeeze_excite.mistake(
    "Those are the gates. Multiply the channels of `x` by them.",
    lambda x, weight1, weight2: _gate(weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0)),
)
squeeze_excite.mistake(
    "The sigmoid is missing: a gate lies between 0 and 1.",
    lambda x, weight1, weight2: x * (weight2 @ np.maximum(weight1 @ x.mean(axis=(1, 2)), 0))[:, None, None],
)
