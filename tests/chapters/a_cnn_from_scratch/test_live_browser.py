"""The drawing pad in a real browser: what is drawn arrives in the field that carries it to the kernel."""

import numpy as np
import pytest

from cnncourse.chapters.a_cnn_from_scratch.drawing_pad import DrawingPad, read_cells

pytestmark = pytest.mark.site

# What stands in for the widget: its text field, and a listener for the event that ipywidgets listens to.
_WIDGET = """<div class="{field}"><textarea style="display:none"></textarea></div><script>
window.sent = [];
const field = document.querySelector(".{field} textarea");
field.addEventListener("input", () => window.sent.push(field.value));
</script>"""


@pytest.fixture
def pad():
    """A pad of the kernel form; its page is opened, its Python side is not used."""
    return DrawingPad(str)


@pytest.fixture
def open_pad(browser, tmp_path, pad):
    """Open the pad as a page, with or without the widget that carries its drawings."""
    contexts, faults = [], []

    def open_with(widget=True):
        field = pad.drawing._dom_classes[0]
        text = pad.page + (_WIDGET.format(field=field) if widget else "")
        path = tmp_path / "pad.html"
        path.write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>{text}', encoding="utf-8"
        )
        contexts.append(browser.new_context(viewport={"width": 400, "height": 600}, has_touch=True))
        page = contexts[-1].new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_with
    for context in contexts:
        context.close()
    assert faults == []


def sent(page):
    """Wait for the drawing that the pad sends and return it."""
    page.wait_for_function("window.sent.length > 0")
    page.wait_for_timeout(300)
    return read_cells(page.evaluate("window.sent.at(-1)"))


def test_a_line_drawn_with_the_mouse(open_pad):
    page = open_pad()
    box = page.locator("canvas").bounding_box()
    assert box["width"] == box["height"] == 280
    x = box["x"] + 145
    page.mouse.move(x, box["y"] + 55)
    page.mouse.down()
    page.mouse.move(x, box["y"] + 205, steps=3)
    page.mouse.up()
    page.mouse.move(box["x"] + 20, box["y"] + 20)  # the pen is up: this draws nothing
    cells = sent(page)
    assert (cells[6:20, 14] == 1).all()
    rows, columns = np.nonzero(cells)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 21, 13, 15)


def test_the_keyboard_draws_too(open_pad):
    page = open_pad()
    canvas = page.locator("canvas")
    said = page.locator(".cnx-pad-said")
    for key in ["ArrowUp"] * 4 + ["Space"] + ["ArrowRight"] * 6:
        canvas.press(key)
    assert said.inner_text() == "row 11, column 21, pen down"
    canvas.press("Space")
    canvas.press("ArrowDown")
    assert said.inner_text() == "row 12, column 21, pen up"
    cells = sent(page)
    assert (cells[10, 14:21] == 1).all()
    assert not cells[13:].any()
    assert not cells[:, :12].any()


@pytest.mark.parametrize("how", ["button", "key"])
def test_clearing_sends_an_empty_pad(open_pad, how):
    page = open_pad()
    page.locator("canvas").click()
    assert sent(page).any()
    page.evaluate("window.sent.length = 0")
    if how == "button":
        page.get_by_role("button", name="Clear").click()
    else:
        page.locator("canvas").press("Delete")
    assert not sent(page).any()


def test_a_finger_draws_and_the_page_does_not_scroll(open_pad):
    page = open_pad()
    page.locator("canvas").tap(position={"x": 45, "y": 45})
    cells = sent(page)
    assert cells[4, 4] == 1
    assert page.locator("canvas").evaluate("c => getComputedStyle(c).touchAction") == "none"


def test_the_pen_has_a_soft_edge(open_pad):
    page = open_pad()
    page.locator("canvas").click(position={"x": 145, "y": 145})
    cells = sent(page)
    assert cells[14, 14] == 1
    assert 0 < cells[13, 13] < 1
    assert not cells[12].any()


def test_without_a_kernel_it_says_so(open_pad):
    page = open_pad(widget=False)
    page.locator("canvas").click()
    page.get_by_text("This pad reaches no kernel. Run its cell again").wait_for(timeout=20_000)


def test_the_notebook_gets_no_letters_but_shortcuts_with_a_modifier(open_pad):
    page = open_pad()
    page.evaluate("window.keys = []; addEventListener('keydown', (e) => window.keys.push(e.key))")
    for key in ["ArrowLeft", "d", "Delete", "Shift+Enter", "Control+s"]:
        page.locator("canvas").press(key)
    assert page.evaluate("document.activeElement.matches('[data-lm-suppress-shortcuts]')")
    page.get_by_role("button", name="Clear").press("d")
    assert page.evaluate("document.activeElement.matches('[data-lm-suppress-shortcuts]')")
    assert page.evaluate("window.keys") == ["Shift", "Enter", "Control", "s"]


def test_tab_leaves_the_pad(open_pad):
    page = open_pad()
    page.locator("canvas").press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Clear"
