"""A browser and the built site: `make book` first, then `pytest -m site`.

The site comes from $CNNCOURSE_SITE or `_site/_build/html`, the browser from $CHROMIUM or the path. A missing
one fails, because a skipped browser test looks like a passed one.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("CNNCOURSE_SITE") or ROOT / "_site/_build/html")
AXE = ROOT / ".node/node_modules/axe-core/axe.min.js"
sys.path.insert(0, str(ROOT / "tools"))  # the Sphinx extension, which no package holds
DESKTOP = {"width": 1280, "height": 900}


def page_names():
    """Names of all pages, relative to the site; one stand-in that fails when there is no site."""
    names = sorted(
        path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if "_static" not in path.parts
    )
    return names or ["no-site-built"]


def pages_with(*markers):
    """Names of the pages whose HTML contains one of the markers."""
    found = [
        name
        for name in page_names()
        if (SITE / name).is_file() and any(marker in (SITE / name).read_text("utf-8") for marker in markers)
    ]
    return found or ["none-found"]


def pytest_generate_tests(metafunc):
    marked = {
        "page_name": (),
        "slider_page": ('class="cnx-explorer"', 'class="cnx-quest"'),
        "quest_page": ('class="cnx-quest"',),
        "quiz_page": ('class="cnx-quiz"',),
    }
    for name, markers in marked.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, pages_with(*markers) if markers else page_names())


@pytest.fixture(scope="session")
def site():
    """Folder of the built site."""
    if not (SITE / "index.html").is_file():
        pytest.fail(
            f"no site in {SITE}; run `make book` first, or name its folder in CNNCOURSE_SITE", pytrace=False
        )
    return SITE


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        """Keep the requests out of the test report."""


@pytest.fixture(scope="session")
def address(site):
    """Address of a local server that serves the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass
class Visit:
    """An open page and what went wrong on it so far."""

    page: object
    outside: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def settle(self):
        """Wait until every picture that was asked for is there."""
        self.page.wait_for_load_state("networkidle")

    def assert_clean(self):
        """No request to another host, no error on the console, no exception, no missing file."""
        assert self.outside == []
        assert self.errors == []


@pytest.fixture
def visit(browser, address):
    """Open a page of the site with every request to other hosts blocked and recorded."""
    contexts = []

    @contextmanager
    def open_page(name, *, theme="light", size=None, base=None, touch=False):
        context = browser.new_context(viewport=size or DESKTOP, color_scheme=theme, has_touch=touch)
        contexts.append(context)
        base = base or address
        seen = Visit(context.new_page())
        context.route("**/*", partial(_only_from, base, seen))
        seen.page.on("console", lambda message: message.type == "error" and seen.errors.append(message.text))
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on(
            "response",
            lambda reply: reply.status >= 400 and seen.errors.append(f"{reply.status} {reply.url}"),
        )
        seen.page.goto(f"{base}/{name}")
        seen.settle()
        yield seen
        seen.settle()
        seen.assert_clean()
        context.close()

    yield open_page
    for context in contexts:
        context.close()


def _only_from(base, seen, route):
    if route.request.url.startswith((base, "data:", "blob:")):
        route.continue_()
    else:
        seen.outside.append(route.request.url)
        route.abort()


@pytest.fixture(scope="session")
def axe_script():
    """Path of axe-core, which `.ci/run` installs."""
    if not AXE.is_file():
        pytest.fail(f"no {AXE}; run `npm install --prefix .node axe-core@4`", pytrace=False)
    return str(AXE)
