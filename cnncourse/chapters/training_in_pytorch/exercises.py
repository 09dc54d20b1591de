"""Exercises of the chapter training_in_pytorch: the arithmetic of a training loop, in NumPy."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def softmax(logits, axis):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def shaped(statistic):
    return np.reshape(statistic, (1, -1, 1, 1))


def _loss_cases() -> list[Case]:
    return [
        Case((np.array([0.5, 0.4, 0.9]), np.array([4, 4, 2]))),
        Case((np.array([2.0, 1.0]), np.array([32, 1]))),
        Case((np.array([0.25]), np.array([7]))),
        Case((np.linspace(2, 1, 10), np.array([128] * 9 + [48]))),
    ]


@exercise(
    "training.weighted_mean_loss",
    "The short last batch",
    """
    A loop notes the mean loss of each batch in `losses` and the size of each batch in `sizes`. The last
    batch is often short. Write `epoch_loss(losses, sizes)`: the mean loss per sample of the epoch.
    """,
    cases=_loss_cases,
)
def epoch_loss(losses, sizes):
    """Mean loss per sample, from the mean loss and the size of each batch."""
    total = 0.0
    for loss, size in zip(losses, sizes):
        total += loss * size
    return total / sum(sizes)


epoch_loss.mistake(
    "This is the mean of the batch means. A short batch then counts as much as a full one: weigh each loss "
    "by the size of its batch.",
    lambda losses, sizes: np.mean(losses),
)
epoch_loss.mistake(
    "You divide by the number of batches. The weights add up to the number of samples.",
    lambda losses, sizes: np.dot(losses, sizes) / len(losses),
)
epoch_loss.mistake(
    "The losses are means over a batch already. Multiply each by the size of its batch before you add.",
    lambda losses, sizes: np.sum(losses) / np.sum(sizes),
)
epoch_loss.mistake(
    "You take every batch for a full one. The last has its own size.",
    lambda losses, sizes: np.sum(losses) * sizes[0] / np.sum(sizes),
)


def _entropy_cases() -> list[Case]:
    rng = np.random.default_rng(11)
    small = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]]), np.array([0, 1])
    huge = np.array([[1000.0, 0.0], [0.0, 800.0], [-1000.0, 0.0]]), np.array([0, 0, 1])
    usual = rng.normal(scale=3, size=(8, 10)), rng.integers(0, 10, 8)
    single = rng.normal(size=(1, 4)), np.array([3])
    return [Case(args) for args in (small, usual, huge, single)]


@exercise(
    "training.cross_entropy",
    "Cross-entropy from logits",
    """
    Write `cross_entropy(logits, labels)` for logits of shape (N, K) and integer labels of shape (N,): the
    mean over the samples of −log softmax(logits) at the label. It must hold for logits of 1000 too.
    """,
    cases=_entropy_cases,
)
def cross_entropy(logits, labels):
    """Mean cross-entropy of logits of shape (N, K) and labels of shape (N,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_softmax[np.arange(len(labels)), labels].mean()


@cross_entropy.mistake(
    "The exponential of 1000 is too large for a float. Subtract the largest logit of each row first: the "
    "softmax stays the same. And take the logarithm by hand, since log(0) is infinite."
)
def exponentials_overflow(logits, labels):
    exponentials = np.exp(logits)
    softmax = exponentials / exponentials.sum(axis=1, keepdims=True)
    return -np.log(softmax[np.arange(len(labels)), labels]).mean()


@cross_entropy.mistake(
    "A very small softmax is rounded to 0, and log(0) is infinite. Do not take the log of the softmax: "
    "subtract the log of the sum of exponentials from the shifted logits instead."
)
def softmax_then_log(logits, labels):
    return -np.log(softmax(logits, 1)[np.arange(len(labels)), labels]).mean()


cross_entropy.mistake(
    "The small number in the logarithm cuts the loss off: a sure and wrong answer costs more than this. "
    "Subtract the log of the sum of exponentials from the shifted logits, and nothing is lost.",
    lambda logits, labels: -np.log(softmax(logits, 1)[np.arange(len(labels)), labels] + 1e-7).mean(),
)
cross_entropy.mistake(
    "You sum over the samples. PyTorch's default is the mean: divide by N.",
    lambda logits, labels: cross_entropy(logits, labels) * len(labels),
)
cross_entropy.mistake(
    "The softmax runs along the batch. The probabilities of one sample sum to 1: axis 1.",
    lambda logits, labels: -np.log(softmax(logits, 0)[np.arange(len(labels)), labels]).mean(),
)
cross_entropy.mistake(
    "The softmax is applied twice. `cross_entropy` takes logits and does the softmax itself.",
    lambda logits, labels: cross_entropy(softmax(logits, 1), labels),
)
cross_entropy.mistake(
    "You divide by N × K. One entry per sample counts: divide by N.",
    lambda logits, labels: cross_entropy(logits, labels) / logits.shape[1],
)
cross_entropy.mistake(
    "The minus sign is missing: log of a probability is negative, a loss is not.",
    lambda logits, labels: -cross_entropy(logits, labels),
)


def _confusion_cases() -> list[Case]:
    rng = np.random.default_rng(12)
    small = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0]), 3
    last_class_absent = np.array([0, 1, 1]), np.array([1, 1, 0]), 4
    usual = rng.integers(0, 10, 100), rng.integers(0, 10, 100), 10
    return [Case(args) for args in (small, last_class_absent, usual)]


@exercise(
    "training.confusion_matrix",
    "Who is taken for whom",
    """
    Write `confusion_matrix(labels, predicted, num_classes)`: entry [i, j] counts the samples of class i
    that were taken for class j. Classes that do not occur keep their row and column.
    """,
    cases=_confusion_cases,
)
def confusion_matrix(labels, predicted, num_classes):
    """Count the samples per true class (rows) and predicted class (columns)."""
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    for true, guess in zip(labels, predicted):
        matrix[true, guess] += 1
    return matrix


confusion_matrix.mistake(
    "Rows and columns are exchanged: rows are the true class, columns the predicted one.",
    lambda labels, predicted, num_classes: confusion_matrix(predicted, labels, num_classes),
)


@confusion_matrix.mistake(
    "`matrix[labels, predicted] += 1` adds 1 once, however often a pair occurs. Use a loop, or "
    "`np.add.at(matrix, (labels, predicted), 1)`."
)
def repeats_counted_once(labels, predicted, num_classes):
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    matrix[labels, predicted] += 1
    return matrix


@confusion_matrix.mistake("The size must come from `num_classes`: the last class may not occur in the data.")
def as_large_as_the_data(labels, predicted, num_classes):
    return confusion_matrix(labels, predicted, max(labels.max(), predicted.max()) + 1)


@confusion_matrix.mistake("These are fractions per row. Counts are asked for.")
def rows_as_fractions(labels, predicted, num_classes):
    matrix = confusion_matrix(labels, predicted, num_classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def _sgd_cases() -> list[Case]:
    rng = np.random.default_rng(13)
    cases = [Case((1.0, 0.5, 0.0, 0.1, 0.9)), Case((1.0, 0.5, 2.0, 0.1, 0.9))]
    for shape, lr, momentum in (((3,), 0.01, 0.5), ((2, 3), 0.5, 0.0), ((2, 1, 3, 3), 0.1, 0.99)):
        cases.append(Case((*(rng.normal(size=shape) for _ in range(3)), lr, momentum)))
    return cases


@exercise(
    "training.sgd_step",
    "One step with momentum",
    """
    Write `sgd_step(parameter, gradient, velocity, lr, momentum)` as `torch.optim.SGD` does it: the
    velocity is multiplied by the momentum, the gradient is added, and the parameter moves by lr times the
    new velocity, downhill. Return the new parameter and the new velocity; leave the arguments as they
    are.
    """,
    cases=_sgd_cases,
)
def sgd_step(parameter, gradient, velocity, lr, momentum):
    """One step of stochastic gradient descent with momentum, as torch.optim.SGD takes it."""
    velocity = momentum * velocity + gradient
    parameter = parameter - lr * velocity
    return parameter, velocity


@sgd_step.mistake(
    "The learning rate is inside the velocity. PyTorch multiplies by it afterwards, so that a change of the"
    " rate works at once."
)
def rate_in_the_velocity(parameter, gradient, velocity, lr, momentum):
    velocity = momentum * velocity + lr * gradient
    return parameter - velocity, velocity


@sgd_step.mistake(
    "The gradient enters the velocity in full, not times (1 − momentum). PyTorch calls that factor "
    "dampening; it is off by default."
)
def dampened(parameter, gradient, velocity, lr, momentum):
    velocity = momentum * velocity + (1 - momentum) * gradient
    return parameter - lr * velocity, velocity


@sgd_step.mistake("This step goes uphill: subtract.")
def uphill(parameter, gradient, velocity, lr, momentum):
    velocity = momentum * velocity + gradient
    return parameter + lr * velocity, velocity


@sgd_step.mistake("The parameter moves by the old velocity. Update the velocity first.")
def old_velocity(parameter, gradient, velocity, lr, momentum):
    return parameter - lr * velocity, momentum * velocity + gradient


sgd_step.mistake(
    "The old velocity is not used: this is plain gradient descent.",
    lambda parameter, gradient, velocity, lr, momentum: (parameter - lr * gradient, gradient),
)
sgd_step.mistake(
    "This is plain gradient descent: the velocity comes back as it was. Compute the new velocity first, and"
    " move the parameter by lr times it.",
    lambda parameter, gradient, velocity, lr, momentum: (parameter - lr * gradient, velocity),
)


@sgd_step.mistake("The old velocity enters in full. Multiply it by the momentum before you add the gradient.")
def velocity_not_damped(parameter, gradient, velocity, lr, momentum):
    velocity = velocity + gradient
    return parameter - lr * velocity, velocity


def _image_cases() -> list[Case]:
    rng = np.random.default_rng(14)
    rgb = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)
    return [
        Case((rng.integers(0, 256, shape, dtype=np.uint8), mean, std))
        for shape, (mean, std) in (
            ((2, 3, 4, 3), rgb),
            ((4, 1, 5, 7), ((0.1307,), (0.3081,))),
            ((1, 3, 1, 1), ((0.9, 0.5, 0.1), (0.5, 0.25, 0.125))),
        )
    ]


@exercise(
    "training.standardise",
    "From bytes to numbers around zero",
    """
    `images` is of type uint8 and shape (N, C, H, W), with values from 0 to 255. `mean` and `std` hold one
    number per channel, for values from 0 to 1. Write `standardise(images, mean, std)`: scale to 0–1,
    subtract the mean, divide by the standard deviation.
    """,
    cases=_image_cases,
)
def standardise(images, mean, std):
    """Turn uint8 images of shape (N, C, H, W) into floats of mean 0 and deviation 1 per channel."""
    mean = np.reshape(mean, (1, -1, 1, 1))
    std = np.reshape(std, (1, -1, 1, 1))
    return (images / 255 - mean) / std


standardise.mistake(
    "The pixels still run from 0 to 255. Divide by 255 before you subtract the mean.",
    lambda images, mean, std: (images - shaped(mean)) / shaped(std),
)
standardise.mistake(
    "NumPy lines shapes up from the right, so your statistics ran along the width. Give them the shape (1, "
    "C, 1, 1).",
    lambda images, mean, std: (images / 255 - np.array(mean)) / np.array(std),
)
standardise.mistake(
    "You divided by the variance. Divide by the standard deviation, without squaring it.",
    lambda images, mean, std: (images / 255 - shaped(mean)) / shaped(std) ** 2,
)


@standardise.mistake(
    "A difference of two uint8 numbers cannot be negative: 10 − 20 gives 246. Turn the images into floats "
    "first."
)
def wrapped_around(images, mean, std):
    mean = (255 * shaped(mean)).astype(np.uint8)
    return (images - mean) / (255 * shaped(std))


standardise.mistake("The mean is not subtracted.", lambda images, mean, std: images / 255 / shaped(std))
standardise.mistake(
    "All channels got the same statistics. Each has its own mean and deviation.",
    lambda images, mean, std: (images / 255 - np.mean(mean)) / np.mean(std),
)


def _decay_cases() -> list[Case]:
    return [Case(args) for args in ((0, 0.1, 3, 0.5), (3, 0.1, 3, 0.5), (7, 0.1, 3, 0.5), (29, 1.0, 10, 0.1))]


@exercise(
    "training.step_decay",
    "A falling learning rate",
    """
    Write `step_decay(epoch, lr, step_size, gamma)`: the learning rate in `epoch`, counted from 0. It
    starts at `lr` and is multiplied by `gamma` after every `step_size` epochs, as
    `torch.optim.lr_scheduler.StepLR` does.
    """,
    cases=_decay_cases,
)
def step_decay(epoch, lr, step_size, gamma):
    """Learning rate of `epoch` (counted from 0): multiplied by gamma after every step_size epochs."""
    return lr * gamma ** (epoch // step_size)


step_decay.mistake(
    "The rate falls in every epoch. It is to stay for `step_size` epochs: use `//`.",
    lambda epoch, lr, step_size, gamma: lr * gamma ** (epoch / step_size),
)
step_decay.mistake(
    "The rate falls one epoch too early. Epochs count from 0.",
    lambda epoch, lr, step_size, gamma: lr * gamma ** ((epoch + 1) // step_size),
)
step_decay.mistake(
    "Each step multiplies once more by gamma: that is a power, not a product.",
    lambda epoch, lr, step_size, gamma: lr * gamma * (epoch // step_size),
)
step_decay.mistake(
    "The rate falls in every epoch, and `step_size` is not used.",
    lambda epoch, lr, step_size, gamma: lr * gamma**epoch,
)
