"""Exercises of the chapter neural_networks."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _neuron_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    small = np.array([1.0, 2.0]), np.array([0.5, -1.0]), 0.5
    cases = [Case((rng.normal(size=size), rng.normal(size=size), rng.normal())) for size in (3, 10)]
    return [Case(small), *cases, Case((np.array([3.0]), np.array([0.5]), -2.0))]


@exercise(
    "neuron.neuron",
    "One neuron",
    """
    Write `neuron(inputs, weights, bias)`: multiply each input by its weight, add everything up, add the
    bias, and send the sum through the sigmoid 1 / (1 + exp(−z)).
    """,
    cases=_neuron_cases,
)
def neuron(inputs, weights, bias):
    """One neuron: weighted sum, plus bias, through a sigmoid."""
    z = (weights * inputs).sum() + bias
    return 1 / (1 + np.exp(-z))


neuron.mistake(
    "The bias is added after the sigmoid. It belongs inside: it shifts the point where the neuron answers.",
    lambda inputs, weights, bias: neuron(inputs, weights, 0) + bias,
)
neuron.mistake("The bias is not used.", lambda inputs, weights, bias: neuron(inputs, weights, 0))
neuron.mistake(
    "You return one number per input. A neuron adds the products up and returns one number.",
    lambda inputs, weights, bias: 1 / (1 + np.exp(-(weights * inputs + bias))),
)
neuron.mistake(
    "The bias is added once per input. It is added once, after the sum.",
    lambda inputs, weights, bias: 1 / (1 + np.exp(-(weights * inputs + bias).sum())),
)
neuron.mistake(
    "The exponent has the wrong sign: the sigmoid is 1 / (1 + exp(−z)).",
    lambda inputs, weights, bias: 1 - neuron(inputs, weights, bias),
)
neuron.mistake(
    "This is the weighted sum. The sigmoid is missing.",
    lambda inputs, weights, bias: (weights * inputs).sum() + bias,
)


def _layer_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    small = np.array([[1, 2], [3, 4], [5, 6]]), np.array([[1, 0], [1, -1]]), np.array([10, 20])
    sizes = (5, 4, 3), (1, 7, 2), (4, 3, 4)
    cases = [
        Case((rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.normal(size=k))) for n, d, k in sizes
    ]
    return [Case(small), *cases]


@exercise(
    "neuron.layer",
    "A layer for a batch",
    """
    A layer is many neurons on the same inputs. `inputs` has shape (N, D), one row per sample; `weights`
    has shape (K, D), one row per neuron; `bias` has shape (K,). Write `layer(inputs, weights, bias)` with
    a result of shape (N, K), without activation and without a loop. `torch.nn.Linear` does the same.
    """,
    cases=_layer_cases,
    exact_shape=True,
)
def layer(inputs, weights, bias):
    """K neurons on N samples: inputs (N, D), weights (K, D), bias (K,), result (N, K)."""
    return inputs @ weights.T + bias


layer.mistake(
    "The result is (K, N). Samples are rows: `inputs @ weights.T`.",
    lambda inputs, weights, bias: layer(inputs, weights, bias).T,
)
layer.mistake("The bias is not used.", lambda inputs, weights, bias: inputs @ weights.T)
layer.mistake(
    "You sent the sums through the sigmoid. Here they are asked for as they are.",
    lambda inputs, weights, bias: 1 / (1 + np.exp(-layer(inputs, weights, bias))),
)
layer.mistake(
    "Only the first sample was used. The batch axis stays in front.",
    lambda inputs, weights, bias: weights @ inputs[0] + bias,
)
layer.mistake(
    "You summed over the samples. Each has a row of its own in the result.",
    lambda inputs, weights, bias: layer(inputs, weights, bias).sum(axis=0),
)


def _error_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    small = np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 0.0])
    shapes = (10,), (4, 5)
    return [Case(small), *(Case((rng.normal(size=shape), rng.normal(size=shape))) for shape in shapes)]


@exercise(
    "neuron.mean_squared_error",
    "How wrong is it",
    """
    Write `mean_squared_error(predicted, target)` for two arrays of one shape: square the differences and
    take their mean.
    """,
    cases=_error_cases,
)
def mean_squared_error(predicted, target):
    """Mean of the squared differences."""
    return ((predicted - target) ** 2).mean()


mean_squared_error.mistake(
    "This is the sum. Divide by the number of entries, or the loss grows with the data.",
    lambda predicted, target: ((predicted - target) ** 2).sum(),
)
mean_squared_error.mistake(
    "You took absolute values. Square the differences.",
    lambda predicted, target: np.abs(predicted - target).mean(),
)
mean_squared_error.mistake(
    "You took the square root of the mean. That is a useful number too, but another one.",
    lambda predicted, target: np.sqrt(mean_squared_error(predicted, target)),
)
mean_squared_error.mistake(
    "You took the mean first and squared it. Positive and negative errors then cancel.",
    lambda predicted, target: (predicted - target).mean() ** 2,
)
mean_squared_error.mistake(
    "You divided by the number of rows. Divide by the number of entries.",
    lambda predicted, target: ((predicted - target) ** 2).sum() / len(predicted),
)


def _step_cases() -> list[Case]:
    return [Case(args) for args in ((9, 4), (60_000, 32), (60_000, 128), (7, 7), (3, 8))]


@exercise(
    "neuron.steps_per_epoch",
    "How many steps",
    """
    An epoch shows each sample once, in batches of `batch_size`. The last batch may be short. Write
    `steps_per_epoch(samples, batch_size)`. For 60,000 images and batches of 32 it is 1,875.
    """,
    cases=_step_cases,
    whole=True,
)
def steps_per_epoch(samples, batch_size):
    """Number of batches that hold all samples; the last one may be short."""
    return (samples + batch_size - 1) // batch_size


steps_per_epoch.mistake(
    "The short last batch is lost. Round up.", lambda samples, batch_size: samples // batch_size
)
steps_per_epoch.mistake(
    "Where the samples fill the batches exactly, there is no extra one.",
    lambda samples, batch_size: samples // batch_size + 1,
)
steps_per_epoch.mistake(
    "A number of steps is an integer. Round up.", lambda samples, batch_size: samples / batch_size
)
steps_per_epoch.mistake(
    "`round` goes to the nearest number. A batch that is less than half full counts too.",
    lambda samples, batch_size: round(samples / batch_size),
)


def _label_cases() -> list[Case]:
    return [
        Case((np.array(labels), classes))
        for labels, classes in (([0, 2, 1], 3), ([1, 1], 4), ([3, 0, 9, 5, 5], 10))
    ]


@exercise(
    "neuron.one_hot",
    "Labels as rows",
    """
    Write `one_hot(labels, num_classes)`: a matrix with one row per label. Each row is 0, with a 1 in the
    column of its class. Classes are counted from 0.
    """,
    cases=_label_cases,
)
def one_hot(labels, num_classes):
    """One row per label, with a 1 in the column of its class."""
    rows = np.zeros((len(labels), num_classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows


one_hot.mistake(
    "Rows and columns are exchanged: one row per label, one column per class.",
    lambda labels, num_classes: one_hot(labels, num_classes).T,
)
one_hot.mistake(
    "The number of columns must be `num_classes`. The last class may not occur.",
    lambda labels, num_classes: one_hot(labels, labels.max() + 1),
)
one_hot.mistake(
    "The ones stand one column too far to the left. Class 0 has column 0.",
    lambda labels, num_classes: np.roll(one_hot(labels, num_classes), -1, axis=1),
)


@one_hot.mistake(
    "`rows[:, labels]` marks all rows. Pair each row with its label: `rows[np.arange(len(labels)), labels]`."
)
def all_rows_marked(labels, num_classes):
    rows = np.zeros((len(labels), num_classes))
    rows[:, labels] = 1
    return rows
