"""Answers to the exercises of chapter 16_looking_inside: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def to_unit(heat):
    """A map with values from 0 to 1; 0 everywhere if it is constant."""
    span = heat.max() - heat.min()
    if span == 0:
        return np.zeros(heat.shape)
    return (heat - heat.min()) / span


def saliency(gradient, std):
    """Largest size of the slope by a pixel over the channels, (H, W)."""
    slopes = gradient / std[:, None, None]
    return np.abs(slopes).max(axis=0)


def occlusion(image, weights, size, value):
    """Fall of (weights * image).sum() for each place of a square."""
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1
    score = (weights * image).sum()
    fall = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = image.copy()
            covered[i : i + size, j : j + size] = value
            fall[i, j] = score - (weights * covered).sum()
    return fall


def grad_cam(activations, gradients):
    """Grad-CAM of images from maps and gradients, both (N, C, H, W)."""
    alpha = gradients.mean(axis=(2, 3))
    heat = np.einsum("nk,nkij->nij", alpha, activations)
    return np.maximum(heat, 0)


def nudge(pixels, gradient, epsilon):
    """Move each pixel by epsilon so that the loss grows, within 0 to 1."""
    return np.clip(pixels + epsilon * np.sign(gradient), 0, 1)


def rank_correlation(a, b):
    """Correlation of the ranks of two maps; no map holds a value twice."""
    ranks_a = a.ravel().argsort().argsort()
    ranks_b = b.ravel().argsort().argsort()
    return np.corrcoef(ranks_a, ranks_b)[0, 1]


# Wrong answers


def only_divided(heat):
    return heat / heat.max() if heat.max() else np.zeros(heat.shape)


def constant_divided_by_zero(heat):
    return (heat - heat.min()) / (heat.max() - heat.min())


def constant_becomes_one(heat):
    span = heat.max() - heat.min()
    return (heat - heat.min()) / span if span else np.ones(heat.shape)


def shifted_only(heat):
    return heat - heat.min()


def negative_cut(heat):
    span = heat.max() - heat.min()
    return np.maximum(heat, 0) / heat.max() if span and heat.max() > 0 else np.zeros(heat.shape)


def std_forgotten(gradient, std):
    return np.abs(gradient).max(axis=0)


def multiplied_by_std(gradient, std):
    return np.abs(gradient * std[:, None, None]).max(axis=0)


def divided_afterwards(gradient, std):
    return np.abs(gradient).max(axis=0) / std.mean()


def sign_kept(gradient, std):
    return (gradient / std[:, None, None]).max(axis=0)


def abs_after_max(gradient, std):
    return np.abs((gradient / std[:, None, None]).max(axis=0))


def mean_of_channels(gradient, std):
    return np.abs(gradient / std[:, None, None]).mean(axis=0)


def last_axis(gradient, std):
    return np.abs(gradient / std[:, None, None]).max(axis=-1)


def score_left(image, weights, size, value):
    return (weights * image).sum() - occlusion(image, weights, size, value)


def rise(image, weights, size, value):
    return -occlusion(image, weights, size, value)


def squares_pile_up(image, weights, size, value):
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1
    score = (weights * image).sum()
    fall = np.zeros((rows, columns))
    covered = image.copy()
    for i in range(rows):
        for j in range(columns):
            covered[i : i + size, j : j + size] = value
            fall[i, j] = score - (weights * covered).sum()
    return fall


def covered_with_zero(image, weights, size, value):
    return occlusion(image, weights, size, 0)


def side_by_side(image, weights, size, value):
    return occlusion(image, weights, size, value)[::size, ::size]


def no_relu(activations, gradients):
    return np.einsum("nk,nkij->nij", gradients.mean(axis=(2, 3)), activations)


def relu_too_early(activations, gradients):
    alpha = np.maximum(gradients.mean(axis=(2, 3)), 0)
    return np.einsum("nk,nkij->nij", alpha, np.maximum(activations, 0))


def gradient_of_each_place(activations, gradients):
    return np.maximum((gradients * activations).sum(axis=1), 0)


def summed_gradient(activations, gradients):
    return np.maximum(np.einsum("nk,nkij->nij", gradients.sum(axis=(2, 3)), activations), 0)


def weighted_by_maps(activations, gradients):
    return np.maximum(np.einsum("nk,nkij->nij", activations.mean(axis=(2, 3)), gradients), 0)


def one_weight_for_all(activations, gradients):
    return np.maximum(np.einsum("k,nkij->nij", gradients.mean(axis=(0, 2, 3)), activations), 0)


def mean_of_maps(activations, gradients):
    return grad_cam(activations, gradients) / activations.shape[1]


def not_clipped(pixels, gradient, epsilon):
    return pixels + epsilon * np.sign(gradient)


def downhill(pixels, gradient, epsilon):
    return np.clip(pixels - epsilon * np.sign(gradient), 0, 1)


def along_the_gradient(pixels, gradient, epsilon):
    return np.clip(pixels + epsilon * gradient, 0, 1)


def step_clipped(pixels, gradient, epsilon):
    return pixels + np.clip(epsilon * np.sign(gradient), 0, 1)


def never_zero(pixels, gradient, epsilon):
    return np.clip(pixels + epsilon * np.where(gradient >= 0, 1, -1), 0, 1)


def plain_correlation(a, b):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


def sorted_once(a, b):
    return np.corrcoef(a.ravel().argsort(), b.ravel().argsort())[0, 1]


def equal_ranks(a, b):
    return np.mean(a.ravel().argsort().argsort() == b.ravel().argsort().argsort())


def correlation_table(a, b):
    return np.corrcoef(a.ravel().argsort().argsort(), b.ravel().argsort().argsort())
