"""Exercises of chapter 15_transfer_learning: the arithmetic of bodies and heads, in NumPy."""

import numpy as np

from .answers import transfer as answers
from .exercise import Case, Exercise, Mistake


def _image_cases() -> list[Case]:
    rng = np.random.default_rng(151)
    cifar = (0.491, 0.482, 0.447), (0.245, 0.243, 0.261)
    plain = (0.5, 0.25, 0.125), (0.5, 0.25, 0.5)
    return [
        Case((rng.integers(0, 256, shape, dtype=np.uint8), np.array(mean), np.array(std)))
        for shape, (mean, std) in (((2, 1, 3, 3), cifar), ((1, 1, 4, 5), plain), ((5, 1, 1, 2), cifar))
    ]


def _count_cases() -> list[Case]:
    small = {"conv1.weight": 432, "bn1.weight": 16, "bn1.bias": 16, "fc.weight": 128, "fc.bias": 2}
    stages = {"layer1.0.weight": 100, "layer10.0.weight": 7, "layer2.weight": 50, "head.bias": 3}
    return [
        Case((small, ("conv1", "bn1"))),
        Case((stages, ("layer1",))),
        Case((stages, ("layer2", "layer10"))),
        Case((small, ())),
        Case((small, ("conv1", "bn1", "fc"))),
    ]


def _layer_cases() -> list[Case]:
    rng = np.random.default_rng(152)
    cifar = np.array([0.491, 0.482, 0.447]), np.array([0.245, 0.243, 0.261])
    plain = np.array([0.5, 0.25, 0.75]), np.array([0.5, 0.25, 0.5])
    sizes = (3, 2, plain), (4, 3, cifar), (1, 1, plain), (2, 5, cifar)
    return [Case((rng.normal(size=(m, 3, k, k)), rng.normal(size=m), *how)) for m, k, how in sizes]


def _rate_cases() -> list[Case]:
    return [
        Case(args) for args in ((4, 0.08, 0.5), (3, 1.0, 0.1), (11, 0.003, 0.7), (2, 0.1, 1.0), (1, 0.2, 0.5))
    ]


def _mean_cases() -> list[Case]:
    rng = np.random.default_rng(153)
    features = np.array([[0.0, 0.0], [0.0, 2.0], [4.0, 0.0], [8.0, 0.0]])
    cases = [Case((features, np.array([0, 0, 1, 1]), np.array([[3.2, 0.0], [1.0, 1.0], [0.0, 9.0]])))]
    for samples, width, classes in ((12, 3, 3), (30, 5, 4), (6, 2, 2)):
        labels = rng.permutation(np.arange(samples) % classes)
        rows = rng.normal(size=(samples, width)) + 2 * rng.normal(size=(classes, width))[labels]
        cases.append(Case((rows, labels, rng.normal(scale=2, size=(9, width)))))
    return cases


def _norm_cases() -> list[Case]:
    rng = np.random.default_rng(154)
    cases = []
    for shape, eps in (((4, 3, 2, 2), 1e-5), ((1, 2, 3, 3), 0.1), ((2, 5, 1, 4), 1e-3)):
        channels = shape[1]
        mean, bias = rng.normal(size=(2, channels))
        var, weight = rng.uniform(0.2, 3, size=(2, channels))
        cases.append(Case((rng.normal(loc=2, scale=3, size=shape), mean, var, weight, bias, eps)))
    return cases


EXERCISES = (
    Exercise(
        name="transfer.for_the_body",
        title="Digits for a body that knows colour",
        prompt=(
            "A body was trained on colour pictures with the statistics `mean` and `std`, three numbers each, "
            "for values from 0 to 1. Your `images` are grey digits: uint8, shape (N, 1, H, W). "
            "Write `for_the_body(images, mean, std)`, which returns what the body expects: three equal "
            "channels, scaled to 0–1, then normalised with the body's statistics. Shape (N, 3, H, W)."
        ),
        reference=answers.for_the_body,
        cases=_image_cases,
        exact_shape=True,
        mistakes=(
            Mistake(answers.grey_kept, "One channel is left. The body's first layer reads three."),
            Mistake(
                answers.own_statistics,
                "These are the statistics of the new images. The body learned with its own: use `mean` and "
                "`std`.",
            ),
            Mistake(answers.not_divided_by_255, "The pixels still run to 255. Scale to 0–1 first."),
            Mistake(
                answers.grey_in_red_alone,
                "Green and blue are empty, so your digits are red. A grey pixel has the same value in all "
                "three channels.",
            ),
            Mistake(answers.mean_forgotten, "The mean is not subtracted."),
        ),
    ),
    Exercise(
        name="transfer.trainable",
        title="What is left to learn",
        prompt=(
            "`counts` is a dictionary: the name of each parameter and how many numbers it holds, such as "
            '`"layer1.0.conv1.weight": 2304`. `frozen` lists layers by the first part of the name, such as '
            '`("conv1", "layer1")`. Write `trainable(counts, frozen)`: how many numbers still learn.'
        ),
        reference=answers.trainable,
        cases=_count_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.by_the_start_of_the_name,
                "`layer10` starts with `layer1` and is another layer. Compare the whole part before the "
                "first dot.",
            ),
            Mistake(answers.frozen_ones, "You count the frozen numbers. The others are asked for."),
            Mistake(
                answers.layers_counted, "You count the parameters' names. Add up how many numbers each holds."
            ),
            Mistake(
                answers.whole_names_only,
                "Nothing is left out. `frozen` names layers, `counts` names parameters inside them: take the "
                "part before the first dot.",
            ),
        ),
    ),
    Exercise(
        name="transfer.grey_layer",
        title="The preparation, moved into the network",
        prompt=(
            "Instead of preparing every digit for the body, change the body once. Its first layer is a "
            "convolution without padding, with `weight` of shape (M, 3, k, k) and `bias` of shape (M,). It "
            "reads three channels that were normalised with `mean` and `std`. Write `grey_layer(weight, "
            "bias, mean, std)`: a weight of shape (M, 1, k, k) and a bias of shape (M,) of a convolution "
            "that reads grey pixels from 0 to 1 as they are, and gives the same maps."
        ),
        reference=answers.grey_layer,
        cases=_layer_cases,
        mistakes=(
            Mistake(
                answers.mean_of_the_kernels,
                "You took the mean over the colours. The grey pixel stood in all three channels, so their "
                "kernels add up.",
            ),
            Mistake(
                answers.bias_kept,
                "The bias is still the old one. Subtracting `mean` from every pixel has changed every output "
                "by a constant. By which?",
            ),
            Mistake(
                answers.mean_not_divided,
                "The weight is right. In the normalised pixel `mean` is divided by `std` as well.",
            ),
            Mistake(
                answers.multiplied_by_std,
                "The pixel is divided by `std`, and now the weight has to do it: divide.",
            ),
            Mistake(
                answers.bias_pushed_the_other_way,
                "The sign of the change in the bias is turned: the mean is subtracted from the pixels.",
            ),
            Mistake(
                answers.mean_of_the_window,
                "The bias counts the mean once. It was subtracted from each pixel under the kernel, and each "
                "has a weight of its own.",
            ),
            Mistake(
                answers.normalisation_left_out,
                "`mean` and `std` are not used. The old layer has never seen pixels from 0 to 1.",
            ),
        ),
    ),
    Exercise(
        name="transfer.rates",
        title="Slower towards the picture",
        prompt=(
            "A network has `layers` layers. The head, the last one, learns with `lr`; each layer before it "
            "learns with `decay` times the rate of the next. Write `rates(layers, lr, decay)`: the list of "
            "all rates, the first layer first."
        ),
        reference=answers.rates,
        cases=_rate_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.rates_from_the_wrong_end,
                "The first layer has the full rate here. It is the head that learns fastest.",
            ),
            Mistake(answers.rates_one_too_low, "The head itself is slowed down. Its factor is 1."),
            Mistake(
                answers.rates_by_product,
                "Each layer multiplies once more by `decay`: a power, not a product.",
            ),
            Mistake(
                answers.rates_all_decayed_once,
                "All layers of the body have the same rate. It falls from layer to layer.",
            ),
            Mistake(answers.rates_divided, "The rates grow towards the picture. Multiply, do not divide."),
        ),
    ),
    Exercise(
        name="transfer.nearest_mean",
        title="No training at all",
        prompt=(
            "Good features put pictures of one class close together. `features` (N, D) and `labels` (N,) are "
            "given, with each class 0 to K−1 at least once, and `new_features` (M, D) without labels. Write "
            "`nearest_mean(features, labels, new_features)`: for each new row, the class whose mean row is "
            "nearest by the usual (Euclidean) distance. Shape (M,)."
        ),
        reference=answers.nearest_mean,
        cases=_mean_cases,
        whole=True,
        mistakes=(
            Mistake(answers.farthest_mean, "This is the class farthest away: `argmin`, not `argmax`."),
            Mistake(
                answers.differences_not_squared,
                "Positive and negative differences cancel out. Square them before you add.",
            ),
            Mistake(
                answers.nearest_single_image,
                "You look for the nearest single row. Average the rows of each class first.",
            ),
            Mistake(answers.distances_returned, "These are distances. Return the class: `argmin`."),
            Mistake(
                answers.largest_product,
                "The largest product is not the nearest point: long mean rows win. Compare distances.",
            ),
        ),
    ),
    Exercise(
        name="transfer.frozen_batch_norm",
        title="A norm that stands still",
        prompt=(
            "In a frozen body a batch normalisation uses what it has stored, whatever the batch. Write "
            "`frozen_batch_norm(x, running_mean, running_var, weight, bias, eps)` for `x` of shape "
            "(N, C, H, W); the others but `eps` hold one number per channel. Subtract the mean, divide by "
            "the square root of variance plus `eps`, multiply by the weight, add the bias."
        ),
        reference=answers.frozen_batch_norm,
        cases=_norm_cases,
        mistakes=(
            Mistake(
                answers.batch_statistics,
                "You measured the batch. That is what a norm in training does; a frozen one uses its stored "
                "mean and variance.",
            ),
            Mistake(answers.by_the_variance, "You divide by the variance. Take its square root."),
            Mistake(
                answers.eps_outside_the_root, "`eps` is added to the variance, before the root is taken."
            ),
            Mistake(
                answers.without_scale_and_shift,
                "Weight and bias are missing. They are learned numbers, and the next layer counts on them.",
            ),
            Mistake(answers.scale_without_shift, "The bias is missing."),
            Mistake(
                answers.norm_along_the_width,
                "NumPy lines shapes up from the right. Give the statistics the shape (1, C, 1, 1).",
            ),
        ),
    ),
)
