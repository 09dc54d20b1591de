"""Exercises of chapter 11_overfitting_and_regularisation."""

import numpy as np

from .answers import regularisation as answers
from .exercise import Case, Exercise, Mistake


def _dropout_cases() -> list[Case]:
    rng = np.random.default_rng(110)
    small = np.array([2.0, 4.0, -1.0, 3.0]), 0.5, np.array([0.7, 0.2, 0.9, 0.45])
    quarter = np.array([3.0, 6.0, 9.0, -3.0]), 0.25, np.array([0.3, 0.1, 0.8, 0.25])
    cases = [Case(small), Case(quarter)]
    for shape, p in (((3, 5), 0.8), ((2, 2, 3, 3), 0.1), ((4,), 0.0)):
        cases.append(Case((rng.normal(size=shape), p, rng.random(shape))))
    return cases


def _norm_cases() -> list[Case]:
    rng = np.random.default_rng(111)
    cases = []
    for (n, c, h, w), eps in (((3, 2, 2, 2), 0.1), ((4, 3, 3, 3), 0.5), ((5, 2, 1, 4), 1e-5)):
        x = rng.normal(loc=rng.normal(size=(1, c, 1, 1)), scale=2, size=(n, c, h, w))
        cases.append(Case((x, rng.uniform(0.5, 2, c), rng.normal(size=c), eps)))
    return cases


def _running_cases() -> list[Case]:
    rng = np.random.default_rng(112)
    return [
        Case((rng.normal(size=c), rng.uniform(0.5, 2, c), rng.normal(3, 2, size=(n, c, h, w)), momentum))
        for (n, c, h, w), momentum in (((2, 2, 1, 2), 0.1), ((3, 1, 2, 2), 0.3), ((4, 3, 2, 1), 0.01))
    ]


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


def _split_cases() -> list[Case]:
    rng = np.random.default_rng(113)
    small = np.array([0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0]), 0.25
    sorted_by_class = np.repeat([0, 1, 2], [10, 20, 30]), 0.1
    mixed = rng.permutation(np.repeat([0, 1, 2, 3], [5, 10, 40, 15])), 0.2
    return [Case(args) for args in (small, sorted_by_class, mixed)]


def _resting_cases() -> list[Case]:
    rng = np.random.default_rng(114)
    cases = [Case((2.0, 4.0, 0.5)), Case((-3.0, 0.5, 2.0)), Case((1.5, 2.0, 0.0))]
    for shape, decay in (((3,), 0.1), ((2, 3), 2.5)):
        cases.append(Case((rng.normal(size=shape), rng.uniform(0.2, 5, shape), decay)))
    return cases


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


EXERCISES = (
    Exercise(
        name="regularisation.dropout",
        title="Inverted dropout",
        prompt=(
            "Write `dropout(x, p, lots)`. `lots` has the shape of `x` and holds a random number between 0 "
            "and 1 for each value. A value becomes 0 where its lot is below `p`. What is kept is scaled "
            "so that each value stays as it is on average."
        ),
        reference=answers.dropout,
        cases=_dropout_cases,
        mistakes=(
            Mistake(
                answers.not_scaled,
                "On average your values shrink. Which number must the kept ones be divided by, so that kept "
                "share times kept value is the old value?",
            ),
            Mistake(
                answers.scaled_by_the_rate,
                "You divide by the share that is dropped. The share that is kept counts.",
            ),
            Mistake(
                answers.scaled_down,
                "You make the kept values smaller. They stand in for the dropped ones, so they must grow.",
            ),
            Mistake(
                answers.kept_below_the_rate,
                "Kept and dropped are exchanged: below `p` a value is dropped.",
            ),
            Mistake(
                answers.scaled_by_what_was_kept,
                "You scale by the share that happened to be kept in this draw. The factor depends on `p` "
                "alone; only then it is right on average.",
            ),
            Mistake(
                answers.dropped_ones_keep_their_value,
                "The dropped values are still there, unscaled. They become 0.",
            ),
        ),
    ),
    Exercise(
        name="regularisation.batch_norm_train",
        title="Batch norm while training",
        prompt=(
            "Write `batch_norm_train(x, gamma, beta, eps)` for x of shape (N, C, H, W); `gamma` and "
            "`beta` hold one number per channel. Mean and variance of a channel are taken over the batch "
            "and all its pixels, the variance with 1/m, and `eps` is added to it before the root."
        ),
        reference=answers.batch_norm_train,
        cases=_norm_cases,
        mistakes=(
            Mistake(
                answers.each_picture_for_itself,
                "You normalise each picture for itself: that is layer norm. Here a channel shares its "
                "statistics over the batch, axes 0, 2 and 3.",
            ),
            Mistake(
                answers.each_map_for_itself,
                "You normalise each map of each picture: that is instance norm. Take the batch axis along.",
            ),
            Mistake(
                answers.each_pixel_for_itself,
                "Each pixel got statistics of its own. All pixels of a channel share theirs.",
            ),
            Mistake(
                answers.all_channels_together,
                "All channels got the same mean. Each channel has its own.",
            ),
            Mistake(
                answers.eps_outside_the_root,
                "`eps` is added to the standard deviation. It belongs to the variance, inside the root.",
            ),
            Mistake(answers.root_forgotten, "You divide by the variance. Take its root."),
            Mistake(answers.no_scale_and_shift, "Gamma and beta are not used."),
            Mistake(
                answers.shifted_before_scaled, "Scale by gamma first, then add beta. Else beta is scaled too."
            ),
        ),
    ),
    Exercise(
        name="regularisation.update_running",
        title="What evaluation will use",
        prompt=(
            "Write `update_running(running_mean, running_var, x, momentum)` as `torch.nn.BatchNorm2d` "
            "does it in training: the share `momentum` of the new value comes from the batch x of shape "
            "(N, C, H, W), the rest from the old one. The variance collected here has 1/(m − 1). Return "
            "both, and leave the arguments as they are."
        ),
        reference=answers.update_running,
        cases=_running_cases,
        mistakes=(
            Mistake(
                answers.momentum_of_the_old,
                "The shares are exchanged. In PyTorch `momentum` is the share of the new batch: 0.1 keeps "
                "nine tenths of the old value.",
            ),
            Mistake(
                answers.variance_by_n,
                "The mean is right. The variance here divides by m − 1: `ddof=1` in NumPy.",
            ),
            Mistake(answers.the_batch_alone, "The old values are gone. They keep the share 1 − `momentum`."),
            Mistake(
                answers.deviation_for_variance,
                "You collect the standard deviation. PyTorch keeps the variance, without the root.",
            ),
            Mistake(answers.old_not_damped, "The old values enter in full. Multiply them by 1 − `momentum`."),
        ),
    ),
    Exercise(
        name="regularisation.stop_early",
        title="When to stop",
        prompt=(
            "`losses` holds the validation loss of each epoch. Training stops as soon as `patience` "
            "epochs in a row have brought no loss below the best one. Write `stop_early(losses, "
            "patience)`: return the epoch after which it stops (the last one, if it never stops early) "
            "and the best epoch up to then, both counted from 1. An equal loss is no improvement."
        ),
        reference=answers.stop_early,
        cases=_stop_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.stops_at_the_first_rise,
                "You stop at the first rise. `patience` says how many epochs may pass without a new best "
                "one.",
            ),
            Mistake(
                answers.compares_with_the_last_epoch,
                "You compare with the epoch before. Compare with the best so far: a loss that goes down a "
                "little after a rise is no improvement yet.",
            ),
            Mistake(answers.never_stops, "You use the whole list. Training ends when patience is used up."),
            Mistake(
                answers.one_epoch_too_late,
                "You stop one epoch late: after `patience` epochs without improvement it is over.",
            ),
            Mistake(answers.counted_from_zero, "You count from 0. The first epoch is number 1."),
            Mistake(
                answers.keeps_the_last_weights,
                "The second number is the best epoch, not the last: its weights are the ones to keep.",
            ),
            Mistake(
                answers.looks_into_the_future,
                "You look at losses of epochs that were never run. The best epoch lies before the stop.",
            ),
        ),
    ),
    Exercise(
        name="regularisation.held_out",
        title="A fair split",
        prompt=(
            "A fraction of the examples is to be held out, the same share of each class. Write "
            "`held_out(labels, fraction)`: of each class take the first `round(fraction * count)` "
            "examples, in the order in which they stand in `labels`, and return the indices of all of "
            "them in rising order."
        ),
        reference=answers.held_out,
        cases=_split_cases,
        whole=True,
        mistakes=(
            Mistake(
                answers.the_first_of_all,
                "You took the first examples of all. If the data are sorted by class, whole classes are "
                "missing. Go class by class.",
            ),
            Mistake(
                answers.the_same_number_of_each,
                "Every class gives the same number. Each is to give the same share of its own.",
            ),
            Mistake(
                answers.the_other_part,
                "These are the examples that stay. The held-out ones are asked for.",
            ),
            Mistake(
                answers.every_so_many,
                "Every so many examples, whatever their class: the shares of the classes are left to chance.",
            ),
            Mistake(
                answers.class_after_class,
                "The right examples, one class after the other. Sort the indices.",
            ),
        ),
    ),
    Exercise(
        name="regularisation.resting_weight",
        title="Where decay and data agree",
        prompt=(
            "Take one weight. The data want it at `best`: their loss is `curvature / 2` times the square of "
            "its distance from there. Weight decay adds `decay / 2` times the square of the weight. Write "
            "`resting_weight(best, curvature, decay)`: where the sum of the two is smallest, and so where "
            "training ends. Arrays hold many weights, each for itself. Which ones does decay leave alone?"
        ),
        reference=answers.resting_weight,
        cases=_resting_cases,
        mistakes=(
            Mistake(answers.decay_left_out, "`decay` is not used. It pulls the weight away from `best`."),
            Mistake(
                answers.curvature_left_out,
                "`curvature` is not used. It says how strongly the data pull, and decay pulls against it.",
            ),
            Mistake(
                answers.shrunk_once,
                "That is the share which decay takes. It takes less where the data pull harder: at rest the "
                "two gradients cancel.",
            ),
            Mistake(
                answers.pushed_outwards,
                "Your weight lies beyond `best`. Decay pulls it back towards 0.",
            ),
            Mistake(
                answers.only_one_half,
                "You kept one half and dropped the other. Both terms are halves of squares.",
            ),
            Mistake(
                answers.shares_of_the_pull_exchanged,
                "The two are exchanged: without any decay the weight rests at `best`.",
            ),
            Mistake(
                answers.same_pull_everywhere,
                "A pull of the same size, however large the weight, comes from a penalty on its absolute "
                "value. Here the square is added.",
            ),
        ),
    ),
    Exercise(
        name="regularisation.smooth_targets",
        title="Soft targets",
        prompt=(
            "Write `smooth_targets(labels, num_classes, smoothing)`: for each label a row of `num_classes` "
            "probabilities. The share `smoothing` is spread evenly over all classes, the right one included; "
            "the rest goes to the right one."
        ),
        reference=answers.smooth_targets,
        cases=_smoothing_cases,
        mistakes=(
            Mistake(
                answers.shared_among_the_others,
                "You spread it over the wrong classes only. The right one gets its part of it too.",
            ),
            Mistake(
                answers.does_not_sum_to_one,
                "Your rows do not sum to 1. The right class gets the rest and its part of the spread share.",
            ),
            Mistake(
                answers.smoothing_to_each,
                "Each class got the whole share. Divide it by the number of classes.",
            ),
            Mistake(
                answers.as_many_classes_as_seen,
                "The number of columns must come from `num_classes`: the last class may not occur.",
            ),
            Mistake(
                answers.shares_exchanged,
                "The shares are exchanged: `smoothing` is the part that is spread, not the part that stays.",
            ),
        ),
    ),
)
