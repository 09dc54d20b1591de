"""Exercises of chapter 07_activations_and_losses."""

import numpy as np

from .answers import activations as answers
from .exercise import Case, Exercise, Mistake


def _elu_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    small = np.array([-2.0, -0.5, 0.0, 0.5, 3.0]), 1.0
    extreme = np.array([-1000.0, 1000.0, 0.0]), 0.5
    return [Case(small), Case((rng.normal(scale=3, size=(3, 4)), 2.0)), Case(extreme)]


def _unit_cases() -> list[Case]:
    rng = np.random.default_rng(11)
    small = np.array([[-1.0, 2.0, -3.0], [-0.5, -1.0, -2.0]])
    # Column 1 is exactly 0 throughout: the ReLU's slope there is 0 as well.
    zero = rng.normal(size=(6, 5))
    zero[:, 1] = 0
    mostly_off = rng.normal(size=(8, 12)) - 1.2
    return [Case((sums,)) for sums in (small, zero, mostly_off, np.full((3, 4), -2.0))]


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
        name="activations.elu",
        title="A curve in two halves",
        prompt=(
            "Write `elu(x, alpha)` for arrays of any shape: x where x is positive, and "
            "alpha · (exp(x) − 1) where it is not. It must hold for 1000 too, and leave `x` as it is."
        ),
        reference=answers.elu,
        cases=_elu_cases,
        mistakes=(
            Mistake(
                answers.halves_by_multiplication,
                "exp(1000) is infinite, and infinite times 0 is NaN. Choose between the halves with "
                "`np.where`, or keep the exponent at most 0 with `np.minimum`.",
            ),
            Mistake(answers.minus_one_forgotten, "At 0 your two halves do not meet: exp(0) is 1, not 0."),
            Mistake(answers.alpha_on_both_sides, "`alpha` belongs to the negative half only."),
            Mistake(answers.alpha_left_out, "`alpha` is not used. It says how deep the curve goes."),
            Mistake(answers.leaky, "Your negative half is a straight line. It bends towards −alpha."),
            Mistake(answers.rectified, "The negative half is cut off: that is the ReLU."),
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
    Exercise(
        name="activations.dead_units",
        title="Which units are dead?",
        prompt=(
            "`sums` has shape (N, units): what each unit of a layer adds up for each of N images, before the "
            "ReLU. Write `dead_units(sums)`: how many units pass nothing on for any of the images?"
        ),
        reference=answers.dead_units,
        cases=_unit_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.silent_answers,
                "You counted single answers that are cut off. A unit is dead if all of its answers are.",
            ),
            Mistake(
                answers.silent_somewhere,
                "A unit that is silent for some image still learns from the others. `all`, not `any`.",
            ),
            Mistake(answers.dark_images, "You counted images for which no unit answers. Units are columns."),
            Mistake(answers.living_units, "You counted the units that are alive."),
            Mistake(
                answers.negative_only,
                "A sum of exactly 0 gives 0 too, and its slope is 0. Such a unit is just as dead.",
            ),
            Mistake(
                answers.negative_on_average,
                "A unit whose mean is negative may still answer for one image, and learn from it.",
            ),
        ),
    ),
)
