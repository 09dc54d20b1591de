"""The form with a kernel: ipywidgets sliders, and a picture that is drawn anew at each move.

Written for ipywidgets 7 and 8 alike (Colab still has 7): only sliders, boxes and HTML.
"""

from __future__ import annotations

import base64
import html

from cnncourse.course.cards import asset
from cnncourse.plots import encode

_FRAME = (
    '<img class="cnx-frame" src="data:image/png;base64,{source}" alt="{alt}" width="{width}" '
    'height="{height}" '
    'decoding="sync" style="max-width:100%;height:auto;border-radius:6px">'
)
# Inherited ink on a veil of grey: both follow the notebook's theme, light or dark.
_VERDICT = (
    '<p role="status" style="margin:0;max-width:34rem;padding:.5rem .8rem;border-left:4px solid {colour};'
    'background:rgba(128,128,128,.16);line-height:1.45"><strong>{word}</strong> {hint}</p>'
)
_FAILED = '<p role="alert" style="line-height:1.45"><strong>No picture.</strong> {text}</p>'
NO_WIDGETS = (
    "The controls of this cell need ipywidgets, which does not run here. In JupyterLab and Notebook 7: "
    "pip install jupyterlab_widgets where the program itself is installed, then reload this page."
)


class KernelForm:
    """An explorer as live ipywidgets: a slider for each choice, and ``draw`` called at each move."""

    def __init__(self, explorer):
        import ipywidgets

        self.explorer = explorer
        self.picture = ipywidgets.HTML()
        self.verdict = ipywidgets.HTML() if explorer.is_quest else None
        self.sliders = {choice.name: _slider(ipywidgets, choice) for choice in explorer.choices}
        for slider in self.sliders.values():
            slider.observe(self._moved, names="index")
        self._seen = {}
        self._head = f"<strong>{html.escape(explorer.title)}</strong>"
        if explorer.is_quest:
            self._head = f"<strong>Quest.</strong> {html.escape(explorer.prompt)}"
        moving = [s for s, c in zip(self.sliders.values(), explorer.choices) if len(c.values) > 1]
        parts = [ipywidgets.HTML(self._head), self.picture, *moving]
        self.box = ipywidgets.VBox(parts + ([self.verdict] if self.verdict else []))
        self.box.add_class("cnx-sliders")
        self._show()

    @property
    def script(self):
        """HTML to display before the widgets: it names the sliders and keeps their keys from the notebook."""
        return f"<script>{asset('kernel_form.js')}</script>"

    @property
    def bundle(self):
        """What to display: the widgets, and for programs without them the first frame and a sentence."""
        return widget_bundle(self.box, f"<p>{self._head}</p>{self.picture.value}")

    def _moved(self, _change):
        # An exception in here would reach no one: a widget's callbacks have no cell to print into.
        try:
            self._show()
        except Exception as error:
            self.picture.value = _FAILED.format(text=html.escape(f"{type(error).__name__}: {error}"))

    def _show(self):
        position = tuple(slider.index for slider in self.sliders.values())
        if position not in self._seen:
            self._seen[position] = self.explorer.frame(position, encode.to_png)
        frame = self._seen[position]
        self.picture.value = _markup(frame)
        if self.verdict is not None:
            self.verdict.value = _VERDICT.format(
                colour="#009e73" if frame.solved else "#8a90a0",
                word="✓ Solved." if frame.solved else "Not yet.",
                hint=html.escape(frame.hint),
            )


def widget_bundle(box, page=""):
    """Return a widget for ``display(..., raw=True)``; ``page`` is HTML for programs without ipywidgets.

    Left to itself, such a program shows the source of all widgets, pictures included.
    """
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    return {
        "application/vnd.jupyter.widget-view+json": view,
        "text/html": f"{page}<p>{html.escape(NO_WIDGETS)}</p>",
        "text/plain": NO_WIDGETS,
    }


def _slider(ipywidgets, choice):
    # (text, index) pairs: values that are equal or cannot be compared still make separate positions.
    slider = ipywidgets.SelectionSlider(
        options=[(text, index) for index, text in enumerate(choice.texts)],
        index=choice.start,
        description=choice.label,
        continuous_update=True,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", max_width="480px"),
    )
    # Left out, version 8 shows the word "null" at the pointer. Version 7 has another name for it.
    setattr(slider, "tooltip" if slider.has_trait("tooltip") else "description_tooltip", choice.label)
    return slider


def _markup(frame):
    if frame.html is not None:
        return frame.html
    return _FRAME.format(
        source=base64.b64encode(frame.picture).decode("ascii"),
        alt=html.escape(frame.alt, quote=True),
        width=frame.width,
        height=frame.height,
    )
