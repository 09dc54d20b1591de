"""A page in which the course's ES modules run, loaded as they stand in the package."""

import json
from pathlib import Path

import pytest

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
