"""Exercises of chapter 09_backpropagation."""

import numpy as np

from .answers import backpropagation as answers
from .exercise import Case, Exercise, Mistake


def _relu_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    small = np.array([[5.0, -6.0], [-7.0, 8.0]]), np.array([[1.0, 2.0], [-1.0, 0.0]])
    shapes = (7,), (2, 3, 4)
    return [Case(small), *(Case((rng.normal(size=shape), rng.normal(size=shape))) for shape in shapes)]


def _twice_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    square = (
        np.array([[1.0, 2.0], [0.0, -1.0]]),
        np.array([[1.0, 0.0], [3.0, 1.0]]),
        np.array([[1.0, -1.0], [2.0, 0.0]]),
    )
    cases = [Case(square)]
    for n, inputs, units in ((4, 4, 4), (5, 3, 2), (1, 2, 6)):
        grad_output, x = rng.normal(size=(2, n, inputs))
        cases.append(Case((grad_output, x, rng.normal(size=(units, inputs)))))
    return cases


def _input_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    small = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), 0
    settings = ((3, 4), (3, 3), 1), ((4, 4), (3, 3), 0), ((5, 5), (5, 5), 2), ((2, 3), (2, 3), 0)
    cases = [Case((rng.normal(size=out), rng.normal(size=kernel), p)) for out, kernel, p in settings]
    return [Case(small), *cases]


def _weight_cases() -> list[Case]:
    rng = np.random.default_rng(4)
    small = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    twice = np.repeat(small[0], 2, axis=0), np.repeat(small[1], 2, axis=0)
    settings = (3, 2, 2, (5, 6), (3, 3)), (2, 3, 4, (4, 4), (2, 3))
    cases = [
        Case((rng.normal(size=(n, c, *size)), rng.normal(size=(n, o, size[0] - k + 1, size[1] - m + 1))))
        for n, c, o, size, (k, m) in settings
    ]
    return [Case(small), Case(twice), *cases]


def _cubes(x: np.ndarray) -> float:
    return float((x**3).sum())


def _waves(x: np.ndarray) -> float:
    """Entries that work together: the slope along one depends on the others."""
    return float(np.sin(x).sum() ** 2 + x.max() * x.mean())


def _measuring_cases() -> list[Case]:
    rng = np.random.default_rng(5)
    small = _cubes, np.array([1.0, -2.0, 0.5]), 0.5
    cases = [
        Case((_waves, rng.normal(size=shape), step)) for shape, step in (((2, 3), 0.01), ((1, 2, 2, 2), 0.3))
    ]
    return [Case(small), *cases]


def _strided_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    small = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 10.0], [100.0, 1000.0]]), 2, (4, 4)
    settings = ((2, 3), (3, 3), 2, (5, 7)), ((2, 2), (3, 3), 2, (6, 6)), ((3, 2), (2, 3), 3, (8, 7))
    cases = [Case((rng.normal(size=out), rng.normal(size=k), s, shape)) for out, k, s, shape in settings]
    return [Case(small), *cases]


def _pool_cases() -> list[Case]:
    rng = np.random.default_rng(7)
    tied = np.array([[1.0, 3.0, 0.0, 0.0], [3.0, 2.0, 0.0, 0.0]]), np.array([[6.0, 4.0]]), 2, 2
    overlapping = rng.normal(size=(5, 5)), rng.normal(size=(2, 2)), 3, 2
    dense = rng.permutation(16).reshape(4, 4).astype(float), rng.normal(size=(3, 3)), 2, 1
    return [Case(tied), Case(overlapping), Case(dense)]


EXERCISES = (
    Exercise(
        name="backpropagation.relu",
        title="Through a ReLU",
        prompt=(
            "A ReLU has taken `x` and the gradient `grad_output` of its result comes back. Write "
            "`relu_backward(grad_output, x)`: the gradient of `x`. At exactly 0 the slope is taken as 0, as "
            "in PyTorch."
        ),
        reference=answers.relu_backward,
        cases=_relu_cases,
        mistakes=(
            Mistake(
                answers.mask_from_the_gradient,
                "The mask comes from the input, not from the gradient: a negative gradient may pass.",
            ),
            Mistake(
                answers.both_must_be_positive,
                "A negative gradient passes too, wherever the input was above 0.",
            ),
            Mistake(
                answers.times_the_input, "Where it passes, the gradient is multiplied by 1, not by the input."
            ),
            Mistake(answers.passed_at_zero, "At an input of exactly 0, nothing passes."),
            Mistake(answers.slope_alone, "That is the slope. Multiply it by the gradient that comes back."),
        ),
    ),
    Exercise(
        name="backpropagation.used_twice",
        title="One weight, used twice",
        prompt=(
            "A network squeezes `x`, of shape (N, inputs), to `x @ weight.T` and unfolds that again with the "
            "same numbers: the result is `x @ weight.T @ weight`. `weight` has shape (units, inputs). Write "
            "`used_twice_backward(grad_output, x, weight)`: the gradient of `x` and that of `weight`. "
            "`grad_output` has the shape of the result, which is that of `x`."
        ),
        reference=answers.used_twice_backward,
        cases=_twice_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.first_use_alone,
                "Your gradient of the weight knows only how it squeezes. It unfolds as well, and the ways "
                "add up.",
            ),
            Mistake(
                answers.second_use_alone,
                "Your gradient of the weight knows only how it unfolds. It squeezes as well, and the ways "
                "add up.",
            ),
            Mistake(
                answers.mean_of_both_uses,
                "You took the mean of the two ways. They add up.",
            ),
            Mistake(
                answers.stopped_halfway,
                "Your gradient of `x` is that of the squeezed numbers. One more product leads back to `x`.",
            ),
            Mistake(
                answers.weight_not_turned,
                "Where the forward pass multiplies by `weight`, the way back multiplies by `weight.T`, and "
                "the other way round.",
            ),
            Mistake(
                answers.averaged_over_the_batch,
                "You divided by N. If the loss is a mean, its own gradient has done that already.",
            ),
        ),
    ),
    Exercise(
        name="backpropagation.conv_input",
        title="Back to the pixels",
        prompt=(
            "An image was framed with `padding` zeros on each side and correlated with `kernel`, stride 1. "
            "Write `input_gradient(grad_output, kernel, padding)`: the gradient of the image, without the "
            "frame."
        ),
        reference=answers.input_gradient,
        cases=_input_cases,
        mistakes=(
            Mistake(
                answers.kernel_not_turned,
                "The kernel is not turned by 180 degrees. Follow the upper left pixel: which weight used it?",
            ),
            Mistake(
                answers.kernel_mirrored_in_rows,
                "The kernel is mirrored top to bottom only. Mirror both axes.",
            ),
            Mistake(answers.kernel_transposed, "Rows and columns of the kernel are exchanged."),
            Mistake(
                answers.frame_left_on,
                "The frame has a gradient too, but nobody asks for it: cut `padding` pixels off each side.",
            ),
            Mistake(
                answers.valid_instead_of_full,
                "Your gradient is too small. The pixels on the border have touched outputs as well: frame "
                "`grad_output` with one zero less than the kernel is long.",
            ),
            Mistake(
                answers.written_not_added,
                "A pixel that has touched several outputs gets a sum. Use `+=`.",
            ),
        ),
    ),
    Exercise(
        name="backpropagation.conv_weight",
        title="Back to the weights",
        prompt=(
            "A convolution (stride 1, no padding) has turned `x` of shape (N, C, H, W) into an output whose "
            "gradient `grad_output` has shape (N, O, H', W'). Write `weight_gradient(x, grad_output)`: the "
            "gradient of the weights, of shape (O, C, KH, KW). The size of the kernel follows from the other "
            "two."
        ),
        reference=answers.weight_gradient,
        cases=_weight_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.averaged_weight_gradient, "You averaged over the batch. The images add their shares."
            ),
            Mistake(
                answers.batch_axis_kept,
                "You have a gradient for each image. They all used the same weights: sum over the batch.",
            ),
            Mistake(
                answers.turned_weight_gradient,
                "Your gradient is turned by 180 degrees. Nothing is flipped here: slide the gradient "
                "over `x`.",
            ),
            Mistake(answers.channels_exchanged, "Input and output channels are exchanged."),
            Mistake(
                answers.each_channel_with_itself,
                "You summed over the input channels. Each weight belongs to one of them.",
            ),
        ),
    ),
    Exercise(
        name="backpropagation.measured",
        title="Measure a gradient",
        prompt=(
            "`loss` is a function that takes an array and returns one number. Nobody knows its formula. "
            "Write `measured_gradient(loss, x, step)`: the gradient at `x`, an array of any shape, measured "
            "with a step up and a step down for each entry. Use the `step` that is given, however large."
        ),
        reference=answers.measured_gradient,
        cases=_measuring_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.measured_upwards_only,
                "You step to one side. Where the curve bends, that is off by much more: go up and down from "
                "`x`.",
            ),
            Mistake(
                answers.measured_over_one_step,
                "Between the upper and the lower point lie two steps.",
            ),
            Mistake(
                answers.measured_all_at_once,
                "You moved all entries together, which tells only how they work as one. Move one at a time.",
            ),
            Mistake(
                answers.measured_while_walking,
                "An entry that was moved has not been put back before the next one moves. Begin with `x` "
                "each time.",
            ),
            Mistake(
                answers.measured_with_a_step_of_its_own,
                "You took a step of your own. With `step` the numbers differ a little, and those are asked "
                "for.",
            ),
            Mistake(answers.measured_downwards, "The signs are turned: the upper loss minus the lower one."),
        ),
    ),
    Exercise(
        name="backpropagation.strided",
        title="Back through a stride",
        prompt=(
            "An image of the given `shape` was correlated with `kernel` in steps of `stride`, without "
            "padding. Write `strided_input_gradient(grad_output, kernel, stride, shape)`: the gradient of "
            "the image."
        ),
        reference=answers.strided_input_gradient,
        cases=_strided_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.stride_forgotten,
                "The stride is not used. Neighbouring outputs looked at windows that begin `stride` apart.",
            ),
            Mistake(
                answers.turned_stamp,
                "If you stamp the kernel, stamp it as it is. It is turned only where a pixel collects.",
            ),
            Mistake(answers.stamps_written_over, "Where stamps overlap, they add up. Use `+=`."),
            Mistake(
                answers.last_rows_forgotten,
                "The image may end with rows that no window has reached. Their gradient is 0, but they are "
                "there.",
            ),
            Mistake(
                answers.repeated_instead_of_spread,
                "You repeated each gradient. Put zeros between them instead: the windows in between did not "
                "exist.",
            ),
        ),
    ),
    Exercise(
        name="backpropagation.max_pool",
        title="Back through overlapping windows",
        prompt=(
            "Write `max_pool_backward(x, grad_output, size, stride)` for max pooling with windows of "
            "`size` × `size` in steps of `stride`, which may overlap. If a window has several largest "
            "pixels, the first in reading order gets everything, as in PyTorch."
        ),
        reference=answers.max_pool_backward,
        cases=_pool_cases,
        mistakes=(
            Mistake(
                answers.shared_between_ties,
                "You shared the gradient between equal pixels. The first gets all.",
            ),
            Mistake(
                answers.all_ties_get_everything,
                "Each of the equal pixels got the whole gradient. Together they have more than came back.",
            ),
            Mistake(answers.last_of_the_ties, "You gave it to the last of the equal pixels."),
            Mistake(
                answers.windows_overwrite_each_other,
                "A pixel may be the largest of several windows. Then it gets a sum: `+=`.",
            ),
            Mistake(
                answers.windows_side_by_side, "The stride is not used: your windows always lie side by side."
            ),
        ),
    ),
)
