"""Exercises of chapter 07_activations_and_losses."""

import numpy as np

from .answers import activations as answers
from .exercise import Case, Exercise, Mistake


def _number_cases() -> list[Case]:
    rng = np.random.default_rng(7)
    small = np.array([-2.0, -0.5, 0.0, 0.5, 3.0])
    return [Case((x,)) for x in (small, rng.normal(scale=3, size=(3, 4)), np.array([-1000.0, 1000.0, 0.0]))]


def _logit_cases() -> list[Case]:
    rng = np.random.default_rng(8)
    small = np.array([[1.0, 2.0, 3.0], [0.5, 0.5, 0.0]])
    return [Case((x,)) for x in (small, rng.normal(size=(4, 10)), np.array([[1000.0, 1000.0, 0.0]]))]


def _binary_cases() -> list[Case]:
    rng = np.random.default_rng(9)
    small = np.array([2.0, -1.0, 0.5]), np.array([1, 0, 0])
    usual = rng.normal(scale=2, size=(4, 1)), rng.integers(0, 2, (4, 1))
    sure_and_wrong = np.array([-900.0, 1000.0, 700.0]), np.array([1, 1, 0])
    return [Case(args) for args in (small, usual, sure_and_wrong)]


def _label_cases() -> list[Case]:
    rng = np.random.default_rng(10)
    small = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]]), np.array([0, 1])
    cases = [Case((rng.normal(size=(n, k)), rng.integers(0, k, n))) for n, k in ((5, 4), (8, 10), (1, 3))]
    return [Case(small), *cases]


EXERCISES = (
    Exercise(
        name="activations.relu",
        title="The simplest bend",
        prompt="Write `relu(x)` for arrays of any shape: 0 for negative numbers, the number itself for "
        "others. Leave `x` as it is.",
        reference=answers.relu,
        cases=_number_cases,
        mistakes=(
            Mistake(answers.absolute, "Negative numbers become 0, not positive."),
            Mistake(
                answers.step,
                "This is the derivative of the ReLU. Positive numbers are passed on as they are.",
            ),
            Mistake(answers.leaky, "This is the leaky ReLU: it lets a part of the negative numbers through."),
            Mistake(answers.clipped_at_one, "There is no upper limit: 3 stays 3."),
            Mistake(
                answers.negative_part, "You kept the negative numbers. Take the maximum of the number and 0."
            ),
        ),
    ),
    Exercise(
        name="activations.sigmoid",
        title="A sigmoid that does not overflow",
        prompt="Write `sigmoid(x)` = 1 / (1 + exp(−x)) for arrays of any shape. It must hold for 1000 and "
        "−1000 too, without NaN.",
        reference=answers.sigmoid,
        cases=_number_cases,
        mistakes=(
            Mistake(
                answers.overflowing_sigmoid,
                "exp(1000) is infinite, and infinite over infinite is NaN. "
                "Compute `np.exp(-np.abs(x))`, which is at most 1, and build both halves from it.",
            ),
            Mistake(answers.mirrored_sigmoid, "The exponent has the wrong sign: large numbers give 1."),
            Mistake(answers.tanh, "This is tanh, from −1 to 1. The sigmoid runs from 0 to 1."),
            Mistake(answers.sigmoid_derivative, "This is the derivative of the sigmoid."),
        ),
    ),
    Exercise(
        name="activations.softmax",
        title="Probabilities per sample",
        prompt=(
            "Write `softmax(logits)` for logits of shape (N, K): each row becomes positive numbers that sum "
            "to 1. "
            "It must hold for logits of 1000 too."
        ),
        reference=answers.softmax,
        cases=_logit_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.softmax_over_samples,
                "Your columns sum to 1. The classes of one sample are a row: axis 1.",
            ),
            Mistake(answers.softmax_over_everything, "All entries together sum to 1. Each row must."),
            Mistake(
                answers.overflowing_softmax,
                "exp(1000) is infinite. Subtract the largest logit of each row first: the result stays the "
                "same.",
            ),
            Mistake(answers.shares_of_the_logits, "The exponential is missing."),
            Mistake(answers.log_softmax, "This is the logarithm of the softmax."),
        ),
    ),
    Exercise(
        name="activations.binary_cross_entropy",
        title="Two classes, one logit",
        prompt=(
            "Write `binary_cross_entropy(logits, targets)` for targets 0 or 1: the mean of −log(p) where "
            "the target is 1 and of "
            "−log(1 − p) where it is 0, with p = sigmoid(logit). It must hold for a logit of −900 at target "
            "1, whose loss is 900."
        ),
        reference=answers.binary_cross_entropy,
        cases=_binary_cases,
        mistakes=(
            Mistake(
                answers.sigmoid_then_log,
                "The sigmoid of −900 is rounded to 0, and log(0) is infinite. "
                "−log(sigmoid(z)) = log(1 + exp(−z)), and `np.logaddexp(0, -z)` computes that safely.",
            ),
            Mistake(answers.summed_losses, "You summed. The mean is asked for."),
            Mistake(answers.positives_only, "The samples with target 0 are left out. They cost −log(1 − p)."),
            Mistake(answers.minus_forgotten, "The minus sign is missing: a loss is not negative."),
            Mistake(
                answers.targets_exchanged, "The targets are exchanged: p is the probability of target 1."
            ),
            Mistake(answers.sigmoid_twice, "The sigmoid is applied twice."),
        ),
    ),
    Exercise(
        name="activations.softmax_gradient",
        title="The most useful derivative",
        prompt=(
            "The gradient of the mean cross-entropy with respect to the logits is (softmax − one-hot) / N. "
            "Write `softmax_gradient(logits, labels)` for logits of shape (N, K) and labels of shape (N,)."
        ),
        reference=answers.softmax_gradient,
        cases=_label_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.gradient_not_divided,
                "The division by N is missing: the loss is a mean over the samples.",
            ),
            Mistake(answers.gradient_turned, "The sign is turned: softmax minus one-hot."),
            Mistake(answers.softmax_alone, "The one-hot labels are not subtracted."),
            Mistake(
                answers.one_taken_everywhere,
                "`gradient[:, labels] -= 1` changes all rows. "
                "Pair each row with its label: `gradient[np.arange(len(labels)), labels]`.",
            ),
            Mistake(
                answers.gradient_of_each_entry,
                "You divided by the number of entries. Divide by the number of samples.",
            ),
        ),
    ),
)
