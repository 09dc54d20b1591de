"""What speaks for a class, layer by layer: drawn from a small stored result, without torch."""

from __future__ import annotations

import base64
import functools
from dataclasses import dataclass

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.pixels import draw_levels
from cnncourse.course.runs import stored
from cnncourse.plots import style

_WIDTH, _HEIGHT = 480, 304
_SIDE = 32


@dataclass(frozen=True)
class Question:
    """One picture, the class asked about, and where a ResNet-20 finds something that speaks for it.

    Attributes
    ----------
    words : str
        The value of the slider.
    picture : str
        Name of the picture in `Looks.pictures`.
    target, answer : str
        The class asked about, and the class the network answers.
    probability, answer_probability : float
        From 0 to 1.
    thing : str or None
        Which of the drawn things the share of heat is counted on; None for a photograph.
    inside : ndarray of shape (32, 32), bool, or None
        Which pixels belong to it.
    maps : dict of str to ndarray of shape (H, W)
        Grad-CAM of each layer, at the size of the layer's maps.
    """

    words: str
    picture: str
    target: str
    probability: float
    answer: str
    answer_probability: float
    thing: str | None
    inside: np.ndarray | None
    maps: dict[str, np.ndarray]

    def share_inside(self, layer):
        """Return which part of the map's sum lies on the thing, or None if that is unknown."""
        heat = np.kron(self.maps[layer], np.ones((_SIDE // len(self.maps[layer]),) * 2))
        if self.inside is None or not heat.any():
            return None
        return float(heat[self.inside].sum() / heat.sum())


@dataclass(frozen=True)
class Looks:
    """What ``benchmarks/grad_cam.py`` measured on a ResNet-20 trained on CIFAR-10.

    Attributes
    ----------
    classes : tuple of str
        The ten classes of CIFAR-10.
    pictures : dict of str to ndarray of shape (3, 32, 32), uint8
        Drawn pictures, and a crop of a photograph.
    questions : dict of str to Question
        By their words.
    depth : dict of str to dict
        By layer: ``sees``, the side of its receptive field in pixels, and ``accuracy`` of the nearest class
        mean of its averaged maps on ``depth_images`` test images.
    nudge : list of dict
        ``levels``, the size of the nudge in grey levels of 255, and the accuracy when it is ``nudged`` along
        the gradient's sign or as far in ``random`` directions, on ``nudge_images`` test images.
    squares : dict
        Probability of a class ``before`` and ``after`` a square covers one of 6 × 6 places.
    """

    classes: tuple[str, ...]
    pictures: dict[str, np.ndarray]
    questions: dict[str, Question]
    depth: dict[str, dict]
    depth_images: int
    nudge: list[dict]
    nudge_images: int
    squares: dict


@functools.lru_cache(maxsize=1)
def stored_looks():
    """Return what ``benchmarks/grad_cam.py`` wrote."""
    runs = stored("grad_cam")
    pictures = {name: _bytes(text).reshape(3, _SIDE, _SIDE) for name, text in runs["pictures"].items()}
    questions = [_question(entry) for entry in runs["questions"]]
    return Looks(
        classes=tuple(runs["classes"]),
        pictures=pictures,
        questions={question.words: question for question in questions},
        depth={entry["layer"]: entry for entry in runs["depth"]},
        depth_images=runs["depth_images"],
        nudge=runs["nudge"],
        nudge_images=runs["nudge_images"],
        squares=runs["squares"],
    )


def _bytes(text):
    return np.frombuffer(base64.b64decode(text), np.uint8)


def _question(entry):
    maps = {
        layer: _bytes(one["levels"]).reshape(one["side"], one["side"]) * (one["top"] / 255)
        for layer, one in entry["maps"].items()
    }
    bits = entry["inside"]
    inside = None if bits is None else np.unpackbits(_bytes(bits)).reshape(_SIDE, _SIDE).astype(bool)
    kept = ("words", "picture", "target", "probability", "answer", "answer_probability", "thing")
    return Question(**{name: entry[name] for name in kept}, inside=inside, maps=maps)


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
    share = one.share_inside(layer)
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
