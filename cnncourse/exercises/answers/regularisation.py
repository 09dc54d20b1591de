"""Answers to the exercises of chapter 11_overfitting_and_regularisation: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def dropout(x, p, lots):
    """Inverted dropout: a value is dropped where its lot is below p."""
    return np.where(lots < p, 0.0, x / (1 - p))


def batch_norm_train(x, gamma, beta, eps):
    """Normalise each channel of x by the batch; then scale and shift."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    gamma, beta = (np.reshape(g, (1, -1, 1, 1)) for g in (gamma, beta))
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def update_running(running_mean, running_var, x, momentum):
    """Running mean and variance per channel after one more batch x."""
    mean = x.mean(axis=(0, 2, 3))
    var = x.var(axis=(0, 2, 3), ddof=1)
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var
    return new_mean, new_var


def stop_early(losses, patience):
    """The epoch after which training stops, and the best one, from 1."""
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch + 1, best + 1


def held_out(labels, fraction):
    """Indices of the first `fraction` of each class, in rising order."""
    picked = []
    for c in np.unique(labels):
        own = np.flatnonzero(labels == c)
        picked.extend(own[: round(fraction * len(own))])
    return np.sort(picked).astype(int)


def resting_weight(best, curvature, decay):
    """Weight at which loss and penalty together are smallest."""
    # curvature * (weight - best) + decay * weight = 0
    return curvature * best / (curvature + decay)


def smooth_targets(labels, num_classes, smoothing):
    """Targets of shape (N, K), the smoothing shared by all classes."""
    one_hot = np.eye(num_classes)[labels]
    return (1 - smoothing) * one_hot + smoothing / num_classes


# Wrong answers


def not_scaled(x, p, lots):
    return np.where(lots < p, 0.0, x)


def scaled_by_the_rate(x, p, lots):
    return np.where(lots < p, 0.0, x / p if p else x)


def scaled_down(x, p, lots):
    return np.where(lots < p, 0.0, x * (1 - p))


def kept_below_the_rate(x, p, lots):
    return np.where(lots < p, x / (1 - p), 0.0)


def scaled_by_what_was_kept(x, p, lots):
    mask = lots >= p
    return mask * x / max(mask.mean(), 1e-9)


def dropped_ones_keep_their_value(x, p, lots):
    return np.where(lots < p, x, x / (1 - p))


def by_hand(x, gamma, beta, eps, axes, ddof=0):
    normalised = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(
        x.var(axis=axes, ddof=ddof, keepdims=True) + eps
    )
    return normalised * np.reshape(gamma, (1, -1, 1, 1)) + np.reshape(beta, (1, -1, 1, 1))


def each_picture_for_itself(x, gamma, beta, eps):
    return by_hand(x, gamma, beta, eps, (1, 2, 3))


def each_map_for_itself(x, gamma, beta, eps):
    return by_hand(x, gamma, beta, eps, (2, 3))


def each_pixel_for_itself(x, gamma, beta, eps):
    return by_hand(x, gamma, beta, eps, 0)


def all_channels_together(x, gamma, beta, eps):
    return by_hand(x, gamma, beta, eps, (0, 1, 2, 3))


def eps_outside_the_root(x, gamma, beta, eps):
    mean, std = (f(x, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.std))
    return (x - mean) / (std + eps) * np.reshape(gamma, (1, -1, 1, 1)) + np.reshape(beta, (1, -1, 1, 1))


def root_forgotten(x, gamma, beta, eps):
    mean, var = (f(x, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.var))
    return (x - mean) / (var + eps) * np.reshape(gamma, (1, -1, 1, 1)) + np.reshape(beta, (1, -1, 1, 1))


def no_scale_and_shift(x, gamma, beta, eps):
    return by_hand(x, np.ones(x.shape[1]), np.zeros(x.shape[1]), eps, (0, 2, 3))


def shifted_before_scaled(x, gamma, beta, eps):
    plain = no_scale_and_shift(x, gamma, beta, eps)
    return (plain + np.reshape(beta, (1, -1, 1, 1))) * np.reshape(gamma, (1, -1, 1, 1))


def momentum_of_the_old(running_mean, running_var, x, momentum):
    return update_running(running_mean, running_var, x, 1 - momentum)


def variance_by_n(running_mean, running_var, x, momentum):
    mean, _ = update_running(running_mean, running_var, x, momentum)
    return mean, (1 - momentum) * running_var + momentum * x.var(axis=(0, 2, 3))


def the_batch_alone(running_mean, running_var, x, momentum):
    return update_running(running_mean, running_var, x, 1.0)


def deviation_for_variance(running_mean, running_var, x, momentum):
    mean, _ = update_running(running_mean, running_var, x, momentum)
    return mean, (1 - momentum) * running_var + momentum * x.std(axis=(0, 2, 3), ddof=1)


def old_not_damped(running_mean, running_var, x, momentum):
    mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3), ddof=1)
    return running_mean + momentum * mean, running_var + momentum * var


def stops_at_the_first_rise(losses, patience):
    for epoch in range(1, len(losses)):
        if losses[epoch] >= losses[epoch - 1]:
            return epoch + 1, int(np.argmin(losses[: epoch + 1])) + 1
    return len(losses), int(np.argmin(losses)) + 1


def compares_with_the_last_epoch(losses, patience):
    worse = 0
    for epoch in range(1, len(losses)):
        worse = worse + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if worse == patience:
            return epoch + 1, int(np.argmin(losses[: epoch + 1])) + 1
    return len(losses), int(np.argmin(losses)) + 1


def never_stops(losses, patience):
    return len(losses), int(np.argmin(losses)) + 1


def one_epoch_too_late(losses, patience):
    return stop_early(losses, patience + 1)


def counted_from_zero(losses, patience):
    stop, best = stop_early(losses, patience)
    return stop - 1, best - 1


def keeps_the_last_weights(losses, patience):
    stop, _ = stop_early(losses, patience)
    return stop, stop


def looks_into_the_future(losses, patience):
    stop, _ = stop_early(losses, patience)
    return stop, int(np.argmin(losses)) + 1


def the_first_of_all(labels, fraction):
    return np.arange(round(fraction * len(labels)))


def the_same_number_of_each(labels, fraction):
    classes = np.unique(labels)
    number = round(fraction * len(labels) / len(classes))
    return np.sort(np.concatenate([np.flatnonzero(labels == c)[:number] for c in classes])).astype(int)


def the_other_part(labels, fraction):
    return np.setdiff1d(np.arange(len(labels)), held_out(labels, fraction))


def every_so_many(labels, fraction):
    return np.arange(0, len(labels), round(1 / fraction))


def class_after_class(labels, fraction):
    picked = [np.flatnonzero(labels == c) for c in np.unique(labels)]
    return np.concatenate([own[: round(fraction * len(own))] for own in picked]).astype(int)


def decay_left_out(best, curvature, decay):
    return best + 0 * curvature


def curvature_left_out(best, curvature, decay):
    return best / (1 + decay) + 0 * curvature


def shrunk_once(best, curvature, decay):
    return (1 - decay) * best + 0 * curvature


def pushed_outwards(best, curvature, decay):
    return curvature * best / (curvature - decay)


def only_one_half(best, curvature, decay):
    return curvature * best / (curvature + decay / 2)


def shares_of_the_pull_exchanged(best, curvature, decay):
    return decay * best / (curvature + decay)


def same_pull_everywhere(best, curvature, decay):
    return best - decay / curvature * np.sign(best)


def shared_among_the_others(labels, num_classes, smoothing):
    one_hot = np.eye(num_classes)[labels]
    return (1 - smoothing) * one_hot + (1 - one_hot) * smoothing / (num_classes - 1)


def does_not_sum_to_one(labels, num_classes, smoothing):
    return np.maximum((1 - smoothing) * np.eye(num_classes)[labels], smoothing / num_classes)


def smoothing_to_each(labels, num_classes, smoothing):
    return (1 - smoothing) * np.eye(num_classes)[labels] + smoothing


def as_many_classes_as_seen(labels, num_classes, smoothing):
    return smooth_targets(labels, int(np.max(labels)) + 1, smoothing)


def shares_exchanged(labels, num_classes, smoothing):
    return smooth_targets(labels, num_classes, 1 - smoothing)
