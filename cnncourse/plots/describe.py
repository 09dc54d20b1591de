"""Pictures in words: alternative text made from the same data that is drawn."""

import numpy as np

from cnncourse.plots.cells import number_text
from cnncourse.plots.images import worst_mistakes


def describe_history(history, *, metric="loss"):
    """Return what `plot_history` shows, in words.

    Parameters
    ----------
    history : cnncourse.results.History
        What ``fit`` returned; at least one epoch.
    metric : {"loss", "accuracy", "lr"}, default "loss"
        What is drawn.

    Returns
    -------
    str

    Examples
    --------
    >>> from cnncourse.results import EpochRecord, History
    >>> first = EpochRecord(1, 0.5, 0.8, 0.4, 0.85, 0.1, 2.0)
    >>> second = EpochRecord(2, 0.3, 0.9, 0.35, 0.88, 0.1, 2.0)
    >>> describe_history(History([first, second], model="lenet5", data="digits"))
    'Training of lenet5 on digits over 2 epochs. Train loss from 0.5 to 0.3; validation loss from 0.4 to 0.35,
    lowest 0.35 in epoch 2.'
    """
    names = {"loss": "loss", "accuracy": "accuracy", "lr": "learning rate"}
    best, word = (np.nanargmax, "highest") if metric == "accuracy" else (np.nanargmin, "lowest")
    parts = []
    columns = [("learning rate", "lr")] if metric == "lr" else [
        (f"train {names[metric]}", f"train_{metric}"), (f"validation {names[metric]}", f"valid_{metric}")
    ]  # fmt: skip
    for label, column in columns:
        values = history.column(column).astype(float)
        if np.isnan(values).all():
            continue
        part = f"{label} from {values[0]:.3g} to {values[-1]:.3g}"
        if column.startswith("valid"):
            at = int(best(values))
            part += f", {word} {values[at]:.3g} in epoch {history.records[at].epoch}"
        parts.append(part)
    epochs = len(history.records)
    text = "; ".join(parts)
    return (
        f"Training of {history.model or 'a model'} on {history.data or 'data'} over {epochs} "
        f"{'epoch' if epochs == 1 else 'epochs'}. {text[:1].upper() + text[1:]}."
    )


def describe_confusion(result, *, pairs=3):
    """Return what `plot_confusion` shows, in words: how much is right, and the commonest confusions.

    Parameters
    ----------
    result : cnncourse.results.EvalResult
        What ``evaluate`` returned.
    pairs : int, default 3
        At most so many confusions, the commonest first.

    Returns
    -------
    str

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> result = SimpleNamespace(confusion=np.array([[9, 1], [0, 10]]), classes=("cat", "dog"))
    >>> describe_confusion(result)
    'Confusion matrix of 2 classes: 19 of 20 right, 95.0 %. Most often confused: cat taken for dog, 1 time.'
    """
    confusion = np.asarray(result.confusion)
    right, total = int(np.trace(confusion)), int(confusion.sum())
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:pairs]
    found = []
    for i, j in zip(*np.unravel_index(order, wrong.shape)):
        if wrong[i, j]:
            times = "1 time" if wrong[i, j] == 1 else f"{wrong[i, j]} times"
            found.append(f"{result.classes[i]} taken for {result.classes[j]}, {times}")
    text = f"Confusion matrix of {len(result.classes)} classes: {right:,} of {total:,} right"
    text += f", {100 * right / total:.1f} %." if total else "."
    return text + (f" Most often confused: {'; '.join(found)}." if found else " No confusions.")


def describe_images(images, labels=None):
    """Return what `plot_images` shows, in words.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W) or (N, H, W)
        C is 1 or 3.
    labels : sequence of N, optional
        Anything printable.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_images(np.zeros((3, 1, 28, 28)), ["seven", "two", "one"])
    '3 grey images of 28 × 28 pixels: seven, two, one.'
    """
    shape = np.shape(images)
    colour = "colour" if len(shape) == 4 and shape[1] == 3 else "grey"
    text = f"{shape[0]} {colour} {'image' if shape[0] == 1 else 'images'} of {shape[-2]} × {shape[-1]} pixels"
    return text + ("." if labels is None else f": {', '.join(str(label) for label in labels)}.")


def describe_filters(weights):
    """Return what `plot_filters` shows, in words.

    Parameters
    ----------
    weights : ndarray of shape (C_out, C_in, KH, KW)
        The weights of a convolution.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_filters(np.array([[[[-1.0, 0.5]]]]))
    '1 filter of 1 × 2 weights for 1 input channel, weights from −1 to 0.5.'
    """
    weights = np.asarray(weights)
    count, channels, height, width = weights.shape
    return (
        f"{count} {'filter' if count == 1 else 'filters'} of {height} × {width} weights for {channels} input "
        f"{'channel' if channels == 1 else 'channels'}, weights from {number_text(weights.min())} to "
        f"{number_text(weights.max())}."
    )


def describe_feature_maps(maps):
    """Return what `plot_feature_maps` shows, in words.

    Parameters
    ----------
    maps : ndarray of shape (C, H, W) or (1, C, H, W)
        The output of a layer.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_feature_maps(np.array([[[0.0, 2.0]], [[0.0, 0.0]]]))
    '2 feature maps of 1 × 2, values from 0 to 2. Strongest on average: map 0. 1 of them is zero everywhere.'
    """
    maps = np.asarray(maps)
    maps = maps[0] if maps.ndim == 4 else maps
    silent = int((maps == 0).all(axis=(1, 2)).sum())
    text = (
        f"{len(maps)} feature maps of {maps.shape[1]} × {maps.shape[2]}, values from "
        f"{number_text(maps.min())} to "
        f"{number_text(maps.max())}. Strongest on average: map {int(maps.mean(axis=(1, 2)).argmax())}."
    )
    return text + (f" {silent} of them {'is' if silent == 1 else 'are'} zero everywhere." if silent else "")


def describe_mistakes(result, *, count=12):
    """Return what `plot_mistakes` shows, in words.

    Parameters
    ----------
    result : cnncourse.results.EvalResult
        With the labels, predictions and probabilities of its samples.
    count : int, default 12
        At most so many mistakes, the surest first.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the result does not hold its samples, as after a round trip through JSON.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> result = SimpleNamespace(
    ...     classes=("cat", "dog"),
    ...     labels=np.array([0, 1]),
    ...     predicted=np.array([1, 0]),
    ...     probability=np.array([[0.25, 0.75], [0.9, 0.1]]),
    ... )
    >>> describe_mistakes(result)
    'The 2 surest of 2 mistakes: dog taken for cat (90 % sure); cat taken for dog (75 % sure).'
    """
    worst = worst_mistakes(result, count)
    if not len(worst):
        return "No mistakes."
    total = int((result.labels != result.predicted).sum())
    each = [
        f"{result.classes[result.labels[i]]} taken for {result.classes[result.predicted[i]]} "
        f"({100 * result.probability[i, result.predicted[i]]:.0f} % sure)"
        for i in worst
    ]
    return f"The {len(worst)} surest of {total} mistakes: {'; '.join(each)}."


def describe_grid(values):
    """Return what `plot_grid` shows, in words: every number, row by row.

    Parameters
    ----------
    values : ndarray of shape (H, W)
        The numbers; NaN is an empty cell.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_grid([[1, 2], [3, -4.5]])
    'Grid of 2 × 2 numbers: 1 2; 3 −4.5.'
    """
    values = np.asarray(values, dtype=float)
    rows = "; ".join(" ".join(number_text(value) or "empty" for value in row) for row in values)
    return f"Grid of {values.shape[0]} × {values.shape[1]} numbers: {rows}."
