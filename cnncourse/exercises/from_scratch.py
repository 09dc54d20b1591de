"""Exercises of chapter 08_a_cnn_from_scratch."""

import numpy as np

from .answers import from_scratch as answers
from .exercise import Case, Exercise, Mistake


def _map_cases() -> list[Case]:
    shapes = (2, 3, 2, 2), (1, 2, 3, 4), (4, 1, 2, 5), (3, 16, 5, 5)
    return [Case((np.arange(np.prod(shape), dtype=float).reshape(shape),)) for shape in shapes]


def _network_cases() -> list[Case]:
    sizes = (28, 5, 6, 16, 120), (28, 5, 20, 50, 500), (32, 3, 8, 8, 64), (29, 4, 2, 3, 5), (16, 2, 1, 1, 7)
    return [Case(args) for args in sizes]


def _cnn_cases() -> list[Case]:
    rng = np.random.default_rng(80)
    # On a picture of ones the second kernel, of minus ones, gives only negative numbers.
    plain = np.stack([np.ones((3, 3)), -np.ones((3, 3))])
    small = np.arange(36.0).reshape(6, 6) % 5, plain, rng.normal(size=(3, 8)), np.array([1.0, -20.0, 3.0])
    cases = [Case(small)]
    for (height, width), kernel_size, maps, classes in (
        ((28, 28), 5, 4, 10),
        ((5, 9), 2, 3, 2),
        ((8, 8), 3, 1, 5),
    ):
        inputs = maps * ((height - kernel_size + 1) // 2) * ((width - kernel_size + 1) // 2)
        image, kernels = rng.normal(size=(height, width)), rng.normal(size=(maps, kernel_size, kernel_size))
        cases.append(Case((image, kernels, rng.normal(size=(classes, inputs)), rng.normal(size=classes))))
    return cases


def _step_cases() -> list[Case]:
    rng = np.random.default_rng(81)
    cases = []
    for samples, inputs, classes, lr, momentum in (
        (2, 3, 2, 0.5, 0.9),
        (8, 5, 10, 0.1, 0.5),
        (1, 4, 3, 0.05, 0.0),
    ):
        weight, velocity = rng.normal(size=(2, classes, inputs))
        x, labels = rng.normal(size=(samples, inputs)), rng.integers(0, classes, samples)
        cases.append(Case((x, labels, weight, velocity, lr, momentum)))
    x, labels, weight, velocity, lr, momentum = cases[1].args
    return [*cases, Case((1000 * x, labels, weight, velocity, lr, momentum))]


def _shape_cases() -> list[Case]:
    return [Case((shape,)) for shape in ((16, 6, 5, 5), (120, 400), (6, 1, 5, 5), (64, 3, 7, 3), (10, 84))]


def _batch_cases() -> list[Case]:
    return [Case(args) for args in ((10, 4), (60_000, 64), (8, 4), (3, 5), (7, 1))]


def _dense_cases() -> list[Case]:
    sizes = (2, 3, 2, 2), (3, 2, 2, 3), (4, 16, 5, 5), (1, 5, 1, 4)
    return [
        Case((np.arange(u * c * h * w, dtype=float).reshape(u, c * h * w), c, h, w)) for u, c, h, w in sizes
    ]


def _mistake_cases() -> list[Case]:
    rng = np.random.default_rng(82)
    # Right and sure; wrong with high scores that are close; wrong and sure; the truth least likely.
    small = np.array([[9, 0, 0], [6, 5.9, 5.8], [0, 3, 0], [1.2, 1, -6]]), np.array([0, 1, 0, 2])
    cases = [Case(small)]
    for samples, classes in ((30, 10), (50, 4), (12, 3)):
        cases.append(Case((rng.normal(scale=3, size=(samples, classes)), rng.integers(0, classes, samples))))
    return cases


EXERCISES = (
    Exercise(
        name="scratch.flatten",
        title="From maps to a row",
        prompt=(
            "Write `flatten(maps)` for the maps of a whole batch, shape (N, C, H, W): one row of numbers for "
            "each picture, in the order that PyTorch has. It must work for a batch of one picture, too."
        ),
        reference=answers.flatten,
        cases=_map_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.flattened_batch,
                "The batch is gone: all pictures stand in one row. The first axis must stay.",
            ),
            Mistake(
                answers.flattened_channels_last,
                "The maps are mixed. All numbers of the first map come first, then those of the second.",
            ),
            Mistake(
                answers.flattened_by_columns,
                "Within a map you go down the columns. Go along the rows, as you read a page.",
            ),
            Mistake(
                answers.a_row_for_each_map, "Each map has a row of its own. All maps of a picture share one."
            ),
            Mistake(answers.pictures_as_columns, "Your pictures are columns. The batch is the first axis."),
        ),
    ),
    Exercise(
        name="scratch.network_parameters",
        title="Count a whole network",
        prompt=(
            "Grey pictures of `side` × `side` pixels go through two blocks. Each is a convolution without "
            "padding, with kernels of `kernel_size` × `kernel_size`, a ReLU and 2 × 2 pooling. The first "
            "has `filters_1` filters and the second `filters_2`. A dense layer of `hidden` units follows, "
            "then one of 10. Write `network_parameters(side, kernel_size, filters_1, filters_2, hidden)`: "
            "the number of all weights and biases. Pooling rounds down."
        ),
        reference=answers.network_parameters,
        cases=_network_cases,
        whole=True,
        mistakes=(
            Mistake(answers.no_biases, "The biases are missing: one for each filter and for each unit."),
            Mistake(
                answers.no_pooling,
                "The maps are not pooled. Each block halves their side after the convolution.",
            ),
            Mistake(
                answers.as_if_padded,
                "There is no padding, so each convolution makes the side smaller by `kernel_size - 1`.",
            ),
            Mistake(
                answers.second_layer_sees_one_channel,
                "A filter of the second convolution has a kernel for each map of the first.",
            ),
            Mistake(
                answers.dense_layer_sees_one_map,
                "The dense layer sees all maps of the second block, not one.",
            ),
        ),
    ),
    Exercise(
        name="scratch.small_cnn",
        title="Forward, by hand",
        prompt=(
            "A small CNN: a convolution with `kernels` of shape (M, k, k), no bias and no padding, then "
            "ReLU, 2 × 2 max pooling, flatten, and a dense layer with `weight` of shape (classes, numbers) "
            "and `bias`. Write `small_cnn(image, kernels, weight, bias)`: the scores for one grey `image` "
            "of shape (H, W). All sizes are even where they are pooled. You may use `ops`, or NumPy alone."
        ),
        reference=answers.small_cnn,
        cases=_cnn_cases,
        mistakes=(
            Mistake(answers.no_relu, "Negative numbers reach the dense layer. Where is the ReLU?"),
            Mistake(answers.mean_pooling, "You took the mean of each block. Max pooling is asked for."),
            Mistake(
                answers.flipped_kernels,
                "Your kernels are flipped. In deep learning a convolution does not turn them.",
            ),
            Mistake(
                answers.scores_channels_last,
                "The dense layer gets the right numbers in another order. Flatten map after map.",
            ),
            Mistake(answers.scores_without_bias, "The bias of the dense layer is missing."),
            Mistake(
                answers.relu_on_the_scores,
                "The scores are cut off at 0. The last layer has no ReLU: scores may be negative.",
            ),
        ),
    ),
    Exercise(
        name="scratch.training_step",
        title="One step, without a library",
        prompt=(
            "A network of one linear layer without bias: the scores are `x @ weight.T`, with `x` of shape "
            "(N, inputs) and `weight` of shape (classes, inputs). The loss is the mean cross-entropy over "
            "the batch. Write `training_step(x, labels, weight, velocity, lr, momentum)`, which returns "
            "the new weight and the new velocity after one step of SGD with momentum, as PyTorch does it: "
            "the velocity keeps `momentum` of itself and adds the gradient, and the weight moves by `lr` "
            "times the new velocity. Scores may be in the thousands."
        ),
        reference=answers.training_step,
        cases=_step_cases,
        mistakes=(
            Mistake(
                answers.summed_gradient,
                "Your gradient is that of the sum. The loss is a mean over the batch.",
            ),
            Mistake(answers.uphill, "You walk uphill: the step goes against the velocity."),
            Mistake(
                answers.step_without_momentum,
                "The velocity is right, but the weight has moved by the gradient alone.",
            ),
            Mistake(
                answers.step_with_the_old_velocity,
                "The weight has moved by the velocity from before. Renew the velocity first.",
            ),
            Mistake(
                answers.rate_inside_the_velocity,
                "The weight is right. The velocity holds the learning rate and a minus sign; PyTorch's "
                "does not.",
            ),
            Mistake(
                answers.labels_never_used,
                "The labels are not used. The gradient of the scores is p minus the truth.",
            ),
        ),
    ),
    Exercise(
        name="scratch.he_std",
        title="How large to start",
        prompt=(
            "Write `he_std(shape)`: the standard deviation of He's starting weights for a layer before a "
            "ReLU. `shape` is the shape of the weight, (outputs, inputs) for a dense layer and (outputs, "
            "inputs, kernel height, kernel width) for a convolution. One function does both."
        ),
        reference=answers.he_std,
        cases=_shape_cases,
        mistakes=(
            Mistake(
                lambda shape: (2 / shape[1]) ** 0.5,
                "For a convolution, each output is a sum over a whole window of every input channel.",
            ),
            Mistake(
                lambda shape: (2 / (shape[0] * np.prod(shape[2:]))) ** 0.5,
                "You counted the outputs. Count how many numbers one output is made of.",
            ),
            Mistake(
                lambda shape: (1 / np.prod(shape[1:])) ** 0.5,
                "The 2, which makes up for the ReLU, is missing.",
            ),
            Mistake(lambda shape: 2 / np.prod(shape[1:]), "That is the variance. Its root is asked for."),
            Mistake(
                lambda shape: (2 / np.prod(shape)) ** 0.5,
                "You counted all weights of the layer. Count those of one output.",
            ),
        ),
    ),
    Exercise(
        name="scratch.batch_sizes",
        title="The last batch",
        prompt=(
            "An epoch cuts `count` pictures into batches of `batch_size`; what is left over makes a last, "
            "smaller batch. Write `batch_sizes(count, batch_size)`: the list of their sizes, in order."
        ),
        reference=answers.batch_sizes,
        cases=_batch_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.last_batch_dropped,
                "The pictures that are left over are lost. They make a batch, too.",
            ),
            Mistake(
                answers.last_batch_filled_up,
                "Your batches hold more pictures than there are. The last is smaller.",
            ),
            Mistake(
                answers.shared_out_evenly,
                "All batches but the last are full. You shared the pictures out evenly.",
            ),
            Mistake(
                answers.number_of_batches, "That is how many batches there are. Their sizes are asked for."
            ),
        ),
    ),
    Exercise(
        name="scratch.reorder_dense",
        title="Repair moved weights",
        prompt=(
            "A dense layer was trained in a library that flattens maps with the channels last: row by row, "
            "and at each place all channels. Its `weight` has shape (units, height · width · channels). "
            "Write `reorder_dense(weight, channels, height, width)`: the weight with its columns in "
            "PyTorch's order, so that the layer gives the same answers behind PyTorch's flatten."
        ),
        reference=answers.reorder_dense,
        cases=_dense_cases,
        mistakes=(
            Mistake(
                answers.wrong_direction,
                "That goes the other way, from PyTorch's order to channels last. Which order do the "
                "columns have now?",
            ),
            Mistake(
                answers.reshaped_only, "Nothing has moved: reshaping alone keeps the order of the numbers."
            ),
            Mistake(
                answers.rows_and_columns_exchanged,
                "The channels are in front, but rows and columns of the maps are exchanged.",
            ),
            Mistake(answers.four_axes_left, "The order is right. A dense layer's weight has two axes."),
        ),
    ),
    Exercise(
        name="scratch.worst_mistake",
        title="Sure, and wrong",
        prompt=(
            "Write `worst_mistake(logits, labels)` for `logits` of shape (N, classes): the position, 0 to "
            "N − 1, of the wrong answer that the network gave with the highest probability. At least one "
            "answer is wrong."
        ),
        reference=answers.worst_mistake,
        cases=_mistake_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.highest_score,
                "You compared scores of different pictures. Only the softmax makes them comparable.",
            ),
            Mistake(answers.surest_of_all, "That answer may be right. Look among the wrong ones only."),
            Mistake(
                answers.least_likely_truth,
                "There the truth has the lowest probability. Asked for is the highest one of a wrong answer.",
            ),
            Mistake(
                answers.its_class, "That is the class it chose. The position of the picture is asked for."
            ),
        ),
    ),
)
