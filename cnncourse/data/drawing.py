"""Drawn shapes: the data for lessons on position, size and rotation, since each of them can be set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncourse.data.arrays import ImageData
from cnncourse.data.resizing import image_size

SHAPES = ("circle", "square", "triangle", "cross", "star", "ring")
_BLOCK = 1 << 20  # pixels drawn at once
_MEAN, _STD = 0.5, 0.3  # of every channel at the default settings

Range = float | tuple[float, float] | None


def shapes(
    number: int = 3000,
    size: int | tuple[int, int] = 32,
    seed: int = 0,
    *,
    classes: Sequence[str] = SHAPES,
    channels: int = 3,
    x: Range = None,
    y: Range = None,
    radius: Range = (0.15, 0.45),
    angle: Range = (0.0, 360.0),
    noise: float = 0.05,
) -> ImageData:
    """Draw shapes on plain backgrounds, with smooth edges.

    Parameters
    ----------
    number : int, default 3000
        How many images; every class gets the same share.
    size : int or (int, int), default 32
        Side, or height and width, of the images in pixels.
    seed : int, default 0
        The same seed gives the same shapes in the same colours, also when `x`, `y`, `radius` or `angle`
        change: so one shape can be moved, scaled or turned while all else stays.
    classes : sequence of str, default all of circle, square, triangle, cross, star, ring
        Which shapes.
    channels : {1, 3}, default 3
        Grey or colour. One colour of each image is dark, the other light.
    x, y : float or (float, float), default None
        Centre of the shape in parts of the width and height, fixed or drawn between two numbers. None draws
        it such that the whole shape is inside.
    radius : float or (float, float), default (0.15, 0.45)
        Radius of the circle around the shape, in parts of the image's shorter side.
    angle : float or (float, float), default (0, 360)
        Rotation in degrees, counter-clockwise.
    noise : float, default 0.05
        Standard deviation of the noise on each pixel, in 0–1 units.

    Returns
    -------
    ImageData

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.

    Notes
    -----
    Each pixel is covered by the shape to the degree ``clip(1/2 − d, 0, 1)``, where d is its signed distance
    in pixels to the outline, negative inside.

    Examples
    --------
    >>> shapes(6, seed=1).counts()
    {'circle': 1, 'square': 1, 'triangle': 1, 'cross': 1, 'star': 1, 'ring': 1}
    """
    height, width = image_size(size)
    names = _checked_options(number, classes, channels, noise)
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(number) % len(names))
    draws = rng.random((number, 11))  # all at once: the meaning of a column does not depend on the options
    radii = _between(draws[:, 0], radius, "radius", (0.0, 2.0))
    free_x, free_y = (np.minimum(radii * min(height, width) / side, 0.5) for side in (width, height))
    pose = np.stack(
        [
            _between(draws[:, 1], x, "x", (0.0, 1.0), free_x) * width,
            _between(draws[:, 2], y, "y", (0.0, 1.0), free_y) * height,
            np.maximum(radii * min(height, width), 1e-6),
            np.deg2rad(_between(draws[:, 3], angle, "angle", (-np.inf, np.inf))),
        ],
        axis=1,
    )
    ink, paper = _colours(draws[:, 4:11], channels)
    images = np.empty((number, channels, height, width), np.uint8)
    for label, name in enumerate(names):
        members = np.flatnonzero(labels == label)
        step = max(1, _BLOCK // (height * width))
        for start in range(0, len(members), step):
            some = members[start : start + step]
            cover = coverage(name, pose[some], height, width)[:, None]  # (n, 1, H, W)
            values = paper[some] + cover * (ink[some] - paper[some])  # colours are (n, C, 1, 1)
            if noise:
                values += noise * rng.standard_normal(values.shape, np.float32)
            images[some] = np.rint(np.clip(values, 0, 1) * 255)
    return ImageData(images, labels, names, "shapes", (_MEAN,) * channels, (_STD,) * channels)


def _checked_options(number: int, classes: Sequence[str], channels: int, noise: float) -> tuple[str, ...]:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"number must be a whole number, got {number!r}")
    if number < 1:
        raise ValueError(f"number must be at least 1, got {number}")
    names = tuple(classes) if not isinstance(classes, str) else (classes,)
    unknown = [name for name in names if name not in SHAPES]
    if unknown or not names or len(set(names)) < len(names):
        raise ValueError(f"classes must be some of {', '.join(SHAPES)}, each once, got {names}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 (grey) or 3 (colour), got {channels!r}")
    if not 0 <= noise <= 1:
        raise ValueError(f"noise must lie between 0 and 1, got {noise!r}")
    return names


def _between(
    draw: np.ndarray,
    limits: Range,
    argument: str,
    allowed: tuple[float, float],
    margin: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Spread draws from 0–1 over the limits; None means all that is allowed but a margin on both sides."""
    if limits is None:
        if not np.isfinite(allowed[1]) or argument == "radius":
            raise ValueError(f"{argument} must be a number or (low, high), got None")
        return margin + draw * (1 - 2 * margin)
    low, high = (limits, limits) if np.isscalar(limits) else limits
    if not allowed[0] <= low <= high <= allowed[1]:
        raise ValueError(
            f"{argument} must be a number or (low, high) within {allowed[0]:g} to {allowed[1]:g}, "
            f"got {limits!r}"
        )
    return low + draw * (high - low)


def _colours(draws: np.ndarray, channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ink and paper, each ndarray of shape (N, channels, 1, 1): one dark, the other light."""
    dark = 0.45 * draws[:, :channels, None, None]
    light = 0.55 + 0.45 * draws[:, 3 : 3 + channels, None, None]
    swap = draws[:, 6, None, None, None] < 0.5
    return np.where(swap, dark, light).astype(np.float32), np.where(swap, light, dark).astype(np.float32)


def coverage(name: str, pose: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return how much of each pixel the shape covers, ndarray of shape (n, height, width)."""
    centre_x, centre_y, radius, angle = pose.astype(np.float32).T[..., None, None]
    across = np.arange(width, dtype=np.float32)[None, None, :] + 0.5 - centre_x
    up = centre_y - (np.arange(height, dtype=np.float32)[None, :, None] + 0.5)  # rows count downwards
    cos, sin = np.cos(angle) / radius, np.sin(angle) / radius
    distance = _distance(name, cos * across + sin * up, cos * up - sin * across)
    return np.clip(0.5 - distance * radius, 0, 1)


def _distance(name: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Signed distance to the outline of a shape of radius 1 around the origin, negative inside."""
    if name == "circle":
        return np.hypot(x, y) - 1
    if name == "ring":
        return np.abs(np.hypot(x, y) - 0.75) - 0.25
    return _polygon_distance(_corners(name), x, y)


def _corners(name: str) -> np.ndarray:
    """Corners of a polygon inside the unit circle, ndarray of shape (n, 2)."""
    if name == "cross":
        arm = 0.32  # half the width of an arm
        tip = np.sqrt(1 - arm**2)
        quarter = np.array([[tip, -arm], [tip, arm], [arm, arm]])
        turns = [np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), turn) for turn in range(4)]
        return np.concatenate([quarter @ turn.T for turn in turns])
    corners = {"triangle": 3, "square": 4, "star": 10}[name]
    turn = np.pi / 4 if name == "square" else np.pi / 2
    angles = turn + 2 * np.pi * np.arange(corners) / corners
    radii = np.where(np.arange(corners) % 2, 0.42, 1.0) if name == "star" else np.ones(corners)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def _polygon_distance(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Signed distance to a polygon: the nearest edge gives the number, crossings of a ray the sign."""
    squared = np.full(np.broadcast(x, y).shape, np.inf, np.float32)
    inside = np.zeros(squared.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0)):
        ex, ey = np.float32(bx - ax), np.float32(by - ay)
        wx, wy = x - np.float32(ax), y - np.float32(ay)
        along = np.clip((wx * ex + wy * ey) / (ex**2 + ey**2), 0, 1)
        np.minimum(squared, (wx - along * ex) ** 2 + (wy - along * ey) ** 2, out=squared)
        if ey:  # the ray from the point to the right crosses this edge
            inside ^= ((wy >= 0) != (y >= np.float32(by))) & (wx < wy * (ex / ey))
    distance = np.sqrt(squared)
    return np.where(inside, -distance, distance)
