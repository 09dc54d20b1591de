"""Live explorers under mouse, finger and keyboard, on any screen, in print and without scripts."""

import numpy as np
import pytest
from live_pages import MAKERS, convolution_windows, draw_digit, kernel_lab, put, shown

pytestmark = pytest.mark.site


def test_a_weight_is_typed_dragged_and_stepped(open_page):
    page = open_page(kernel_lab("identity"))
    middle = page.get_by_label("Kernel, row 2, column 2")
    weight = lambda: shown(page, "kernel_lab")["state"]["kernel"][1][1]  # noqa: E731
    middle.fill("1/4")
    assert weight() == 0.25
    middle.fill("x")
    assert middle.get_attribute("aria-invalid") is not None
    assert weight() == 0.25
    middle.fill("−2")
    middle.press("ArrowUp")
    middle.press("Shift+ArrowUp")
    assert weight() == -0.9
    box = middle.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 5 + 38, box["y"] + 5, steps=4)
    page.mouse.up()
    assert weight() == pytest.approx(2.1)


def test_the_keyboard_walks_the_window_and_the_sum_is_said_once(open_page):
    page = open_page(kernel_lab("identity"))
    response = page.get_by_role("application").nth(1)
    for key in ["Shift+ArrowLeft"] * 20 + ["Shift+ArrowUp"] * 20 + ["ArrowRight", "ArrowDown"]:
        response.press(key)
    said = page.locator(".cnl-said")
    page.wait_for_function("document.querySelector('.cnl-said').textContent.startsWith('Row')")
    level = int(shown(page, "kernel_lab")["result"]["output"][1][1])
    assert said.inner_text() == f"Row 2, column 2: the sum is {level}."
    assert page.locator(".kl-total strong").inner_text() == str(level)


@pytest.mark.parametrize("name", MAKERS)
def test_keys_do_not_leave_the_explorer(open_page, name):
    page = open_page(MAKERS[name]())
    page.evaluate("window.keys = 0; document.addEventListener('keydown', () => { window.keys += 1; });")
    for control in (
        page.locator(".cnl-app").locator("button, select, input:not([type=file]), [tabindex]").all()
    ):
        if control.is_visible() and control.is_enabled():
            control.press("d")
            assert control.get_attribute("data-lm-suppress-shortcuts") == "true"
    assert page.evaluate("window.keys") == 0


def test_an_output_lights_its_window_and_an_input_its_outputs(open_page):
    page = open_page(convolution_windows(padding=1))
    page.locator(".cw-table").nth(2).locator(".cnl-cell").nth(8).hover()
    assert page.locator(".cw-table").nth(0).locator(".cw-on").count() == 9
    page.locator(".cw-table").nth(0).locator(".cnl-cell").nth(0).hover()
    assert page.locator(".cw-table").nth(2).locator(".cw-on").count() == 1
    assert "1 of the 36 sums" in page.locator(".cw-sum").inner_text()


def test_a_sum_is_hidden_until_it_is_guessed(open_page):
    page = open_page(convolution_windows())
    page.get_by_label("Hide each sum").check()
    output = page.locator(".cw-table").nth(2)
    assert set(output.locator(".cnl-cell").all_inner_texts()) == {"?"}
    assert page.locator(".cw-sum strong").inner_text() == "?"
    page.get_by_label("Your guess").fill("1020")
    page.get_by_role("button", name="Compare").click()
    assert "Right." in page.locator(".cw-guess [role=status]").inner_text()
    assert output.locator(".cnl-cell").all_inner_texts().count("1020") == 1


def test_stride_breaks_what_the_shift_test_shows(open_page):
    rng = np.random.default_rng(0)
    page = open_page(convolution_windows(rng.integers(0, 10, (8, 8))))
    words = page.locator(".cw-shifted p")
    page.locator(".cw-shift button").nth(1).click()
    assert words.inner_text() == "The same numbers, 1 column further right."
    put(page, "convolution", stride=2)
    assert "the stride has broken the rule" in words.inner_text()
    page.locator(".cw-shift button").nth(2).click()
    assert words.inner_text() == "The same numbers, 1 column further right."


def test_a_link_carries_kernel_and_level(open_page):
    page = open_page(kernel_lab(), hash="#kernel_lab:0,0,0/0,0.5,0/0,0,0:1")
    page.wait_for_function("document.querySelector('[data-live]').explorer.solved")
    assert page.locator(".cnl-verdict").get_attribute("data-solved") == "yes"


def test_a_picture_of_ones_own_is_read_and_a_broken_one_refused(open_page):
    page = open_page(kernel_lab("identity"))
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><path d="M0 0h200v200H0z"/></svg>'
    )
    give = page.locator("input[type=file]")
    give.set_input_files({"name": "half.svg", "mimeType": "image/svg+xml", "buffer": svg})
    page.wait_for_function("document.querySelector('[data-live]').explorer.state.image.length === 84")
    image = np.array(shown(page, "kernel_lab")["state"]["image"])
    assert image.shape == (84, 168)
    assert image[:, :80].max() == 0
    assert image[:, 88:].min() == 255
    for file, words in (
        ({"name": "a.png", "mimeType": "image/png", "buffer": b"broken"}, "“a.png” cannot be read"),
        ({"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"}, "“a.txt” is not a picture"),
    ):
        give.set_input_files(file)
        page.get_by_text(words).wait_for()
        assert np.array_equal(shown(page, "kernel_lab")["state"]["image"], image)


def test_a_pen_draws_with_mouse_and_keyboard(open_page):
    page = open_page(kernel_lab("identity", np.zeros((60, 60))))
    page.get_by_role("button", name="White pen").click()
    picture = page.get_by_role("application").first
    box = picture.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.up()
    picture.press("Shift+ArrowDown")
    picture.press(" ")
    page.wait_for_timeout(150)
    image = np.array(shown(page, "kernel_lab")["state"]["image"])
    assert image[15, 30] == image[25, 30] == 255
    assert image[40:].max() == 0


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen_and_nothing_jumps(open_page, name, width):
    page = open_page(MAKERS[name](), size=(width, 900))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    room = page.locator(".cnl").evaluate(
        """(e) => [e.offsetHeight, e.querySelector(".cnl-app").offsetHeight + 31,
          parseFloat(getComputedStyle(e).minHeight)]"""
    )
    if width > 320:
        assert room[0] == pytest.approx(room[2], abs=2), (
            "the page reserves another height than the explorer has"
        )
    assert room[1] <= room[0] + 1


@pytest.mark.parametrize("name", MAKERS)
def test_every_control_has_a_name(open_page, name):
    page = open_page(MAKERS[name]())
    nameless = page.locator(".cnl-app").evaluate(
        """(app) => [...app.querySelectorAll("button, input, select, canvas, [tabindex]")]
          .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.[0]?.textContent))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("name", MAKERS)
def test_without_scripts_and_in_print_there_is_the_picture(open_page, name):
    page = open_page(MAKERS[name](), scripts=False)
    assert page.locator(".cnl-still").is_visible()
    page = open_page(MAKERS[name]())
    assert not page.locator(".cnl-still").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".cnl-still").is_visible()
    assert not page.locator(".cnl-app").is_visible()


def test_two_explorers_share_their_scripts(open_page):
    page = open_page(kernel_lab(), convolution_windows(), kernel_lab("identity"), size=(1280, 4000))
    page.wait_for_function("document.querySelectorAll('.cnl-mounted').length === 3")
    scripts = [url for url in page.requests if url.endswith(".js")]
    assert len(scripts) == len(set(scripts))
    assert shown(page, "convolution")["result"]["output"][0] == [0, 1020, 1020, 0]


def test_an_explorer_far_below_the_screen_loads_when_it_comes_near(open_page):
    page = open_page(*[kernel_lab(image=np.zeros((9, 9)))] * 3, convolution_windows(), size=(1280, 600))
    page.wait_for_timeout(300)
    last = page.locator('[data-live="convolution"]')
    assert "cnl-mounted" not in last.get_attribute("class")
    last.scroll_into_view_if_needed()
    page.wait_for_selector('[data-live="convolution"].cnl-mounted')


def test_the_colours_follow_the_page(open_page):
    page = open_page(kernel_lab("Sobel x", np.full((9, 9), 100.0)))
    ground = "getComputedStyle(document.querySelectorAll('.kl-weight')[1]).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"  # of a weight of 0
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"{ground} === 'rgb(21, 24, 29)'")


def test_a_drawn_digit_is_brought_to_the_form_of_mnist_and_read(open_page):
    page = open_page(draw_digit())
    box = page.locator(".dd-pad").bounding_box()
    page.get_by_role("button", name="Clear").click()
    # A small 1 in a corner.
    page.mouse.move(box["x"] + 0.15 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.15 * box["width"], box["y"] + 0.35 * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_timeout(200)
    now = shown(page, "draw_digit")
    rows, columns = np.nonzero(np.array(now["state"]["image"]) > 0.3)
    assert 19 <= rows.max() - rows.min() + 1 <= 21
    assert abs(rows.mean() - 13.5) <= 1
    assert abs(columns.mean() - 13.5) <= 1
    assert np.argmax(now["result"]["probabilities"]) == 1
    assert page.locator(".dd-answer").inner_text().startswith("I read 1,")
    page.get_by_label("Turn").fill("45")
    page.wait_for_timeout(200)
    assert shown(page, "draw_digit")["state"] != now["state"]


def test_a_number_of_a_map_lights_what_it_has_seen(open_page):
    page = open_page(draw_digit(), size=(1280, 1200))
    page.locator(".dd-maps").nth(3).locator("canvas").nth(2).hover()
    assert "pooling 2, map 3, row 3, column 3" in page.locator(".dd-note").inner_text()
    assert page.locator(".dd-note").inner_text().endswith("It has seen 16 × 16 pixels.")
