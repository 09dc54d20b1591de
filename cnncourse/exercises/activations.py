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
    return [
        Case((x,))
        for x in (small, rng.normal(size=(4, 10)), np.array([[1000.0, 999.0, 0.0], [1.0, 2.0, 3.0]]))
    ]


def _binary_cases() -> list[Case]:
    rng = np.random.default_rng(9)
    small = np.array([2.0, -1.0, 0.5]), np.array([1, 0, 0])
    usual = rng.normal(scale=2, size=(4, 1)), rng.integers(0, 2, (4, 1))
    sure_and_wrong = np.array([-900.0, 1000.0, 700.0]), np.array([1, 1, 0])
    return [Case(args) for args in (small, usual, sure_and_wrong)]


def _polyline_cases() -> list[Case]:
    rng = np.random.default_rng(10)
    small = np.array([0.0, 2.0, 3.0, 7.0]), np.array([1.0, 5.0, 4.0, 4.0])
    cases = [Case((np.sort(rng.normal(size=n)), rng.normal(size=n))) for n in (2, 5, 9)]
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
            Mistake(
                answers.one_maximum_for_all,
                "You subtracted the largest logit of the whole batch. Beside a row of 1000, the powers of an "
                "ordinary row are then all rounded to 0. Each row has a maximum of its own.",
            ),
            Mistake(
                answers.cut_off_softmax,
                "Large logits are cut off, so that 1000 and 999 count as equal. Subtract the row's maximum "
                "instead.",
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
        name="activations.relu_factors",
        title="A kink for each ReLU",
        prompt=(
            "A polyline goes through the points `(places[i], heights[i])`; the places rise. To the right of "
            "the first place it can be written as `heights[0]` plus the sum of `factors[i]` · "
            "relu(x − `places[i]`), with a ReLU for each place but the last. Write "
            "`relu_factors(places, heights)`: the array of the factors."
        ),
        reference=answers.relu_factors,
        cases=_polyline_cases,
        exact_shape=True,
        mistakes=(
            Mistake(
                answers.slopes_alone,
                "These are the slopes of the pieces. A ReLU that has begun goes on for ever: what the "
                "earlier ones give is still there.",
            ),
            Mistake(
                answers.widths_left_out,
                "You took differences of heights. A slope is a difference of heights over one of places.",
            ),
            Mistake(
                answers.kinks_turned,
                "Your kinks bend the other way: a factor is the new slope minus the old one.",
            ),
            Mistake(
                answers.first_factor_missing,
                "The first ReLU is missing. Before it the line is flat, and it gives the first slope.",
            ),
            Mistake(
                answers.flat_at_the_end,
                "You bend at the last place too. The line need not end there: one factor less.",
            ),
            Mistake(
                answers.slopes_added_up,
                "The other way round: it is the factors up to a place that add up to its slope.",
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
