"""The drawing pad with a kernel: a canvas, a hidden text field that carries the drawing, and the answer.

Written for ipywidgets 7 and 8 alike. Neither has a canvas, so the pad is plain HTML with a script. It writes
into the text field of a `Textarea`, which both versions keep in step with the kernel.
"""

from __future__ import annotations

import html
import uuid
from importlib import resources

import numpy as np

SIDE = 28
_PAD = """<div class="cnx-pad" data-field="{field}" style="max-width:280px">
<canvas width="280" height="280" tabindex="0" role="application" data-lm-suppress-shortcuts="true" \
aria-label="Drawing pad, {side} by {side} cells. \
The arrow keys move the pen, the space bar puts it down and lifts it, Delete clears the pad." \
style="display:block;width:100%;touch-action:none;cursor:crosshair;border-radius:6px;background:#000"></canvas>
<p style="margin:.4rem 0"><button type="button" data-lm-suppress-shortcuts="true">Clear</button>
<span class="cnx-pad-said" role="status" style="margin-left:.6rem"></span></p>
<script>{script}</script>
</div>"""
_INVITATION = "<p>Draw a digit: with the mouse, a finger, or arrow keys and space bar.</p>"


def read_cells(text):
    """Return the drawing that the pad wrote into its text field."""
    text = text or "00" * SIDE * SIDE
    try:
        cells = bytes.fromhex(text)
    except ValueError:
        cells = b""
    if len(cells) != SIDE * SIDE:
        raise ValueError(
            f"text: got {len(text)} characters, but a drawing is {2 * SIDE * SIDE} hexadecimal digits. "
            "Clear the pad and draw again."
        )
    return np.frombuffer(cells, np.uint8).reshape(SIDE, SIDE).astype(np.float32) / 255


class DrawingPad:
    """A pad to draw on, and the answer to what is on it.

    Parameters
    ----------
    answer_to : callable
        Takes the drawing, an ndarray of shape (28, 28), and returns the answer as HTML.

    Attributes
    ----------
    drawing : ipywidgets.Textarea
        Hidden; the pad's script writes the cells into it. Setting ``.value`` draws.
    answer : ipywidgets.HTML
        What `answer_to` says about the drawing, or why it failed.
    page : str
        The pad as HTML, to be displayed in the same output as `box`.
    box : ipywidgets.VBox
        Text field and answer.
    """

    def __init__(self, answer_to):
        import ipywidgets

        self._answer_to = answer_to
        field = f"cnx-pad-{uuid.uuid4().hex[:12]}"
        script = resources.files(__package__).joinpath("drawing_pad.js").read_text(encoding="utf-8")
        self.page = _PAD.format(field=field, side=SIDE, script=script)
        self.drawing = ipywidgets.Textarea(layout=ipywidgets.Layout(display="none"))
        self.drawing.add_class(field)
        self.drawing.observe(self._drawn, names="value")
        self.answer = ipywidgets.HTML(_INVITATION)
        self.box = ipywidgets.VBox([self.drawing, self.answer])

    def _drawn(self, change):
        # An exception in here would reach no one: a widget's callbacks have no cell to print into.
        try:
            image = read_cells(change["new"])
            self.answer.value = self._answer_to(image) if image.any() else _INVITATION
        except Exception as error:
            text = html.escape(f"{type(error).__name__}: {error}")
            self.answer.value = f'<p role="alert"><strong>No answer.</strong> {text}</p>'
