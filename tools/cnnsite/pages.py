"""What the templates know about a page, and what is done to its HTML before it is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from repository import colab_link, is_placeholder
from sphinx.application import Sphinx
from sphinx.util import logging

from cnnsite import live
from cnnsite.images import (
    FrameStore,
    complete_images,
    drop_repeats,
    drop_script_notes,
    externalise,
    keep_first_frames,
    share_code,
    wrap_tables,
)

LOGGER = logging.getLogger(__name__)
# Brought along by extensions; the theme has its own rules for all that the book uses of them.
UNUSED_ASSETS = ("basic.css", "design-tabs", "exercise.css", "mystnb", "pygments")
# Sphinx puts them on every page; the template of the search page, which alone needs them, names them itself.
SEARCH_ASSETS = ("doctools.js", "documentation_options.js", "sphinx_highlight.js")
# Faults in the HTML that extensions write.
REPAIRS = (
    ('role="doc-biblioentry"', 'role="listitem"'),  # withdrawn by ARIA, and no child of a list
    (' id="exercise-content"', ""),  # the same in each exercise of a page
    (' id="solution-content"', ""),
    ('<p><ul class="simple">', '<ul class="simple">'),  # of autodoc: a list cannot stand in a paragraph
    ("</ul>\n</p>", "</ul>"),
)
# Sphinx gives the links beside headings and figures a title, but a screen reader reads their text, "#".
PERMALINK = re.compile(r'(<a class="headerlink" href="[^"]*") title="([^"]*)"')
# Marks on names, operators and punctuation of code: they have no colour and take a quarter of the HTML.
UNCOLOURED = re.compile(r'<span class="[nopw]">([^<]*)</span>')
# Around names in the text and at the start of each block of code; and classes of docutils' own style sheet.
UNUSED = re.compile(r'<span></span>|<span class="pre">([^<]*)</span>| docutils container(?=")')
# An f-string comes in pieces (prefix, quotes, braces, text), which all have the colour of strings.
PIECES_OF_STRING = re.compile(r'(?:<span class="s[12abcdei]?">[^<]*</span>){2,}')


def prepare(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Complete the context of one page: links, assets, and the HTML of its body."""
    context.update(_links(app, pagename, context), author=app.config.author)
    for kind in ("css_files", "script_files"):
        context[kind] = [asset for asset in context.get(kind, []) if not _unused(asset)]
    if doctree is not None:
        context["body"] = _finish_body(app, pagename, context["body"])
        context["description"] = _description(app, pagename, doctree)


def _unused(asset: Any) -> bool:
    name = str(getattr(asset, "filename", asset) or "")
    return any(part in name for part in UNUSED_ASSETS + SEARCH_ASSETS)


def _links(app: Sphinx, pagename: str, context: dict[str, Any]) -> dict[str, str]:
    """Links that lead from a page to its source, to Colab and to the list of faults."""
    options = app.config.html_theme_options
    repository = options.get("repository_url", "").rstrip("/")
    if not repository or pagename not in app.env.found_docs:
        return {}
    source = Path(app.env.doc2path(pagename)).relative_to(app.srcdir).as_posix()
    path = "/".join(part for part in (options.get("path_to_docs", "").strip("/"), source) if part)
    branch = options.get("repository_branch", "main")
    links = {
        "edit_url": f"{repository}/edit/{branch}/{path}",
        "issue_url": f"{repository}/issues/new?title={quote(f'Page {pagename}: ')}",
    }
    if source.endswith(".ipynb"):
        links["colab_url"] = colab_link(repository, path, branch)
        links["notebook_url"] = context["pathto"](f"_sources/{source}", 1)
    return links


def lighten(body: str) -> str:
    """Take out marks that change nothing in how a page looks: most stand in highlighted code."""

    def whole(pieces: re.Match) -> str:
        return f'<span class="s">{re.sub("<[^>]*>", "", pieces[0])}</span>'

    return PIECES_OF_STRING.sub(whole, UNCOLOURED.sub(r"\1", UNUSED.sub(r"\1", body)))


def _finish_body(app: Sphinx, pagename: str, body: str) -> str:
    prefix = "../" * pagename.count("/") + "_images/"
    sources = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}
    folder = Path(app.outdir, "_images")

    def find(url: str) -> Path | None:
        name = url.rsplit("/", 1)[-1]
        path = sources.get(name, folder / name)
        return path if url.startswith(prefix) and path.is_file() else None

    def warn(message: str) -> None:
        LOGGER.warning(message, location=pagename, type="cnnsite", subtype="alt")

    for fault, repair in REPAIRS:
        body = body.replace(fault, repair)
    body = lighten(body)
    body = PERMALINK.sub(r'\1 title="\2" aria-label="\2"', body)
    store = FrameStore(folder)
    body = drop_repeats(drop_script_notes(wrap_tables(externalise(body, store, prefix))))
    body = live.bring_to_life(share_code(body, store, prefix), store, prefix)
    return complete_images(body, find, warn)


def _description(app: Sphinx, pagename: str, doctree: nodes.document) -> str:
    """The page's description for search engines: from its metadata, else its first paragraph."""
    for meta in doctree.findall(nodes.meta):
        if meta.get("name") == "description":
            return ""  # Sphinx writes it
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 40:
            return text if len(text) < 160 else text[:157].rsplit(" ", 1)[0] + " …"
    return f"{app.env.titles[pagename].astext()}: {app.config.html_title}"


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the front door ``index.html`` and lighten the notebooks to download; warn of a placeholder."""
    if error is not None or app.builder.name != "html":
        return
    root = Path(app.outdir, f"{app.config.root_doc}.html")
    if root.is_file():
        shutil.copyfile(root, Path(app.outdir, "index.html"))
    for notebook in sorted(Path(app.outdir, "_sources").rglob("*.ipynb")):
        keep_first_frames(notebook)
    repository = app.config.html_theme_options.get("repository_url", "")
    if repository and is_placeholder(repository):
        LOGGER.info(
            "cnncourse: the repository URL is still the placeholder %s (make site-url URL=…)", repository
        )
