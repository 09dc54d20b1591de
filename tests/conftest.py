"""What tests of several rooms share: the browser."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window, one for the whole run: Playwright refuses to be started twice.

    The program comes from $CHROMIUM or the path. A missing one fails, because a skipped browser test looks
    like a passed one.
    """
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no chromium found; install it, or name the program in CHROMIUM", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
