"""Live explorers: the scripts and styles that bring a stored explorer to life, only on pages that have one.

The page itself loads the host alone, 3 kB. The host loads an explorer's modules when it comes near the
screen. Each module is one file under a name made from its content, which explorers and pages share.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from cnncourse.course import modules
from cnnsite.images import FrameStore, drop_script_notes, externalise, share_code

_HOME = re.compile(r'<div class="cnl" data-live="[^"]*" data-module="([^"]+)"')
_STATE = re.compile(r'(<script type="application/json" class="cnl-state")>(.*?)</script>', re.DOTALL)
LARGEST_STATE = 8000  # characters that stand in the page itself; a larger state waits in a file


def bring_to_life(body: str, store: FrameStore, prefix: str) -> str:
    """Name each explorer's scripts, and load the styles and the host.

    Parameters
    ----------
    body : str
        HTML of a page.
    store : FrameStore
        Where the files go.
    prefix : str
        Relative URL of the store's folder as seen from the page.

    Returns
    -------
    str
        The HTML with ``data-scripts`` on each explorer. A page without one is returned as it came.

    Raises
    ------
    ValueError
        If a module is missing or cannot be wrapped: see `cnncourse.course.modules`.
    """
    names = list(dict.fromkeys(_HOME.findall(body)))
    if not names:
        return body
    files = {
        name: " ".join(prefix + store.save(text.encode(), ".js") for _, text in modules.scripts(name))
        for name in names
    }
    sheets = dict.fromkeys(sheet for name in names for sheet in modules.styles(name))
    links = "".join(
        f'<link rel="stylesheet" href="{prefix}{store.save(sheet.encode(), ".css")}">\n' for sheet in sheets
    )
    host = prefix + store.save(modules.host().encode(), ".js")
    # Deferred: it starts once the page is there.
    script = f'<script src="{host}" defer></script>\n'
    body = _STATE.sub(lambda match: _state(match, store, prefix), body)
    return links + _HOME.sub(lambda match: f'{match[0]} data-scripts="{files[match[1]]}"', body) + script


def _state(match: re.Match, store: FrameStore, prefix: str) -> str:
    """Move a large state into a script of its own, which the host loads with the explorer's modules."""
    opening, text = match.groups()
    if len(text) <= LARGEST_STATE:
        return match[0]
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    place = store.save(f"cnnLive.keep({json.dumps(key)},{text});\n".encode(), ".js")
    return f'{opening} data-key="{key}" data-from="{prefix}{place}"></script>'


def preview(pieces: list[str], folder: Path) -> Path:
    """Write explorers, each as its HTML, as a page of their own in a folder, and return its path.

    The page is treated as the site's are; tests and benchmarks look at explorers without building the site.
    """
    store = FrameStore(folder / "_images")
    body = drop_script_notes(externalise("".join(pieces), store, "_images/"))
    body = bring_to_life(share_code(body, store, "_images/"), store, "_images/")
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Preview</title>'
    page = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    return path
