"""Compare two built sites as a reader sees them: the text of every page, its pictures, its pixels.

    python tools/compare_site.py BEFORE AFTER
    python tools/compare_site.py BEFORE AFTER --fast --allow '^(from|import) '
    python tools/compare_site.py BEFORE AFTER --pages 'api/*' --widths 390

For a change that should not be seen. BEFORE and AFTER are the folders that hold `index.html`. Each page is
drawn in Chromium, its folded parts open, at every width in light and in dark. It is *equal* where these are:

- the text: all visible text of the page in reading order, with one line for each picture (a sum of its bytes
  and its alternative text) and for each frame of a control. What the file of a picture or a page is called
  makes no difference: a missing page is looked for by its title. Addresses of links are not compared.
- the pixels and the height, after each block of text that differs (a paragraph, a cell of code) is taken out
  of both pages, so that what follows it stands at one height again.

`--allow REGEX` (as often as needed) accepts a change of text if every line removed or added is empty or
matches one of the expressions; `[only in AFTER] promises.html` is such a line too. A picture whose
`[picture …]` line may change must still look the same. `--fast` compares the texts and the bytes of
pictures, at one width. The exit code is 1 where something differs beyond what is allowed.
"""

from __future__ import annotations

import argparse
import base64
import difflib
import fnmatch
import hashlib
import io
import json
import re
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from repository import chromium_path

WIDTHS = (1280, 390)
TILE = 4000  # rows of a page in memory at a time
NEAR = 8  # differing rows this close are reported as one stretch
STILL = "* { animation: none !important; transition: none !important; caret-color: transparent !important; }"
PICTURE_NAME = re.compile(r"(?:\.\./)*_images/([\w.-]+)")

SETTLE = """async () => {
  document.querySelectorAll("details").forEach((block) => { block.open = true; });
  for (const picture of document.images) picture.loading = "eager";
  await Promise.all([...document.images].map((picture) => picture.decode().catch(() => null)));
  // What scrolls or sticks is a layer of its own, whose round corners Chromium draws differently each time.
  for (const box of document.querySelectorAll("body *")) {
    const style = getComputedStyle(box);
    if (/auto|scroll/.test(style.overflow)) box.style.overflow = "hidden";
    if (style.position === "sticky") box.style.position = "static";
  }
  await document.fonts.ready;
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""

# Runs of text by the innermost boxes around them, pictures, data of controls; `window.blocks` keeps them.
BLOCKS = """() => {
  const blocks = window.blocks = [];
  const put = (element, kind, text) => blocks.push({ element, kind, text });
  const boxOf = (element) => {
    let box = element.closest("math")?.parentElement ?? element;
    while (/^(inline|contents)/.test(getComputedStyle(box).display)) box = box.parentElement;
    return box;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches('script[type="application/json"]')) put(node.parentElement, "data", node.textContent);
      else if (node.matches("img") && node.checkVisibility()) put(node, "picture", `${node.src} ${node.alt}`);
      continue;
    }
    if (!node.parentElement.checkVisibility()) continue;
    const box = boxOf(node.parentElement);
    const last = blocks.at(-1);
    if (last?.kind === "text" && last.element === box) last.text += node.data;
    else if (node.data.trim()) put(box, "text", node.data);
  }
  return blocks.map(({ element, kind, text }) => {
    const asItIs = kind === "data" || getComputedStyle(element).whiteSpace.startsWith("pre");
    return [kind, asItIs ? text : text.replace(/\\s+/g, " ").trim()];
  });
}"""

# Takes out the blocks of text among these, each with the boxes around it that hold nothing else.
TAKE_OUT = """(numbers) => {
  const parts = "img, input, button, svg, canvas";
  const content = (box) => box.querySelectorAll(parts).length + box.innerText.trim();
  const blocks = numbers.map((number) => window.blocks[number]).filter(({ kind }) => kind === "text");
  const boxes = blocks.map(({ element: box }) => {
    const outer = () => box.parentElement;
    while (outer() !== document.body && content(outer()) === content(box)) box = outer();
    return box;
  });
  for (const box of boxes) box.style.setProperty("display", "none", "important");
}"""


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        """Keep the requests off the screen."""


@contextmanager
def served(site: Path):
    """Serve a folder on this machine and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def page_pairs(before: Path, after: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Pair pages by name, the rest by title; return the pairs and a line for each page left over."""
    old, new = (page_titles(site) for site in (before, after))
    pairs = [(name, name) for name in old.keys() & new.keys()]
    by_title = {title: name for name, title in new.items() if name not in old}
    for name in sorted(old.keys() - new.keys()):
        if old[name] in by_title:
            pairs.append((name, by_title.pop(old[name])))
    left = [f"[only in BEFORE] {name}" for name in sorted(old.keys() - {pair[0] for pair in pairs})]
    left += [f"[only in AFTER] {name}" for name in sorted(new.keys() - {pair[1] for pair in pairs})]
    return sorted(pairs), left


def page_titles(site: Path) -> dict[str, str]:
    """Return the title of each page of a site, by the page's name."""
    titles = {}
    for path in sorted(site.rglob("*.html")):
        if "_static" not in path.parts:
            found = re.search(r"<title>(.*?)</title>", path.read_text(encoding="utf-8"), re.DOTALL)
            titles[path.relative_to(site).as_posix()] = found[1] if found else path.name
    if not titles:
        raise SystemExit(f"no pages in {site}: name the folder that holds index.html")
    return titles


def digest(path: Path) -> str:
    """Return a short sum of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "no such file"


def visible_blocks(page: Page, site: Path) -> list[tuple[str, ...]]:
    """Return the lines of each block of a drawn page, in the order of the page's own `window.blocks`."""

    def lines(kind: str, text: str) -> tuple[str, ...]:
        if kind == "picture":
            source, alt = text.split(" ", 1) if " " in text else (text, "")
            path = site / unquote(urlsplit(source).path).lstrip("/")
            sum_ = hashlib.sha256(source.encode()).hexdigest()[:12] if source[:5] == "data:" else digest(path)
            return (f"[picture {sum_}] {alt}",)
        if kind == "data":
            data = json.loads(PICTURE_NAME.sub(lambda name: digest(site / "_images" / name[1]), text))
            frames = data.pop("frames", []) if isinstance(data, dict) else []
            return tuple(f"[data] {json.dumps(part, ensure_ascii=False)}" for part in [*frames, data])
        return tuple(line.rstrip() for line in text.strip("\n").split("\n"))

    return [lines(kind, text) for kind, text in page.evaluate(BLOCKS)]


def compare_texts(before: list, after: list, allow: list[str]) -> tuple[list[str], int, list[int], list[int]]:
    """Compare the blocks of a page.

    Returns a unified diff of what is not allowed, how many changes are allowed, and the numbers of the blocks
    that differ in either page.
    """
    shown: list[str] = []  # the page after, with the old lines where a change is allowed
    allowed, old_numbers, new_numbers = 0, [], []
    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        old, new = ([line for block in part for line in block] for part in (before[i:i_end], after[j:j_end]))
        if tag != "equal":
            old_numbers += range(i, i_end)
            new_numbers += range(j, j_end)
            changed = [line[2:] for line in difflib.ndiff(old, new) if line[:2] in ("- ", "+ ")]
            if all(matches(line, allow) for line in changed):
                allowed += 1
                new = old
        shown += new
    lines = [line for block in before for line in block]
    diff = list(difflib.unified_diff(lines, shown, "before", "after", lineterm="", n=1))
    return diff, allowed, old_numbers, new_numbers


def matches(line: str, allow: list[str]) -> bool:
    """Tell whether a changed line is one that may change; an empty one always is."""
    return not line.strip() or any(re.search(pattern, line) for pattern in allow)


def compare_pixels(before: Page, after: Page) -> list[str]:
    """Compare two drawn pages tile by tile; return what differs, in words."""
    heights = [page.evaluate("document.documentElement.scrollHeight") for page in (before, after)]
    width = before.viewport_size["width"]
    cameras = [page.context.new_cdp_session(page) for page in (before, after)]
    count, rows = 0, []
    for top in range(0, min(heights), TILE):
        height = min(TILE, min(heights) - top)
        clip = {"x": 0, "y": top, "width": width, "height": height, "scale": 1}
        request = {"clip": clip, "captureBeyondViewport": True, "optimizeForSpeed": True}
        tiles = [camera.send("Page.captureScreenshot", request)["data"] for camera in cameras]
        if tiles[0] != tiles[1]:
            old, new = (np.asarray(Image.open(io.BytesIO(base64.b64decode(tile)))) for tile in tiles)
            differs = (old != new).any(axis=-1)
            count += int(differs.sum())
            rows += (top + np.flatnonzero(differs.any(axis=1))).tolist()
    found = [f"height: {heights[0]} before, {heights[1]} after"] if heights[0] != heights[1] else []
    return found + ([f"{count:,} pixels differ, in rows {stretches(rows)}"] if count else [])


def stretches(rows: list[int]) -> str:
    """Write row numbers as stretches: `3-7, 40-52`."""
    ends = [k for k in range(1, len(rows)) if rows[k] - rows[k - 1] > NEAR]
    parts = [rows[start:end] for start, end in zip([0, *ends], [*ends, len(rows)])]
    return ", ".join(f"{part[0]}-{part[-1]}" for part in parts)


def compare_page(tabs: list[Page], sites: tuple[Path, Path], allow: list[str], fast: bool):
    """Compare a page that is open in both sites: the diff of its text, what else differs, changes allowed."""
    for tab in tabs:
        tab.add_style_tag(content=STILL)
        tab.evaluate(SETTLE)
    blocks = [visible_blocks(tab, site) for tab, site in zip(tabs, sites)]
    diff, allowed, *numbers = compare_texts(*blocks, allow)
    if fast:
        return diff, [], allowed
    for tab, those in zip(tabs, numbers):
        tab.evaluate(TAKE_OUT, those)
    return diff, compare_pixels(*tabs), allowed


@contextmanager
def opened(browser: Browser, addresses: list[str], width: int, theme: str):
    """Open one page of each site in a fresh context."""
    form = {"viewport": {"width": width, "height": 900}, "color_scheme": theme, "reduced_motion": "reduce"}
    contexts = [browser.new_context(**form) for _ in addresses]
    tabs = [context.new_page() for context in contexts]
    for tab, address in zip(tabs, addresses):
        tab.goto(address)
    yield tabs
    for context in contexts:
        context.close()


def compare_sites(
    browser: Browser, before: Path, after: Path, *, pages="*", widths=WIDTHS, fast=False, allow=()
) -> int:
    """Compare the pages in all forms, print what comes out, and return how many differ."""
    pairs, left = page_pairs(before, after)
    pairs = [names for names in pairs if fnmatch.fnmatch(names[0], pages)]
    left = [line for line in left if fnmatch.fnmatch(line.split("] ")[1], pages) and not matches(line, allow)]
    if not pairs and not left:
        raise SystemExit(f"no page matches --pages {pages!r}")
    for line in left:
        print(f"DIFFERS  {line}")
    forms = [(width, theme) for width in widths for theme in ("light", "dark")][: 1 if fast else None]
    differing = len(left)
    with served(before) as old, served(after) as new:
        for names in pairs:
            last_diff: list[str] = []
            for width, theme in forms:
                with opened(browser, [f"{old}/{names[0]}", f"{new}/{names[1]}"], width, theme) as tabs:
                    diff, found, allowed = compare_page(tabs, (before, after), allow, fast)
                word = "DIFFERS" if diff or found else "equal"
                note = f", text changed where allowed: {allowed}" if allowed else ""
                print(f"{word:8} {' -> '.join(dict.fromkeys(names))} {width} {theme}{note}", flush=True)
                for line in found + (["text: as above"] if diff and diff == last_diff else diff):
                    print(f"    {line}")
                last_diff = diff
                differing += word == "DIFFERS"
    print(f"{len(pairs)} pages in {len(forms)} forms, {differing} differences")
    return differing


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--pages", default="*", metavar="GLOB", help="only these pages, such as 'api/*'")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS, metavar="PIXELS")
    parser.add_argument("--fast", action="store_true", help="only texts and the bytes of pictures")
    parser.add_argument("--allow", action="append", default=[], metavar="REGEX", help="lines that may change")
    chosen = vars(parser.parse_args(arguments))
    start = time.perf_counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        differing = compare_sites(browser, chosen.pop("before"), chosen.pop("after"), **chosen)
        browser.close()
    print(f"{time.perf_counter() - start:.0f} seconds")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
