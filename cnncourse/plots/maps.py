"""Images with what a network saw in them: each image, and its map beside it."""

import numpy as np

from cnncourse.plots import style
from cnncourse.plots.cells import number_text
from cnncourse.plots.images import as_pictures, coloured, mosaic


def plot_maps(images, maps, labels=None, *, columns=3, ax=None):
    """Draw each image with its map to the right, the map on a scale of its own from dark to light.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W) or (N, H, W)
        C is 1 or 3; integers from 0 to 255 or floats from 0 to 1.
    maps : ndarray of shape (N, H, W)
        One number per pixel, such as a saliency map.
    labels : sequence of N, optional
        Anything printable; stands below the image.
    columns : int, default 3
        Pairs in a row.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If images, maps and labels do not fit together.
    """
    pictures, maps = as_pictures(images), np.asarray(maps, dtype=float)
    if maps.shape != pictures.shape[:3]:
        raise ValueError(
            f"maps: got shape {maps.shape} for images of shape {np.shape(images)}, but each image has a map "
            f"of its own size, {pictures.shape[:3]} together. Enlarge small maps first."
        )
    if labels is not None and len(labels) != len(pictures):
        raise ValueError(
            f"labels: got {len(labels)} for {len(pictures)} images, but each image has one. "
            "Take as many labels as images."
        )
    tiles = [
        tile
        for picture, heat in zip(pictures, maps)
        for tile in (picture, coloured(heat, style.SEQUENTIAL, heat.min(), heat.max()))
    ]
    captions = None if labels is None else [text for label in labels for text in (str(label), "")]
    return mosaic(np.stack(tiles), captions, 2 * columns, ax)


def describe_maps(maps, labels=None):
    """Return what `plot_maps` shows, in words.

    Parameters
    ----------
    maps : ndarray of shape (N, H, W)
        One number per pixel.
    labels : sequence of N, optional
        Anything printable.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_maps(np.array([[[0.0, 0.5], [2.0, 0.0]]]), ["ship"])
    'Each image with a map of 2 × 2 pixels. ship: from 0 to 2, greatest at row 1, column 0.'
    """
    maps = np.asarray(maps, dtype=float)
    names = [f"map {n}" for n in range(len(maps))] if labels is None else [str(label) for label in labels]
    places = [np.unravel_index(heat.argmax(), heat.shape) for heat in maps]
    texts = [
        f"{name}: from {number_text(heat.min())} to {number_text(heat.max())}, greatest at row {i}, "
        f"column {j}"
        for name, heat, (i, j) in zip(names, maps, places)
    ]
    return f"Each image with a map of {maps.shape[1]} × {maps.shape[2]} pixels. {'; '.join(texts)}."
