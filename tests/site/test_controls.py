"""What a reader touches: sliders, quests, quizzes, the colour switch, the search, the drawer on a phone."""

import pytest

pytestmark = pytest.mark.site

CARDS = ".cnx-explorer, .cnx-quest"
PHONE = {"width": 390, "height": 844}


def _state(card):
    """What the card shows: picture (or HTML), alternative text, and the values beside the sliders."""
    return card.evaluate(
        """(card) => {
          const frame = card.querySelector(".cnx-frame");
          return {
            shown: frame.src || frame.innerHTML,
            alt: frame.alt || frame.getAttribute("aria-label"),
            values: [...card.querySelectorAll("output")].map((output) => output.textContent),
          };
        }"""
    )


def _sliders(card):
    return card.locator("input[type=range]").all()


def _cards(seen):
    cards = seen.page.locator(CARDS).all()
    assert cards
    for card in cards:
        card.scroll_into_view_if_needed()
        assert card.get_attribute("data-ready") == "yes"
    return cards


def test_every_slider_moves_by_arrow_keys(visit, slider_page):
    with visit(slider_page) as seen:
        for card in _cards(seen):
            for number, slider in enumerate(_sliders(card)):
                _walk_by_keys(card, slider, number)


def _walk_by_keys(card, slider, number):
    """Go from one end to the other: each step changes value and text, and the way as a whole the picture."""
    slider.focus()
    slider.press("Home")
    assert slider.input_value() == "0"
    states = [_state(card)]
    for step in range(int(slider.get_attribute("max"))):
        slider.press("ArrowRight")
        assert slider.input_value() == str(step + 1)
        states.append(_state(card))
        assert states[-1]["values"][number] != states[-2]["values"][number]
        assert states[-1]["alt"] != states[-2]["alt"]
        assert slider.get_attribute("aria-valuetext") == states[-1]["values"][number]
    assert len({state["shown"] for state in states}) > 1
    slider.press("ArrowLeft")
    assert _state(card) == states[-2]
    slider.press("Home")


def test_every_slider_moves_by_mouse(visit, slider_page):
    with visit(slider_page) as seen:
        for card in _cards(seen):
            for slider in _sliders(card):
                slider.scroll_into_view_if_needed()
                box = slider.bounding_box()
                middle = box["y"] + box["height"] / 2
                seen.page.mouse.click(box["x"] + 3, middle)
                before = _state(card)
                assert slider.input_value() == "0"
                seen.page.mouse.click(box["x"] + box["width"] - 3, middle)
                assert slider.input_value() == slider.get_attribute("max")
                assert _state(card)["alt"] != before["alt"]


def test_every_slider_moves_by_touch(visit, slider_page):
    with visit(slider_page, size=PHONE, touch=True) as seen:
        for card in _cards(seen):
            for slider in _sliders(card):
                slider.scroll_into_view_if_needed()
                box = slider.bounding_box()
                assert box["height"] >= 24
                seen.page.touchscreen.tap(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
                assert slider.input_value() == slider.get_attribute("max")


def test_every_slider_has_a_name(visit, slider_page):
    with visit(slider_page) as seen:
        for card in _cards(seen):
            names = [
                slider.evaluate("slider => slider.labels[0]?.innerText.trim()") for slider in _sliders(card)
            ]
            assert all(names)
            assert len(set(names)) == len(names)


def test_every_frame_arrives(visit, slider_page):
    with visit(slider_page) as seen:
        for card in _cards(seen):
            missing = card.evaluate(
                """async (card) => {
                  const frames = JSON.parse(card.querySelector(".cnx-frames").textContent).frames;
                  const load = async (source) => {
                    const picture = new Image();
                    picture.src = source;
                    try { await picture.decode(); return null; } catch (error) { return source.slice(0, 80); }
                  };
                  const sources = [...new Set(frames.map((frame) => frame.src).filter(Boolean))];
                  return (await Promise.all(sources.map(load))).filter(Boolean);
                }"""
            )
            assert missing == []


def test_every_quest_can_be_solved(visit, quest_page):
    with visit(quest_page) as seen:
        for card in seen.page.locator(".cnx-quest").all():
            verdicts = [card.locator(".cnx-verdict").inner_text() for _ in _every_position(_sliders(card))]
            solved = [text for text in verdicts if text.strip().startswith(("✓", "Solved"))]
            assert solved, "no position of the sliders solves this quest"
            assert len(solved) < len(verdicts), "every position solves this quest"
            hints = {text for text in verdicts if text not in solved}
            assert all(len(hint.strip()) > len("Not yet.") for hint in hints)


def _every_position(sliders):
    """Put the sliders into every combination of their positions."""
    if not sliders:
        yield
        return
    for value in range(int(sliders[0].get_attribute("max")) + 1):
        sliders[0].fill(str(value))
        yield from _every_position(sliders[1:])


def test_every_quiz_answers_each_choice(visit, quiz_page):
    with visit(quiz_page) as seen:
        for quiz in seen.page.locator("form.cnx-quiz").all():
            questions = quiz.locator("fieldset").all()
            for question in questions:
                _try_every_choice(question)
            assert (
                f"{len(questions)} of {len(questions)} right" in quiz.locator(".cnx-quiz-score").inner_text()
            )


def _try_every_choice(question):
    """Each choice gets a reason of its own, and exactly one is right; end on that one."""
    said, right = [], []
    for choice in question.locator("input[type=radio]").all():
        choice.check()
        said.append(question.locator("[role=status]").inner_text())
        if said[-1].startswith("Right."):
            right.append(choice)
    assert len(right) == 1
    assert len(set(said)) == len(said)
    right[0].check()


def test_a_quiz_is_answered_by_keyboard(visit, quiz_page):
    with visit(quiz_page) as seen:
        question = seen.page.locator("form.cnx-quiz fieldset").first
        question.locator("input").first.focus()
        seen.page.keyboard.press("Space")
        first = question.locator("[role=status]").inner_text()
        seen.page.keyboard.press("ArrowDown")
        assert first
        assert question.locator("[role=status]").inner_text() != first


def _colours(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colour_switch_changes_the_page_and_is_remembered(visit, theme):
    with visit("intro.html", theme=theme) as seen:
        page = seen.page
        before = _colours(page)
        button = page.get_by_role("button", name="Colours")
        button.click()
        assert _colours(page) != before
        chosen = _colours(page)
        page.goto(page.url.replace("intro", "glossary"))
        assert _colours(page) == chosen
        button.click()
        button.click()
        assert _colours(page) == before


def test_search_finds_stride_without_a_network(visit):
    with visit("intro.html") as seen:
        field = seen.page.get_by_role("searchbox")
        field.fill("stride")
        field.press("Enter")
        seen.page.wait_for_selector("#search-results li a")
        results = seen.page.locator("#search-results li a").all_inner_texts()
        assert any("stride" in result.lower() for result in results)
        seen.page.wait_for_function(
            "document.querySelector('#search-results h2').innerText === 'Search Results'"
        )
        seen.page.locator("#search-results li a").first.click()
        assert "stride" in seen.page.locator("main").inner_text().lower()


def test_search_works_from_the_disk(visit, site):
    with visit("search.html?q=stride", base=site.as_uri()) as seen:
        seen.page.wait_for_selector("#search-results li a")


def test_contents_open_as_a_drawer_on_a_phone(visit):
    with visit("intro.html", size=PHONE) as seen:
        page = seen.page
        contents = page.get_by_role("navigation", name="Contents")
        button = page.get_by_role("button", name="Contents")
        assert not contents.is_visible()
        button.click()
        contents.wait_for(state="visible")
        assert button.get_attribute("aria-expanded") == "true"
        page.keyboard.press("Escape")
        page.wait_for_function(
            "getComputedStyle(document.getElementById('contents')).visibility === 'hidden'"
        )
        assert button.evaluate("button => button === document.activeElement")


def test_text_and_contents_are_there_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{address}/intro.html")
    assert page.get_by_role("navigation", name="Contents").get_by_role("link").count() > 4
    assert page.locator("[data-live] img").first.is_visible()
    assert not page.get_by_role("button", name="Colours").is_visible()
    context.close()


def test_printing_is_light_and_opens_what_is_folded(visit, quiz_page):
    with visit(quiz_page, theme="dark") as seen:
        page = seen.page
        dark = _colours(page)
        page.locator("main details > summary").first.click()
        folded = page.locator("main details:not([open])").count()
        assert folded > 0
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert _colours(page) == "rgb(255, 255, 255)"
        assert page.locator("main details:not([open])").count() == 0
        assert not page.get_by_role("searchbox").is_visible()
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert _colours(page) == dark
        assert page.locator("main details:not([open])").count() == folded


def test_every_picture_is_there_before_the_first_print(visit, slider_page):
    with visit(slider_page) as seen:
        seen.page.wait_for_function("[...document.images].every((picture) => picture.naturalWidth > 0)")


def test_search_extracts_hold_no_buttons(visit):
    with visit("search.html?q=convolution") as seen:
        seen.page.wait_for_selector("#search-results p.context")
        seen.settle()
        extracts = seen.page.locator("#search-results p.context").all_inner_texts()
        assert not [text for text in extracts if "Download notebook" in text or "Run in Colab" in text]
