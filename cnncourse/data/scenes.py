"""Drawn scenes: several shapes in one picture, with the box and the pixels of each.

They are the data for lessons beyond classification: where is it, how many are there, which pixels?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnncourse.data.arrays import ImageData
from cnncourse.data.drawing import SHAPES, coverage
from cnncourse.data.resizing import image_size

PAPERS = ("dark", "light", "any")
# Before there is said to be no room: places tried per object, and how often a scene is begun anew.
_PLACES, _SCENES = 30, 30


@dataclass(frozen=True, eq=False, repr=False)
class Scenes:
    """Pictures of several objects each, and where the objects are.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W), uint8
        Pixel values 0 to 255.
    masks : ndarray of shape (N, H, W), uint8
        What each pixel shows: 0 for the paper, 1 for the first class, 2 for the second and so on.
    boxes : tuple of N ndarray of shape (M, 4), int64
        Left, top, right, bottom of each object in pixels; right and bottom are the first ones outside.
    labels : tuple of N ndarray of shape (M,), int64
        The class of each object, an index into `classes`. The mask holds this number plus one.
    classes : tuple of str
        The name of each class.

    Examples
    --------
    >>> some = scenes(3, size=48, seed=1, classes=("circle", "star"))
    >>> some
    Scenes(3 pictures of 3×48×48, 6 objects of 2 classes: circle, star)
    >>> left, top, right, bottom = some.boxes[0][0]
    >>> bool((some.masks[0, top:bottom, left:right] > 0).any())
    True
    """

    images: np.ndarray
    masks: np.ndarray
    boxes: tuple[np.ndarray, ...]
    labels: tuple[np.ndarray, ...]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        shape = "×".join(str(side) for side in self.images.shape[1:])
        objects = sum(len(boxes) for boxes in self.boxes)
        names = ", ".join(self.classes)
        return (
            f"Scenes({len(self):,} pictures of {shape}, {objects:,} objects of {len(self.classes)} classes: "
            f"{names})"
        )


def scenes(
    number: int = 200,
    size: int | tuple[int, int] = 64,
    seed: int = 0,
    *,
    classes: Sequence[str] = SHAPES,
    channels: int = 3,
    objects: int | tuple[int, int] = (1, 4),
    radius: float | tuple[float, float] = (0.12, 0.2),
    spacing: float = 1.0,
    paper: str = "any",
    noise: float = 0.05,
) -> Scenes:
    """Draw pictures with several shapes on plain paper, and note the box and the pixels of each shape.

    Parameters
    ----------
    number : int, default 200
        How many pictures.
    size : int or (int, int), default 64
        Side, or height and width, of the pictures in pixels.
    seed : int, default 0
        The same seed and arguments give the same scenes.
    classes : sequence of str, default all of circle, square, triangle, cross, star, ring
        Which shapes; each object is one of them at random.
    channels : {1, 3}, default 3
        Grey or colour.
    objects : int or (int, int), default (1, 4)
        How many objects a picture holds: a number, or the least and the most.
    radius : float or (float, float), default (0.12, 0.2)
        Radius of the circle around a shape, in parts of the picture's shorter side.
    spacing : float, default 1
        Least distance of two centres, in parts of the sum of their radii. At 1 or more no shape touches
        another; below 1 a later one may cover a part of an earlier one.
    paper : {"dark", "light", "any"}, default "any"
        Whether the paper is dark and the shapes are light, or the other way round; "any" draws one of the two
        for each picture.
    noise : float, default 0.05
        Standard deviation of the noise on each pixel, in 0–1 units.

    Returns
    -------
    Scenes

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range, or there is no room for so many objects.

    Notes
    -----
    A pixel belongs to an object if the object covers at least half of it. The box is the smallest one around
    these pixels. A scene whose objects find no room is drawn anew.

    Examples
    --------
    >>> one = scenes(1, seed=3, objects=2)
    >>> one.images.shape, one.masks.shape, one.boxes[0].shape, one.labels[0].shape
    ((1, 3, 64, 64), (1, 64, 64), (2, 4), (2,))
    """
    height, width = image_size(size)
    names, fewest, most, radii = _checked(number, classes, channels, objects, radius, spacing, paper, noise)
    rng = np.random.default_rng(seed)
    side = min(height, width)
    images = np.empty((number, channels, height, width), np.uint8)
    masks = np.zeros((number, height, width), np.uint8)
    all_boxes, all_labels = [], []
    for n in range(number):
        count = int(rng.integers(fewest, most + 1))
        poses = _places(rng, count, (height, width), (radii[0] * side, radii[1] * side), spacing)
        labels = rng.integers(0, len(names), count)
        dark = rng.random() < 0.5 if paper == "any" else paper == "dark"
        values = np.empty((channels, height, width))
        values[:] = _colour(rng, channels, dark)
        boxes = np.empty((count, 4), np.int64)
        for i, (pose, label) in enumerate(zip(poses, labels)):
            cover = coverage(names[label], pose[None], height, width)[0]  # (H, W)
            values += cover * (_colour(rng, channels, not dark) - values)
            masks[n][cover >= 0.5] = label + 1
            boxes[i] = _box_around(cover >= 0.5)
        values += noise * rng.standard_normal(values.shape)
        images[n] = np.rint(np.clip(values, 0, 1) * 255)
        all_boxes.append(boxes)
        all_labels.append(labels)
    return Scenes(images, masks, tuple(all_boxes), tuple(all_labels), names)


def cut_windows(some: Scenes, side: int, seed: int = 0, *, jitter: int = 2, empty: int = 3) -> ImageData:
    """Cut labelled windows out of scenes: what a detector's classifier learns from.

    Parameters
    ----------
    some : Scenes
    side : int
        Height and width of a window in pixels.
    seed : int, default 0
        Decides the shifts and where the empty windows lie.
    jitter : int, default 2
        Each object stands in the middle of its window, up to a random shift of so many pixels either way.
    empty : int, default 3
        Windows tried in each scene at random places; one counts as empty if it lies at least a quarter of its
        side away from every object's own window, so a part of an object may be in it.

    Returns
    -------
    ImageData
        Class 0 is ``"nothing"``, the others are those of the scenes.

    Raises
    ------
    ValueError
        If a window is larger than the scenes.

    Examples
    --------
    >>> cut_windows(scenes(20, objects=2, classes=("ring", "star")), 24).classes
    ('nothing', 'ring', 'star')
    """
    room = np.array(some.images.shape[:1:-1]) - side  # (x, y)
    if side < 1 or room.min() < 0:
        shape = "×".join(map(str, some.images.shape[2:]))
        raise ValueError(f"side must lie between 1 and the size of the scenes, {shape} pixels, got {side}")
    rng = np.random.default_rng(seed)
    pixels, labels = [], []
    for image, boxes, kinds in zip(some.images, some.boxes, some.labels):
        corners = (boxes[:, :2] + boxes[:, 2:] - side) // 2
        shifted = np.clip(corners + rng.integers(-jitter, jitter + 1, corners.shape), 0, room)
        tried = rng.integers(0, room + 1, (empty, 2))
        apart = np.abs(tried[:, None] - corners[None]).max(axis=2).min(axis=1, initial=side)
        tried = tried[4 * apart >= side]
        for left, top in [*shifted, *tried]:
            pixels.append(image[:, top : top + side, left : left + side])
        labels += [*(1 + kinds), *np.zeros(len(tried), int)]
    return ImageData(np.stack(pixels), np.array(labels), ("nothing", *some.classes), "windows")


def _places(
    rng: np.random.Generator,
    count: int,
    size: tuple[int, int],
    radii: tuple[float, float],
    spacing: float,
) -> np.ndarray:
    """Centre (x, y), radius and angle of each object, ndarray of shape (count, 4), all inside and apart."""
    height, width = size
    for _ in range(_SCENES):
        poses = np.empty((0, 4))
        for _ in range(_PLACES * count):
            if len(poses) == count:
                break
            r = rng.uniform(*radii)
            x, y, angle = rng.uniform((r, r, 0), (width - r, height - r, 2 * np.pi))
            apart = np.hypot(poses[:, 0] - x, poses[:, 1] - y)
            if (apart >= spacing * (poses[:, 2] + r)).all():
                poses = np.vstack([poses, (x, y, r, angle)])
        if len(poses) == count:
            return poses
    raise ValueError(
        f"objects: found no room for {count} of radius {radii[0]:.1f} to {radii[1]:.1f} pixels in "
        f"{height}×{width}, spacing {spacing:g}: ask for fewer, smaller or closer objects"
    )


def _colour(rng: np.random.Generator, channels: int, dark: bool) -> np.ndarray:
    """A dark or a light colour, ndarray of shape (channels, 1, 1), in 0–1 units."""
    low, high = (0.0, 0.45) if dark else (0.55, 1.0)
    return rng.uniform(low, high, (channels, 1, 1))


def _box_around(inside: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the true pixels of a mask of shape (H, W)."""
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def _checked(
    number: int,
    classes: Sequence[str],
    channels: int,
    objects: int | tuple[int, int],
    radius: float | tuple[float, float],
    spacing: float,
    paper: str,
    noise: float,
) -> tuple[tuple[str, ...], int, int, tuple[float, float]]:
    """Return the names, the fewest and the most objects, and the limits of the radius; refuse the rest."""
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
        raise ValueError(f"number must be a whole number of at least 1, got {number!r}")
    names = tuple(classes) if not isinstance(classes, str) else (classes,)
    if not names or any(name not in SHAPES for name in names) or len(set(names)) < len(names):
        raise ValueError(f"classes must be some of {', '.join(SHAPES)}, each once, got {names}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 (grey) or 3 (colour), got {channels!r}")
    fewest, most = (objects, objects) if np.isscalar(objects) else objects
    if not (isinstance(fewest, (int, np.integer)) and isinstance(most, (int, np.integer))):
        raise TypeError(f"objects must be a whole number or (fewest, most), got {objects!r}")
    if not 0 <= fewest <= most:
        raise ValueError(f"objects must be at least 0, and the fewest not above the most, got {objects!r}")
    low, high = (radius, radius) if np.isscalar(radius) else radius
    if not 0.02 <= low <= high <= 0.5:
        raise ValueError(f"radius must be a number or (low, high) within 0.02 to 0.5, got {radius!r}")
    if not 0 <= spacing <= 10:
        raise ValueError(f"spacing must lie between 0 and 10, got {spacing!r}")
    if paper not in PAPERS:
        raise ValueError(f"paper must be one of {', '.join(PAPERS)}, got {paper!r}")
    if not 0 <= noise <= 1:
        raise ValueError(f"noise must lie between 0 and 1, got {noise!r}")
    return names, int(fewest), int(most), (float(low), float(high))
