"""What speaks for a class, layer by layer: drawn from a small stored result, without torch."""

from __future__ import annotations

import base64
import functools
from types import SimpleNamespace

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.pixels import draw_levels
from cnncourse.course.runs import stored
from cnncourse.plots import style

_WIDTH, _HEIGHT = 480, 304
_SIDE = 32


@functools.lru_cache(maxsize=1)
def stored_looks():
    """Return what ``benchmarks/grad_cam.py`` measured on a ResNet-20 trained on CIFAR-10."""
    found = stored("grad_cam")
    drawn = found["drawn"]
    return SimpleNamespace(
        classes=tuple(drawn["classes"]),
        # (3, 32, 32), uint8
        pictures={name: _bytes(text).reshape(3, _SIDE, _SIDE) for name, text in drawn["pictures"].items()},
        questions={
            entry["words"]: _question(entry, drawn["questions"][entry["words"]])
            for entry in found["questions"]
        },
        # by layer: `sees`, the side of its receptive field in pixels, and `accuracy` on `depth_images`
        depth={entry["layer"]: entry for entry in found["depth"]},
        depth_images=found["depth_images"],
        # accuracy after a step of `levels` grey levels: `nudged` along the gradient's sign, or `random`
        nudge=found["nudge"],
        squares=found["squares"],  # probability `before` and `after` a square covers one of 6 × 6 places
    )


def _bytes(text):
    return np.frombuffer(base64.b64decode(text), np.uint8)


def _question(measured, drawn):
    """Return a picture, the class asked about, and where the network finds something that speaks for it."""
    maps = {  # Grad-CAM at the size of the layer's maps
        layer: _bytes(one["levels"]).reshape(one["side"], one["side"]) * (one["top"] / 255)
        for layer, one in drawn["maps"].items()
    }
    inside = drawn["inside"]  # which pixels belong to the thing; None for a photograph
    if inside is not None:
        inside = np.unpackbits(_bytes(inside)).reshape(_SIDE, _SIDE).astype(bool)
    return SimpleNamespace(**{**measured, **drawn, "inside": inside, "maps": maps})


def share_inside(one, layer):
    """Return which part of a map's sum lies on the thing asked about, or None if that is unknown."""
    heat = np.kron(one.maps[layer], np.ones((_SIDE // len(one.maps[layer]),) * 2))
    if one.inside is None or not heat.any():
        return None
    return float(heat[one.inside].sum() / heat.sum())


def _checked(asked, layer):
    looks = stored_looks()
    for argument, value, known in (("asked", asked, looks.questions), ("layer", layer, looks.depth)):
        if value not in known:
            raise ValueError(
                f"{argument}: got {value!r}, but there are {', '.join(known)}. Choose one of them."
            )
    return looks, looks.questions[asked]


def percent(share):
    """Return a share in words: one decimal near 0 % and near 100 %, none between."""
    return f"{100 * share:.0f} %" if 0.0995 <= share <= 0.9949 else f"{100 * share:.1f} %"


def _verdict(one):
    said = f"The network says {one.answer}, {percent(one.answer_probability)} sure."
    asked = "" if one.answer == one.target else f"Asked about: {one.target}, {percent(one.probability)}."
    return said, asked


def _where(one, layer):
    share = share_inside(one, layer)
    if share is None:
        return "CIFAR-10 has no class for what this photograph shows."
    area = percent(float(one.inside.mean()))
    return f"On the {one.thing}: {percent(share)} of the heat, {area} of the picture."


def _field(looks, one, layer):
    side, sees = len(one.maps[layer]), looks.depth[layer]["sees"]
    # From a corner too, a place must reach to the other end.
    reach = "the whole picture" if sees >= 2 * _SIDE - 1 else f"{sees} × {sees} pixels"
    return f"{layer}: {side} × {side} places, each sees {reach}"


def _alt(asked, layer):
    looks, one = _checked(asked, layer)
    heat = one.maps[layer]
    row, column = (int((n + 0.5) * _SIDE / len(heat)) for n in np.unravel_index(heat.argmax(), heat.shape))
    return (
        f"{one.picture.capitalize()}; what speaks for {one.target}? {_field(looks, one, layer)}. "
        f"Brightest: row {row}, column {column} of {_SIDE}. {_where(one, layer)} "
        f"{' '.join(_verdict(one)).strip()}"
    )


@explorer(
    "Grad-CAM by layer: what speaks for a class?",
    _alt,
    start={"asked": "automobile", "layer": "layer3"},
    asked=["ship", "automobile", "airplane", "dog", "pagoda"],
    layer=["conv1", "layer1", "layer2", "layer3"],
)
def grad_cam_layers(asked, layer):
    """Draw a picture, the Grad-CAM of a layer, and both on top of each other."""
    looks, one = _checked(asked, layer)
    fig, ax = style.canvas(_WIDTH, _HEIGHT)
    picture = looks.pictures[one.picture].transpose(1, 2, 0)
    heat = one.maps[layer] / (one.maps[layer].max() or 1)
    levels = np.rint(heat * 16) / 16
    for x, title in ((10, "Picture"), (168, f"For: {one.target}"), (326, "Both")):
        ax.text(x, 20, title, fontsize=11, fontweight="bold", va="center")
    draw_levels(ax, picture, None, (0, 255), 10, 36, 4.5)
    draw_levels(ax, levels, style.SEQUENTIAL, (0, 1), 168, 36, 144 / len(heat))
    spread = np.kron(levels, np.ones((_SIDE // len(heat),) * 2))[..., None]
    dimmed = np.rint(picture * (0.25 + 0.75 * spread)).astype(np.uint8)  # dark where nothing speaks for it
    draw_levels(ax, dimmed, None, (0, 255), 326, 36, 4.5)
    said, asked = _verdict(one)
    texts = [_field(looks, one, layer), _where(one, layer), said, asked]
    for row, text in enumerate(texts):
        ax.text(
            10, 206 + 27 * row, text, fontsize=11, va="center", color=style.MUTED if row == 0 else style.INK
        )
    return fig
