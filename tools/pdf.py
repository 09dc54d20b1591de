"""Print the built book as one PDF, and the cheat sheet as one page of its own.

    python tools/pdf.py            # _site/_build/pdf/cnncourse.pdf and cheat_sheet.pdf

Puts the pages that `make book` has built into one document, in the order of the table of contents, with links
between pages turned into links within it, and lets Chromium print that. An explorer shows its first position.
Solutions and the answers to the questions, folded on the page, come together at the end of their chapter.
"""

from __future__ import annotations

import argparse
import posixpath
import re
import sys
from pathlib import Path
from urllib.parse import urldefrag

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright
from repository import BOOK, ROOT, chromium_path

SITE = ROOT / "_site" / "_build" / "html"
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")  # a link that begins so leads out of the site
# Attributes that hold ids, which are unique in a page and must become so in the book.
ID_ATTRIBUTES = ("id", "for", "name", "aria-labelledby", "aria-describedby", "aria-controls", "list")
PAGE_STYLE = """
@page { size: A4; margin: 17mm 18mm 19mm; @bottom-center { content: counter(page); font: 9pt sans-serif; } }
@page :first { @bottom-center { content: none; } }
.book-page { break-before: page; }
.book-page:first-of-type { break-before: auto; }
.prose :is(h1, h2, h3, h4, legend) { break-after: avoid; }
.prose :is(figure, img, fieldset, tr, li, .admonition, .cnx-explorer, .cnx-quest) { break-inside: avoid; }
.prose .highlight pre { orphans: 4; widows: 4; }
.prose a { text-decoration: none; }
.prose form.cnx-quiz { border: none; padding: 0; }
.prose .cnx-quiz label {
  display: list-item; margin: 0 0 0 2em; padding: 0; border: none; list-style: lower-alpha;
}
.prose .cnx-quiz :is(input, .cnx-quiz-said), .prose .cnx-quiz > p { display: none; }
.cnx-quiz-why { display: block; }
.answer-to { margin: 0.8em 0 0.2em; font-weight: 600; break-after: avoid; }
"""
# A page of the book at its size on a screen would be set in large print.
SCALE = 0.8

# The cheat sheet is to fit on one page.
SHEET_STYLE = """
@page { margin: 10mm 12mm; @bottom-center { content: none; } }
.prose h1, .prose h2 { margin: 0.5em 0 0.2em; }
.prose :is(th, td) { padding: 0.25em 0.5em; }
.prose p { margin: 0.3em 0; }
"""
SHEET_SCALES = (0.68, 0.64, 0.6, 0.56)  # tried in turn: how much fits on a page depends on the fonts at hand


def pages_in_order(toc: dict) -> list[str]:
    """Return the names of all pages in a table of contents, as sphinx-external-toc reads it."""
    found = [toc["root"]] if "root" in toc else [toc["file"]] if "file" in toc else []
    for key in ("parts", "chapters", "sections", "subtrees"):
        for child in toc.get(key, ()):
            found += pages_in_order(child)
    return found


def slug(page: str) -> str:
    """Return what is put before every id of a page."""
    return page.replace("/", "-")


def localise(link: str, page: str, known: set[str]) -> str:
    """Turn a link found in a page into one that holds in the whole book.

    Links to other pages of the book become anchors, links to files become relative to the site's root.
    """
    if SCHEME.match(link):
        return link
    path, anchor = urldefrag(link)
    if not path:
        return f"#{slug(page)}--{anchor}"
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    name = target.removesuffix(".html")
    if name in known:
        return f"#{slug(name)}--{anchor}" if anchor else f"#{slug(name)}"
    return f"{target}#{anchor}" if anchor else target


def article(site: Path, page: str, known: set[str]) -> Tag:
    """Return the text of a built page, ready to stand in one document with all others."""
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    text = BeautifulSoup(html, "html.parser").select_one("main article")
    if text is None:
        raise SystemExit(f"{page}.html has no <main><article>: was it built with the course's theme?")
    for unwanted in text.select("script, .headerlink, .copy"):
        unwanted.decompose()
    for card in text.select(".cnx-check-not-attempted"):
        card.find_parent(class_="cell").decompose()
    for quiz in text.select(".cell:has(.cnx-quiz) > .cell_input"):
        quiz.decompose()
    move_answers(text)
    for element in text.find_all(True):
        for attribute in ID_ATTRIBUTES:
            if attribute in element.attrs:
                value = element[attribute]
                ids = value if isinstance(value, list) else str(value).split()
                element[attribute] = " ".join(f"{slug(page)}--{one}" for one in ids)
        for attribute in ("href", "src"):
            if attribute in element.attrs:
                element[attribute] = localise(str(element[attribute]), page, known)
        if element.name == "img":
            element["loading"] = "eager"
        link = element.get("href", "#")
        if element.name == "a" and not (link.startswith("#") or SCHEME.match(link)):
            del element["href"]  # a file beside the site, or a page that this PDF leaves out
    text.name = "section"
    text["class"] = ["prose", "book-page"]
    text["id"] = slug(page)
    return text


def move_answers(text: Tag) -> None:
    """Take the folded answers out of the text and put them under a heading at its end."""
    folded = text.select("details")
    if not folded:
        return
    new = BeautifulSoup("", "html.parser").new_tag
    end = new("section", id="answers")
    end.append(new("h2", string="Solutions and answers"))
    for details in folded:
        end.append(new("p", attrs={"class": "answer-to"}, string=heading(details)))
        details.summary.decompose()
        details.name = "div"
        end.append(details.extract())
    text.append(end)


def heading(details: Tag) -> str:
    """Say which question or exercise a folded answer belongs to."""
    if details.parent.name == "fieldset":
        return " ".join(details.parent.legend.get_text(" ", strip=True).split())
    return details.find_previous(class_="admonition-title").get_text()


def book(site: Path, pages: list[str], style: str = "") -> str:
    """Return one HTML document with these pages of the site."""
    head = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser").head
    styles = "".join(str(link) for link in head.find_all("link", rel="stylesheet"))
    known = set(pages) | {"index"}
    body = "\n".join(str(article(site, page, known)) for page in pages)
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f"<title>{head.title.get_text()}</title>{styles}<style>{PAGE_STYLE}{style}</style></head>"
        f'<body><div class="page-grid"><main class="text-column">{body}</main></div></body></html>\n'
    )


def print_pdf(
    browser: Browser, site: Path, pages: list[str], destination: Path, style: str = "", scale: float = SCALE
) -> None:
    """Let Chromium print these pages of the site into one PDF with an outline."""
    source = site / "_print.html"
    source.write_text(book(site, pages, style), encoding="utf-8")
    try:
        page = browser.new_page(color_scheme="light")
        page.goto(source.as_uri(), wait_until="load")
        page.pdf(
            path=destination,
            scale=scale,
            prefer_css_page_size=True,
            print_background=True,
            outline=True,
            tagged=True,
        )
        page.close()
    finally:
        source.unlink()


def print_sheet(browser: Browser, site: Path, destination: Path) -> None:
    """Print the cheat sheet as large as one page has room for."""
    for scale in SHEET_SCALES:
        print_pdf(browser, site, ["cheat_sheet"], destination, SHEET_STYLE, scale)
        if page_count(destination) == 1:
            break


def page_count(path: Path) -> int:
    """Return how many pages a PDF of Chromium has."""
    return len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))


def main(arguments: list[str] | None = None) -> int:
    """Print the book and the cheat sheet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(arguments)
    if not (SITE / "index.html").exists():
        raise SystemExit("there is no built book: run make book first")
    pages = pages_in_order(yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8")))
    folder = SITE.parent / "pdf"
    folder.mkdir(exist_ok=True)
    whole, sheet = folder / "cnncourse.pdf", folder / "cheat_sheet.pdf"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        print_pdf(browser, SITE, pages, whole)
        print_sheet(browser, SITE, sheet)
        browser.close()
    for path in (whole, sheet):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
