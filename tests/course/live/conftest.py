"""Pages of live explorers: the ES modules as they stand, or put together as the site's builder does."""

import json
from pathlib import Path

import pytest
from cnnsite.live import preview

import cnncourse

PACKAGE = Path(cnncourse.__file__).parent
ORIGIN = "http://modules.test"
TYPES = {".js": "text/javascript", ".css": "text/css"}


def _serve(route):
    path = PACKAGE / route.request.url.removeprefix(f"{ORIGIN}/")
    if route.request.url == f"{ORIGIN}/":
        route.fulfill(body='<!doctype html><html lang="en"><title>t</title>', content_type="text/html")
    elif path.is_file():
        route.fulfill(body=path.read_bytes(), content_type=TYPES.get(path.suffix, "text/plain"))
    else:
        route.fulfill(status=404)


@pytest.fixture(scope="session")
def module_page(browser):
    """A page whose scripts may ``import("/course/live/ops.js")``."""
    page = browser.new_page()
    page.route("**/*", _serve)
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()


# Arrays cross as flat lists with a shape: {"numbers": […], "shape": […], "bits": 32}.
_RUN = """async ([module, calls]) => {
  const all = await import(module);
  const revive = (value) => {
    if (value === null || typeof value !== "object" || value.numbers === undefined) return value;
    const Type = value.bits === 32 ? Float32Array : Float64Array;
    return { data: Type.from(value.numbers), shape: value.shape };
  };
  const plain = (value) => {
    if (Array.isArray(value)) return value.map(plain);
    if (value?.data === undefined) return value;
    return { numbers: Array.from(value.data), shape: value.shape, bits: value.data.BYTES_PER_ELEMENT * 8 };
  };
  return JSON.stringify(calls.map(([name, given]) => plain(all[name](...given.map(revive)))));
}"""


@pytest.fixture
def run_module(module_page):
    """Call functions of a module in the browser: ``run_module(path, [(name, arguments), …])``."""

    def run(module, calls):
        return json.loads(module_page.evaluate(_RUN, [f"/{module}", calls]))

    return run


@pytest.fixture
def open_page(browser, tmp_path):
    """Open explorers as a page of the site; there must be no error and no request elsewhere."""
    contexts, faults = [], []

    def open_with(*explorers, size=(1280, 900), scripts=True, scheme="light", hash="", **given):
        path = preview([one.html() for one in explorers], tmp_path)
        viewport = {"width": size[0], "height": size[1]}
        contexts.append(
            browser.new_context(
                viewport=viewport, java_script_enabled=scripts, color_scheme=scheme, has_touch=True, **given
            )
        )
        page = contexts[-1].new_page()
        page.requests = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda r: page.requests.append(r.url))
        page.goto(path.as_uri() + hash)
        if scripts:
            page.wait_for_selector(".cnl-mounted")
        return page

    yield open_with
    for context in contexts:
        for page in context.pages:
            faults += [url for url in page.requests if not url.startswith(("file:", "data:", "blob:"))]
        context.close()
    assert faults == []
