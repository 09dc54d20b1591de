"""Answers to the exercises of chapter 15_transfer_learning: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def for_the_body(images, mean, std):
    """Grey uint8 images (N, 1, H, W) as a colour body wants them: floats (N, 3, H, W)."""
    colour = np.repeat(images / 255, 3, axis=1)
    mean = np.reshape(mean, (1, 3, 1, 1))
    std = np.reshape(std, (1, 3, 1, 1))
    return (colour - mean) / std


def trainable(counts, frozen):
    """Number of parameters that learn, with the layers in `frozen` kept as they are."""
    total = 0
    for name, count in counts.items():
        if name.split(".")[0] not in frozen:
            total += count
    return total


def grey_layer(weight, bias, mean, std):
    """Weight (M, 1, k, k) and bias (M,) that read grey pixels from 0 to 1."""
    scaled = weight / np.reshape(std, (1, 3, 1, 1))
    shift = (scaled * np.reshape(mean, (1, 3, 1, 1))).sum(axis=(1, 2, 3))
    return scaled.sum(axis=1, keepdims=True), bias - shift


def rates(layers, lr, decay):
    """Learning rate of each layer, from the first to the head."""
    return [lr * decay ** (layers - 1 - i) for i in range(layers)]


def nearest_mean(features, labels, new_features):
    """For each new row, the class whose mean feature row is nearest."""
    means = np.array([features[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    differences = new_features[:, None, :] - means[None, :, :]
    return (differences**2).sum(axis=2).argmin(axis=1)


def frozen_batch_norm(x, running_mean, running_var, weight, bias, eps):
    """Batch normalisation of x (N, C, H, W) in a frozen body."""
    shape = (1, -1, 1, 1)
    scale = np.reshape(weight / np.sqrt(running_var + eps), shape)
    return (x - np.reshape(running_mean, shape)) * scale + np.reshape(bias, shape)


# Wrong answers


def grey_kept(images, mean, std):
    mean, std = np.mean(mean), np.mean(std)
    return (images / 255 - mean) / std


def own_statistics(images, mean, std):
    colour = np.repeat(images / 255, 3, axis=1)
    return (colour - colour.mean()) / colour.std()


def not_divided_by_255(images, mean, std):
    return for_the_body(255.0 * images, mean, std)


def grey_in_red_alone(images, mean, std):
    colour = np.zeros((len(images), 3, *images.shape[2:]))
    colour[:, :1] = images / 255
    return (colour - np.reshape(mean, (1, 3, 1, 1))) / np.reshape(std, (1, 3, 1, 1))


def mean_forgotten(images, mean, std):
    return for_the_body(images, np.zeros(3), std)


def by_the_start_of_the_name(counts, frozen):
    return sum(count for name, count in counts.items() if not name.startswith(tuple(frozen)))


def frozen_ones(counts, frozen):
    return sum(counts.values()) - trainable(counts, frozen)


def layers_counted(counts, frozen):
    return sum(name.split(".")[0] not in frozen for name in counts)


def whole_names_only(counts, frozen):
    return sum(count for name, count in counts.items() if name not in frozen)


def mean_of_the_kernels(weight, bias, mean, std):
    weight, bias = grey_layer(weight, bias, mean, std)
    return weight / 3, bias


def bias_kept(weight, bias, mean, std):
    return grey_layer(weight, bias, mean, std)[0], bias


def mean_not_divided(weight, bias, mean, std):
    shift = (weight * np.reshape(mean, (1, 3, 1, 1))).sum(axis=(1, 2, 3))
    return grey_layer(weight, bias, mean, std)[0], bias - shift


def multiplied_by_std(weight, bias, mean, std):
    return grey_layer(weight, bias, mean, 1 / std)


def bias_pushed_the_other_way(weight, bias, mean, std):
    return grey_layer(weight, bias, -mean, std)


def mean_of_the_window(weight, bias, mean, std):
    new_weight, new_bias = grey_layer(weight, bias, mean, std)
    return new_weight, bias + (new_bias - bias) / weight[0, 0].size


def normalisation_left_out(weight, bias, mean, std):
    return weight.sum(axis=1, keepdims=True), bias


def rates_from_the_wrong_end(layers, lr, decay):
    return rates(layers, lr, decay)[::-1]


def rates_one_too_low(layers, lr, decay):
    return [decay * rate for rate in rates(layers, lr, decay)]


def rates_by_product(layers, lr, decay):
    return [lr * decay * (layers - 1 - i) if i < layers - 1 else lr for i in range(layers)]


def rates_all_decayed_once(layers, lr, decay):
    return [lr * decay] * (layers - 1) + [lr]


def rates_divided(layers, lr, decay):
    return [lr / decay ** (layers - 1 - i) for i in range(layers)]


def _distances(features, labels, new_features):
    means = np.array([features[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    return new_features[:, None, :] - means[None, :, :]


def farthest_mean(features, labels, new_features):
    return (_distances(features, labels, new_features) ** 2).sum(axis=2).argmax(axis=1)


def differences_not_squared(features, labels, new_features):
    return _distances(features, labels, new_features).sum(axis=2).argmin(axis=1)


def nearest_single_image(features, labels, new_features):
    differences = new_features[:, None, :] - features[None, :, :]
    return labels[(differences**2).sum(axis=2).argmin(axis=1)]


def distances_returned(features, labels, new_features):
    return (_distances(features, labels, new_features) ** 2).sum(axis=2).min(axis=1)


def largest_product(features, labels, new_features):
    means = np.array([features[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    return (new_features @ means.T).argmax(axis=1)


def batch_statistics(x, running_mean, running_var, weight, bias, eps):
    mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    return frozen_batch_norm(x, mean, var, weight, bias, eps)


def by_the_variance(x, running_mean, running_var, weight, bias, eps):
    shape = (1, -1, 1, 1)
    scale = np.reshape(weight / (running_var + eps), shape)
    return (x - np.reshape(running_mean, shape)) * scale + np.reshape(bias, shape)


def eps_outside_the_root(x, running_mean, running_var, weight, bias, eps):
    shape = (1, -1, 1, 1)
    scale = np.reshape(weight / (np.sqrt(running_var) + eps), shape)
    return (x - np.reshape(running_mean, shape)) * scale + np.reshape(bias, shape)


def without_scale_and_shift(x, running_mean, running_var, weight, bias, eps):
    return frozen_batch_norm(x, running_mean, running_var, np.ones_like(weight), np.zeros_like(bias), eps)


def scale_without_shift(x, running_mean, running_var, weight, bias, eps):
    return frozen_batch_norm(x, running_mean, running_var, weight, np.zeros_like(bias), eps)


def norm_along_the_width(x, running_mean, running_var, weight, bias, eps):
    return (x - running_mean) * (weight / np.sqrt(running_var + eps)) + bias
