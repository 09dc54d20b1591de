"""What an explorer is, before it takes a form: choices, and one frame for each combination of them."""

from __future__ import annotations

import inspect
import itertools
import math
import numbers
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from cnncourse.errors import message
from cnncourse.plots import encode, style


@dataclass(frozen=True)
class Choice:
    """One slider: its name, its values in order, how each is written, and the first one shown."""

    name: str
    values: tuple
    texts: tuple[str, ...]
    start: int

    @property
    def label(self):
        """The name as words: ``learning_rate`` becomes ``learning rate``."""
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Frame:
    """One position of the sliders: a picture or a piece of HTML, its words, and a quest's verdict."""

    alt: str
    picture: bytes | None = None
    html: str | None = None
    width: int = 0
    height: int = 0
    solved: bool | None = None
    hint: str = ""


@dataclass(frozen=True)
class Explorer:
    """A checked explorer or quest, ready to be shown in either form.

    Built by `make_explorer`; ``solved`` and ``prompt`` are None unless it is a quest.
    """

    draw: Callable
    choices: tuple[Choice, ...]
    alt: Callable | None
    title: str
    solved: Callable | None = None
    prompt: str | None = None

    @property
    def is_quest(self):
        """Whether the explorer asks for an answer."""
        return self.solved is not None

    @property
    def count(self):
        """Number of frames: the product of the numbers of values."""
        return math.prod(len(choice.values) for choice in self.choices)

    @property
    def start(self):
        """Slider positions of the first frame, one index for each choice."""
        return tuple(choice.start for choice in self.choices)

    def positions(self):
        """Yield the slider positions of all frames; the last choice varies fastest."""
        return itertools.product(*(range(len(choice.values)) for choice in self.choices))

    def values(self, position):
        """Return the values at a position as keyword arguments for ``draw``."""
        return {choice.name: choice.values[i] for choice, i in zip(self.choices, position)}

    def words(self, position):
        """Return the values at a position in words, such as ``"stride 2, padding 1"``."""
        return ", ".join(f"{choice.label} {choice.texts[i]}" for choice, i in zip(self.choices, position))

    def frame(self, position, encoder=encode.to_webp):
        """Draw one frame; ``encoder`` makes bytes, width and height of a figure."""
        values = self.values(position)
        with style.context():
            drawn = self.draw(**values)
            if isinstance(drawn, Figure):
                picture, width, height = encoder(drawn)
                _forget(drawn)
            elif not isinstance(drawn, str) or not drawn.strip():
                got = "an empty text" if isinstance(drawn, str) else type(drawn).__name__
                raise TypeError(
                    f"draw: it returned {got} for {self.words(position)}, but it must return a matplotlib "
                    "Figure or a text of HTML. End it with `return fig`."
                )
        alt = self._alt_text(drawn, values, position)
        solved, hint = self._verdict(values, position)
        if isinstance(drawn, str):
            return Frame(alt=alt, html=drawn, solved=solved, hint=hint)
        return Frame(alt=alt, picture=picture, width=width, height=height, solved=solved, hint=hint)

    def _alt_text(self, drawn, values, position):
        if self.alt is None:
            titles = [] if isinstance(drawn, str) else _titles(drawn)
            return ". ".join([f"{self.title}: {self.words(position)}", *titles]) + "."
        text = self.alt(**values)
        if not isinstance(text, str) or not text.strip():
            raise TypeError(
                f"alt: it returned {text!r} for {self.words(position)}, but it must return the frame in "
                "words. Return a text with the numbers that the picture shows."
            )
        return text

    def _verdict(self, values, position):
        if self.solved is None:
            return None, ""
        verdict = self.solved(**values)
        if not (
            isinstance(verdict, tuple)
            and len(verdict) == 2
            and isinstance(verdict[0], bool | np.bool_)
            and isinstance(verdict[1], str)
        ):
            raise TypeError(
                f"solved: it returned {verdict!r} for {self.words(position)}, but it must return (bool, "
                'str). Return for example (False, "The output is too small: try a smaller stride.").'
            )
        return bool(verdict[0]), verdict[1]


def make_explorer(draw, choices, *, alt=None, title=None, start=None, solved=None, prompt=None):
    """Check the arguments of `explore` or `quest`, raise what they document, and put them together."""
    if not choices:
        choices, start = getattr(draw, "choices", {}), start or getattr(draw, "start", None)
    alt = alt if alt is not None else getattr(draw, "alt", None)
    title = title if title is not None else getattr(draw, "title", None)
    if not choices:
        remedy = "Name an argument of draw with its values, such as stride=[1, 2, 3]."
        raise ValueError(message("choices", "none", "must name what there is to choose", remedy))
    start = _checked_start(start, choices)
    made = tuple(_make_choice(name, values, start) for name, values in choices.items())
    for argument, function in (("draw", draw), ("alt", alt), ("solved", solved)):
        if argument == "draw" or function is not None:
            _check_callable(argument, function, made)
    name = getattr(draw, "__name__", "explorer").strip("_<>").replace("_", " ")
    title = title or name[:1].upper() + name[1:]
    return Explorer(draw=draw, choices=made, alt=alt, title=title, solved=solved, prompt=prompt)


def text_of(value):
    """Return how a value is written beside its slider.

    Examples
    --------
    >>> text_of(0.1), text_of(-2), text_of(1e-5), text_of(True), text_of("same")
    ('0.1', '−2', '1e−5', 'yes', 'same')
    """
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, numbers.Integral):
        return str(value).replace("-", "−")
    if isinstance(value, numbers.Real):
        return f"{value:g}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")
    return str(value)


def _make_choice(name, values, start):
    if isinstance(values, str | bytes) or not isinstance(values, Sequence | np.ndarray):
        remedy = f"Write {name}=[…] with one entry for each position of the slider."
        raise TypeError(
            message(name, repr(values), "must be a list, tuple, range or array of values", remedy)
        )
    if isinstance(values, np.ndarray):
        if values.ndim != 1:
            remedy = "To choose between arrays, pass a list of them."
            raise ValueError(message(name, f"{values.ndim} axes", "must have one axis", remedy))
        values = values.tolist()
    values = tuple(values)
    if not values:
        raise ValueError(message(name, "none", "must hold a value", f"Add one to {name}=[…]."))
    index = 0
    if name in start:
        if start[name] not in values:
            rule = f"must be a value of {name}"
            raise ValueError(message("start", repr(start[name]), rule, f"The values are {list(values)}."))
        index = values.index(start[name])
    return Choice(name=name, values=values, texts=tuple(text_of(value) for value in values), start=index)


def _checked_start(start, choices):
    start = {} if start is None else start
    if not isinstance(start, dict):
        remedy = 'Pass a dict such as {"stride": 2}.'
        raise TypeError(message("start", repr(start), "must say which value each slider shows first", remedy))
    unknown = [name for name in start if name not in choices]
    if unknown:
        remedy = f"The choices are {', '.join(choices)}."
        raise ValueError(message("start", repr(unknown[0]), "must name choices", remedy))
    return start


def _check_callable(argument, function, choices):
    names = ", ".join(choice.name for choice in choices)
    if not callable(function):
        remedy = "Pass the function itself, without calling it."
        raise TypeError(message(argument, repr(function), f"must be a function of {names}", remedy))
    try:
        signature = inspect.signature(function)
    except ValueError:  # some built-in functions do not tell their arguments
        return
    try:
        signature.bind(**{choice.name: choice.values[0] for choice in choices})
    except TypeError as error:
        raise TypeError(
            f"{argument}: it takes {signature}, but the choices are {names} ({error}). "
            "Give the function one argument for each choice, by the same name."
        ) from None


def _titles(figure):
    texts = [figure.get_suptitle()] if hasattr(figure, "get_suptitle") else []
    for ax in figure.axes:
        texts += [ax.get_title(loc) for loc in ("left", "center", "right")]
    return [text.strip().rstrip(".") for text in texts if text.strip()]


def _forget(figure):
    # A figure made with pyplot would be shown a second time at the end of the cell, and kept for ever.
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)
