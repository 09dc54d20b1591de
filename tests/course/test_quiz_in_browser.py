"""Quizzes and result cards in a real browser: mouse, keys, no script, two on one page, no overflow."""

import re

import pytest

from cnncourse.course import check, progress, quiz

pytestmark = pytest.mark.site

TWO_QUIZZES = quiz("convolution")._repr_html_() * 2
CARDS = "".join(
    check("convolution.output_size", answer)._repr_html_() for answer in (..., len, lambda a, b: a)
)


def page_of(body: str, theme: str = "light") -> str:
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Quiz</title>'
        f'<meta name="viewport" content="width=device-width"></head><body><main>{body}</main></body></html>'
    )


@pytest.fixture
def page(browser):
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.route("http*://**", lambda route: (faults.append(route.request.url), route.abort()))
    yield page
    page.close()
    assert faults == []


def answer(page, form: int, question: int, right: bool) -> str:
    """Choose the right or the first wrong choice and return what is said."""
    choices = quiz("convolution").questions[question].choices
    wanted = next(i for i, choice in enumerate(choices) if choice.right == right)
    field = page.locator("form").nth(form).locator("fieldset").nth(question)
    field.locator("label").nth(wanted).click()
    assert field.locator("input").nth(wanted).is_checked()
    said = field.get_by_role("status").inner_text()
    assert choices[wanted].why.replace("`", "") in said
    return said


def test_every_question_answers_and_the_score_counts(page):
    page.set_content(page_of(TWO_QUIZZES))
    total = len(quiz("convolution").questions)
    for question in range(total):
        assert answer(page, 0, question, right=False).startswith("Not this one.")
        assert answer(page, 0, question, right=True).startswith("Right.")
    scores = page.locator(".cnx-quiz-score").all_inner_texts()
    assert scores == [f"{total} of {total} right", f"{total} questions"]  # the second quiz is untouched


def test_two_quizzes_on_a_page_keep_their_own_choices(page):
    page.set_content(page_of(TWO_QUIZZES))
    answer(page, 0, 0, right=True)
    answer(page, 1, 0, right=False)
    assert page.locator("form").nth(0).locator(":checked").count() == 1
    scores = page.locator(".cnx-quiz-score").all_inner_texts()
    assert scores[0].startswith("1 of")
    assert scores[1].startswith("0 of")


def test_keys_move_and_do_not_bubble(page):
    page.set_content(page_of(TWO_QUIZZES))
    page.evaluate("window.leaked = 0; document.body.addEventListener('keydown', () => window.leaked++)")
    field = page.locator("fieldset").first
    field.locator("input").first.focus()
    page.keyboard.press("Space")
    assert field.locator("input").first.is_checked()
    page.keyboard.press("ArrowDown")
    assert field.locator("input").nth(1).is_checked()
    assert field.get_by_role("status").inner_text().startswith("Right.")
    page.keyboard.press("Enter")  # must not leave the page
    assert field.locator("input").nth(1).is_checked()
    assert page.evaluate("window.leaked") == 0
    # Notebook 7 takes keys while they come down, unless the element with the focus itself forbids it.
    controls = page.locator("input, summary")
    assert controls.count() == page.locator("[data-lm-suppress-shortcuts]").count() > 0


def test_controls_have_names(page):
    page.set_content(page_of(TWO_QUIZZES))
    first = quiz("convolution").questions[0]
    group = page.get_by_role("group", name=first.question).first
    assert group.get_by_role("radio", name=first.choices[1].text).count() == 1


def test_without_script_the_answers_unfold(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(page_of(TWO_QUIZZES))
    first = page.locator("fieldset").first
    reason = quiz("convolution").questions[0].choices[1].why
    assert not first.get_by_text(reason).is_visible()
    first.locator("summary").click()
    assert first.get_by_text(reason).is_visible()
    first.locator("input").first.check()
    page.keyboard.press("Enter")
    assert first.locator("input").first.is_checked()
    context.close()


def test_a_line_about_scripts_is_there_until_the_script_runs(page):
    page.set_content(page_of(re.sub(r"<(script|style)\b.*?</\1>", "", TWO_QUIZZES, flags=re.DOTALL)))
    assert page.get_by_text("The choices are off, but each answer unfolds.").count() == 2
    assert all(note.is_visible() for note in page.locator(".cnx-off").all())
    page.set_content(page_of(TWO_QUIZZES))
    assert page.locator(".cnx-off").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1200])
def test_nothing_overflows_and_text_has_contrast(page, theme, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(page_of(CARDS + progress()._repr_html_() + TWO_QUIZZES, theme))
    answer(page, 0, 0, right=True)
    answer(page, 0, 1, right=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(LOW_CONTRAST) == []


# Text whose colour has less than 4.5 to 1 against the nearest opaque background.
LOW_CONTRAST = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const back = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faults = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ["STYLE", "SCRIPT"].includes(element.tagName)) continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(back(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(`${element.tagName} ${ratio.toFixed(2)} ${walker.currentNode.data}`);
  }
  return faults;
}"""
