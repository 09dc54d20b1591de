"""Answers to the exercises of chapter 07_activations_and_losses: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def relu(x):
    """Zero for negative numbers, the number itself for others."""
    return np.maximum(x, 0)


def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow for any x."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def softmax(logits):
    """Probabilities per row of logits (N, K)."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def binary_cross_entropy(logits, targets):
    """Mean binary cross-entropy from logits; targets are 0 or 1."""
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return losses.mean()


def softmax_gradient(logits, labels):
    """Gradient of the mean cross-entropy with respect to logits (N, K)."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    gradient = exponentials / exponentials.sum(axis=1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)


# Wrong answers


def absolute(x):
    return np.abs(x)


def step(x):
    return (x > 0).astype(float)


def leaky(x):
    return np.where(x > 0, x, 0.01 * x)


def clipped_at_one(x):
    return np.clip(x, 0, 1)


def negative_part(x):
    return np.minimum(x, 0)


def overflowing_sigmoid(x):
    return np.exp(x) / (1 + np.exp(x))


def mirrored_sigmoid(x):
    return sigmoid(-x)


def tanh(x):
    return np.tanh(x)


def sigmoid_derivative(x):
    return sigmoid(x) * (1 - sigmoid(x))


def softmax_over_samples(logits):
    return softmax(logits.T).T


def softmax_over_everything(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


def overflowing_softmax(logits):
    exponentials = np.exp(logits)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


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


def gradient_not_divided(logits, labels):
    return softmax_gradient(logits, labels) * len(labels)


def gradient_turned(logits, labels):
    return -softmax_gradient(logits, labels)


def softmax_alone(logits, labels):
    return softmax(logits) / len(labels)


def one_taken_everywhere(logits, labels):
    gradient = softmax(logits)
    gradient[:, labels] -= 1
    return gradient / len(labels)


def gradient_of_each_entry(logits, labels):
    return softmax_gradient(logits, labels) / logits.shape[1]
