"""The static form in a real browser, on a page of its own: no built site is needed."""

import base64
import re

import pytest

from cnncourse.chapters.backpropagation.quest import find_gradient_bug
from cnncourse.chapters.convolution.quest import find_kernel
from cnncourse.chapters.neural_networks.quest import make_and
from cnncourse.chapters.padding_and_stride.geometry import reach_14
from cnncourse.chapters.training_in_pytorch.descent import find_learning_rate
from cnncourse.chapters.why_convolution.quest import fit_the_budget
from cnncourse.course.static_form import StaticForm

pytestmark = pytest.mark.site

CARD = ".cnx-explorer, .cnx-quest"


@pytest.fixture
def open_page(browser, tmp_path):
    """Open pieces of HTML as one page; afterwards there must have been no error and no request elsewhere."""
    contexts, faults = [], []

    def open_with(*pieces, scripts=True, size=(1200, 900), scheme="light", html="", name="page.html"):
        head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>t</title>'
        text = (
            f'<!doctype html><html lang="en" {html}><head>{head}</head><body>{"".join(pieces)}</body></html>'
        )
        (tmp_path / name).write_text(text, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            color_scheme=scheme,
            has_touch=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda r: r.url.startswith(("file:", "data:")) or faults.append(r.url))
        page.goto((tmp_path / name).as_uri())
        return page

    yield open_with
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def steps(explorer, power):
    """An explorer with 16 frames."""
    return StaticForm(explorer(power, exponent=range(16)))


@pytest.fixture
def find_two(explorer):
    """A quest that is solved at 2 and has frames of HTML."""
    return StaticForm(
        explorer(
            lambda a: f"<p>{a}</p>" * a,
            solved=lambda a: (a == 2, f"This is {a}."),
            prompt="Find 2.",
            a=[1, 2, 3],
        )
    )


def test_keys_move_picture_words_and_value(open_page, steps):
    page = open_page(steps.html)
    slider, frame = page.locator("input"), page.locator(".cnx-frame")
    for position in range(1, 16):
        slider.press("ArrowRight")
        assert frame.get_attribute("alt") == steps.frames[position].alt
        assert slider.get_attribute("aria-valuetext") == str(position)
        assert page.locator("output").inner_text() == str(position)
    slider.press("Home")
    assert frame.get_attribute("alt") == steps.frames[0].alt


def test_a_finger_moves_the_slider(open_page, steps):
    page = open_page(steps.html, size=(390, 844))
    box = page.locator("input").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.99, box["y"] + box["height"] / 2)
    assert page.locator("output").inner_text() == "15"


def test_two_equal_explorers_move_one_by_one(open_page, steps):
    page = open_page(steps.html, steps.html)
    page.locator("input").nth(1).press("ArrowRight")
    assert page.locator("output").all_inner_texts() == ["0", "1"]


def test_the_sliders_combine_as_the_frames_are_ordered(open_page, explorer):
    form = StaticForm(explorer(lambda a, b, c: f"<p>{a}{b}{c}</p>", a=[1, 2], b=["x"], c=[5, 6, 7]))
    page = open_page(form.html)
    page.locator("input").nth(1).press("End")
    page.locator("input").nth(0).press("End")
    assert page.locator(".cnx-frame").inner_text() == "2x7"


def test_keys_do_not_leave_the_slider(open_page, steps):
    count = "window.keys = 0; document.addEventListener('keydown', () => window.keys++);"
    page = open_page(f"<script>{count}</script>", steps.html)
    page.locator("input").press("ArrowRight")
    assert page.locator("output").inner_text() == "1"
    assert page.evaluate("window.keys") == 0
    # Notebook 7 takes keys while they come down, unless the element with the focus itself forbids it.
    assert page.evaluate("document.activeElement.matches('[data-lm-suppress-shortcuts]')")


def test_a_quest_says_its_verdict_once_the_slider_rests(open_page, find_two):
    page = open_page(find_two.html)
    verdict, live = page.locator(".cnx-verdict"), page.locator(".cnx-live")
    assert verdict.inner_text().split() == ["Not", "yet.", "This", "is", "1."]
    page.locator("input").press("ArrowRight")
    assert verdict.inner_text().split() == ["Solved.", "This", "is", "2."]
    assert verdict.get_attribute("data-solved") == "yes"
    assert live.inner_text() == ""
    page.wait_for_function("document.querySelector('.cnx-live').textContent !== ''")
    assert live.inner_text() == "Solved. This is 2."
    page.locator("input").press("ArrowRight")
    assert verdict.get_attribute("data-solved") == "no"


def test_without_scripts_the_first_frame_is_there_and_the_slider_is_grey(open_page, steps):
    page = open_page(steps.html, scripts=False)
    assert page.locator(".cnx-frame").get_attribute("alt") == steps.frames[0].alt
    assert page.locator("input").is_disabled()


def test_the_line_about_scripts_is_seen_only_where_they_were_taken_out(open_page, steps, find_two):
    # As in a notebook that is not trusted: scripts run on the page, but not those of the output.
    sanitised = [
        re.sub(r"<(script|style)\b.*?</\1>", "", form.html, flags=re.DOTALL) for form in (steps, find_two)
    ]
    page = open_page(*sanitised)
    assert page.get_by_text("The slider is off.").count() == 2
    for note, slider in zip(page.locator(".cnx-off").all(), page.locator("input").all()):
        assert note.is_visible()
        assert slider.is_disabled()


def test_the_script_takes_the_line_away_before_anything_is_drawn(open_page, steps, find_two):
    watch = """<script>
      window.seen = 0;
      const look = () => {
        window.seen += document.querySelectorAll(".cnx-off").length;
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    </script>"""
    page = open_page(watch, "<main></main>")
    # As JupyterLab does it: the HTML first, then its scripts, in one go.
    page.evaluate(
        """(pieces) => {
          const main = document.querySelector("main");
          main.innerHTML = pieces.join("");
          for (const old of main.querySelectorAll("script:not([type])")) {
            const script = document.createElement("script");
            script.textContent = old.textContent;
            old.replaceWith(script);
          }
        }""",
        [steps.html, find_two.html],
    )
    page.locator(".cnx-explorer input").press("ArrowRight")
    assert page.locator(".cnx-explorer output").inner_text() == "1"
    assert page.locator(".cnx-off").count() == 0
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.seen") == 0


def test_frames_may_be_files_beside_the_page(open_page, steps, tmp_path):
    html = steps.html
    for number, frame in enumerate(steps.frames):
        (tmp_path / f"{number}.webp").write_bytes(frame.picture)
    for number, frame in enumerate(steps.frames):
        source = "data:image/webp;base64," + base64.b64encode(frame.picture).decode()
        html = html.replace(source, f"{number}.webp")
    page = open_page(html)
    page.locator("input").press("ArrowRight")
    page.wait_for_function("document.querySelector('.cnx-frame').complete")
    assert page.locator(".cnx-frame").get_attribute("src") == "1.webp"
    assert page.locator(".cnx-frame").evaluate("(image) => image.naturalWidth") == 2 * steps.frames[1].width


@pytest.mark.parametrize("width", [360, 390, 1200])
def test_nothing_is_wider_than_the_screen_and_nothing_jumps(open_page, steps, find_two, width):
    page = open_page(steps.html, find_two.html, size=(width, 900))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = page.evaluate(HEIGHTS)
    for _ in range(15):
        page.locator(".cnx-explorer input").press("ArrowRight")
    assert page.evaluate(HEIGHTS) == heights


@pytest.mark.parametrize("show", [find_kernel, find_learning_rate, fit_the_budget, make_and, reach_14])
@pytest.mark.parametrize("width", [375, 1200])
def test_the_hints_of_a_quest_have_room(open_page, shown, show, width):
    show()
    page = open_page(StaticForm(shown[0]).html, size=(width, 900))
    heights = set()
    for slider in page.locator("input").all():
        slider.press("Home")
        for _ in range(int(slider.get_attribute("max"))):
            heights.add(page.locator(".cnx-quest").evaluate("(card) => card.offsetHeight"))
            slider.press("ArrowRight")
    assert len(heights) == 1


def test_sliders_keep_to_their_columns_in_a_wide_font(open_page, shown):
    find_gradient_bug()
    page = open_page(StaticForm(shown[0]).html, size=(1200, 900))
    page.add_style_tag(content=".cnx-quest { letter-spacing: 0.15em }")
    for control in page.locator(".cnx-control").all():
        slider = control.locator("input").bounding_box()
        assert slider["width"] <= control.bounding_box()["width"]


HEIGHTS = "[...document.querySelectorAll('.cnx-explorer')].map((card) => card.offsetHeight)"

CONTRAST = """(card) => {
  const parse = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const weights = [0.2126, 0.7152, 0.0722];
  const light = (rgb) => rgb.reduce((sum, c, i) => sum + linear(c / 255) * weights[i], 0.05);
  const clear = (e) => getComputedStyle(e).backgroundColor.endsWith(", 0)");
  const back = (e) => { while (clear(e)) e = e.parentElement; return e; };
  const words = ".cnx-name, output, .cnx-word, .cnx-hint, .cnx-prompt, .cnx-tag, .cnx-title";
  return [...card.querySelectorAll(words)]
    .map((e) => [getComputedStyle(e).color, getComputedStyle(back(e)).backgroundColor].map(parse).map(light))
    .map(([a, b]) => Math.max(a, b) / Math.min(a, b));
}"""


@pytest.mark.parametrize(
    "scheme, html, dark",
    [
        ("light", "", False),
        ("dark", "", True),
        ("light", 'data-theme="dark"', True),
        ("dark", 'data-theme="light"', False),
    ],
)
def test_words_are_legible_in_both_themes(open_page, steps, find_two, scheme, html, dark):
    page = open_page(steps.html, find_two.html, scheme=scheme, html=html)
    page.locator(".cnx-quest input").press("ArrowRight")
    for card in page.locator(CARD).all():
        assert min(card.evaluate(CONTRAST)) >= 4.5
        back = card.evaluate("(card) => getComputedStyle(card).backgroundColor")
        assert (back == "rgb(28, 32, 39)") == dark
