"""Exercises of the chapter transfer_learning: the arithmetic of bodies and heads, in NumPy."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _distances(features, labels, new_features):
    means = np.array([features[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    return new_features[:, None, :] - means[None, :, :]


def _image_cases() -> list[Case]:
    rng = np.random.default_rng(151)
    cifar = (0.491, 0.482, 0.447), (0.245, 0.243, 0.261)
    plain = (0.5, 0.25, 0.125), (0.5, 0.25, 0.5)
    return [
        Case((rng.integers(0, 256, shape, dtype=np.uint8), np.array(mean), np.array(std)))
        for shape, (mean, std) in (((2, 1, 3, 3), cifar), ((1, 1, 4, 5), plain), ((5, 1, 1, 2), cifar))
    ]


@exercise(
    "transfer.for_the_body",
    "Digits for a body that knows colour",
    """
    A body was trained on colour pictures with the statistics `mean` and `std`, three numbers each, for
    values from 0 to 1. Your `images` are grey digits: uint8, shape (N, 1, H, W). Write
    `for_the_body(images, mean, std)`, which returns what the body expects: three equal channels, scaled
    to 0–1, then normalised with the body's statistics. Shape (N, 3, H, W).
    """,
    cases=_image_cases,
    exact_shape=True,
)
def for_the_body(images, mean, std):
    """Grey uint8 images (N, 1, H, W) as a colour body wants them: floats (N, 3, H, W)."""
    colour = np.repeat(images / 255, 3, axis=1)
    mean = np.reshape(mean, (1, 3, 1, 1))
    std = np.reshape(std, (1, 3, 1, 1))
    return (colour - mean) / std


@for_the_body.mistake("One channel is left. The body's first layer reads three.")
def grey_kept(images, mean, std):
    mean, std = np.mean(mean), np.mean(std)
    return (images / 255 - mean) / std


@for_the_body.mistake(
    "These are the statistics of the new images. The body learned with its own: use `mean` and `std`."
)
def own_statistics(images, mean, std):
    colour = np.repeat(images / 255, 3, axis=1)
    return (colour - colour.mean()) / colour.std()


for_the_body.mistake(
    "The pixels still run to 255. Scale to 0–1 first.",
    lambda images, mean, std: for_the_body(255.0 * images, mean, std),
)


@for_the_body.mistake(
    "Green and blue are empty, so your digits are red. A grey pixel has the same value in all three channels."
)
def grey_in_red_alone(images, mean, std):
    colour = np.zeros((len(images), 3, *images.shape[2:]))
    colour[:, :1] = images / 255
    return (colour - np.reshape(mean, (1, 3, 1, 1))) / np.reshape(std, (1, 3, 1, 1))


for_the_body.mistake(
    "The mean is not subtracted.", lambda images, mean, std: for_the_body(images, np.zeros(3), std)
)


def _count_cases() -> list[Case]:
    small = {"conv1.weight": 432, "bn1.weight": 16, "bn1.bias": 16, "fc.weight": 128, "fc.bias": 2}
    stages = {"layer1.0.weight": 100, "layer10.0.weight": 7, "layer2.weight": 50, "head.bias": 3}
    return [
        Case((small, ("conv1", "bn1"))),
        Case((stages, ("layer1",))),
        Case((stages, ("layer2", "layer10"))),
        Case((small, ())),
        Case((small, ("conv1", "bn1", "fc"))),
    ]


@exercise(
    "transfer.trainable",
    "What is left to learn",
    """
    `counts` is a dictionary: the name of each parameter and how many numbers it holds, such as
    `"layer1.0.conv1.weight": 2304`. `frozen` lists layers by the first part of the name, such as
    `("conv1", "layer1")`. Write `trainable(counts, frozen)`: how many numbers still learn.
    """,
    cases=_count_cases,
    whole=True,
)
def trainable(counts, frozen):
    """Number of parameters that learn, with the layers in `frozen` kept as they are."""
    total = 0
    for name, count in counts.items():
        if name.split(".")[0] not in frozen:
            total += count
    return total


@trainable.mistake(
    "`layer10` starts with `layer1` and is another layer. Compare the whole part before the first dot."
)
def by_the_start_of_the_name(counts, frozen):
    return sum(count for name, count in counts.items() if not name.startswith(tuple(frozen)))


trainable.mistake(
    "You count the frozen numbers. The others are asked for.",
    lambda counts, frozen: sum(counts.values()) - trainable(counts, frozen),
)
trainable.mistake(
    "You count the parameters' names. Add up how many numbers each holds.",
    lambda counts, frozen: sum(name.split(".")[0] not in frozen for name in counts),
)
trainable.mistake(
    "Nothing is left out. `frozen` names layers, `counts` names parameters inside them: take the part "
    "before the first dot.",
    lambda counts, frozen: sum(count for name, count in counts.items() if name not in frozen),
)


def _layer_cases() -> list[Case]:
    rng = np.random.default_rng(152)
    cifar = np.array([0.491, 0.482, 0.447]), np.array([0.245, 0.243, 0.261])
    plain = np.array([0.5, 0.25, 0.75]), np.array([0.5, 0.25, 0.5])
    sizes = (3, 2, plain), (4, 3, cifar), (1, 1, plain), (2, 5, cifar)
    return [Case((rng.normal(size=(m, 3, k, k)), rng.normal(size=m), *how)) for m, k, how in sizes]


@exercise(
    "transfer.grey_layer",
    "The preparation, moved into the network",
    """
    Instead of preparing every digit for the body, change the body once. Its first layer is a convolution
    without padding, with `weight` of shape (M, 3, k, k) and `bias` of shape (M,). It reads three channels
    that were normalised with `mean` and `std`. Write `grey_layer(weight, bias, mean, std)`: a weight of
    shape (M, 1, k, k) and a bias of shape (M,) of a convolution that reads grey pixels from 0 to 1 as
    they are, and gives the same maps.
    """,
    cases=_layer_cases,
)
def grey_layer(weight, bias, mean, std):
    """Weight (M, 1, k, k) and bias (M,) that read grey pixels from 0 to 1."""
    scaled = weight / np.reshape(std, (1, 3, 1, 1))
    shift = (scaled * np.reshape(mean, (1, 3, 1, 1))).sum(axis=(1, 2, 3))
    return scaled.sum(axis=1, keepdims=True), bias - shift


@grey_layer.mistake(
    "You took the mean over the colours. The grey pixel stood in all three channels, so their kernels add up."
)
def mean_of_the_kernels(weight, bias, mean, std):
    weight, bias = grey_layer(weight, bias, mean, std)
    return weight / 3, bias


grey_layer.mistake(
    "The bias is still the old one. Subtracting `mean` from every pixel has changed every output by a "
    "constant. By which?",
    lambda weight, bias, mean, std: (grey_layer(weight, bias, mean, std)[0], bias),
)


@grey_layer.mistake("The weight is right. In the normalised pixel `mean` is divided by `std` as well.")
def mean_not_divided(weight, bias, mean, std):
    shift = (weight * np.reshape(mean, (1, 3, 1, 1))).sum(axis=(1, 2, 3))
    return grey_layer(weight, bias, mean, std)[0], bias - shift


grey_layer.mistake(
    "The pixel is divided by `std`, and now the weight has to do it: divide.",
    lambda weight, bias, mean, std: grey_layer(weight, bias, mean, 1 / std),
)
grey_layer.mistake(
    "The sign of the change in the bias is turned: the mean is subtracted from the pixels.",
    lambda weight, bias, mean, std: grey_layer(weight, bias, -mean, std),
)


@grey_layer.mistake(
    "The bias counts the mean once. It was subtracted from each pixel under the kernel, and each has a "
    "weight of its own."
)
def mean_of_the_window(weight, bias, mean, std):
    new_weight, new_bias = grey_layer(weight, bias, mean, std)
    return new_weight, bias + (new_bias - bias) / weight[0, 0].size


grey_layer.mistake(
    "`mean` and `std` are not used. The old layer has never seen pixels from 0 to 1.",
    lambda weight, bias, mean, std: (weight.sum(axis=1, keepdims=True), bias),
)


def _rate_cases() -> list[Case]:
    return [
        Case(args) for args in ((4, 0.08, 0.5), (3, 1.0, 0.1), (11, 0.003, 0.7), (2, 0.1, 1.0), (1, 0.2, 0.5))
    ]


@exercise(
    "transfer.rates",
    "Slower towards the picture",
    """
    A network has `layers` layers. The head, the last one, learns with `lr`; each layer before it learns
    with `decay` times the rate of the next. Write `rates(layers, lr, decay)`: the list of all rates, the
    first layer first.
    """,
    cases=_rate_cases,
    exact_shape=True,
)
def rates(layers, lr, decay):
    """Learning rate of each layer, from the first to the head."""
    return [lr * decay ** (layers - 1 - i) for i in range(layers)]


rates.mistake(
    "The first layer has the full rate here. It is the head that learns fastest.",
    lambda layers, lr, decay: rates(layers, lr, decay)[::-1],
)
rates.mistake(
    "The head itself is slowed down. Its factor is 1.",
    lambda layers, lr, decay: [decay * rate for rate in rates(layers, lr, decay)],
)


@rates.mistake("Each layer multiplies once more by `decay`: a power, not a product.")
def rates_by_product(layers, lr, decay):
    return [lr * decay * (layers - 1 - i) if i < layers - 1 else lr for i in range(layers)]


rates.mistake(
    "All layers of the body have the same rate. It falls from layer to layer.",
    lambda layers, lr, decay: [lr * decay] * (layers - 1) + [lr],
)
rates.mistake(
    "The rates grow towards the picture. Multiply, do not divide.",
    lambda layers, lr, decay: [lr / decay ** (layers - 1 - i) for i in range(layers)],
)


def _mean_cases() -> list[Case]:
    rng = np.random.default_rng(153)
    features = np.array([[0.0, 0.0], [0.0, 2.0], [4.0, 0.0], [8.0, 0.0]])
    cases = [Case((features, np.array([0, 0, 1, 1]), np.array([[3.2, 0.0], [1.0, 1.0], [0.0, 9.0]])))]
    for samples, width, classes in ((12, 3, 3), (30, 5, 4), (6, 2, 2)):
        labels = rng.permutation(np.arange(samples) % classes)
        rows = rng.normal(size=(samples, width)) + 2 * rng.normal(size=(classes, width))[labels]
        cases.append(Case((rows, labels, rng.normal(scale=2, size=(9, width)))))
    return cases


@exercise(
    "transfer.nearest_mean",
    "No training at all",
    """
    Good features put pictures of one class close together. `features` (N, D) and `labels` (N,) are given,
    with each class 0 to K−1 at least once, and `new_features` (M, D) without labels. Write
    `nearest_mean(features, labels, new_features)`: for each new row, the class whose mean row is nearest
    by the usual (Euclidean) distance. Shape (M,).
    """,
    cases=_mean_cases,
    whole=True,
)
def nearest_mean(features, labels, new_features):
    """For each new row, the class whose mean feature row is nearest."""
    means = np.array([features[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    differences = new_features[:, None, :] - means[None, :, :]
    return (differences**2).sum(axis=2).argmin(axis=1)


@nearest_mean.mistake("This is the class farthest away: `argmin`, not `argmax`.")
def farthest_mean(features, labels, new_features):
    return (_distances(features, labels, new_features) ** 2).sum(axis=2).argmax(axis=1)


@nearest_mean.mistake("Positive and negative differences cancel out. Square them before you add.")
def differences_not_squared(features, labels, new_features):
    return _distances(features, labels, new_features).sum(axis=2).argmin(axis=1)


@nearest_mean.mistake("You look for the nearest single row. Average the rows of each class first.")
def nearest_single_image(features, labels, new_features):
    differences = new_features[:, None, :] - features[None, :, :]
    return labels[(differences**2).sum(axis=2).argmin(axis=1)]


@nearest_mean.mistake("These are distances. Return the class: `argmin`.")
def distances_returned(features, labels, new_features):
    return (_distances(features, labels, new_features) ** 2).sum(axis=2).min(axis=1)


@nearest_mean.mistake("The largest product is not the nearest point: long mean rows win. Compare distances.")
def largest_product(features, labels, new_features):
    means = np.array([features[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    return (new_features @ means.T).argmax(axis=1)


def _norm_cases() -> list[Case]:
    rng = np.random.default_rng(154)
    cases = []
    for shape, eps in (((4, 3, 2, 2), 1e-5), ((1, 2, 3, 3), 0.1), ((2, 5, 1, 4), 1e-3)):
        channels = shape[1]
        mean, bias = rng.normal(size=(2, channels))
        var, weight = rng.uniform(0.2, 3, size=(2, channels))
        cases.append(Case((rng.normal(loc=2, scale=3, size=shape), mean, var, weight, bias, eps)))
    return cases


@exercise(
    "transfer.frozen_batch_norm",
    "A norm that stands still",
    """
    In a frozen body a batch normalisation uses what it has stored, whatever the batch. Write
    `frozen_batch_norm(x, running_mean, running_var, weight, bias, eps)` for `x` of shape (N, C, H, W);
    the others but `eps` hold one number per channel. Subtract the mean, divide by the square root of
    variance plus `eps`, multiply by the weight, add the bias.
    """,
    cases=_norm_cases,
)
def frozen_batch_norm(x, running_mean, running_var, weight, bias, eps):
    """Batch normalisation of x (N, C, H, W) in a frozen body."""
    shape = (1, -1, 1, 1)
    scale = np.reshape(weight / np.sqrt(running_var + eps), shape)
    return (x - np.reshape(running_mean, shape)) * scale + np.reshape(bias, shape)


@frozen_batch_norm.mistake(
    "You measured the batch. That is what a norm in training does; a frozen one uses its stored mean and "
    "variance."
)
def batch_statistics(x, running_mean, running_var, weight, bias, eps):
    mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    return frozen_batch_norm(x, mean, var, weight, bias, eps)


@frozen_batch_norm.mistake("You divide by the variance. Take its square root.")
def by_the_variance(x, running_mean, running_var, weight, bias, eps):
    shape = (1, -1, 1, 1)
    scale = np.reshape(weight / (running_var + eps), shape)
    return (x - np.reshape(running_mean, shape)) * scale + np.reshape(bias, shape)


@frozen_batch_norm.mistake("`eps` is added to the variance, before the root is taken.")
def eps_outside_the_root(x, running_mean, running_var, weight, bias, eps):
    shape = (1, -1, 1, 1)
    scale = np.reshape(weight / (np.sqrt(running_var) + eps), shape)
    return (x - np.reshape(running_mean, shape)) * scale + np.reshape(bias, shape)


@frozen_batch_norm.mistake(
    "Weight and bias are missing. They are learned numbers, and the next layer counts on them."
)
def without_scale_and_shift(x, running_mean, running_var, weight, bias, eps):
    return frozen_batch_norm(x, running_mean, running_var, np.ones_like(weight), np.zeros_like(bias), eps)


@frozen_batch_norm.mistake("The bias is missing.")
def scale_without_shift(x, running_mean, running_var, weight, bias, eps):
    return frozen_batch_norm(x, running_mean, running_var, weight, np.zeros_like(bias), eps)


@frozen_batch_norm.mistake(
    "NumPy lines shapes up from the right. Give the statistics the shape (1, C, 1, 1)."
)
def norm_along_the_width(x, running_mean, running_var, weight, bias, eps):
    return (x - running_mean) * (weight / np.sqrt(running_var + eps)) + bias
