"""More exercises of the chapter overfitting_and_regularisation: stopping, splitting and targets."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _stop_cases() -> list[Case]:
    return [
        Case((np.array(losses), patience))
        for losses, patience in (
            ([0.9, 0.6, 0.5, 0.55, 0.52, 0.58, 0.6, 0.4], 2),
            ([0.9, 0.7, 0.75, 0.6, 0.65, 0.64, 0.7, 0.8], 2),
            ([1.0, 0.8, 0.7, 0.6], 2),
            ([0.5, 0.6, 0.55, 0.52, 0.2], 3),
            ([0.9, 0.8, 0.85, 0.81, 0.83, 0.79, 0.9, 0.88, 0.9, 0.7, 0.9], 4),
        )
    ]


@exercise(
    "regularisation.stop_early",
    "When to stop",
    """
    `losses` holds the validation loss of each epoch. Training stops as soon as `patience` epochs in a row
    have brought no loss below the best one. Write `stop_early(losses, patience)`: return the epoch after
    which it stops (the last one, if it never stops early) and the best epoch up to then, both counted
    from 1. An equal loss is no improvement.
    """,
    cases=_stop_cases,
    whole=True,
)
def stop_early(losses, patience):
    """The epoch after which training stops, and the best one, from 1."""
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch + 1, best + 1


@stop_early.mistake(
    "You stop at the first rise. `patience` says how many epochs may pass without a new best one."
)
def stops_at_the_first_rise(losses, patience):
    for epoch in range(1, len(losses)):
        if losses[epoch] >= losses[epoch - 1]:
            return epoch + 1, int(np.argmin(losses[: epoch + 1])) + 1
    return len(losses), int(np.argmin(losses)) + 1


@stop_early.mistake(
    "You compare with the epoch before. Compare with the best so far: a loss that goes down a little after "
    "a rise is no improvement yet."
)
def compares_with_the_last_epoch(losses, patience):
    worse = 0
    for epoch in range(1, len(losses)):
        worse = worse + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if worse == patience:
            return epoch + 1, int(np.argmin(losses[: epoch + 1])) + 1
    return len(losses), int(np.argmin(losses)) + 1


stop_early.mistake(
    "You use the whole list. Training ends when patience is used up.",
    lambda losses, patience: (len(losses), int(np.argmin(losses)) + 1),
)
stop_early.mistake(
    "You stop one epoch late: after `patience` epochs without improvement it is over.",
    lambda losses, patience: stop_early(losses, patience + 1),
)


@stop_early.mistake("You count from 0. The first epoch is number 1.")
def counted_from_zero(losses, patience):
    stop, best = stop_early(losses, patience)
    return stop - 1, best - 1


@stop_early.mistake("The second number is the best epoch, not the last: its weights are the ones to keep.")
def keeps_the_last_weights(losses, patience):
    stop, _ = stop_early(losses, patience)
    return stop, stop


@stop_early.mistake("You look at losses of epochs that were never run. The best epoch lies before the stop.")
def looks_into_the_future(losses, patience):
    stop, _ = stop_early(losses, patience)
    return stop, int(np.argmin(losses)) + 1


def _split_cases() -> list[Case]:
    rng = np.random.default_rng(113)
    small = np.array([0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0]), 0.25
    sorted_by_class = np.repeat([0, 1, 2], [10, 20, 30]), 0.1
    mixed = rng.permutation(np.repeat([0, 1, 2, 3], [5, 10, 40, 15])), 0.2
    return [Case(args) for args in (small, sorted_by_class, mixed)]


@exercise(
    "regularisation.held_out",
    "A fair split",
    """
    A fraction of the examples is to be held out, the same share of each class. Write `held_out(labels,
    fraction)`: of each class take the first `round(fraction * count)` examples, in the order in which
    they stand in `labels`, and return the indices of all of them in rising order.
    """,
    cases=_split_cases,
    whole=True,
)
def held_out(labels, fraction):
    """Indices of the first `fraction` of each class, in rising order."""
    picked = []
    for c in np.unique(labels):
        own = np.flatnonzero(labels == c)
        picked.extend(own[: round(fraction * len(own))])
    return np.sort(picked).astype(int)


held_out.mistake(
    "You took the first examples of all. If the data are sorted by class, whole classes are missing. Go "
    "class by class.",
    lambda labels, fraction: np.arange(round(fraction * len(labels))),
)


@held_out.mistake("Every class gives the same number. Each is to give the same share of its own.")
def the_same_number_of_each(labels, fraction):
    classes = np.unique(labels)
    number = round(fraction * len(labels) / len(classes))
    return np.sort(np.concatenate([np.flatnonzero(labels == c)[:number] for c in classes])).astype(int)


held_out.mistake(
    "These are the examples that stay. The held-out ones are asked for.",
    lambda labels, fraction: np.setdiff1d(np.arange(len(labels)), held_out(labels, fraction)),
)
held_out.mistake(
    "Every so many examples, whatever their class: the shares of the classes are left to chance.",
    lambda labels, fraction: np.arange(0, len(labels), round(1 / fraction)),
)


@held_out.mistake("The right examples, one class after the other. Sort the indices.")
def class_after_class(labels, fraction):
    picked = [np.flatnonzero(labels == c) for c in np.unique(labels)]
    return np.concatenate([own[: round(fraction * len(own))] for own in picked]).astype(int)


def _resting_cases() -> list[Case]:
    rng = np.random.default_rng(114)
    cases = [Case((2.0, 4.0, 0.5)), Case((-3.0, 0.5, 2.0)), Case((1.5, 2.0, 0.0))]
    for shape, decay in (((3,), 0.1), ((2, 3), 2.5)):
        cases.append(Case((rng.normal(size=shape), rng.uniform(0.2, 5, shape), decay)))
    return cases


@exercise(
    "regularisation.resting_weight",
    "Where decay and data agree",
    """
    Take one weight. The data want it at `best`: their loss is `curvature / 2` times the square of its
    distance from there. Weight decay adds `decay / 2` times the square of the weight. Write
    `resting_weight(best, curvature, decay)`: where the sum of the two is smallest, and so where training
    ends. Arrays hold many weights, each for itself. Which ones does decay leave alone?
    """,
    cases=_resting_cases,
)
def resting_weight(best, curvature, decay):
    """Weight at which loss and penalty together are smallest."""
    # curvature * (weight - best) + decay * weight = 0
    return curvature * best / (curvature + decay)


resting_weight.mistake(
    "`decay` is not used. It pulls the weight away from `best`.",
    lambda best, curvature, decay: best + 0 * curvature,
)
resting_weight.mistake(
    "`curvature` is not used. It says how strongly the data pull, and decay pulls against it.",
    lambda best, curvature, decay: best / (1 + decay) + 0 * curvature,
)
resting_weight.mistake(
    "That is the share which decay takes. It takes less where the data pull harder: at rest the two "
    "gradients cancel.",
    lambda best, curvature, decay: (1 - decay) * best + 0 * curvature,
)
resting_weight.mistake(
    "Your weight lies beyond `best`. Decay pulls it back towards 0.",
    lambda best, curvature, decay: curvature * best / (curvature - decay),
)
resting_weight.mistake(
    "You kept one half and dropped the other. Both terms are halves of squares.",
    lambda best, curvature, decay: curvature * best / (curvature + decay / 2),
)
resting_weight.mistake(
    "The two are exchanged: without any decay the weight rests at `best`.",
    lambda best, curvature, decay: decay * best / (curvature + decay),
)
resting_weight.mistake(
    "A pull of the same size, however large the weight, comes from a penalty on its absolute value. Here "
    "the square is added.",
    lambda best, curvature, decay: best - decay / curvature * np.sign(best),
)


def _smoothing_cases() -> list[Case]:
    return [
        Case((np.array(labels), classes, smoothing))
        for labels, classes, smoothing in (
            ([0, 2], 4, 0.2),
            ([1, 1, 0], 3, 0.1),
            ([9, 3, 0, 3], 10, 0.1),
            ([1], 2, 0.0),
        )
    ]


@exercise(
    "regularisation.smooth_targets",
    "Soft targets",
    """
    Write `smooth_targets(labels, num_classes, smoothing)`: for each label a row of `num_classes`
    probabilities. The share `smoothing` is spread evenly over all classes, the right one included; the
    rest goes to the right one.
    """,
    cases=_smoothing_cases,
)
def smooth_targets(labels, num_classes, smoothing):
    """Targets of shape (N, K), the smoothing shared by all classes."""
    one_hot = np.eye(num_classes)[labels]
    return (1 - smoothing) * one_hot + smoothing / num_classes


@smooth_targets.mistake("You spread it over the wrong classes only. The right one gets its part of it too.")
def shared_among_the_others(labels, num_classes, smoothing):
    one_hot = np.eye(num_classes)[labels]
    return (1 - smoothing) * one_hot + (1 - one_hot) * smoothing / (num_classes - 1)


@smooth_targets.mistake(
    "Your rows do not sum to 1. The right class gets the rest and its part of the spread share."
)
def does_not_sum_to_one(labels, num_classes, smoothing):
    return np.maximum((1 - smoothing) * np.eye(num_classes)[labels], smoothing / num_classes)


smooth_targets.mistake(
    "Each class got the whole share. Divide it by the number of classes.",
    lambda labels, num_classes, smoothing: (1 - smoothing) * np.eye(num_classes)[labels] + smoothing,
)
smooth_targets.mistake(
    "The number of columns must come from `num_classes`: the last class may not occur.",
    lambda labels, num_classes, smoothing: smooth_targets(labels, int(np.max(labels)) + 1, smoothing),
)
smooth_targets.mistake(
    "The shares are exchanged: `smoothing` is the part that is spread, not the part that stays.",
    lambda labels, num_classes, smoothing: smooth_targets(labels, num_classes, 1 - smoothing),
)
