"""Exercises of the chapter looking_inside."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _heat_cases() -> list[Case]:
    rng = np.random.default_rng(16)
    small = np.array([[2.0, 4.0], [3.0, 6.0]])
    maps = small, np.full((3, 3), 7.0), np.zeros((2, 4)), rng.normal(size=(4, 5)), -rng.random((3, 2)) - 1
    return [Case((heat,)) for heat in maps]


@exercise(
    "explaining.to_unit",
    "A map that can be drawn",
    """
    Maps come in all ranges. Write `to_unit(heat)`: the least value becomes 0 and the greatest 1. A map
    that is the same everywhere has nothing to show: it becomes 0 everywhere.
    """,
    cases=_heat_cases,
)
def to_unit(heat):
    """A map with values from 0 to 1; 0 everywhere if it is constant."""
    span = heat.max() - heat.min()
    if span == 0:
        return np.zeros(heat.shape)
    return (heat - heat.min()) / span


to_unit.mistake(
    "You divide, but the least value does not become 0. Take it off first.",
    lambda heat: heat / heat.max() if heat.max() else np.zeros(heat.shape),
)
to_unit.mistake(
    "A constant map divides 0 by 0, which is no number. Treat it before you divide.",
    lambda heat: (heat - heat.min()) / (heat.max() - heat.min()),
)


@to_unit.mistake("A constant map is to become 0 everywhere, not 1.")
def constant_becomes_one(heat):
    span = heat.max() - heat.min()
    return (heat - heat.min()) / span if span else np.ones(heat.shape)


to_unit.mistake("The least value is 0 now. Divide by the span as well.", lambda heat: heat - heat.min())


@to_unit.mistake("You cut negative values off. The least value becomes 0 whatever its sign.")
def negative_cut(heat):
    span = heat.max() - heat.min()
    return np.maximum(heat, 0) / heat.max() if span and heat.max() > 0 else np.zeros(heat.shape)


def _gradient_cases() -> list[Case]:
    rng = np.random.default_rng(17)
    small = np.array([[[1.0, -5.0, 0.0]], [[-3.0, 4.0, 0.5]]]), np.array([0.5, 0.25])
    shapes = (3, 4, 5), (1, 3, 3)
    return [Case(small), *(Case((rng.normal(size=s), 0.2 + 0.3 * rng.random(s[0]))) for s in shapes)]


@exercise(
    "explaining.saliency",
    "One number per pixel",
    """
    A network takes `x = (pixel - mean) / std`, with one `mean` and one `std` for each channel.
    `gradient`, of shape (C, H, W), is the derivative of a score with respect to x; `std` has shape (C,).
    Write `saliency(gradient, std)` of shape (H, W): for each place the largest size, over the channels,
    of the derivative with respect to the *pixel*. The size of -5 is 5.
    """,
    cases=_gradient_cases,
    exact_shape=True,
)
def saliency(gradient, std):
    """Largest size of the slope by a pixel over the channels, (H, W)."""
    slopes = gradient / std[:, None, None]
    return np.abs(slopes).max(axis=0)


saliency.mistake(
    "That is the map with respect to x. How far does x move when a pixel moves by 1?",
    lambda gradient, std: np.abs(gradient).max(axis=0),
)
saliency.mistake(
    "You multiply by `std`. When a pixel moves by 1, x moves by 1 / `std`: the smaller `std`, the steeper.",
    lambda gradient, std: np.abs(gradient * std[:, None, None]).max(axis=0),
)
saliency.mistake(
    "Each channel has a `std` of its own. Which channel is the largest may depend on it.",
    lambda gradient, std: np.abs(gradient).max(axis=0) / std.mean(),
)
saliency.mistake(
    "A strongly negative slope matters as much as a positive one.",
    lambda gradient, std: (gradient / std[:, None, None]).max(axis=0),
)
saliency.mistake(
    "Take the size first and the maximum after it. The other way round, -5 loses against 1.",
    lambda gradient, std: np.abs((gradient / std[:, None, None]).max(axis=0)),
)
saliency.mistake(
    "You took the mean over the channels. The largest is asked for.",
    lambda gradient, std: np.abs(gradient / std[:, None, None]).mean(axis=0),
)
saliency.mistake(
    "You reduced the columns. The channels are axis 0.",
    lambda gradient, std: np.abs(gradient / std[:, None, None]).max(axis=-1),
)


def _cover_cases() -> list[Case]:
    rng = np.random.default_rng(18)
    small = np.arange(1.0, 10.0).reshape(3, 3), np.eye(3), 2, 0.5
    sizes = ((4, 6), 3, -1.0), ((5, 5), 1, 2.0), ((6, 4), 2, 0.25)
    return [
        Case(small),
        *(Case((rng.normal(size=s), rng.normal(size=s), k, value)) for s, k, value in sizes),
    ]


@exercise(
    "explaining.occlusion",
    "Cover and ask again",
    """
    The score of a grey image is `(weights * image).sum()`. Write `occlusion(image, weights, size,
    value)`: for each place of a square of `size` × `size` inside the image, how much the score falls when
    the square has the grey level `value`. Move the square by one pixel at a time. Entry (i, j) of the
    array belongs to the square whose upper left pixel is (i, j). The image stays as it is.
    """,
    cases=_cover_cases,
)
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


occlusion.mistake(
    "That is the score that is left. The fall is asked for.",
    lambda image, weights, size, value: (weights * image).sum() - occlusion(image, weights, size, value),
)
occlusion.mistake(
    "The sign is turned: a fall is the score before minus the score after.",
    lambda image, weights, size, value: -occlusion(image, weights, size, value),
)


@occlusion.mistake("The squares pile up: each place must begin with the uncovered image.")
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


occlusion.mistake(
    "The square is always 0. Its grey level is `value`.",
    lambda image, weights, size, value: occlusion(image, weights, size, 0),
)
occlusion.mistake(
    "Your squares lie side by side. Move by one pixel at a time.",
    lambda image, weights, size, value: occlusion(image, weights, size, value)[::size, ::size],
)


def _layer_cases() -> list[Case]:
    rng = np.random.default_rng(19)
    small = (
        np.array([[[[1.0, 0.0], [0.0, 2.0]], [[0.0, 3.0], [1.0, 0.0]]]]),
        np.array([[[[1.0, 2.0], [3.0, 2.0]], [[-1.0, -1.0], [-2.0, 0.0]]]]),
    )
    shapes = (2, 4, 3, 5), (3, 8, 4, 4), (1, 3, 2, 6)
    return [Case(small), *(Case((rng.normal(size=s), rng.normal(size=s))) for s in shapes)]


@exercise(
    "explaining.grad_cam",
    "Grad-CAM of a batch",
    """
    Several images at once: write `grad_cam(activations, gradients)`. Both have shape (N, C, H, W): for
    each image the maps of a layer, and the gradient of its score with respect to them. Return one map for
    each image, together (N, H, W). No image has a say in the map of another.
    """,
    cases=_layer_cases,
    exact_shape=True,
)
def grad_cam(activations, gradients):
    """Grad-CAM of images from maps and gradients, both (N, C, H, W)."""
    alpha = gradients.mean(axis=(2, 3))
    heat = np.einsum("nk,nkij->nij", alpha, activations)
    return np.maximum(heat, 0)


grad_cam.mistake(
    "Negative places are left. What speaks against the class is cut off.",
    lambda activations, gradients: np.einsum("nk,nkij->nij", gradients.mean(axis=(2, 3)), activations),
)


@grad_cam.mistake("You cut before you sum. Sum all maps with their weights, and cut the result.")
def relu_too_early(activations, gradients):
    alpha = np.maximum(gradients.mean(axis=(2, 3)), 0)
    return np.einsum("nk,nkij->nij", alpha, np.maximum(activations, 0))


grad_cam.mistake(
    "Each place has a weight of its own here. In Grad-CAM a whole map shares one.",
    lambda activations, gradients: np.maximum((gradients * activations).sum(axis=1), 0),
)


@grad_cam.mistake("A map's weight is the mean of its gradients, not their sum.")
def summed_gradient(activations, gradients):
    return np.maximum(np.einsum("nk,nkij->nij", gradients.sum(axis=(2, 3)), activations), 0)


@grad_cam.mistake("The two are swapped: gradients weigh, maps are summed.")
def weighted_by_maps(activations, gradients):
    return np.maximum(np.einsum("nk,nkij->nij", activations.mean(axis=(2, 3)), gradients), 0)


@grad_cam.mistake("You took the mean over the images too. Each image has weights of its own.")
def one_weight_for_all(activations, gradients):
    return np.maximum(np.einsum("k,nkij->nij", gradients.mean(axis=(0, 2, 3)), activations), 0)


grad_cam.mistake(
    "You took the mean of the weighted maps. Grad-CAM sums them.",
    lambda activations, gradients: grad_cam(activations, gradients) / activations.shape[1],
)


def _nudge_cases() -> list[Case]:
    rng = np.random.default_rng(21)
    small = np.array([[0.5, 0.95], [0.02, 0.3]]), np.array([[0.001, 4.0], [-2.0, 0.0]]), 0.1
    cases = [Case((rng.random(s), rng.normal(size=s), eps)) for s, eps in (((3, 4, 4), 0.03), ((2, 5), 0.25))]
    return [Case(small), *cases]


@exercise(
    "explaining.nudge",
    "A small step uphill",
    """
    Write `nudge(pixels, gradient, epsilon)` for pixels from 0 (black) to 1 (white) and the gradient of
    the loss: each pixel moves by `epsilon` so that the loss grows, and none leaves the range. A pixel
    whose gradient is 0 stays.
    """,
    cases=_nudge_cases,
)
def nudge(pixels, gradient, epsilon):
    """Move each pixel by epsilon so that the loss grows, within 0 to 1."""
    return np.clip(pixels + epsilon * np.sign(gradient), 0, 1)


nudge.mistake(
    "Some pixels are brighter than white or darker than black.",
    lambda pixels, gradient, epsilon: pixels + epsilon * np.sign(gradient),
)
nudge.mistake(
    "That makes the loss smaller. It shall grow.",
    lambda pixels, gradient, epsilon: np.clip(pixels - epsilon * np.sign(gradient), 0, 1),
)
nudge.mistake(
    "You used the gradient itself. Only its sign counts: all pixels move equally far.",
    lambda pixels, gradient, epsilon: np.clip(pixels + epsilon * gradient, 0, 1),
)
nudge.mistake(
    "You clip the step, so no pixel can become darker. Clip the result.",
    lambda pixels, gradient, epsilon: pixels + np.clip(epsilon * np.sign(gradient), 0, 1),
)
nudge.mistake(
    "A pixel whose gradient is 0 has moved. It stays.",
    lambda pixels, gradient, epsilon: np.clip(pixels + epsilon * np.where(gradient >= 0, 1, -1), 0, 1),
)


def _pair_cases() -> list[Case]:
    rng = np.random.default_rng(22)
    small = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 30.0], [20.0, 900.0]])
    a, b = rng.normal(size=(2, 5, 6))
    curved = rng.random((4, 4))
    return [Case(small), Case((a, b)), Case((curved, np.exp(5 * curved))), Case((a, a + b))]


@exercise(
    "explaining.rank_correlation",
    "Do two maps agree?",
    """
    Write `rank_correlation(a, b)` for two maps of one shape: replace each value by its rank in its own
    map (the least value has rank 0, the next rank 1, and so on), and return the correlation of the ranks,
    one number. No map holds a value twice.
    """,
    cases=_pair_cases,
)
def rank_correlation(a, b):
    """Correlation of the ranks of two maps; no map holds a value twice."""
    ranks_a = a.ravel().argsort().argsort()
    ranks_b = b.ravel().argsort().argsort()
    return np.corrcoef(ranks_a, ranks_b)[0, 1]


rank_correlation.mistake(
    "You correlate the values. One very bright pixel then decides. Rank them first.",
    lambda a, b: np.corrcoef(a.ravel(), b.ravel())[0, 1],
)
rank_correlation.mistake(
    "`argsort` says which pixel comes first, not which rank a pixel has. Apply it twice.",
    lambda a, b: np.corrcoef(a.ravel().argsort(), b.ravel().argsort())[0, 1],
)
rank_correlation.mistake(
    "You count equal ranks. Ranks that are near count too: correlate them.",
    lambda a, b: np.mean(a.ravel().argsort().argsort() == b.ravel().argsort().argsort()),
)
rank_correlation.mistake(
    "That is a 2 × 2 table. One of its entries is asked for.",
    lambda a, b: np.corrcoef(a.ravel().argsort().argsort(), b.ravel().argsort().argsort()),
)
