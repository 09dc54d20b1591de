"""Exercises of the chapter cats_and_dogs."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def _loss_cases() -> list[Case]:
    rng = np.random.default_rng(17)
    small = np.array([2.0, -1.0, 0.0]), np.array([1, 1, 0])
    sure = np.array([800.0, -900.0, 3.0]), np.array([0, 0, 1])
    return [Case(small), Case((rng.normal(0, 3, 12), rng.integers(0, 2, 12))), Case(sure)]


@exercise(
    "cats_dogs.loss_from_logits",
    "The loss of a single output",
    """
    Write `loss_from_logits(logits, labels)`: the mean binary cross-entropy of logits of shape (N,) and
    labels 0 or 1. It must hold for a logit of 800 too. A help: −log sigmoid(z) = log(1 + exp(−z)), and
    `np.logaddexp(0, x)` is log(1 + exp(x)).
    """,
    cases=_loss_cases,
)
def loss_from_logits(logits, labels):
    """Mean binary cross-entropy of logits of shape (N,) and labels 0 or 1."""
    logits, labels = np.asarray(logits, dtype=float), np.asarray(labels)
    wrong_way = np.where(labels == 1, -logits, logits)
    return np.logaddexp(0, wrong_way).mean()


@loss_from_logits.mistake(
    "Right for small logits. At 800 the sigmoid is rounded to 1, and log(1 − 1) is minus infinity."
)
def logarithm_of_the_sigmoid(logits, labels):
    p, y = _sigmoid(logits), np.asarray(labels)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


loss_from_logits.mistake(
    "The two labels are exchanged: a large logit speaks for label 1.",
    lambda logits, labels: loss_from_logits(logits, 1 - np.asarray(labels)),
)
loss_from_logits.mistake(
    "That is the sum over the pictures. The mean is asked for.",
    lambda logits, labels: loss_from_logits(logits, labels) * len(labels),
)


@loss_from_logits.mistake("Pictures with label 0 count as well: for them the loss grows with the logit.")
def dogs_only(logits, labels):
    logits, labels = np.asarray(logits, dtype=float), np.asarray(labels)
    return np.where(labels == 1, np.logaddexp(0, -logits), 0).mean()


def _decision_cases() -> list[Case]:
    rng = np.random.default_rng(18)
    edge = np.array([0.0, 1.0, -1.0, 3.0]), 0.5
    more = [Case((rng.normal(0, 2, 9), threshold)) for threshold in (0.8, 0.2)]
    return [Case(edge), *more, Case((np.array([-40.0, 40.0, 0.3, 5.0]), 0.9))]


@exercise(
    "cats_dogs.decide",
    "From a logit to an answer",
    """
    Write `decide(logits, threshold)`: 1 for each logit whose probability, its sigmoid, is at least
    `threshold`, else 0.
    """,
    cases=_decision_cases,
)
def decide(logits, threshold):
    """1 where the probability sigmoid(logit) is at least the threshold, else 0."""
    probability = 1 / (1 + np.exp(-np.asarray(logits, dtype=float)))
    return (probability >= threshold).astype(int)


decide.mistake(
    "You compare the logit with the threshold. Turn it into a probability first.",
    lambda logits, threshold: (np.asarray(logits) >= threshold).astype(int),
)
decide.mistake(
    "A probability that equals the threshold counts as reached.",
    lambda logits, threshold: (_sigmoid(logits) > threshold).astype(int),
)
decide.mistake(
    "Your threshold is always one half. Use the one that is given.",
    lambda logits, threshold: (np.asarray(logits) >= 0).astype(int),
)
decide.mistake(
    "0 and 1 are exchanged: a high probability means 1.",
    lambda logits, threshold: (_sigmoid(logits) < threshold).astype(int),
)
decide.mistake(
    "You ask whether the probability is exactly 1. It hardly ever is: compare with the threshold.",
    lambda logits, threshold: (_sigmoid(logits) == 1).astype(int),
)


def _confusion_cases() -> list[Case]:
    rng = np.random.default_rng(19)
    small = np.array([0.9, 0.2, 0.6, 0.4, 0.7]), np.array([1, 0, 0, 1, 1]), 0.5
    more = [Case((rng.random(15).round(2), rng.integers(0, 2, 15), t)) for t in (0.8, 0.25)]
    return [Case(small), *more]


@exercise(
    "cats_dogs.confusion_at",
    "Counting at a threshold",
    """
    Write `confusion_at(probability, labels, threshold)`: a 2 × 2 array of counts. Rows are the true
    labels 0 and 1; columns are what was said, 1 where the probability is at least the threshold.
    """,
    cases=_confusion_cases,
)
def confusion_at(probability, labels, threshold):
    """2 × 2 counts: rows are the true labels 0 and 1, columns what was said."""
    said = (np.asarray(probability) >= threshold).astype(int)
    matrix = np.zeros((2, 2), dtype=int)
    for true, guess in zip(labels, said):
        matrix[true, guess] += 1
    return matrix


confusion_at.mistake(
    "Rows and columns are exchanged: the true label is the row.",
    lambda probability, labels, threshold: confusion_at(probability, labels, threshold).T,
)
confusion_at.mistake(
    "Label 0 has the first row and the first column.",
    lambda probability, labels, threshold: confusion_at(probability, labels, threshold)[::-1, ::-1],
)


@confusion_at.mistake("You divided by the number of pictures. Counts are asked for.")
def shares_instead_of_counts(probability, labels, threshold):
    return confusion_at(probability, labels, threshold) / max(len(labels), 1)


confusion_at.mistake(
    "You decide at one half, whatever the threshold is.",
    lambda probability, labels, threshold: confusion_at(probability, labels, 0.5),
)


def _calibration_cases() -> list[Case]:
    rng = np.random.default_rng(20)
    small = np.array([0.95, 0.85, 0.92, 0.55]), np.array([1, 0, 1, 1]), 5
    sure = np.array([1.0, 1.0, 0.63, 0.75, 0.72]), np.array([1, 0, 1, 0, 1]), 10
    confidence = rng.uniform(0.5, 1, 40)
    return [Case(small), Case(sure), Case((confidence, (rng.random(40) < 0.7).astype(int), 10))]


@exercise(
    "cats_dogs.calibration_error",
    "Can its confidence be believed?",
    """
    Write `calibration_error(confidence, right, bins)`. Sort the answers by their confidence into `bins`
    bins of equal width from 0 to 1; a confidence of 1 belongs to the last one. In each bin take the
    absolute difference of mean confidence and accuracy (`right` is 1 or 0). Return the mean of these,
    weighted by the number of answers in the bin. Empty bins do not count.
    """,
    cases=_calibration_cases,
)
def calibration_error(confidence, right, bins):
    """Mean gap between confidence and accuracy over equal bins from 0 to 1, weighted by their samples."""
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        inside = number == b
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - right[inside].mean())
    return total / len(confidence)


@calibration_error.mistake("A bin with one answer counts as much as one with many. Weight them.")
def every_bin_alike(confidence, right, bins):
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[number == b].mean() - right[number == b].mean())
        for b in range(bins)
        if (number == b).any()
    ]
    return float(np.mean(gaps))


calibration_error.mistake(
    "Too sure in one bin and not sure enough in another cancel out. Go bin by bin.",
    lambda confidence, right, bins: abs(np.mean(confidence) - np.mean(np.asarray(right, dtype=float))),
)


@calibration_error.mistake("A confidence of exactly 1 falls behind the last bin, and is lost.")
def certain_answers_lost(confidence, right, bins):
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    number = (confidence * bins).astype(int)
    total = 0.0
    for b in range(bins):
        inside = number == b
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - right[inside].mean())
    return total / len(confidence)


calibration_error.mistake(
    "That is the error rate. How sure the answers were does not enter.",
    lambda confidence, right, bins: 1 - np.mean(np.asarray(right, dtype=float)),
)


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


@exercise(
    "cats_dogs.keep_for_training",
    "No test picture in the training",
    """
    Write `keep_for_training(train, test)` for two arrays of images, whose first axis counts the images:
    the indices, in order, of the training images that do not occur among the test images, pixel for
    pixel.
    """,
    cases=_leak_cases,
)
def keep_for_training(train, test):
    """Indices of the training images that do not occur among the test images."""
    known = {image.tobytes() for image in np.ascontiguousarray(test)}
    images = np.ascontiguousarray(train)
    return [i for i, image in enumerate(images) if image.tobytes() not in known]


@keep_for_training.mistake("Those are the ones to leave out. Return the others.")
def those_to_throw_away(train, test):
    keep = set(keep_for_training(train, test))
    return [i for i in range(len(train)) if i not in keep]


@keep_for_training.mistake("A copy can stand anywhere. Compare each training image with every test image.")
def same_place_only(train, test):
    pairs = min(len(train), len(test))
    same = {i for i in range(pairs) if np.array_equal(train[i], test[i])}
    return [i for i in range(len(train)) if i not in same]


@keep_for_training.mistake("Different pictures can have the same mean. Compare all pixels.")
def same_mean_only(train, test):
    known = {float(np.mean(image)) for image in test}
    return [i for i, image in enumerate(train) if float(np.mean(image)) not in known]


keep_for_training.mistake(
    "You cleaned the test set. It stays as it is; the training set gives way.",
    lambda train, test: keep_for_training(test, train),
)


def _epoch_cases() -> list[Case]:
    rng = np.random.default_rng(22)
    small = [0.6, 0.75, 0.7, 0.75], [0.62, 0.7, 0.74, 0.73]
    more = [Case((rng.random(8).round(3).tolist(), rng.random(8).round(3).tolist())) for _ in range(2)]
    return [Case(small), *more]


@exercise(
    "cats_dogs.chosen_epoch",
    "Which epoch, and what is it worth?",
    """
    Write `chosen_epoch(valid_accuracy, test_accuracy)` for two lists with a number for each epoch. Choose
    the epoch by the validation accuracy, the first one of equals. Return its number, counted from 1, and
    the accuracy that may be reported.
    """,
    cases=_epoch_cases,
)
def chosen_epoch(valid_accuracy, test_accuracy):
    """Epoch, from 1, with the best validation accuracy (the first of equals), and its test accuracy."""
    best = int(np.argmax(valid_accuracy))
    return best + 1, test_accuracy[best]


@chosen_epoch.mistake("You chose by the test pictures. Then they have become validation pictures.")
def chosen_by_the_test(valid_accuracy, test_accuracy):
    best = int(np.argmax(test_accuracy))
    return best + 1, test_accuracy[best]


@chosen_epoch.mistake("The first epoch is number 1.")
def counted_from_zero(valid_accuracy, test_accuracy):
    best = int(np.argmax(valid_accuracy))
    return best, test_accuracy[best]


chosen_epoch.mistake(
    "The last epoch need not be the best one on the validation pictures.",
    lambda valid_accuracy, test_accuracy: (len(valid_accuracy), test_accuracy[-1]),
)
chosen_epoch.mistake(
    "You report the best test accuracy of all epochs. Report that of the epoch you chose.",
    lambda valid_accuracy, test_accuracy: (int(np.argmax(valid_accuracy)) + 1, max(test_accuracy)),
)


@chosen_epoch.mistake(
    "The best validation accuracy is flattered by the choice. Report that of the test pictures."
)
def validation_accuracy_reported(valid_accuracy, test_accuracy):
    best = int(np.argmax(valid_accuracy))
    return best + 1, valid_accuracy[best]
