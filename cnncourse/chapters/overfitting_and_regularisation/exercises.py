"""Exercises of the chapter overfitting_and_regularisation."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def by_hand(x, gamma, beta, eps, axes, ddof=0):
    normalised = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(
        x.var(axis=axes, ddof=ddof, keepdims=True) + eps
    )
    return normalised * np.reshape(gamma, (1, -1, 1, 1)) + np.reshape(beta, (1, -1, 1, 1))


def _dropout_cases() -> list[Case]:
    rng = np.random.default_rng(110)
    small = np.array([2.0, 4.0, -1.0, 3.0]), 0.5, np.array([0.7, 0.2, 0.9, 0.45])
    quarter = np.array([3.0, 6.0, 9.0, -3.0]), 0.25, np.array([0.3, 0.1, 0.8, 0.25])
    cases = [Case(small), Case(quarter)]
    for shape, p in (((3, 5), 0.8), ((2, 2, 3, 3), 0.1), ((4,), 0.0)):
        cases.append(Case((rng.normal(size=shape), p, rng.random(shape))))
    return cases


@exercise(
    "regularisation.dropout",
    "Inverted dropout",
    """
    Write `dropout(x, p, lots)`. `lots` has the shape of `x` and holds a random number between 0 and 1 for
    each value. A value becomes 0 where its lot is below `p`. What is kept is scaled so that each value
    stays as it is on average.
    """,
    cases=_dropout_cases,
)
def dropout(x, p, lots):
    """Inverted dropout: a value is dropped where its lot is below p."""
    return np.where(lots < p, 0.0, x / (1 - p))


dropout.mistake(
    "On average your values shrink. Which number must the kept ones be divided by, so that kept share times"
    " kept value is the old value?",
    lambda x, p, lots: np.where(lots < p, 0.0, x),
)
dropout.mistake(
    "You divide by the share that is dropped. The share that is kept counts.",
    lambda x, p, lots: np.where(lots < p, 0.0, x / p if p else x),
)
dropout.mistake(
    "You make the kept values smaller. They stand in for the dropped ones, so they must grow.",
    lambda x, p, lots: np.where(lots < p, 0.0, x * (1 - p)),
)
dropout.mistake(
    "Kept and dropped are exchanged: below `p` a value is dropped.",
    lambda x, p, lots: np.where(lots < p, x / (1 - p), 0.0),
)


@dropout.mistake(
    "You scale by the share that happened to be kept in this draw. The factor depends on `p` alone; only "
    "then it is right on average."
)
def scaled_by_what_was_kept(x, p, lots):
    mask = lots >= p
    return mask * x / max(mask.mean(), 1e-9)


dropout.mistake(
    "The dropped values are still there, unscaled. They become 0.",
    lambda x, p, lots: np.where(lots < p, x, x / (1 - p)),
)


def _norm_cases() -> list[Case]:
    rng = np.random.default_rng(111)
    cases = []
    for (n, c, h, w), eps in (((3, 2, 2, 2), 0.1), ((4, 3, 3, 3), 0.5), ((5, 2, 1, 4), 1e-5)):
        x = rng.normal(loc=rng.normal(size=(1, c, 1, 1)), scale=2, size=(n, c, h, w))
        cases.append(Case((x, rng.uniform(0.5, 2, c), rng.normal(size=c), eps)))
    return cases


@exercise(
    "regularisation.batch_norm_train",
    "Batch norm while training",
    """
    Write `batch_norm_train(x, gamma, beta, eps)` for x of shape (N, C, H, W); `gamma` and `beta` hold one
    number per channel. Mean and variance of a channel are taken over the batch and all its pixels, the
    variance with 1/m, and `eps` is added to it before the root.
    """,
    cases=_norm_cases,
)
def batch_norm_train(x, gamma, beta, eps):
    """Normalise each channel of x by the batch; then scale and shift."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    gamma, beta = (np.reshape(g, (1, -1, 1, 1)) for g in (gamma, beta))
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


batch_norm_train.mistake(
    "You normalise each picture for itself: that is layer norm. Here a channel shares its statistics over "
    "the batch, axes 0, 2 and 3.",
    lambda x, gamma, beta, eps: by_hand(x, gamma, beta, eps, (1, 2, 3)),
)
batch_norm_train.mistake(
    "You normalise each map of each picture: that is instance norm. Take the batch axis along.",
    lambda x, gamma, beta, eps: by_hand(x, gamma, beta, eps, (2, 3)),
)
batch_norm_train.mistake(
    "Each pixel got statistics of its own. All pixels of a channel share theirs.",
    lambda x, gamma, beta, eps: by_hand(x, gamma, beta, eps, 0),
)
batch_norm_train.mistake(
    "All channels got the same mean. Each channel has its own.",
    lambda x, gamma, beta, eps: by_hand(x, gamma, beta, eps, (0, 1, 2, 3)),
)


@batch_norm_train.mistake(
    "`eps` is added to the standard deviation. It belongs to the variance, inside the root."
)
def eps_outside_the_root(x, gamma, beta, eps):
    mean, std = (f(x, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.std))
    return (x - mean) / (std + eps) * np.reshape(gamma, (1, -1, 1, 1)) + np.reshape(beta, (1, -1, 1, 1))


@batch_norm_train.mistake("You divide by the variance. Take its root.")
def root_forgotten(x, gamma, beta, eps):
    mean, var = (f(x, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.var))
    return (x - mean) / (var + eps) * np.reshape(gamma, (1, -1, 1, 1)) + np.reshape(beta, (1, -1, 1, 1))


@batch_norm_train.mistake("Gamma and beta are not used.")
def no_scale_and_shift(x, gamma, beta, eps):
    return by_hand(x, np.ones(x.shape[1]), np.zeros(x.shape[1]), eps, (0, 2, 3))


@batch_norm_train.mistake("Scale by gamma first, then add beta. Else beta is scaled too.")
def shifted_before_scaled(x, gamma, beta, eps):
    plain = no_scale_and_shift(x, gamma, beta, eps)
    return (plain + np.reshape(beta, (1, -1, 1, 1))) * np.reshape(gamma, (1, -1, 1, 1))


def _running_cases() -> list[Case]:
    rng = np.random.default_rng(112)
    return [
        Case((rng.normal(size=c), rng.uniform(0.5, 2, c), rng.normal(3, 2, size=(n, c, h, w)), momentum))
        for (n, c, h, w), momentum in (((2, 2, 1, 2), 0.1), ((3, 1, 2, 2), 0.3), ((4, 3, 2, 1), 0.01))
    ]


@exercise(
    "regularisation.update_running",
    "What evaluation will use",
    """
    Write `update_running(running_mean, running_var, x, momentum)` as `torch.nn.BatchNorm2d` does it in
    training: the share `momentum` of the new value comes from the batch x of shape (N, C, H, W), the rest
    from the old one. The variance collected here has 1/(m − 1). Return both, and leave the arguments as
    they are.
    """,
    cases=_running_cases,
)
def update_running(running_mean, running_var, x, momentum):
    """Running mean and variance per channel after one more batch x."""
    mean = x.mean(axis=(0, 2, 3))
    var = x.var(axis=(0, 2, 3), ddof=1)
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var
    return new_mean, new_var


@update_running.mistake(
    "The shares are exchanged. In PyTorch `momentum` is the share of the new batch: 0.1 keeps nine tenths "
    "of the old value."
)
def momentum_of_the_old(running_mean, running_var, x, momentum):
    return update_running(running_mean, running_var, x, 1 - momentum)


@update_running.mistake("The mean is right. The variance here divides by m − 1: `ddof=1` in NumPy.")
def variance_by_n(running_mean, running_var, x, momentum):
    mean, _ = update_running(running_mean, running_var, x, momentum)
    return mean, (1 - momentum) * running_var + momentum * x.var(axis=(0, 2, 3))


update_running.mistake(
    "The old values are gone. They keep the share 1 − `momentum`.",
    lambda running_mean, running_var, x, momentum: update_running(running_mean, running_var, x, 1.0),
)


@update_running.mistake("You collect the standard deviation. PyTorch keeps the variance, without the root.")
def deviation_for_variance(running_mean, running_var, x, momentum):
    mean, _ = update_running(running_mean, running_var, x, momentum)
    return mean, (1 - momentum) * running_var + momentum * x.std(axis=(0, 2, 3), ddof=1)


@update_running.mistake("The old values enter in full. Multiply them by 1 − `momentum`.")
def old_not_damped(running_mean, running_var, x, momentum):
    mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3), ddof=1)
    return running_mean + momentum * mean, running_var + momentum * var
