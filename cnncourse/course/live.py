"""A live explorer: an ES module that computes in the page, and the same state in Python.

In a notebook with a kernel `anywidget` mounts the module and keeps the state in step both ways. Without a
kernel the output is HTML: a still picture with its words, and the state. The site's builder adds the scripts
that bring it to life; print, pages without scripts and notebooks that are not trusted show the picture.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from cnncourse.course import modules
from cnncourse.errors import message
from cnncourse.plots.picture import Picture

_STILL = (
    '<p class="cnx-off"><strong>This is a picture.</strong> Run the cell, and the explorer computes here.</p>'
)


class Field:
    """One entry of an explorer's state: read and set as an attribute, checked, and sent to the page.

    Parameters
    ----------
    check : callable
        Takes the name and what was given; returns the value, or raises.
    """

    def __init__(self, check: Callable[[str, Any], Any]) -> None:
        self.check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, explorer: Live | None, owner: type | None = None) -> Any:
        return self if explorer is None else explorer._values[self.name]

    def __set__(self, explorer: Live, value: Any) -> None:
        explorer.set(**{self.name: value})


def array(*shapes: int, low: float = -np.inf, high: float = np.inf) -> Callable[[str, Any], np.ndarray]:
    """Return the check of an array of numbers.

    Parameters
    ----------
    *shapes : int
        How many axes it may have.
    low, high : float
        Its least and largest value.

    Examples
    --------
    >>> array(2)("kernel", [[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """

    def check(name: str, value: Any) -> np.ndarray:
        try:
            numbers = np.array(value, dtype=float)
        except (TypeError, ValueError):
            raise TypeError(
                message(name, repr(value), "must be rows of numbers, all of one length", "Pass an array.")
            ) from None
        if numbers.ndim not in shapes or numbers.size == 0:
            rule = f"must have {' or '.join(map(str, shapes))} axes and be not empty"
            raise ValueError(message(name, f"shape {numbers.shape}", rule, "Pass an array of that form."))
        if not (np.isfinite(numbers).all() and numbers.min() >= low and numbers.max() <= high):
            rule = (
                "must hold finite numbers only"
                if high == np.inf
                else f"must lie between {low:g} and {high:g}"
            )
            raise ValueError(
                message(name, f"{numbers.min():g} to {numbers.max():g}", rule, "Clip or scale it.")
            )
        # A change from within would reach neither the check nor the page.
        numbers.setflags(write=False)
        return numbers

    return check


def whole_number(low: int, high: int) -> Callable[[str, Any], int]:
    """Return the check of a whole number between two others.

    Examples
    --------
    >>> whole_number(1, 6)("level", 3)
    3
    """

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
            rule = f"must be a whole number from {low} to {high}"
            raise ValueError(message(name, repr(value), rule, "Choose one of these."))
        return int(value)

    return check


def one_of(*words: str) -> Callable[[str, Any], str]:
    """Return the check of a word.

    Examples
    --------
    >>> one_of("zeros", "reflect")("padding_mode", "reflect")
    'reflect'
    """

    def check(name: str, value: Any) -> str:
        if value not in words:
            raise ValueError(
                message(name, repr(value), f"must be one of {', '.join(words)}", "Choose one of these.")
            )
        return value

    return check


class Live:
    """A live explorer. A subclass declares what it is; each attribute that is a `Field` is part of the state.

    Attributes
    ----------
    name : str
        What ``data-live`` says in the page.
    title : str
        Stands above it.
    module : str
        Its ES module, relative to the package.
    height : (float, float)
        Room in rem that the page reserves: on a wide screen, on a phone.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    module: ClassVar[str]
    height: ClassVar[tuple[float, float]]

    def __init__(self, **state: Any) -> None:
        self._values: dict[str, Any] = {}
        self._widget: Any = None
        self._values = self._checked(state)

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """The entries of the state by name, in the order in which they are declared."""
        return {name: field for name, field in vars(cls).items() if isinstance(field, Field)}

    def _checked(self, partial: dict[str, Any]) -> dict[str, Any]:
        fields = self.fields()
        for name in partial:
            if name not in fields:
                raise TypeError(
                    message(name, partial[name], f"must be one of {', '.join(fields)}", "Rename it.")
                )
        state = {**self._values, **{name: fields[name].check(name, value) for name, value in partial.items()}}
        self.check(state)
        return state

    def set(self, **partial: Any) -> None:
        """Change several entries at once: they are checked together, and the page moves once.

        Parameters
        ----------
        **partial
            New values of entries of the state.

        Raises
        ------
        TypeError
            If there is no entry of that name, or a value is of the wrong kind.
        ValueError
            If the explorer cannot compute with the values. The state stays as it was.
        """
        self._values = self._checked(partial)
        if self._widget is not None:
            with self._widget.hold_sync():
                for name in partial:
                    setattr(self._widget, name, _plain(self._values[name]))

    @property
    def state(self) -> dict[str, Any]:
        """The state as plain values: arrays as nested lists."""
        return {name: _plain(value) for name, value in self._values.items()}

    @property
    def result(self) -> dict[str, Any]:
        """What the explorer shows, computed by `cnncourse.ops` from the state: arrays by name."""
        return self.compute()

    def check(self, state: dict[str, Any]) -> None:
        """Raise if the values of the state do not go together."""

    def compute(self) -> dict[str, Any]:
        """Return the result of the state."""
        raise NotImplementedError

    def constants(self) -> dict[str, Any]:
        """Return what the page needs to know and nobody changes."""
        return {}

    def picture(self) -> Picture:
        """Return the still picture with its words."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"Live explorer: {self.title}; state: {', '.join(self._values)}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        page = {"text/html": self.html(), "text/plain": repr(self)}
        if not _has_kernel():
            return page
        if self._widget is None:
            self._widget = _make_widget(self)
        if hasattr(self._widget, "_repr_mimebundle_"):
            bundle = self._widget._repr_mimebundle_()
        else:  # ipywidgets 7, which Colab has
            view = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
            bundle = {"application/vnd.jupyter.widget-view+json": view}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, **page}, metadata

    def html(self) -> str:
        """Return the explorer without a kernel: the still picture, and the state for the page's script."""
        still = self.picture()
        source = base64.b64encode(still.data).decode("ascii")
        wide, narrow = self.height
        parts = (
            f'<div class="cnl" data-live="{self.name}" data-module="{self.module}" role="group" '
            f'aria-label="Explorer: {html.escape(self.title)}" data-lm-suppress-shortcuts="true" '
            f'style="--cnl-wide:{wide}rem;--cnl-narrow:{narrow}rem">',
            f'<p class="cnl-title">{html.escape(self.title)}</p>',
            f'<img class="cnl-still" src="data:image/webp;base64,{source}" '
            f'alt="{html.escape(still.alt)}" width="{still.width}" height="{still.height}">',
            _STILL,
            f'<script type="application/json" class="cnl-state">{self._data()}</script>',
            "</div>",
        )
        return "\n".join(parts)

    def _data(self) -> str:
        state = {name: _packed(value) for name, value in self._values.items()}
        data = {**state, "constants": self._all_constants()}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        # Inside a script element "</script>" would end it and "<!--" would change how it is read.
        return text.replace("<", "\\u003c")

    def _all_constants(self) -> dict[str, Any]:
        return {"title": self.title, **self.constants()}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _packed(value: Any) -> Any:
    """A large picture of whole grey levels as bytes: a third of its size as text; anything else as it is."""
    grey = isinstance(value, np.ndarray) and value.ndim == 2 and value.size > 400
    if grey and value.min() >= 0 and value.max() <= 255 and (value == np.rint(value)).all():
        text = base64.b64encode(value.astype(np.uint8).tobytes()).decode("ascii")
        return {"bytes": text, "shape": list(value.shape)}
    return _plain(value)


def _has_kernel() -> bool:
    from cnncourse.course.explorers import is_live

    if not is_live():
        return False
    try:
        import anywidget  # noqa: F401
    except ImportError:
        return False
    return True


def _make_widget(explorer: Live) -> Any:
    """Return the widget of an explorer: one trait for each entry of the state, in step both ways."""
    import anywidget
    import traitlets

    traits: dict[str, Any] = {
        name: traitlets.Any(_plain(value)).tag(sync=True) for name, value in explorer._values.items()
    }
    traits["constants"] = traitlets.Any(explorer._all_constants()).tag(sync=True)
    text = {"_esm": modules.joined(explorer.module), "_css": "\n".join(modules.styles(explorer.module))}
    widget = type(type(explorer).__name__ + "Widget", (anywidget.AnyWidget,), {**text, **traits})()

    def moved(change: Any) -> None:
        # From the page, which has checked it. What Python sent comes by too and changes nothing.
        explorer._values = explorer._checked({change["name"]: change["new"]})

    widget.observe(moved, names=list(explorer.fields()))
    return widget
