"""The form without a kernel: one piece of HTML with native sliders and every frame drawn beforehand.

The same explorer gives the same bytes each time. No element has an id, so two equal explorers can stand
on one page. Without scripts the first frame is there, complete, the sliders are greyed out, and a line
says what to do.
"""

from __future__ import annotations

import base64
import html
import json

from cnncourse.course.cards import asset
from cnncourse.course.trust import script_note

MAX_FRAMES = 36


class StaticForm:
    """An explorer as self-contained HTML, shown by Jupyter as one ``text/html`` output."""

    def __init__(self, explorer):
        _check_count(explorer)
        self.explorer = explorer
        self.frames = [explorer.frame(position) for position in explorer.positions()]
        _check_sizes(explorer, self.frames)
        self.html = _page(explorer, self.frames)

    def __repr__(self):
        kind = "Quest" if self.explorer.is_quest else "Explorer"
        sliders = ", ".join(f"{c.label} ({len(c.values)} values)" for c in self.explorer.choices)
        return f"{kind}: {self.explorer.title}; sliders: {sliders}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": repr(self)}


def _check_count(explorer):
    if explorer.count <= MAX_FRAMES:
        return
    sizes = " × ".join(f"{choice.name} {len(choice.values)}" for choice in explorer.choices)
    longest = max(explorer.choices, key=lambda choice: len(choice.values))
    room = max(1, MAX_FRAMES * len(longest.values) // explorer.count)
    raise ValueError(
        f"choices: got {explorer.count} frames ({sizes}), but a page without a kernel holds at most "
        f"{MAX_FRAMES}. "
        f"Shorten a list: {longest.name} with {room} values would fit."
    )


def _check_sizes(explorer, frames):
    first = frames[0]
    for position, frame in zip(explorer.positions(), frames):
        if (frame.width, frame.height) != (first.width, first.height):
            raise ValueError(
                f"draw: its figures differ in size: {first.width} × {first.height} for "
                f"{explorer.words((0,) * len(explorer.choices))}, but {frame.width} × {frame.height} for "
                f"{explorer.words(position)}. Give every figure the same figsize, so that the page "
                "does not jump."
            )


def _page(explorer, frames):
    index = list(explorer.positions()).index(explorer.start)
    kind = "quest" if explorer.is_quest else "explorer"
    head = f'<p class="cnx-title">{html.escape(explorer.title)}</p>'
    if explorer.is_quest:
        head = f'<p class="cnx-prompt"><span class="cnx-tag">Quest</span> {html.escape(explorer.prompt)}</p>'
    controls = [_control(choice) for choice in explorer.choices if len(choice.values) > 1]
    parts = [
        f'<div class="cnx-{kind}" role="group" aria-label="{kind.title()}: {_attribute(explorer.title)}" '
        f'data-lm-suppress-shortcuts="true"{_width(frames[0])}>',
        f'<style class="cnx-style">{asset("static.css")}</style>',
        head,
        _figure(frames[index]),
        '<div class="cnx-controls">',
        *controls,
        "</div>",
        script_note("The slider is off." if len(controls) == 1 else "The sliders are off.")
        if controls
        else "",
        _verdict(frames[index]) if explorer.is_quest else "",
        f'<script type="application/json" class="cnx-frames">{_data(explorer, frames)}</script>',
        f'<script class="cnx-script">{asset("static.js")}</script>',
        "</div>",
    ]
    return "\n".join(part for part in parts if part)


def _width(frame):
    # The card is as wide as its picture: words above and below then break at the picture's edge.
    return f' style="--cnx-width:{frame.width}px"' if frame.width else ""


def _figure(frame):
    if frame.html is not None:
        role = "img" if frame.html.lstrip().startswith("<svg") else "group"
        return f'<div class="cnx-frame" role="{role}" aria-label="{_attribute(frame.alt)}">{frame.html}</div>'
    return (
        f'<img class="cnx-frame" src="{_source(frame)}" alt="{_attribute(frame.alt)}" '
        f'width="{frame.width}" height="{frame.height}" decoding="sync">'
    )


def _control(choice):
    longest = max(len(text) for text in choice.texts)
    text = html.escape(choice.texts[choice.start])
    # Greyed out until the script runs. The label wraps the slider and leaves out the value, which the
    # slider says itself through aria-valuetext.
    return (
        f'<div class="cnx-control"><label><span class="cnx-name">{html.escape(choice.label)}</span>'
        f'<input type="range" min="0" max="{len(choice.values) - 1}" step="1" value="{choice.start}" '
        f'aria-valuetext="{_attribute(choice.texts[choice.start])}" autocomplete="off" disabled></label>'
        f'<output aria-live="off" style="min-width:{longest}ch">{text}</output></div>'
    )


def _verdict(frame):
    state = "yes" if frame.solved else "no"
    word = "Solved." if frame.solved else "Not yet."
    return (
        f'<p class="cnx-verdict" data-solved="{state}"><span class="cnx-mark" aria-hidden="true"></span>'
        f'<span class="cnx-words"><span class="cnx-said"><strong class="cnx-word">{word}</strong> <span '
        f'class="cnx-hint">{html.escape(frame.hint)}</span>'
        '</span></span></p>\n<p class="cnx-live" aria-live="polite"></p>'
    )


def _data(explorer, frames):
    data = {
        "frames": [
            {
                "src": None if frame.html is not None else _source(frame),
                "alt": frame.alt,
                "html": frame.html,
                "solved": frame.solved,
                "hint": frame.hint,
            }
            for frame in frames
        ],
        "width": frames[0].width,
        "height": frames[0].height,
        "choices": [{"name": choice.name, "values": list(choice.texts)} for choice in explorer.choices],
        "start": list(explorer.start),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Inside a script element "</script>" would end it and "<!--" would change how it is read.
    return text.replace("<", "\\u003c")


def _source(frame):
    return "data:image/webp;base64," + base64.b64encode(frame.picture).decode("ascii")


def _attribute(text):
    return html.escape(text, quote=True)
