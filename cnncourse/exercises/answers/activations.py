"""Answers to the exercises of chapter 07_activations_and_losses: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def elu(x, alpha):
    """x where it is positive, alpha (exp(x) - 1) where it is not."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def softmax(logits):
    """Probabilities per row of logits (N, K)."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def binary_cross_entropy(logits, targets):
    """Mean binary cross-entropy from logits; targets are 0 or 1."""
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return losses.mean()


def relu_factors(places, heights):
    """Factor of each ReLU of a polyline through these points."""
    slopes = np.diff(heights) / np.diff(places)
    return np.diff(slopes, prepend=0)


def dead_units(sums):
    """Number of units, columns of sums (N, units), that are never above 0."""
    return int(np.all(sums <= 0, axis=0).sum())


# Wrong answers


def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow for any x."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def halves_by_multiplication(x, alpha):
    return (x > 0) * x + (x <= 0) * alpha * (np.exp(x) - 1)


def minus_one_forgotten(x, alpha):
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)))


def alpha_on_both_sides(x, alpha):
    return alpha * elu(x, 1)


def alpha_left_out(x, alpha):
    return elu(x, 1)


def leaky(x, alpha):
    return np.where(x > 0, x, alpha * x)


def rectified(x, alpha):
    return np.maximum(x, 0)


def softmax_over_samples(logits):
    return softmax(logits.T).T


def softmax_over_everything(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


def overflowing_softmax(logits):
    exponentials = np.exp(logits)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def one_maximum_for_all(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def cut_off_softmax(logits):
    return overflowing_softmax(np.minimum(logits, 700))


def shares_of_the_logits(logits):
    return logits / logits.sum(axis=1, keepdims=True)


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def summed_losses(logits, targets):
    return binary_cross_entropy(logits, targets) * logits.size


def sigmoid_then_log(logits, targets):
    p = sigmoid(logits)
    return -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean()


def positives_only(logits, targets):
    return (targets * np.logaddexp(0, -logits)).mean()


def minus_forgotten(logits, targets):
    return -binary_cross_entropy(logits, targets)


def targets_exchanged(logits, targets):
    return binary_cross_entropy(logits, 1 - targets)


def sigmoid_twice(logits, targets):
    return binary_cross_entropy(sigmoid(logits), targets)


def slopes_alone(places, heights):
    return np.diff(heights) / np.diff(places)


def widths_left_out(places, heights):
    return np.diff(np.diff(heights), prepend=0)


def kinks_turned(places, heights):
    factors = relu_factors(places, heights)
    return np.concatenate([factors[:1], -factors[1:]])


def first_factor_missing(places, heights):
    factors = relu_factors(places, heights)
    factors[0] = 0
    return factors


def flat_at_the_end(places, heights):
    return np.diff(slopes_alone(places, heights), prepend=0, append=0)


def slopes_added_up(places, heights):
    return np.cumsum(slopes_alone(places, heights))


def silent_answers(sums):
    return int((sums <= 0).sum())


def silent_somewhere(sums):
    return int(np.any(sums <= 0, axis=0).sum())


def dark_images(sums):
    return int(np.all(sums <= 0, axis=1).sum())


def living_units(sums):
    return sums.shape[1] - dead_units(sums)


def negative_only(sums):
    return int(np.all(sums < 0, axis=0).sum())


def negative_on_average(sums):
    return int((sums.mean(axis=0) <= 0).sum())
