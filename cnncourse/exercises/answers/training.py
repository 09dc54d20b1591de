"""Answers to the exercises of chapter 10_training_in_pytorch: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def accuracy(logits, labels):
    """Fraction of the N samples whose largest logit is that of their label."""
    predicted = np.argmax(logits, axis=1)
    return (predicted == labels).mean()


def epoch_loss(losses, sizes):
    """Mean loss per sample, from the mean loss and the size of each batch."""
    total = 0.0
    for loss, size in zip(losses, sizes):
        total += loss * size
    return total / sum(sizes)


def cross_entropy(logits, labels):
    """Mean cross-entropy of logits of shape (N, K) and labels of shape (N,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_softmax[np.arange(len(labels)), labels].mean()


def confusion_matrix(labels, predicted, num_classes):
    """Count the samples per true class (rows) and predicted class (columns)."""
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    for true, guess in zip(labels, predicted):
        matrix[true, guess] += 1
    return matrix


def sgd_step(parameter, gradient, velocity, lr, momentum):
    """One step of stochastic gradient descent with momentum, as torch.optim.SGD takes it."""
    velocity = momentum * velocity + gradient
    parameter = parameter - lr * velocity
    return parameter, velocity


def standardise(images, mean, std):
    """Turn uint8 images of shape (N, C, H, W) into floats of mean 0 and deviation 1 per channel."""
    mean = np.reshape(mean, (1, -1, 1, 1))
    std = np.reshape(std, (1, -1, 1, 1))
    return (images / 255 - mean) / std


def fit_slope(x, y, lr, steps):
    """Fit y = w x by gradient descent on the mean squared error, from w = 0."""
    w = 0.0
    for _ in range(steps):
        gradient = (2 * (w * x - y) * x).mean()
        w = w - lr * gradient
    return w


def step_decay(epoch, lr, step_size, gamma):
    """Learning rate of `epoch` (counted from 0): multiplied by gamma after every step_size epochs."""
    return lr * gamma ** (epoch // step_size)


# Wrong answers


def argmax_over_the_batch(logits, labels):
    return (np.argmax(logits, axis=0) == labels).mean()


def counted(logits, labels):
    return (np.argmax(logits, axis=1) == labels).sum()


def error_rate(logits, labels):
    return 1 - accuracy(logits, labels)


def percent(logits, labels):
    return 100 * accuracy(logits, labels)


def smallest_logit(logits, labels):
    return (np.argmin(logits, axis=1) == labels).mean()


def exponentials_overflow(logits, labels):
    exponentials = np.exp(logits)
    softmax = exponentials / exponentials.sum(axis=1, keepdims=True)
    return -np.log(softmax[np.arange(len(labels)), labels]).mean()


def softmax(logits, axis):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def softmax_then_log(logits, labels):
    return -np.log(softmax(logits, 1)[np.arange(len(labels)), labels]).mean()


def small_number_in_the_logarithm(logits, labels):
    return -np.log(softmax(logits, 1)[np.arange(len(labels)), labels] + 1e-7).mean()


def softmax_over_the_batch(logits, labels):
    return -np.log(softmax(logits, 0)[np.arange(len(labels)), labels]).mean()


def softmax_twice(logits, labels):
    return cross_entropy(softmax(logits, 1), labels)


def divided_by_all_entries(logits, labels):
    return cross_entropy(logits, labels) / logits.shape[1]


def summed(logits, labels):
    return cross_entropy(logits, labels) * len(labels)


def minus_forgotten(logits, labels):
    return -cross_entropy(logits, labels)


def repeats_counted_once(labels, predicted, num_classes):
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    matrix[labels, predicted] += 1
    return matrix


def as_large_as_the_data(labels, predicted, num_classes):
    return confusion_matrix(labels, predicted, max(labels.max(), predicted.max()) + 1)


def rows_as_fractions(labels, predicted, num_classes):
    matrix = confusion_matrix(labels, predicted, num_classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def rate_in_the_velocity(parameter, gradient, velocity, lr, momentum):
    velocity = momentum * velocity + lr * gradient
    return parameter - velocity, velocity


def dampened(parameter, gradient, velocity, lr, momentum):
    velocity = momentum * velocity + (1 - momentum) * gradient
    return parameter - lr * velocity, velocity


def uphill(parameter, gradient, velocity, lr, momentum):
    velocity = momentum * velocity + gradient
    return parameter + lr * velocity, velocity


def old_velocity(parameter, gradient, velocity, lr, momentum):
    return parameter - lr * velocity, momentum * velocity + gradient


def without_momentum(parameter, gradient, velocity, lr, momentum):
    return parameter - lr * gradient, gradient


def velocity_not_updated(parameter, gradient, velocity, lr, momentum):
    return parameter - lr * gradient, velocity


def velocity_not_damped(parameter, gradient, velocity, lr, momentum):
    velocity = velocity + gradient
    return parameter - lr * velocity, velocity


def shaped(statistic):
    return np.reshape(statistic, (1, -1, 1, 1))


def not_scaled(images, mean, std):
    return (images - shaped(mean)) / shaped(std)


def along_the_width(images, mean, std):
    return (images / 255 - np.array(mean)) / np.array(std)


def by_the_variance(images, mean, std):
    return (images / 255 - shaped(mean)) / shaped(std) ** 2


def wrapped_around(images, mean, std):
    mean = (255 * shaped(mean)).astype(np.uint8)
    return (images - mean) / (255 * shaped(std))


def mean_kept(images, mean, std):
    return images / 255 / shaped(std)


def one_mean_for_all(images, mean, std):
    return (images / 255 - np.mean(mean)) / np.mean(std)


def gradient_piles_up(x, y, lr, steps):
    w = gradient = 0.0
    for _ in range(steps):
        gradient = gradient + (2 * (w * x - y) * x).mean()
        w = w - lr * gradient
    return w


def slope_uphill(x, y, lr, steps):
    return fit_slope(x, y, -lr, steps)


def summed_gradient(x, y, lr, steps):
    return fit_slope(x, y, lr * len(x), steps)


def half_gradient(x, y, lr, steps):
    return fit_slope(x, y, lr / 2, steps)


def one_step_less(x, y, lr, steps):
    return fit_slope(x, y, lr, steps - 1)
