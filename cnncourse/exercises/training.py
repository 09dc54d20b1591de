"""Exercises of chapter 10_training_in_pytorch: the arithmetic of a training loop, in NumPy."""

import numpy as np

from .answers import training as answers
from .exercise import Case, Exercise, Mistake


def _accuracy_cases() -> list[Case]:
    rng = np.random.default_rng(10)
    small = np.array([[9, 1, 0, 0], [2, 0, 5, 1], [0, 1, 2, 7], [1, 8, 3, 2]]), np.array([0, 2, 1, 1])
    cases = [Case(small)]
    for samples, classes in ((10, 3), (7, 10), (1, 2), (64, 5)):
        labels = rng.integers(0, classes, samples)
        noise = rng.normal(size=(samples, classes))
        cases.append(Case((noise + 2 * np.eye(classes)[labels], labels)))
    return cases


def _loss_cases() -> list[Case]:
    return [
        Case((np.array([0.5, 0.4, 0.9]), np.array([4, 4, 2]))),
        Case((np.array([2.0, 1.0]), np.array([32, 1]))),
        Case((np.array([0.25]), np.array([7]))),
        Case((np.linspace(2, 1, 10), np.array([128] * 9 + [48]))),
    ]


def _entropy_cases() -> list[Case]:
    rng = np.random.default_rng(11)
    small = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]]), np.array([0, 1])
    huge = np.array([[1000.0, 0.0], [0.0, 800.0], [-1000.0, 0.0]]), np.array([0, 0, 1])
    usual = rng.normal(scale=3, size=(8, 10)), rng.integers(0, 10, 8)
    single = rng.normal(size=(1, 4)), np.array([3])
    return [Case(args) for args in (small, usual, huge, single)]


def _confusion_cases() -> list[Case]:
    rng = np.random.default_rng(12)
    small = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0]), 3
    last_class_absent = np.array([0, 1, 1]), np.array([1, 1, 0]), 4
    usual = rng.integers(0, 10, 100), rng.integers(0, 10, 100), 10
    return [Case(args) for args in (small, last_class_absent, usual)]


def _sgd_cases() -> list[Case]:
    rng = np.random.default_rng(13)
    cases = [Case((1.0, 0.5, 0.0, 0.1, 0.9)), Case((1.0, 0.5, 2.0, 0.1, 0.9))]
    for shape, lr, momentum in (((3,), 0.01, 0.5), ((2, 3), 0.5, 0.0), ((2, 1, 3, 3), 0.1, 0.99)):
        cases.append(Case((*(rng.normal(size=shape) for _ in range(3)), lr, momentum)))
    return cases


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


def _slope_cases() -> list[Case]:
    rng = np.random.default_rng(15)
    x = rng.normal(size=20)
    return [
        Case((np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]), 0.05, 2)),
        Case((x, 3 * x + rng.normal(size=20), 0.1, 5)),
        Case((np.array([2.0]), np.array([-1.0]), 0.1, 1)),
        Case((x[:7], -x[:7], 0.2, 30)),
    ]


def _decay_cases() -> list[Case]:
    return [Case(args) for args in ((0, 0.1, 3, 0.5), (3, 0.1, 3, 0.5), (7, 0.1, 3, 0.5), (29, 1.0, 10, 0.1))]


EXERCISES = (
    Exercise(
        name="training.accuracy",
        title="How many are right",
        prompt=(
            "`logits` has shape (N, K): one row per sample, one column per class. `labels` has shape (N,). "
            "Write `accuracy(logits, labels)`: the fraction of samples whose largest logit is that of their "
            "label, "
            "a number between 0 and 1."
        ),
        reference=answers.accuracy,
        cases=_accuracy_cases,
        mistakes=(
            Mistake(answers.argmax_over_the_batch, "`argmax` runs along the batch. The classes are axis 1."),
            Mistake(answers.counted, "You return the number of hits. Divide by the number of samples."),
            Mistake(answers.error_rate, "This is the fraction of errors. Accuracy counts the hits."),
            Mistake(answers.percent, "You return per cent. A fraction between 0 and 1 is asked for."),
            Mistake(answers.smallest_logit, "The prediction is the class with the largest logit: `argmax`."),
        ),
    ),
    Exercise(
        name="training.weighted_mean_loss",
        title="The short last batch",
        prompt=(
            "A loop notes the mean loss of each batch in `losses` and the size of each batch in `sizes`. "
            "The last batch is often short. Write `epoch_loss(losses, sizes)`: the mean loss per sample of "
            "the epoch."
        ),
        reference=answers.epoch_loss,
        cases=_loss_cases,
        mistakes=(
            Mistake(
                lambda losses, sizes: np.mean(losses),
                "This is the mean of the batch means. "
                "A short batch then counts as much as a full one: weigh each loss by the size of its batch.",
            ),
            Mistake(
                lambda losses, sizes: np.dot(losses, sizes) / len(losses),
                "You divide by the number of batches. The weights add up to the number of samples.",
            ),
            Mistake(
                lambda losses, sizes: np.sum(losses) / np.sum(sizes),
                "The losses are means over a batch already. "
                "Multiply each by the size of its batch before you add.",
            ),
            Mistake(
                lambda losses, sizes: np.sum(losses) * sizes[0] / np.sum(sizes),
                "You take every batch for a full one. The last has its own size.",
            ),
        ),
    ),
    Exercise(
        name="training.cross_entropy",
        title="Cross-entropy from logits",
        prompt=(
            "Write `cross_entropy(logits, labels)` for logits of shape (N, K) and integer labels of shape "
            "(N,): "
            "the mean over the samples of −log softmax(logits) at the label. It must hold for logits of "
            "1000 too."
        ),
        reference=answers.cross_entropy,
        cases=_entropy_cases,
        mistakes=(
            Mistake(
                answers.exponentials_overflow,
                "The exponential of 1000 is too large for a float. Subtract the largest logit "
                "of each row first: the softmax stays the same. And take the logarithm by hand, since "
                "log(0) is infinite.",
            ),
            Mistake(
                answers.softmax_then_log,
                "A very small softmax is rounded to 0, and log(0) is infinite. Do not take the log of the "
                "softmax: subtract the log of the sum of exponentials from the shifted logits instead.",
            ),
            Mistake(
                answers.small_number_in_the_logarithm,
                "The small number in the logarithm cuts the loss off: a sure and wrong answer costs more "
                "than this. Subtract the log of the sum of exponentials from the shifted logits, and nothing "
                "is lost.",
            ),
            Mistake(answers.summed, "You sum over the samples. PyTorch's default is the mean: divide by N."),
            Mistake(
                answers.softmax_over_the_batch,
                "The softmax runs along the batch. The probabilities of one sample sum to 1: axis 1.",
            ),
            Mistake(
                answers.softmax_twice,
                "The softmax is applied twice. `cross_entropy` takes logits and does the softmax itself.",
            ),
            Mistake(
                answers.divided_by_all_entries,
                "You divide by N × K. One entry per sample counts: divide by N.",
            ),
            Mistake(
                answers.minus_forgotten,
                "The minus sign is missing: log of a probability is negative, a loss is not.",
            ),
        ),
    ),
    Exercise(
        name="training.confusion_matrix",
        title="Who is taken for whom",
        prompt=(
            "Write `confusion_matrix(labels, predicted, num_classes)`: entry [i, j] counts the samples of "
            "class i "
            "that were taken for class j. Classes that do not occur keep their row and column."
        ),
        reference=answers.confusion_matrix,
        cases=_confusion_cases,
        mistakes=(
            Mistake(
                lambda labels, predicted, num_classes: answers.confusion_matrix(
                    predicted, labels, num_classes
                ),
                "Rows and columns are exchanged: rows are the true class, columns the predicted one.",
            ),
            Mistake(
                answers.repeats_counted_once,
                "`matrix[labels, predicted] += 1` adds 1 once, however often a pair occurs. "
                "Use a loop, or `np.add.at(matrix, (labels, predicted), 1)`.",
            ),
            Mistake(
                answers.as_large_as_the_data,
                "The size must come from `num_classes`: the last class may not occur in the data.",
            ),
            Mistake(answers.rows_as_fractions, "These are fractions per row. Counts are asked for."),
        ),
    ),
    Exercise(
        name="training.sgd_step",
        title="One step with momentum",
        prompt=(
            "Write `sgd_step(parameter, gradient, velocity, lr, momentum)` as `torch.optim.SGD` does it: "
            "the velocity is multiplied by the momentum, the gradient is added, and the parameter moves by "
            "lr times "
            "the new velocity, downhill. Return the new parameter and the new velocity; leave the arguments "
            "as they are."
        ),
        reference=answers.sgd_step,
        cases=_sgd_cases,
        mistakes=(
            Mistake(
                answers.rate_in_the_velocity,
                "The learning rate is inside the velocity. PyTorch multiplies by it afterwards, "
                "so that a change of the rate works at once.",
            ),
            Mistake(
                answers.dampened,
                "The gradient enters the velocity in full, not times (1 − momentum). "
                "PyTorch calls that factor dampening; it is off by default.",
            ),
            Mistake(answers.uphill, "This step goes uphill: subtract."),
            Mistake(
                answers.old_velocity, "The parameter moves by the old velocity. Update the velocity first."
            ),
            Mistake(
                answers.without_momentum, "The old velocity is not used: this is plain gradient descent."
            ),
            Mistake(
                answers.velocity_not_updated,
                "This is plain gradient descent: the velocity comes back as it was. Compute the new velocity "
                "first, and move the parameter by lr times it.",
            ),
            Mistake(
                answers.velocity_not_damped,
                "The old velocity enters in full. Multiply it by the momentum before you add the gradient.",
            ),
        ),
    ),
    Exercise(
        name="training.standardise",
        title="From bytes to numbers around zero",
        prompt=(
            "`images` is of type uint8 and shape (N, C, H, W), with values from 0 to 255. `mean` and `std` "
            "hold one number "
            "per channel, for values from 0 to 1. Write `standardise(images, mean, std)`: scale to 0–1, "
            "subtract the mean, "
            "divide by the standard deviation."
        ),
        reference=answers.standardise,
        cases=_image_cases,
        mistakes=(
            Mistake(
                answers.not_scaled,
                "The pixels still run from 0 to 255. Divide by 255 before you subtract the mean.",
            ),
            Mistake(
                answers.along_the_width,
                "NumPy lines shapes up from the right, so your statistics ran along the width. "
                "Give them the shape (1, C, 1, 1).",
            ),
            Mistake(
                answers.by_the_variance,
                "You divided by the variance. Divide by the standard deviation, without squaring it.",
            ),
            Mistake(
                answers.wrapped_around,
                "A difference of two uint8 numbers cannot be negative: 10 − 20 gives 246. "
                "Turn the images into floats first.",
            ),
            Mistake(answers.mean_kept, "The mean is not subtracted."),
            Mistake(
                answers.one_mean_for_all,
                "All channels got the same statistics. Each has its own mean and deviation.",
            ),
        ),
    ),
    Exercise(
        name="training.loop",
        title="The loop in small",
        prompt=(
            "The smallest training loop there is: a model with one weight, y = w x. Start with w = 0 and "
            "take `steps` steps "
            "of gradient descent on the mean squared error. The gradient is the mean of 2 (w x − y) x. "
            "Write `fit_slope(x, y, lr, steps)` and return w."
        ),
        reference=answers.fit_slope,
        cases=_slope_cases,
        mistakes=(
            Mistake(
                answers.gradient_piles_up,
                "The gradients of earlier steps are still in the sum. In PyTorch this is a forgotten "
                "`optimizer.zero_grad()`: compute the gradient anew in each step.",
            ),
            Mistake(answers.slope_uphill, "Your steps go uphill: subtract lr times the gradient."),
            Mistake(
                answers.summed_gradient,
                "You sum over the samples, so the step grows with their number. Take the mean.",
            ),
            Mistake(answers.half_gradient, "The derivative of a square brings a factor 2."),
            Mistake(answers.one_step_less, "One step is missing. `range(steps)` runs steps times."),
        ),
    ),
    Exercise(
        name="training.step_decay",
        title="A falling learning rate",
        prompt=(
            "Write `step_decay(epoch, lr, step_size, gamma)`: the learning rate in `epoch`, counted from 0. "
            "It starts at `lr` and is multiplied by `gamma` after every `step_size` epochs, "
            "as `torch.optim.lr_scheduler.StepLR` does."
        ),
        reference=answers.step_decay,
        cases=_decay_cases,
        mistakes=(
            Mistake(
                lambda epoch, lr, step_size, gamma: lr * gamma ** (epoch / step_size),
                "The rate falls in every epoch. It is to stay for `step_size` epochs: use `//`.",
            ),
            Mistake(
                lambda epoch, lr, step_size, gamma: lr * gamma ** ((epoch + 1) // step_size),
                "The rate falls one epoch too early. Epochs count from 0.",
            ),
            Mistake(
                lambda epoch, lr, step_size, gamma: lr * gamma * (epoch // step_size),
                "Each step multiplies once more by gamma: that is a power, not a product.",
            ),
            Mistake(
                lambda epoch, lr, step_size, gamma: lr * gamma**epoch,
                "The rate falls in every epoch, and `step_size` is not used.",
            ),
        ),
    ),
)
