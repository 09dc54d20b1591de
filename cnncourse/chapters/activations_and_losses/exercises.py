"""Exercises of the chapter activations_and_losses."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow for any x."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def _elu_cases() -> list[Case]:
    rng = np.random.default_rng(6)
    small = np.array([-2.0, -0.5, 0.0, 0.5, 3.0]), 1.0
    extreme = np.array([-1000.0, 1000.0, 0.0]), 0.5
    return [Case(small), Case((rng.normal(scale=3, size=(3, 4)), 2.0)), Case(extreme)]


@exercise(
    "activations.elu",
    "A curve in two halves",
    """
    Write `elu(x, alpha)` for arrays of any shape: x where x is positive, and alpha · (exp(x) − 1) where
    it is not. It must hold for 1000 too, and leave `x` as it is.
    """,
    cases=_elu_cases,
)
def elu(x, alpha):
    """x where it is positive, alpha (exp(x) - 1) where it is not."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


elu.mistake(
    "exp(1000) is infinite, and infinite times 0 is NaN. Choose between the halves with `np.where`, or keep"
    " the exponent at most 0 with `np.minimum`.",
    lambda x, alpha: (x > 0) * x + (x <= 0) * alpha * (np.exp(x) - 1),
)
elu.mistake(
    "At 0 your two halves do not meet: exp(0) is 1, not 0.",
    lambda x, alpha: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0))),
)
elu.mistake("`alpha` belongs to the negative half only.", lambda x, alpha: alpha * elu(x, 1))
elu.mistake("`alpha` is not used. It says how deep the curve goes.", lambda x, alpha: elu(x, 1))
elu.mistake(
    "Your negative half is a straight line. It bends towards −alpha.",
    lambda x, alpha: np.where(x > 0, x, alpha * x),
)
elu.mistake("The negative half is cut off: that is the ReLU.", lambda x, alpha: np.maximum(x, 0))


def _logit_cases() -> list[Case]:
    rng = np.random.default_rng(8)
    small = np.array([[1.0, 2.0, 3.0], [0.5, 0.5, 0.0]])
    return [
        Case((x,))
        for x in (small, rng.normal(size=(4, 10)), np.array([[1000.0, 999.0, 0.0], [1.0, 2.0, 3.0]]))
    ]


@exercise(
    "activations.softmax",
    "Probabilities per sample",
    """
    Write `softmax(logits)` for logits of shape (N, K): each row becomes positive numbers that sum to 1.
    It must hold for logits of 1000 too.
    """,
    cases=_logit_cases,
    exact_shape=True,
)
def softmax(logits):
    """Probabilities per row of logits (N, K)."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


softmax.mistake(
    "Your columns sum to 1. The classes of one sample are a row: axis 1.", lambda logits: softmax(logits.T).T
)


@softmax.mistake("All entries together sum to 1. Each row must.")
def softmax_over_everything(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


@softmax.mistake(
    "exp(1000) is infinite. Subtract the largest logit of each row first: the result stays the same."
)
def overflowing_softmax(logits):
    exponentials = np.exp(logits)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@softmax.mistake(
    "You subtracted the largest logit of the whole batch. Beside a row of 1000, the powers of an ordinary "
    "row are then all rounded to 0. Each row has a maximum of its own."
)
def one_maximum_for_all(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum(axis=1, keepdims=True)


softmax.mistake(
    "Large logits are cut off, so that 1000 and 999 count as equal. Subtract the row's maximum instead.",
    lambda logits: overflowing_softmax(np.minimum(logits, 700)),
)
softmax.mistake("The exponential is missing.", lambda logits: logits / logits.sum(axis=1, keepdims=True))


@softmax.mistake("This is the logarithm of the softmax.")
def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _binary_cases() -> list[Case]:
    rng = np.random.default_rng(9)
    small = np.array([2.0, -1.0, 0.5]), np.array([1, 0, 0])
    usual = rng.normal(scale=2, size=(4, 1)), rng.integers(0, 2, (4, 1))
    sure_and_wrong = np.array([-900.0, 1000.0, 700.0]), np.array([1, 1, 0])
    return [Case(args) for args in (small, usual, sure_and_wrong)]


@exercise(
    "activations.binary_cross_entropy",
    "Two classes, one logit",
    """
    Write `binary_cross_entropy(logits, targets)` for targets 0 or 1: the mean of −log(p) where the target
    is 1 and of −log(1 − p) where it is 0, with p = sigmoid(logit). It must hold for a logit of −900 at
    target 1, whose loss is 900.
    """,
    cases=_binary_cases,
)
def binary_cross_entropy(logits, targets):
    """Mean binary cross-entropy from logits; targets are 0 or 1."""
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return losses.mean()


@binary_cross_entropy.mistake(
    "The sigmoid of −900 is rounded to 0, and log(0) is infinite. −log(sigmoid(z)) = log(1 + exp(−z)), and "
    "`np.logaddexp(0, -z)` computes that safely."
)
def sigmoid_then_log(logits, targets):
    p = sigmoid(logits)
    return -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean()


binary_cross_entropy.mistake(
    "You summed. The mean is asked for.",
    lambda logits, targets: binary_cross_entropy(logits, targets) * logits.size,
)
binary_cross_entropy.mistake(
    "The samples with target 0 are left out. They cost −log(1 − p).",
    lambda logits, targets: (targets * np.logaddexp(0, -logits)).mean(),
)
binary_cross_entropy.mistake(
    "The minus sign is missing: a loss is not negative.",
    lambda logits, targets: -binary_cross_entropy(logits, targets),
)
binary_cross_entropy.mistake(
    "The targets are exchanged: p is the probability of target 1.",
    lambda logits, targets: binary_cross_entropy(logits, 1 - targets),
)
binary_cross_entropy.mistake(
    "The sigmoid is applied twice.", lambda logits, targets: binary_cross_entropy(sigmoid(logits), targets)
)


def _polyline_cases() -> list[Case]:
    rng = np.random.default_rng(10)
    small = np.array([0.0, 2.0, 3.0, 7.0]), np.array([1.0, 5.0, 4.0, 4.0])
    cases = [Case((np.sort(rng.normal(size=n)), rng.normal(size=n))) for n in (2, 5, 9)]
    return [Case(small), *cases]


@exercise(
    "activations.relu_factors",
    "A kink for each ReLU",
    """
    A polyline goes through the points `(places[i], heights[i])`; the places rise. To the right of the
    first place it can be written as `heights[0]` plus the sum of `factors[i]` · relu(x − `places[i]`),
    with a ReLU for each place but the last. Write `relu_factors(places, heights)`: the array of the
    factors.
    """,
    cases=_polyline_cases,
    exact_shape=True,
)
def relu_factors(places, heights):
    """Factor of each ReLU of a polyline through these points."""
    slopes = np.diff(heights) / np.diff(places)
    return np.diff(slopes, prepend=0)


@relu_factors.mistake(
    "These are the slopes of the pieces. A ReLU that has begun goes on for ever: what the earlier ones give"
    " is still there."
)
def slopes_alone(places, heights):
    return np.diff(heights) / np.diff(places)


relu_factors.mistake(
    "You took differences of heights. A slope is a difference of heights over one of places.",
    lambda places, heights: np.diff(np.diff(heights), prepend=0),
)


@relu_factors.mistake("Your kinks bend the other way: a factor is the new slope minus the old one.")
def kinks_turned(places, heights):
    factors = relu_factors(places, heights)
    return np.concatenate([factors[:1], -factors[1:]])


@relu_factors.mistake("The first ReLU is missing. Before it the line is flat, and it gives the first slope.")
def first_factor_missing(places, heights):
    factors = relu_factors(places, heights)
    factors[0] = 0
    return factors


relu_factors.mistake(
    "You bend at the last place too. The line need not end there: one factor less.",
    lambda places, heights: np.diff(slopes_alone(places, heights), prepend=0, append=0),
)
relu_factors.mistake(
    "The other way round: it is the factors up to a place that add up to its slope.",
    lambda places, heights: np.cumsum(slopes_alone(places, heights)),
)


def _unit_cases() -> list[Case]:
    rng = np.random.default_rng(11)
    small = np.array([[-1.0, 2.0, -3.0], [-0.5, -1.0, -2.0]])
    # Column 1 is exactly 0 throughout: the ReLU's slope there is 0 as well.
    zero = rng.normal(size=(6, 5))
    zero[:, 1] = 0
    mostly_off = rng.normal(size=(8, 12)) - 1.2
    return [Case((sums,)) for sums in (small, zero, mostly_off, np.full((3, 4), -2.0))]


@exercise(
    "activations.dead_units",
    "Which units are dead?",
    """
    `sums` has shape (N, units): what each unit of a layer adds up for each of N images, before the ReLU.
    Write `dead_units(sums)`: how many units pass nothing on for any of the images?
    """,
    cases=_unit_cases,
    whole=True,
)
def dead_units(sums):
    """Number of units, columns of sums (N, units), that are never above 0."""
    return int(np.all(sums <= 0, axis=0).sum())


dead_units.mistake(
    "You counted single answers that are cut off. A unit is dead if all of its answers are.",
    lambda sums: int((sums <= 0).sum()),
)
dead_units.mistake(
    "A unit that is silent for some image still learns from the others. `all`, not `any`.",
    lambda sums: int(np.any(sums <= 0, axis=0).sum()),
)
dead_units.mistake(
    "You counted images for which no unit answers. Units are columns.",
    lambda sums: int(np.all(sums <= 0, axis=1).sum()),
)
dead_units.mistake("You counted the units that are alive.", lambda sums: sums.shape[1] - dead_units(sums))
dead_units.mistake(
    "A sum of exactly 0 gives 0 too, and its slope is 0. Such a unit is just as dead.",
    lambda sums: int(np.all(sums < 0, axis=0).sum()),
)
dead_units.mistake(
    "A unit whose mean is negative may still answer for one image, and learn from it.",
    lambda sums: int((sums.mean(axis=0) <= 0).sum()),
)
