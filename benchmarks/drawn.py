"""Small colour pictures of things that CIFAR-10 has classes for, drawn from polygons: free to ship.

Coordinates are in pixels of a 32 × 32 picture. Each thing can be made smaller and moved, so that two fit into
one picture, and left out, which tells where it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 32
_FINE = 8  # drawn so many times larger, then averaged

Colour = tuple[int, int, int]
Point = tuple[float, float]
_DARK, _GREY, _WHITE, _GLASS = (20, 20, 20), (178, 178, 182), (238, 238, 240), (55, 65, 75)
_BROWN, _MANE = (110, 65, 35), (50, 30, 20)


class Part(NamedTuple):
    """A polygon, or an ellipse given by two opposite corners of the box around it."""

    kind: str
    colour: Colour
    points: tuple[Point, ...]


def _box(colour: Colour, left: float, top: float, right: float, bottom: float) -> Part:
    return Part("polygon", colour, ((left, top), (right, top), (right, bottom), (left, bottom)))


def _disc(colour: Colour, x: float, y: float, across: float, down: float | None = None) -> Part:
    down = across if down is None else down
    return Part("ellipse", colour, ((x - across, y - down), (x + across, y + down)))


THINGS: dict[str, tuple[Part, ...]] = {
    "ship": (
        Part("polygon", (60, 60, 80), ((3, 18), (29, 18), (26, 24), (7, 24))),
        Part("polygon", (200, 40, 40), ((3, 18), (29, 18), (28.4, 19.2), (3.6, 19.2))),
        _box(_WHITE, 9, 12, 24, 18),
        _box((225, 225, 230), 12, 8, 20, 12),
        _box((200, 60, 50), 15, 4, 18, 8),
    ),
    "airplane": (
        Part("polygon", _WHITE, ((3, 17), (6, 14.5), (24, 14), (29, 16), (26, 18), (6, 18.5))),
        Part("polygon", (190, 195, 205), ((13, 16), (17, 16), (13, 26), (10, 26))),
        Part("polygon", (205, 210, 220), ((14, 15), (17, 15), (14, 8), (12, 8))),
        Part("polygon", (200, 50, 50), ((3.5, 16), (7, 15), (4.5, 9), (2.5, 9))),
    ),
    "automobile": (
        Part(
            "polygon",
            (200, 30, 30),
            ((3, 17), (8, 16), (11, 11), (21, 11), (25, 16), (29, 17.5), (29, 23), (3, 23)),
        ),
        Part("polygon", _GLASS, ((9.5, 16), (12, 12.2), (15.3, 12.2), (15.3, 16))),
        Part("polygon", _GLASS, ((16.3, 16), (16.3, 12.2), (20.4, 12.2), (23.2, 16))),
        *(_disc(colour, x, 23, radius) for x in (9, 23) for colour, radius in ((_DARK, 3.2), (_GREY, 1.5))),
    ),
    "horse": (
        _disc(_BROWN, 15.5, 16, 7.5, 4),
        Part("polygon", _BROWN, ((19, 15), (24, 6), (28, 8.5), (30, 11), (27, 12), (23, 18))),
        *(_box(_BROWN, left, 17, left + 1.6, 27) for left in (9.5, 12.5, 18.5, 21.5)),
        Part("polygon", _MANE, ((8, 13), (5, 20), (7, 20), (9, 15))),
        Part("polygon", _MANE, ((20, 12), (23.5, 5.5), (25, 6), (22, 13))),
    ),
}


def draw(
    things: list[tuple[str, float, float, float]], sky: tuple[Colour, Colour], ground: tuple[float, Colour]
) -> np.ndarray:
    """Draw a picture.

    Parameters
    ----------
    things : list of (name, dx, dy, scale)
        What is in it, moved by (dx, dy) after scaling.
    sky : two colours
        At the top and at the bottom; they blend into each other.
    ground : (float, colour)
        From which height on there is ground, and its colour.

    Returns
    -------
    ndarray of shape (3, 32, 32), uint8
    """
    blend = np.linspace(0, 1, SIDE * _FINE)[:, None, None]
    field = np.array(sky[0]) * (1 - blend) + np.array(sky[1]) * blend
    fine = Image.fromarray(np.broadcast_to(field, (SIDE * _FINE, SIDE * _FINE, 3)).astype(np.uint8))
    pen = ImageDraw.Draw(fine)
    _put(pen, _box(ground[1], 0, ground[0], SIDE, SIDE), 0, 0, 1)
    for name, dx, dy, scale in things:
        for part in THINGS[name]:
            _put(pen, part, dx, dy, scale)
    small = fine.filter(ImageFilter.GaussianBlur(3)).resize((SIDE, SIDE), Image.Resampling.BOX)
    noise = np.random.default_rng(0).normal(0, 4, (SIDE, SIDE, 3))  # no photograph is perfectly even
    return np.clip(np.rint(np.asarray(small) + noise), 0, 255).astype(np.uint8).transpose(2, 0, 1)


def _put(pen: ImageDraw.ImageDraw, part: Part, dx: float, dy: float, scale: float) -> None:
    points = [((dx + scale * x) * _FINE, (dy + scale * y) * _FINE) for x, y in part.points]
    if part.kind == "ellipse":
        pen.ellipse([*points[0], *points[1]], fill=part.colour)
    else:
        pen.polygon(points, fill=part.colour)
