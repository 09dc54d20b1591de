"""Pictures: frames of explorers as files, sizes and lazy loading, a warning where a text is missing.

A stored notebook carries every frame of an explorer within itself. In a page that would be megabytes before
the first slider works, so the frames are written beside the pages, under names made from their content.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import imagesize

FRAMES = re.compile(r'(<script type="application/json" class="cnx-frames"[^>]*>)(.*?)(</script>)', re.DOTALL)
DATA_URI = re.compile(r"data:image/(webp|png|jpeg|svg\+xml);base64,([A-Za-z0-9+/=\s]+)")
IMAGE = re.compile(r"<img\b[^>]*>")
STYLE = re.compile(r"<style\b[^>]*>.*?</style>\n?", re.DOTALL)
SCRIPT = re.compile(r'<script class="cnx-[^>]*>.*?</script>\n?', re.DOTALL)
# Of cnncourse.script_note: why a control is off in a notebook that is not trusted, and how to trust it.
SCRIPT_NOTE = re.compile(r'<p class="cnx-off">.*?</p>\n?', re.DOTALL)
HOW_TO_TRUST = re.compile(r'<span class="cnx-trust">.*?</span>', re.DOTALL)
CODE = re.compile(r'<(style|script)((?: class="[^"]*")?)>(.*?)</\1>', re.DOTALL)
TABLE = re.compile(r'<table class="(?:docutils|table)\b.*?</table>', re.DOTALL)
ATTRIBUTE = re.compile(r'([a-zA-Z-]+)\s*=\s*"([^"]*)"')
SUFFIX = {"webp": ".webp", "png": ".png", "jpeg": ".jpg", "svg+xml": ".svg"}
CSS_PIXELS_PER_INCH = 100  # matplotlib's own default: a figure of 6 × 3 inches is shown 600 × 300


class FrameStore:
    """Writes each picture once, under a name made from its content.

    Parameters
    ----------
    folder : Path
        The folder of the site's pictures; made when the first picture is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, data: bytes, suffix: str) -> str:
        """Write one picture and return its file name."""
        name = hashlib.sha256(data).hexdigest()[:16] + suffix
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return name


def externalise(body: str, store: FrameStore, prefix: str) -> str:
    """Move every picture that is embedded in a page into a file.

    Parameters
    ----------
    body : str
        HTML of a page.
    store : FrameStore
        Where the pictures go.
    prefix : str
        Relative URL of the store's folder as seen from the page, for example ``"_images/"``.

    Returns
    -------
    str
        The HTML with relative URLs in place of ``data:`` URIs, in the frame lists and in ``src`` alike.

    Raises
    ------
    ValueError
        If a list of frames is not valid JSON.
    """

    def replace_uri(match: re.Match[str]) -> str:
        return prefix + store.save(base64.b64decode(match[2]), SUFFIX[match[1]])

    def replace_frames(match: re.Match[str]) -> str:
        try:
            content = json.loads(match[2])
        except json.JSONDecodeError as error:
            raise ValueError(f"the frames of an explorer are not valid JSON: {error}") from error
        for frame in content.get("frames", []):
            if frame.get("src"):
                frame["src"] = DATA_URI.sub(replace_uri, frame["src"])
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        # "</script>" would end the element, and "<!--" would change how it is read.
        return match[1] + text.replace("<", "\\u003c") + match[3]

    return DATA_URI.sub(replace_uri, FRAMES.sub(replace_frames, body))


def wrap_tables(body: str) -> str:
    """Put each table of the text into a box of its own, so that a wide one scrolls and not the page."""
    return TABLE.sub(r'<div class="table-scroll">\g<0></div>', body)


def drop_script_notes(body: str) -> str:
    """Take out the lines about notebooks that are not trusted.

    The scripts of a page would do it too, but after it is drawn.
    """
    return SCRIPT_NOTE.sub("", body)


def drop_repeats(body: str) -> str:
    """Keep one of several identical styles and scripts: each explorer of a page brings the same ones.

    The first ``<style>`` stays, so that nothing is shown without it; the last ``<script>`` stays, because it
    starts every explorer above it.
    """
    for pattern, position in ((STYLE, 0), (SCRIPT, -1)):
        found: dict[str, list[tuple[int, int]]] = {}
        for match in pattern.finditer(body):
            found.setdefault(match[0], []).append(match.span())
        spare = [span for spans in found.values() for span in spans if span != spans[position]]
        for start, end in sorted(spare, reverse=True):
            body = body[:start] + body[end:]
    return body


def share_code(body: str, store: FrameStore, prefix: str) -> str:
    """Move the styles and scripts of explorers, checks and quizzes into files that all pages share.

    Parameters
    ----------
    body : str
        HTML of a page. Data in a ``<script type=…>`` stays where it is.
    store : FrameStore
        Where the files go.
    prefix : str
        Relative URL of the store's folder as seen from the page.

    Returns
    -------
    str
        The HTML with a ``<link>`` for each style and a ``src`` for each script.
    """

    def replace(match: re.Match[str]) -> str:
        kind, attributes, text = match.groups()
        url = prefix + store.save(text.encode(), {"style": ".css", "script": ".js"}[kind])
        if kind == "style":
            return f'<link rel="stylesheet" href="{url}">'
        # Deferred: it starts what stands above and below it, once the page is there.
        return f'<script{attributes} src="{url}" defer></script>'

    return CODE.sub(replace, body)


def complete_images(body: str, find: Callable[[str], Path | None], warn: Callable[[str], None]) -> str:
    """Give every ``<img>`` its size and lazy loading, and report those without alternative text.

    Parameters
    ----------
    body : str
        HTML of a page.
    find : callable
        Takes the ``src`` of an image and returns its file, or None if it is not one of the book's own.
    warn : callable
        Takes a message; called once for each image without alternative text.

    Returns
    -------
    str
        The HTML with ``width``, ``height`` and ``loading`` added where they were missing. The first picture
        of a page is loaded at once, because it is likely to be on the first screen.
    """
    first = True

    def complete(match: re.Match[str]) -> str:
        nonlocal first
        tag = match[0]
        attributes = {name.lower(): html.unescape(value) for name, value in ATTRIBUTE.findall(tag)}
        source = attributes.get("src", "")
        alt = attributes.get("alt")
        decorative = alt == "" and "presentation" in attributes.get("role", "")
        if not decorative and (not alt or alt == source or Path(alt).name == Path(source).name):
            warn(f"an image has no alternative text: {source[:80]}")
        added = []
        path = find(source)
        if path is not None and "width" not in attributes and "height" not in attributes:
            size = shown_size(path)
            if size:
                added.append(f'width="{size[0]}" height="{size[1]}"')
        if "loading" not in attributes and not first:
            added.append('loading="lazy"')
        first = False
        return re.sub(r"\s*/?>$", "".join(f" {item}" for item in added) + ">", tag)

    return IMAGE.sub(complete, body)


def shown_size(path: Path) -> tuple[int, int] | None:
    """Width and height in CSS pixels at which an image file is shown; None when it has no size of its own.

    A figure that matplotlib saved at a higher density says so in the file, and is shown at the size it was
    drawn for.
    """
    if path.suffix == ".svg":
        return _svg_size(path.read_text(encoding="utf-8"))
    width, height = imagesize.get(path)
    if width <= 0 or height <= 0:
        return None
    density = imagesize.getDPI(path)[0]
    scale = CSS_PIXELS_PER_INCH / density if density > CSS_PIXELS_PER_INCH else 1
    return round(width * scale), round(height * scale)


def _svg_size(source: str) -> tuple[int, int] | None:
    opening = re.search(r"<svg\b[^>]*>", source)
    box = (
        re.search(r'viewBox="[\d.+-]+[ ,]+[\d.+-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', opening[0])
        if opening
        else None
    )
    return (round(float(box[1])), round(float(box[2]))) if box else None


def keep_first_frames(path: Path) -> None:
    """Leave the first frame of each explorer in a notebook that readers download.

    Running the cell brings the sliders back, and nothing else does: the line about it no longer speaks of
    trust. With all frames the notebooks are more than half of the site.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            text = "".join(data.get("text/html", ""))
            if FRAMES.search(text):
                kept = HOW_TO_TRUST.sub("", SCRIPT.sub("", FRAMES.sub("", text)))
                data["text/html"] = kept.splitlines(keepends=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
