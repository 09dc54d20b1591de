"""Live explorers in a browser, on a page as the site's builder makes it, opened as a file."""

import json

import numpy as np
import pytest
from cnnsite.live import preview

from cnncourse.chapters.a_cnn_from_scratch.read_drawing import draw_digit
from cnncourse.chapters.convolution.lab import kernel_lab
from cnncourse.chapters.convolution.levels import LEVELS, is_solved
from cnncourse.chapters.convolution.windows import convolution_windows
from cnncourse.course import modules

pytestmark = pytest.mark.site
MAKERS = {"kernel_lab": kernel_lab, "convolution": convolution_windows, "draw_digit": draw_digit}


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


def shown(page, name):
    """State, result and verdict of an explorer, as everybody may read them."""
    look = "(e) => ({ state: e.explorer.state, result: e.explorer.result, solved: e.explorer.solved })"
    return page.locator(f'[data-live="{name}"]').evaluate(look)


def put(page, name, **partial):
    """Set entries of the state; return the message if they are refused."""
    call = "(e, partial) => e.explorer.set(partial).then(() => null, (error) => error.message)"
    return page.locator(f'[data-live="{name}"]').evaluate(call, partial)


def assert_same(got, wanted):
    wanted = np.asarray(wanted)
    assert np.shape(got) == wanted.shape
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5 * max(np.abs(wanted).max(), 1e-9))


def test_the_kernel_lab_computes_what_python_computes(open_page):
    lab = kernel_lab()
    page = open_page(lab)
    rng = np.random.default_rng(1)
    for number in range(24):
        sides = rng.integers(1, 6, 2) if number % 3 else (3, 3)
        change = {"kernel": np.round(rng.normal(size=sides), 3).tolist()}
        if number % 4 == 0:
            change["image"] = rng.integers(0, 256, rng.integers(7, 40, 2)).tolist()
        lab.set(**change)
        assert put(page, "kernel_lab", **change) is None
        now = shown(page, "kernel_lab")
        assert now["state"] == lab.state
        assert_same(now["result"]["output"], lab.result["output"])


def test_the_windows_compute_what_python_computes(open_page):
    page = open_page(convolution_windows())
    rng = np.random.default_rng(2)
    done = 0
    while done < 30:
        channels = [(), (2,), (3,)][rng.integers(3)]
        change = {
            "input": rng.integers(-9, 10, (*channels, *rng.integers(3, 10, 2))).tolist(),
            "kernel": np.round(rng.normal(size=(*channels, *rng.integers(1, 6, 2))), 2).tolist(),
            "stride": int(rng.integers(1, 4)),
            "padding": [0, 1, 2, "same", "valid"][rng.integers(5)],
            "dilation": int(rng.integers(1, 4)),
            "padding_mode": ["zeros", "reflect", "replicate", "circular"][rng.integers(4)],
        }
        windows = convolution_windows()
        try:
            windows.set(**change)
        except ValueError:
            assert put(page, "convolution", **change), f"the page takes what Python refuses: {change}"
            continue
        done += 1
        assert put(page, "convolution", **change) is None
        now = shown(page, "convolution")
        assert now["state"] == windows.state
        assert_same(now["result"]["output"], windows.result["output"])


def test_the_page_reads_digits_as_python_does(open_page):
    pad = draw_digit()
    page = open_page(pad)
    rng = np.random.default_rng(4)
    seven = pad.image
    for number in range(24):
        moved = np.roll(seven, rng.integers(-6, 7, 2), (0, 1)) * rng.uniform(0.2, 1)
        image = np.round(np.clip(moved + rng.uniform(0, 0.4) * rng.random((28, 28)), 0, 1), 3)
        pad.set(image=image if number else np.zeros((28, 28)))
        assert put(page, "draw_digit", **pad.state) is None
        got = shown(page, "draw_digit")["result"]
        assert got.keys() == {"probabilities"}
        assert_same(got["probabilities"], pad.result["probabilities"])


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


def test_page_and_python_judge_alike(open_page):
    page = open_page(kernel_lab(image=np.zeros((9, 9))))
    rng = np.random.default_rng(3)
    kernels = [np.array(level.kernel, dtype=float) for level in LEVELS]
    kernels += [
        kernel + rng.uniform(-near, near, kernel.shape) for kernel in kernels for near in (0.019, 0.03)
    ]
    kernels += [np.pad(kernel, 1) for kernel in kernels[:5]] + [-kernel for kernel in kernels[:6]]
    kernels += [rng.integers(-2, 3, (3, 3)).astype(float) for _ in range(20)] + [
        np.ones((2, 2)),
        np.ones((7, 7)),
    ]
    judge = """async (e, kernels) => {
      const verdicts = [];
      for (const kernel of kernels) {
        verdicts.push([]);
        for (let level = 1; level <= 6; level += 1) {
          await e.explorer.set({ kernel, level });
          verdicts.at(-1).push(e.explorer.solved);
        }
      }
      return verdicts;
    }"""
    got = page.locator(".cnl").evaluate(judge, [kernel.tolist() for kernel in kernels])
    for kernel, verdicts in zip(kernels, got):
        assert verdicts == [is_solved(kernel, level) for level in LEVELS], kernel
    assert sum(is_solved(kernel, level) for kernel in kernels for level in LEVELS) > 15


@pytest.mark.parametrize(
    "name, change, words",
    [
        ("kernel_lab", {"kernel": [[1, 2], [3]]}, "kernel must be rows of numbers"),
        ("kernel_lab", {"image": [[1]]}, "at least as large as the kernel"),
        ("kernel_lab", {"weight": 1}, "there is no weight here"),
        ("convolution", {"input": [[[1]]] * 4}, "up to 3 channels"),
        ("convolution", {"dilation": 4}, "does not fit"),
        ("draw_digit", {"image": [[0.5]]}, "28 rows of 28 numbers"),
        ("convolution", {"padding": "some"}, 'whole number from 0 to 4, "same" or "valid"'),
    ],
)
def test_what_cannot_be_shown_is_refused_and_the_state_stays(open_page, name, change, words):
    page = open_page(MAKERS[name]())
    before = shown(page, name)
    assert words in put(page, name, **change)
    assert shown(page, name) == before


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


_NOTEBOOK = """async ([text, css, state]) => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const listeners = {};
  const model = {
    get: (key) => state[key],
    set(key, value) { state[key] = value; for (const f of listeners[`change:${key}`] ?? []) f(); },
    on: (event, f) => { (listeners[event] ??= []).push(f); },
    off() {},
    save_changes() { window.saved = (window.saved ?? 0) + 1; },
  };
  const module = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  const el = document.createElement("div");
  await module.default.render({ model, el });
  document.body.append(el);
  window.model = model;
}"""


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_module_runs_as_in_a_notebook(module_page, name):
    explorer = MAKERS[name]()
    state = json.loads(json.dumps({**explorer.state, "constants": explorer._all_constants()}))
    css = "\n".join(modules.styles(explorer.module))
    module_page.evaluate("document.body.replaceChildren()")
    module_page.evaluate(_NOTEBOOK, [modules.joined(explorer.module), css, state])
    assert module_page.locator(".cnl-title").inner_text() == explorer.title
    assert module_page.locator(".cnl").evaluate("(e) => getComputedStyle(e).borderRadius") == "12px"
    result = next(iter(explorer.result))
    assert_same(shown(module_page, name)["result"][result], explorer.result[result])
    key = "image" if name == "draw_digit" else "kernel"
    change = np.tril(np.ones((28, 28))) if name == "draw_digit" else np.array([[0.0, 1], [2, 0]])
    explorer.set(**{key: change})
    module_page.evaluate(f"model.set('{key}', {change.tolist()})")  # what Python sends
    assert_same(shown(module_page, name)["result"][result], explorer.result[result])
    put(module_page, name, **{key: change.T.tolist()})
    assert module_page.evaluate(f"model.get('{key}')") == change.T.tolist()
    assert module_page.evaluate("window.saved") >= 1
