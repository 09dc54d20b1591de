"""What tests of several rooms share: the browser, and explorers caught before they are shown."""

import pytest


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window, one for the whole run: Playwright refuses to be started twice.

    The program comes from $CHROMIUM or the path. A missing one fails, because a skipped browser test looks
    like a passed one.
    """
    from playwright.sync_api import sync_playwright
    from repository import chromium_path

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def shown(monkeypatch):
    """The explorers that `explore` and `quest` would have shown, in order."""
    from cnncourse.course import explorers

    caught = []
    monkeypatch.setattr(explorers, "_show", caught.append)
    return caught
