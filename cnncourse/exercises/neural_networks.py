"""Exercises of chapter 01_neural_networks."""

import numpy as np

from .answers import neural_networks as answers
from .exercise import Case, Exercise, Mistake


def _neuron_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    small = np.array([1.0, 2.0]), np.array([0.5, -1.0]), 0.5
    cases = [Case((rng.normal(size=size), rng.normal(size=size), rng.normal())) for size in (3, 10)]
    return [Case(small), *cases, Case((np.array([3.0]), np.array([0.5]), -2.0))]


def _layer_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    small = np.array([[1, 2], [3, 4], [5, 6]]), np.array([[1, 0], [1, -1]]), np.array([10, 20])
    sizes = (5, 4, 3), (1, 7, 2), (4, 3, 4)
    cases = [
        Case((rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.normal(size=k))) for n, d, k in sizes
    ]
    return [Case(small), *cases]


def _error_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    small = np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 0.0])
    shapes = (10,), (4, 5)
    return [Case(small), *(Case((rng.normal(size=shape), rng.normal(size=shape))) for shape in shapes)]


def _step_cases() -> list[Case]:
    return [Case(args) for args in ((9, 4), (60_000, 32), (60_000, 128), (7, 7), (3, 8))]


def _label_cases() -> list[Case]:
    return [
        Case((np.array(labels), classes))
        for labels, classes in (([0, 2, 1], 3), ([1, 1], 4), ([3, 0, 9, 5, 5], 10))
    ]


EXERCISES = (
    Exercise(
        name="neuron.neuron",
        title="One neuron",
        prompt=(
            "Write `neuron(inputs, weights, bias)`: multiply each input by its weight, add everything up, "
            "add the bias, "
            "and send the sum through the sigmoid 1 / (1 + exp(−z))."
        ),
        reference=answers.neuron,
        cases=_neuron_cases,
        mistakes=(
            Mistake(
                answers.bias_outside,
                "The bias is added after the sigmoid. It belongs inside: it shifts the point where the "
                "neuron answers.",
            ),
            Mistake(answers.bias_forgotten, "The bias is not used."),
            Mistake(
                answers.not_summed,
                "You return one number per input. A neuron adds the products up and returns one number.",
            ),
            Mistake(
                answers.bias_in_each_product,
                "The bias is added once per input. It is added once, after the sum.",
            ),
            Mistake(
                answers.sign_turned, "The exponent has the wrong sign: the sigmoid is 1 / (1 + exp(−z))."
            ),
            Mistake(answers.no_activation, "This is the weighted sum. The sigmoid is missing."),
        ),
    ),
    Exercise(
        name="neuron.layer",
        title="A layer for a batch",
        prompt=(
            "A layer is many neurons on the same inputs. `inputs` has shape (N, D), one row per sample; "
            "`weights` has shape (K, D), "
            "one row per neuron; `bias` has shape (K,). Write `layer(inputs, weights, bias)` with a result "
            "of shape (N, K), "
            "without activation and without a loop. `torch.nn.Linear` does the same."
        ),
        reference=answers.layer,
        cases=_layer_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.neurons_by_samples, "The result is (K, N). Samples are rows: `inputs @ weights.T`."
            ),
            Mistake(answers.layer_without_bias, "The bias is not used."),
            Mistake(
                answers.layer_with_activation,
                "You sent the sums through the sigmoid. Here they are asked for as they are.",
            ),
            Mistake(
                answers.first_sample_only, "Only the first sample was used. The batch axis stays in front."
            ),
            Mistake(
                answers.summed_over_the_batch,
                "You summed over the samples. Each has a row of its own in the result.",
            ),
        ),
    ),
    Exercise(
        name="neuron.mean_squared_error",
        title="How wrong is it",
        prompt=(
            "Write `mean_squared_error(predicted, target)` for two arrays of one shape: square the "
            "differences and take their mean."
        ),
        reference=answers.mean_squared_error,
        cases=_error_cases,
        mistakes=(
            Mistake(
                answers.summed_squares,
                "This is the sum. Divide by the number of entries, or the loss grows with the data.",
            ),
            Mistake(answers.absolute_error, "You took absolute values. Square the differences."),
            Mistake(
                answers.root_of_the_mean,
                "You took the square root of the mean. That is a useful number too, but another one.",
            ),
            Mistake(
                answers.square_of_the_mean,
                "You took the mean first and squared it. Positive and negative errors then cancel.",
            ),
            Mistake(
                answers.mean_per_row, "You divided by the number of rows. Divide by the number of entries."
            ),
        ),
    ),
    Exercise(
        name="neuron.steps_per_epoch",
        title="How many steps",
        prompt=(
            "An epoch shows each sample once, in batches of `batch_size`. The last batch may be short. "
            "Write `steps_per_epoch(samples, batch_size)`. For 60,000 images and batches of 32 it is 1,875."
        ),
        reference=answers.steps_per_epoch,
        cases=_step_cases,
        whole=True,
        mistakes=(
            Mistake(
                lambda samples, batch_size: samples // batch_size, "The short last batch is lost. Round up."
            ),
            Mistake(
                lambda samples, batch_size: samples // batch_size + 1,
                "Where the samples fill the batches exactly, there is no extra one.",
            ),
            Mistake(
                lambda samples, batch_size: samples / batch_size, "A number of steps is an integer. Round up."
            ),
            Mistake(
                lambda samples, batch_size: round(samples / batch_size),
                "`round` goes to the nearest number. A batch that is less than half full counts too.",
            ),
        ),
    ),
    Exercise(
        name="neuron.one_hot",
        title="Labels as rows",
        prompt=(
            "Write `one_hot(labels, num_classes)`: a matrix with one row per label. Each row is 0, with a 1 "
            "in the column of its class. "
            "Classes are counted from 0."
        ),
        reference=answers.one_hot,
        cases=_label_cases,
        mistakes=(
            Mistake(
                answers.one_hot_transposed,
                "Rows and columns are exchanged: one row per label, one column per class.",
            ),
            Mistake(
                answers.as_wide_as_the_labels,
                "The number of columns must be `num_classes`. The last class may not occur.",
            ),
            Mistake(
                answers.counted_from_one,
                "The ones stand one column too far to the left. Class 0 has column 0.",
            ),
            Mistake(
                answers.all_rows_marked,
                "`rows[:, labels]` marks all rows. Pair each row with its label: "
                "`rows[np.arange(len(labels)), labels]`.",
            ),
        ),
    ),
)
