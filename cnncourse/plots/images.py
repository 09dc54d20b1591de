"""Mosaics: images, filters, feature maps and the worst mistakes, each drawn into one axes."""

import math

import matplotlib
import numpy as np

from cnncourse.plots import style

# Width of the gap between tiles, as a share of a tile.
_GAP = 0.08


def as_pictures(images):
    """Return images as RGB pictures.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W) or (N, H, W)
        C is 1 or 3; integers from 0 to 255 or floats from 0 to 1.

    Returns
    -------
    ndarray of shape (N, H, W, 3)
        Floats from 0 to 1; floats outside that range are clipped.

    Raises
    ------
    ValueError
        If the shape is none of these.
    """
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[:, None]
    if images.ndim != 4 or images.shape[1] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            f"images: got shape {images.shape}, but images have shape (N, H, W), (N, 1, H, W) or (N, "
            "3, H, W). "
            "For one image add an axis: image[None]."
        )
    scale = 255.0 if np.issubdtype(images.dtype, np.integer) else 1.0
    pictures = np.clip(images.astype(float) / scale, 0, 1).transpose(0, 2, 3, 1)
    return np.broadcast_to(pictures, (*pictures.shape[:3], 3))


def plot_images(images, labels=None, *, columns=None, ax=None):
    """Draw images side by side, each with its label below.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W) or (N, H, W)
        C is 1 or 3; integers from 0 to 255 or floats from 0 to 1.
    labels : sequence of N, optional
        Anything printable.
    columns : int, optional
        Images in a row. By default as many as the labels leave room for, at most 8.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the images have another shape, or the labels another number.
    """
    pictures = as_pictures(images)
    if labels is not None and len(labels) != len(pictures):
        raise ValueError(
            f"labels: got {len(labels)} for {len(pictures)} images, but each image has one. "
            "Take as many labels as images."
        )
    captions = None if labels is None else [str(label) for label in labels]
    return mosaic(pictures, captions, _columns_for(captions) if columns is None else columns, ax)


def _columns_for(captions, most=8):
    """Return how many captions stand beside each other without touching, in a figure of full width."""
    longest = max((len(line) for caption in captions or () for line in caption.split("\n")), default=1)
    # A letter of 10.5 points is at most 9 CSS pixels wide on the average.
    return min(most, max(1, int(style.WIDEST * style.CSS_PIXELS_PER_INCH / (9 * max(1, longest)))))


def plot_filters(weights, *, columns=8, ax=None):
    """Draw the filters of a convolution: blue below zero, white at zero, red above.

    Parameters
    ----------
    weights : ndarray of shape (C_out, C_in, KH, KW)
        Filters of three input channels are drawn in colour, scaled from their least to their greatest weight;
        of all others each input channel is a tile of its own.
    columns : int, default 8
        Tiles in a row.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the weights do not have four axes.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.ndim != 4 or 0 in weights.shape:
        raise ValueError(
            f"weights: got shape {weights.shape}, but filters have shape (C_out, C_in, KH, KW). "
            "Pass the weight of a convolution layer."
        )
    reach = np.abs(weights).max() or 1.0
    if weights.shape[1] == 3:
        return mosaic((weights / reach + 1).transpose(0, 2, 3, 1) / 2, None, columns, ax)
    tiles = weights.reshape(-1, *weights.shape[2:])
    return mosaic(coloured(tiles, style.DIVERGING, -reach, reach), None, columns, ax)


def plot_feature_maps(maps, *, columns=8, ax=None):
    """Draw the channels that a layer gives for one image, dark to light on one common scale.

    Parameters
    ----------
    maps : ndarray of shape (C, H, W) or (1, C, H, W)
        The output of a layer.
    columns : int, default 8
        Maps in a row.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the maps have another shape.
    """
    maps = np.asarray(maps, dtype=float)
    if maps.ndim == 4 and len(maps) == 1:
        maps = maps[0]
    if maps.ndim != 3 or 0 in maps.shape:
        raise ValueError(
            f"maps: got shape {maps.shape}, but the maps of one image have shape (C, H, W) or (1, C, H, W). "
            "Take one image of the batch: maps[0]."
        )
    return mosaic(coloured(maps, style.SEQUENTIAL, maps.min(), maps.max()), None, columns, ax)


def worst_mistakes(result, count=12):
    """Return the indices of the wrong answers given with the most confidence, the surest first.

    Parameters
    ----------
    result : cnncourse.results.EvalResult
        With the labels, predictions and probabilities of its samples.
    count : int, default 12
        At most so many.

    Returns
    -------
    ndarray of shape (M,)
        Sample numbers; M is 0 when nothing was wrong.

    Raises
    ------
    ValueError
        If the result does not hold its samples, as after a round trip through JSON.
    """
    if result.labels is None or result.predicted is None or result.probability is None:
        raise ValueError(
            "result: it holds no labels, predictions and probabilities (JSON keeps only the totals), "
            "but mistakes "
            "are found sample by sample. Call evaluate again."
        )
    wrong = np.flatnonzero(result.labels != result.predicted)
    confidence = result.probability[wrong, result.predicted[wrong]]
    return wrong[np.argsort(-confidence, kind="stable")[:count]]


def plot_mistakes(result, images, *, count=12, columns=4, ax=None):
    """Draw the wrong answers given with the most confidence.

    Parameters
    ----------
    result : cnncourse.results.EvalResult
        What ``evaluate`` returned for these images.
    images : ndarray of shape (N, C, H, W) or (N, H, W)
        The images it was evaluated on, in the same order.
    count : int, default 12
        At most so many.
    columns : int, default 4
        Images in a row.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the number of images is not that of the result.
    """
    worst = worst_mistakes(result, count)
    if len(images) != len(result.labels):
        raise ValueError(
            f"images: got {len(images)}, but the result is about {len(result.labels)}. "
            "Pass the images it was evaluated on, in the same order."
        )
    if not len(worst):
        ax = style.axes_or_new(ax, figsize=(style.WIDEST, 1))
        ax.set_axis_off()
        ax.text(0.5, 0.5, "No mistakes.", ha="center", va="center", transform=ax.transAxes)
        return ax
    words = [(result.classes[result.labels[i]], result.classes[result.predicted[i]]) for i in worst]
    # Two short names stand in one line below a tile, longer ones in two.
    gap = " " if max(len(true) + len(said) for true, said in words) <= 7 else "\n"
    captions = [
        f"{true},{gap}not {said}\n{100 * result.probability[i, result.predicted[i]]:.0f} % sure"
        for i, (true, said) in zip(worst, words)
    ]
    return mosaic(as_pictures(np.asarray(images)[worst]), captions, columns, ax)


def coloured(tiles, cmap, low, high):
    """Return numbers as RGB, from the colour map's first colour at ``low`` to its last at ``high``."""
    scale = high - low if high > low else 1.0
    return matplotlib.colormaps[cmap]((tiles - low) / scale)[..., :3]


def mosaic(pictures, captions, columns, ax):
    """Draw RGB tiles of shape (N, H, W, 3) row by row; captions stand below their tiles."""
    count, height, width = pictures.shape[:3]
    if columns < 1:
        raise ValueError(f"columns: got {columns}, but a row needs at least one image. Take 1 or more.")
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    lines = 0 if captions is None else 1 + max(caption.count("\n") for caption in captions)
    # A caption line is 0.2 inch; a tile's side in inches follows from the width of the figure.
    tile = min(1.1, style.WIDEST / columns)
    step_y = height * (1 + _GAP) + lines * 0.2 * width / tile
    step_x = width * (1 + _GAP)
    figsize = (columns * tile, rows * step_y * tile / step_x)
    ax = style.axes_or_new(ax, figsize=figsize)
    for i, picture in enumerate(pictures):
        row, column = divmod(i, columns)
        x, y = column * step_x, row * step_y
        ax.imshow(picture, extent=(x, x + width, y + height, y), interpolation="nearest")
        if captions is not None:
            place = x + width / 2, y + height * 1.03
            ax.text(*place, captions[i], ha="center", va="top", fontsize=10.5, linespacing=1.15)
    ax.set_xlim(-0.02 * width, columns * step_x - _GAP * width + 0.02 * width)
    ax.set_ylim(rows * step_y - _GAP * height + 0.02 * height, -0.02 * height)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax
