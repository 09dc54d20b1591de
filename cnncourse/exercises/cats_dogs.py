"""Exercises of chapter 17_cats_and_dogs."""

import numpy as np

from .answers import cats_dogs as answers
from .exercise import Case, Exercise, Mistake


def _loss_cases() -> list[Case]:
    rng = np.random.default_rng(17)
    small = np.array([2.0, -1.0, 0.0]), np.array([1, 1, 0])
    sure = np.array([800.0, -900.0, 3.0]), np.array([0, 0, 1])
    return [Case(small), Case((rng.normal(0, 3, 12), rng.integers(0, 2, 12))), Case(sure)]


def _decision_cases() -> list[Case]:
    rng = np.random.default_rng(18)
    edge = np.array([0.0, 1.0, -1.0, 3.0]), 0.5
    more = [Case((rng.normal(0, 2, 9), threshold)) for threshold in (0.8, 0.2)]
    return [Case(edge), *more, Case((np.array([-40.0, 40.0, 0.3, 5.0]), 0.9))]


def _confusion_cases() -> list[Case]:
    rng = np.random.default_rng(19)
    small = np.array([0.9, 0.2, 0.6, 0.4, 0.7]), np.array([1, 0, 0, 1, 1]), 0.5
    more = [Case((rng.random(15).round(2), rng.integers(0, 2, 15), t)) for t in (0.8, 0.25)]
    return [Case(small), *more]


def _calibration_cases() -> list[Case]:
    rng = np.random.default_rng(20)
    small = np.array([0.95, 0.85, 0.92, 0.55]), np.array([1, 0, 1, 1]), 5
    sure = np.array([1.0, 1.0, 0.63, 0.75, 0.72]), np.array([1, 0, 1, 0, 1]), 10
    confidence = rng.uniform(0.5, 1, 40)
    return [Case(small), Case(sure), Case((confidence, (rng.random(40) < 0.7).astype(int), 10))]


def _leak_cases() -> list[Case]:
    rng = np.random.default_rng(21)
    train, test = (rng.integers(0, 256, (n, 4, 4), dtype=np.uint8) for n in (6, 4))
    test[1], test[3] = train[4], train[0]
    turned = test.copy()
    turned[2] = train[3][::-1]  # the same grey levels in another order: another picture
    colour, other = (rng.integers(0, 256, (n, 3, 2, 2), dtype=np.uint8) for n in (4, 5))
    other[4] = colour[1]
    return [
        Case((train, test)),
        Case((train, turned)),
        Case((colour, other)),
        Case((train[:3], train[[2, 1]])),
    ]


def _epoch_cases() -> list[Case]:
    rng = np.random.default_rng(22)
    small = [0.6, 0.75, 0.7, 0.75], [0.62, 0.7, 0.74, 0.73]
    more = [Case((rng.random(8).round(3).tolist(), rng.random(8).round(3).tolist())) for _ in range(2)]
    return [Case(small), *more]


EXERCISES = (
    Exercise(
        name="cats_dogs.loss_from_logits",
        title="The loss of a single output",
        prompt=(
            "Write `loss_from_logits(logits, labels)`: the mean binary cross-entropy of logits of shape "
            "(N,) and labels 0 or 1. It must hold for a logit of 800 too. A help: −log sigmoid(z) = log(1 "
            "+ exp(−z)), and `np.logaddexp(0, x)` is log(1 + exp(x))."
        ),
        reference=answers.loss_from_logits,
        cases=_loss_cases,
        mistakes=(
            Mistake(
                answers.logarithm_of_the_sigmoid,
                (
                    "Right for small logits. At 800 the sigmoid is rounded to 1, and log(1 − 1) is minus "
                    "infinity."
                ),
            ),
            Mistake(
                answers.labels_exchanged, "The two labels are exchanged: a large logit speaks for label 1."
            ),
            Mistake(answers.summed_loss, "That is the sum over the pictures. The mean is asked for."),
            Mistake(
                answers.dogs_only,
                "Pictures with label 0 count as well: for them the loss grows with the logit.",
            ),
        ),
    ),
    Exercise(
        name="cats_dogs.decide",
        title="From a logit to an answer",
        prompt=(
            "Write `decide(logits, threshold)`: 1 for each logit whose probability, its sigmoid, is at least "
            "`threshold`, else 0."
        ),
        reference=answers.decide,
        cases=_decision_cases,
        mistakes=(
            Mistake(
                answers.logit_against_the_threshold,
                "You compare the logit with the threshold. Turn it into a probability first.",
            ),
            Mistake(answers.strictly_above, "A probability that equals the threshold counts as reached."),
            Mistake(
                answers.always_at_one_half, "Your threshold is always one half. Use the one that is given."
            ),
            Mistake(answers.the_other_class, "0 and 1 are exchanged: a high probability means 1."),
            Mistake(
                answers.only_exactly_one,
                (
                    "You ask whether the probability is exactly 1. It hardly ever is: compare with the "
                    "threshold."
                ),
            ),
        ),
    ),
    Exercise(
        name="cats_dogs.confusion_at",
        title="Counting at a threshold",
        prompt=(
            "Write `confusion_at(probability, labels, threshold)`: a 2 × 2 array of counts. Rows are the "
            "true labels 0 and 1; columns are what was said, 1 where the probability is at least the "
            "threshold."
        ),
        reference=answers.confusion_at,
        cases=_confusion_cases,
        mistakes=(
            Mistake(answers.transposed_counts, "Rows and columns are exchanged: the true label is the row."),
            Mistake(answers.classes_turned_round, "Label 0 has the first row and the first column."),
            Mistake(
                answers.shares_instead_of_counts,
                "You divided by the number of pictures. Counts are asked for.",
            ),
            Mistake(answers.threshold_ignored, "You decide at one half, whatever the threshold is."),
        ),
    ),
    Exercise(
        name="cats_dogs.calibration_error",
        title="Can its confidence be believed?",
        prompt=(
            "Write `calibration_error(confidence, right, bins)`. Sort the answers by their confidence into "
            "`bins` bins of equal width from 0 to 1; a confidence of 1 belongs to the last one. In each "
            "bin take the absolute difference of mean confidence and accuracy (`right` is 1 or 0). Return "
            "the mean of these, weighted by the number of answers in the bin. Empty bins do not count."
        ),
        reference=answers.calibration_error,
        cases=_calibration_cases,
        mistakes=(
            Mistake(
                answers.every_bin_alike, "A bin with one answer counts as much as one with many. Weight them."
            ),
            Mistake(
                answers.gaps_cancel,
                "Too sure in one bin and not sure enough in another cancel out. Go bin by bin.",
            ),
            Mistake(
                answers.certain_answers_lost,
                "A confidence of exactly 1 falls behind the last bin, and is lost.",
            ),
            Mistake(
                answers.share_of_mistakes, "That is the error rate. How sure the answers were does not enter."
            ),
        ),
    ),
    Exercise(
        name="cats_dogs.keep_for_training",
        title="No test picture in the training",
        prompt=(
            "Write `keep_for_training(train, test)` for two arrays of images, whose first axis counts the "
            "images: the indices, in order, of the training images that do not occur among the test "
            "images, pixel for pixel."
        ),
        reference=answers.keep_for_training,
        cases=_leak_cases,
        mistakes=(
            Mistake(answers.those_to_throw_away, "Those are the ones to leave out. Return the others."),
            Mistake(
                answers.same_place_only,
                "A copy can stand anywhere. Compare each training image with every test image.",
            ),
            Mistake(answers.same_mean_only, "Different pictures can have the same mean. Compare all pixels."),
            Mistake(
                answers.cleaned_the_test_set,
                "You cleaned the test set. It stays as it is; the training set gives way.",
            ),
        ),
    ),
    Exercise(
        name="cats_dogs.chosen_epoch",
        title="Which epoch, and what is it worth?",
        prompt=(
            "Write `chosen_epoch(valid_accuracy, test_accuracy)` for two lists with a number for each "
            "epoch. Choose the epoch by the validation accuracy, the first one of equals. Return its "
            "number, counted from 1, and the accuracy that may be reported."
        ),
        reference=answers.chosen_epoch,
        cases=_epoch_cases,
        mistakes=(
            Mistake(
                answers.chosen_by_the_test,
                "You chose by the test pictures. Then they have become validation pictures.",
            ),
            Mistake(answers.counted_from_zero, "The first epoch is number 1."),
            Mistake(
                answers.the_last_epoch, "The last epoch need not be the best one on the validation pictures."
            ),
            Mistake(
                answers.best_of_each,
                "You report the best test accuracy of all epochs. Report that of the epoch you chose.",
            ),
            Mistake(
                answers.validation_accuracy_reported,
                "The best validation accuracy is flattered by the choice. Report that of the test pictures.",
            ),
        ),
    ),
)
