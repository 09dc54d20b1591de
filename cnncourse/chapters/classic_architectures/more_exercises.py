"""More exercises of the chapter classic_architectures: the work of a layer, and what the first nets did."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


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


@exercise(
    "architectures.layer_macs",
    "The work of a layer",
    """
    Write `layer_macs(in_channels, out_channels, kernel_size, stride, padding, side)`: how many
    multiplications does this convolution need for one image? `side` is the side of what goes *in*.
    """,
    cases=_macs_cases,
    whole=True,
)
def layer_macs(in_channels, out_channels, kernel_size, stride, padding, side):
    """Multiplications of a convolution on an image of side × side pixels."""
    out_side = (side + 2 * padding - kernel_size) // stride + 1
    return out_channels * out_side**2 * in_channels * kernel_size**2


@layer_macs.mistake("Count the places of the output, not those of the input: the kernel stands only there.")
def macs_at_the_input(in_channels, out_channels, kernel_size, stride, padding, side):
    return out_channels * side**2 * in_channels * kernel_size**2


@layer_macs.mistake("Every filter reads all input channels.")
def macs_of_one_channel(in_channels, out_channels, kernel_size, stride, padding, side):
    return layer_macs(1, out_channels, kernel_size, stride, padding, side)


@layer_macs.mistake("The output has rows and columns: square its side.")
def macs_of_one_row(in_channels, out_channels, kernel_size, stride, padding, side):
    out_side = (side + 2 * padding - kernel_size) // stride + 1
    return out_channels * out_side * in_channels * kernel_size**2


@layer_macs.mistake("The stride is not used, so that you count too many places.")
def macs_without_stride(in_channels, out_channels, kernel_size, stride, padding, side):
    return layer_macs(in_channels, out_channels, kernel_size, 1, padding, side)


@layer_macs.mistake("Those are the weights. Each is used once at every place of the output.")
def macs_at_one_place(in_channels, out_channels, kernel_size, stride, padding, side):
    return out_channels * in_channels * kernel_size**2


def _stack_cases() -> list[Case]:
    return [Case(args) for args in ((5, 64), (7, 256), (3, 10), (11, 3))]


@exercise(
    "architectures.stack_of_threes",
    "Only threes",
    """
    A convolution with an odd `kernel_size` and stride 1 is replaced by 3 × 3 convolutions, one behind the
    other, which see just as far. All have `channels` input and output channels. Write
    `stack_of_threes(kernel_size, channels)`: return how many layers it takes, and how many weights they
    have together. No biases.
    """,
    cases=_stack_cases,
    whole=True,
)
def stack_of_threes(kernel_size, channels):
    """Layers of 3 × 3 that see as much as one kernel, and their weights."""
    layers = (kernel_size - 1) // 2
    return layers, layers * 9 * channels**2


@stack_of_threes.mistake("You divided by 3. How many pixels does the field grow with each further layer?")
def stack_of_thirds(kernel_size, channels):
    layers = -(-kernel_size // 3)
    return layers, layers * 9 * channels**2


stack_of_threes.mistake(
    "Those are the weights of one layer. Count all of them.",
    lambda kernel_size, channels: ((kernel_size - 1) // 2, 9 * channels**2),
)


@stack_of_threes.mistake("Each of the filters reads all channels: `channels` counts twice.")
def stack_with_one_channel(kernel_size, channels):
    layers = (kernel_size - 1) // 2
    return layers, layers * 9 * channels


stack_of_threes.mistake(
    "Those are the weights of the large kernel. Count the small ones that replace it.",
    lambda kernel_size, channels: ((kernel_size - 1) // 2, kernel_size**2 * channels**2),
)
stack_of_threes.mistake(
    "The other way round: first the layers, then the weights.",
    lambda kernel_size, channels: stack_of_threes(kernel_size, channels)[::-1],
)


def _mask_cases() -> list[Case]:
    rng = np.random.default_rng(13)
    shapes = (3, 4, 2, 2), (3, 2, 1, 3), (4, 3, 3, 3)
    reads = [rng.integers(0, 2, shape[:2]) for shape in shapes]
    return [Case((rng.integers(1, 9, shape).astype(float), read)) for shape, read in zip(shapes, reads)]


@exercise(
    "architectures.masked_weight",
    "LeNet's missing connections",
    """
    In LeNet-5 of 1998 a filter of the third layer reads only some of the maps. `weight` has shape (M, C,
    KH, KW). `reads`, of shape (M, C), holds 1 where filter m reads channel c, and 0 elsewhere. Write
    `masked_weight(weight, reads)`: the same weights, with 0 wherever a filter does not read a channel.
    """,
    cases=_mask_cases,
    exact_shape=True,
)
def masked_weight(weight, reads):
    """Weights of which each filter keeps only the input maps it reads."""
    return weight * reads[:, :, None, None]


masked_weight.mistake(
    "The other way round: keep what is read, and clear the rest.",
    lambda weight, reads: weight - masked_weight(weight, reads),
)
masked_weight.mistake(
    "That is the mask. Multiply the weights by it.",
    lambda weight, reads: np.broadcast_to(reads[:, :, None, None], weight.shape),
)
masked_weight.mistake("Nothing has been cleared.", lambda weight, reads: weight.copy())
masked_weight.mistake(
    "Do not sum over the channels. The shape stays: cleared kernels are full of zeros.",
    lambda weight, reads: masked_weight(weight, reads).sum(axis=1),
)


def _response_cases() -> list[Case]:
    rng = np.random.default_rng(14)
    settings = ((4, 1, 2), 3, 1.0, 0.5, 1.0), ((7, 3, 3), 5, 0.3, 0.75, 2.0), ((6, 2, 4), 3, 0.8, 2.0, 1.5)
    return [Case((rng.normal(size=shape) * 3, *rest)) for shape, *rest in settings]


@exercise(
    "architectures.local_response",
    "AlexNet's normalisation",
    """
    AlexNet divides each value by what its neighbours say: the channels next to it, at the same pixel.
    Write `local_response(x, size, alpha, beta, k)` for `x` of shape (C, H, W). Sum the squares over
    `size` channels, an odd number, with the value's own in the middle; at the ends there are fewer.
    Multiply the sum by `alpha`, add `k`, raise to the power `beta`, and divide the value by that.
    """,
    cases=_response_cases,
)
def local_response(x, size, alpha, beta, k):
    """Each value divided by what the neighbouring channels say at its place."""
    out = np.zeros(x.shape)
    half = size // 2
    for c in range(len(x)):
        near = x[max(c - half, 0) : c + half + 1]
        out[c] = x[c] / (k + alpha * (near**2).sum(axis=0)) ** beta
    return out


local_response.mistake(
    "The neighbouring channels are missing in the sum.",
    lambda x, size, alpha, beta, k: x / (k + alpha * x**2) ** beta,
)


@local_response.mistake("You summed magnitudes. Sum the squares.")
def response_not_squared(x, size, alpha, beta, k):
    out = np.zeros(x.shape)
    half = size // 2
    for c in range(len(x)):
        out[c] = x[c] / (k + alpha * np.abs(x[max(c - half, 0) : c + half + 1]).sum(axis=0)) ** beta
    return out


local_response.mistake(
    "You summed over all channels. Only `size` of them are near.",
    lambda x, size, alpha, beta, k: x / (k + alpha * (x**2).sum(axis=0)) ** beta,
)


@local_response.mistake("The channels after it are missing. The window reaches to both sides.")
def response_of_earlier(x, size, alpha, beta, k):
    out = np.zeros(x.shape)
    for c in range(len(x)):
        out[c] = x[c] / (k + alpha * (x[max(c - size // 2, 0) : c + 1] ** 2).sum(axis=0)) ** beta
    return out


@local_response.mistake("The first channel has seen the last one. At the ends the window is cut off.")
def response_wrapped(x, size, alpha, beta, k):
    half = size // 2
    near = sum(np.roll(x, shift, axis=0) ** 2 for shift in range(-half, half + 1))
    return x / (k + alpha * near) ** beta


local_response.mistake(
    "The power `beta` is not used.", lambda x, size, alpha, beta, k: local_response(x, size, alpha, 1, k)
)
