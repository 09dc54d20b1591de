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


def probe_step(features, labels, weight, bias, lr):
    """One step of gradient descent for a softmax layer on fixed features."""
    logits = features @ weight.T + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = exponentials / exponentials.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    error = error / len(labels)
    return weight - lr * error.T @ features, bias - lr * error.sum(axis=0)


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


def _probe_gradients(features, labels, weight, bias):
    new_weight, new_bias = probe_step(features, labels, weight, bias, 1.0)
    return weight - new_weight, bias - new_bias


def probe_uphill(features, labels, weight, bias, lr):
    return probe_step(features, labels, weight, bias, -lr)


def probe_summed(features, labels, weight, bias, lr):
    return probe_step(features, labels, weight, bias, lr * len(labels))


def probe_without_bias(features, labels, weight, bias, lr):
    return probe_step(features, labels, weight, bias, lr)[0], bias


def probe_without_softmax(features, labels, weight, bias, lr):
    error = features @ weight.T + bias
    error[np.arange(len(labels)), labels] -= 1
    error = error / len(labels)
    return weight - lr * error.T @ features, bias - lr * error.sum(axis=0)


def probe_without_labels(features, labels, weight, bias, lr):
    logits = features @ weight.T + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = exponentials / exponentials.sum(axis=1, keepdims=True) / len(labels)
    return weight - lr * error.T @ features, bias - lr * error.sum(axis=0)


def probe_gradients(features, labels, weight, bias, lr):
    return _probe_gradients(features, labels, weight, bias)


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
