"""Answers to the exercises of chapter 17_cats_and_dogs: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def loss_from_logits(logits, labels):
    """Mean binary cross-entropy of logits of shape (N,) and labels 0 or 1."""
    logits, labels = np.asarray(logits, dtype=float), np.asarray(labels)
    wrong_way = np.where(labels == 1, -logits, logits)
    return np.logaddexp(0, wrong_way).mean()


def decide(logits, threshold):
    """1 where the probability sigmoid(logit) is at least the threshold, else 0."""
    probability = 1 / (1 + np.exp(-np.asarray(logits, dtype=float)))
    return (probability >= threshold).astype(int)


def confusion_at(probability, labels, threshold):
    """2 × 2 counts: rows are the true labels 0 and 1, columns what was said."""
    said = (np.asarray(probability) >= threshold).astype(int)
    matrix = np.zeros((2, 2), dtype=int)
    for true, guess in zip(labels, said):
        matrix[true, guess] += 1
    return matrix


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


def keep_for_training(train, test):
    """Indices of the training images that do not occur among the test images."""
    known = {image.tobytes() for image in np.ascontiguousarray(test)}
    images = np.ascontiguousarray(train)
    return [i for i, image in enumerate(images) if image.tobytes() not in known]


def chosen_epoch(valid_accuracy, test_accuracy):
    """Epoch, from 1, with the best validation accuracy (the first of equals), and its test accuracy."""
    best = int(np.argmax(valid_accuracy))
    return best + 1, test_accuracy[best]


# Wrong answers


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def logarithm_of_the_sigmoid(logits, labels):
    p, y = _sigmoid(logits), np.asarray(labels)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


def labels_exchanged(logits, labels):
    return loss_from_logits(logits, 1 - np.asarray(labels))


def summed_loss(logits, labels):
    return loss_from_logits(logits, labels) * len(labels)


def dogs_only(logits, labels):
    logits, labels = np.asarray(logits, dtype=float), np.asarray(labels)
    return np.where(labels == 1, np.logaddexp(0, -logits), 0).mean()


def logit_against_the_threshold(logits, threshold):
    return (np.asarray(logits) >= threshold).astype(int)


def strictly_above(logits, threshold):
    return (_sigmoid(logits) > threshold).astype(int)


def always_at_one_half(logits, threshold):
    return (np.asarray(logits) >= 0).astype(int)


def the_other_class(logits, threshold):
    return (_sigmoid(logits) < threshold).astype(int)


def only_exactly_one(logits, threshold):
    return (_sigmoid(logits) == 1).astype(int)


def transposed_counts(probability, labels, threshold):
    return confusion_at(probability, labels, threshold).T


def classes_turned_round(probability, labels, threshold):
    return confusion_at(probability, labels, threshold)[::-1, ::-1]


def shares_instead_of_counts(probability, labels, threshold):
    return confusion_at(probability, labels, threshold) / max(len(labels), 1)


def threshold_ignored(probability, labels, threshold):
    return confusion_at(probability, labels, 0.5)


def every_bin_alike(confidence, right, bins):
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[number == b].mean() - right[number == b].mean())
        for b in range(bins)
        if (number == b).any()
    ]
    return float(np.mean(gaps))


def gaps_cancel(confidence, right, bins):
    return abs(np.mean(confidence) - np.mean(np.asarray(right, dtype=float)))


def certain_answers_lost(confidence, right, bins):
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    number = (confidence * bins).astype(int)
    total = 0.0
    for b in range(bins):
        inside = number == b
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - right[inside].mean())
    return total / len(confidence)


def share_of_mistakes(confidence, right, bins):
    return 1 - np.mean(np.asarray(right, dtype=float))


def those_to_throw_away(train, test):
    keep = set(keep_for_training(train, test))
    return [i for i in range(len(train)) if i not in keep]


def same_place_only(train, test):
    pairs = min(len(train), len(test))
    same = {i for i in range(pairs) if np.array_equal(train[i], test[i])}
    return [i for i in range(len(train)) if i not in same]


def same_mean_only(train, test):
    known = {float(np.mean(image)) for image in test}
    return [i for i, image in enumerate(train) if float(np.mean(image)) not in known]


def cleaned_the_test_set(train, test):
    return keep_for_training(test, train)


def chosen_by_the_test(valid_accuracy, test_accuracy):
    best = int(np.argmax(test_accuracy))
    return best + 1, test_accuracy[best]


def counted_from_zero(valid_accuracy, test_accuracy):
    best = int(np.argmax(valid_accuracy))
    return best, test_accuracy[best]


def the_last_epoch(valid_accuracy, test_accuracy):
    return len(valid_accuracy), test_accuracy[-1]


def best_of_each(valid_accuracy, test_accuracy):
    return int(np.argmax(valid_accuracy)) + 1, max(test_accuracy)


def validation_accuracy_reported(valid_accuracy, test_accuracy):
    best = int(np.argmax(valid_accuracy))
    return best + 1, valid_accuracy[best]
