"""Answers to the exercises of chapter 01_neural_networks: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def neuron(inputs, weights, bias):
    """One neuron: weighted sum, plus bias, through a sigmoid."""
    z = (weights * inputs).sum() + bias
    return 1 / (1 + np.exp(-z))


def layer(inputs, weights, bias):
    """K neurons on N samples: inputs (N, D), weights (K, D), bias (K,), result (N, K)."""
    return inputs @ weights.T + bias


def mean_squared_error(predicted, target):
    """Mean of the squared differences."""
    return ((predicted - target) ** 2).mean()


def steps_per_epoch(samples, batch_size):
    """Number of batches that hold all samples; the last one may be short."""
    return (samples + batch_size - 1) // batch_size


def one_hot(labels, num_classes):
    """One row per label, with a 1 in the column of its class."""
    rows = np.zeros((len(labels), num_classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows


# Wrong answers


def bias_outside(inputs, weights, bias):
    return neuron(inputs, weights, 0) + bias


def bias_forgotten(inputs, weights, bias):
    return neuron(inputs, weights, 0)


def not_summed(inputs, weights, bias):
    return 1 / (1 + np.exp(-(weights * inputs + bias)))


def bias_in_each_product(inputs, weights, bias):
    return 1 / (1 + np.exp(-(weights * inputs + bias).sum()))


def sign_turned(inputs, weights, bias):
    return 1 - neuron(inputs, weights, bias)


def no_activation(inputs, weights, bias):
    return (weights * inputs).sum() + bias


def neurons_by_samples(inputs, weights, bias):
    return layer(inputs, weights, bias).T


def layer_with_activation(inputs, weights, bias):
    return 1 / (1 + np.exp(-layer(inputs, weights, bias)))


def layer_without_bias(inputs, weights, bias):
    return inputs @ weights.T


def first_sample_only(inputs, weights, bias):
    return weights @ inputs[0] + bias


def summed_over_the_batch(inputs, weights, bias):
    return layer(inputs, weights, bias).sum(axis=0)


def summed_squares(predicted, target):
    return ((predicted - target) ** 2).sum()


def absolute_error(predicted, target):
    return np.abs(predicted - target).mean()


def root_of_the_mean(predicted, target):
    return np.sqrt(mean_squared_error(predicted, target))


def square_of_the_mean(predicted, target):
    return (predicted - target).mean() ** 2


def mean_per_row(predicted, target):
    return ((predicted - target) ** 2).sum() / len(predicted)


def one_hot_transposed(labels, num_classes):
    return one_hot(labels, num_classes).T


def as_wide_as_the_labels(labels, num_classes):
    return one_hot(labels, labels.max() + 1)


def counted_from_one(labels, num_classes):
    return np.roll(one_hot(labels, num_classes), -1, axis=1)


def all_rows_marked(labels, num_classes):
    rows = np.zeros((len(labels), num_classes))
    rows[:, labels] = 1
    return rows
