"""The form with a kernel: ipywidgets sliders, and a picture that is drawn anew at each move.

Written for ipywidgets 7 and 8 alike (Colab still has 7): only sliders, boxes and HTML.
"""

from __future__ import annotations

import base64
import html

from cnncourse.plots import encode

_FRAME = (
    '<img class="cnx-frame" src="data:image/png;base64,{source}" alt="{alt}" width="{width}" '
    'height="{height}" '
    'decoding="sync" style="max-width:100%;height:auto;border-radius:6px">'
)
_VERDICT = (
    '<p role="status" style="margin:0;max-width:34rem;padding:.5rem .8rem;border-left:4px solid {colour};'
    'background:#f3f2ee;color:#1f2430;line-height:1.45"><strong>{word}</strong> {hint}</p>'
)


class KernelForm:
    """An explorer as live ipywidgets: a slider for each choice, and ``draw`` called at each move.

    Parameters
    ----------
    explorer : cnncourse.widgets.frames.Explorer
        What to show.

    Attributes
    ----------
    sliders : dict of str to ipywidgets.SelectionSlider
        By the name of the choice. Setting ``.index`` moves one.
    picture : ipywidgets.HTML
        The frame now shown, with its alternative text.
    verdict : ipywidgets.HTML or None
        The verdict and hint of a quest.
    box : ipywidgets.VBox
        All of it; what is displayed.
    """

    def __init__(self, explorer):
        import ipywidgets

        self.explorer = explorer
        self.picture = ipywidgets.HTML()
        self.verdict = ipywidgets.HTML() if explorer.is_quest else None
        self.sliders = {choice.name: _slider(ipywidgets, choice) for choice in explorer.choices}
        for slider in self.sliders.values():
            slider.observe(self._moved, names="index")
        self._seen = {}
        head = f"<strong>{html.escape(explorer.title)}</strong>"
        if explorer.is_quest:
            head = f"<strong>Quest.</strong> {html.escape(explorer.prompt)}"
        moving = [s for s, c in zip(self.sliders.values(), explorer.choices) if len(c.values) > 1]
        parts = [ipywidgets.HTML(head), self.picture, *moving]
        self.box = ipywidgets.VBox(parts + ([self.verdict] if self.verdict else []))
        self._show()

    def _moved(self, _change):
        self._show()

    def _show(self):
        position = tuple(slider.index for slider in self.sliders.values())
        if position not in self._seen:
            self._seen[position] = self.explorer.frame(position, encode.to_png)
        frame = self._seen[position]
        self.picture.value = _markup(frame)
        if self.verdict is not None:
            self.verdict.value = _VERDICT.format(
                colour="#00694d" if frame.solved else "#596070",
                word="✓ Solved." if frame.solved else "Not yet.",
                hint=html.escape(frame.hint),
            )


def _slider(ipywidgets, choice):
    # (text, index) pairs: values that are equal or cannot be compared still make separate positions.
    return ipywidgets.SelectionSlider(
        options=[(text, index) for index, text in enumerate(choice.texts)],
        index=choice.start,
        description=choice.label,
        continuous_update=True,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", max_width="480px"),
    )


def _markup(frame):
    if frame.html is not None:
        return frame.html
    return _FRAME.format(
        source=base64.b64encode(frame.picture).decode("ascii"),
        alt=html.escape(frame.alt, quote=True),
        width=frame.width,
        height=frame.height,
    )
