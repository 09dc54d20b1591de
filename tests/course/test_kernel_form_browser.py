"""The script beside the live sliders in a real browser, on elements such as ipywidgets makes."""

import pytest

from cnncourse.course.kernel_form import KernelForm

pytestmark = pytest.mark.site

# As version 8 draws a SelectionSlider; the widgets come after the script.
_SLIDER = """<div class="widget-hslider"><label class="widget-label">{name}</label>
<div class="noUi-handle" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="1" aria-valuenow="0">
</div></div>"""


@pytest.fixture
def page(browser, explorer, power):
    """A page with the script twice, two sliders of an explorer and one of something else."""
    form = KernelForm(explorer(power, exponent=[1, 2], scale=[3, 4]))
    assert "cnx-sliders" in form.box._dom_classes
    page, faults = browser.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    sliders = "".join(_SLIDER.format(name=name) for name in form.sliders)
    page.set_content(
        f"{form.script}{form.script}<div class='cnx-sliders'>{sliders}</div>{_SLIDER.format(name='other')}"
    )
    page.evaluate("window.keys = []; addEventListener('keydown', (event) => window.keys.push(event.key))")
    yield page
    page.close()
    assert faults == []


def test_a_slider_gets_its_name_and_keeps_its_keys(page):
    for place, name in enumerate(["exponent", "scale"]):
        handle = page.locator(".noUi-handle").nth(place)
        handle.press("ArrowRight")
        handle.press("d")
        assert page.get_by_role("slider", name=name).count() == 1
        assert page.evaluate("document.activeElement.matches('[data-lm-suppress-shortcuts]')")
    assert page.evaluate("window.keys") == []


def test_shortcuts_with_a_modifier_pass(page):
    page.locator(".noUi-handle").first.press("Control+s")
    assert page.evaluate("window.keys") == ["Control", "s"]


def test_other_widgets_are_left_alone(page):
    other = page.locator(".noUi-handle").nth(2)
    other.press("d")
    assert page.evaluate("window.keys") == ["d"]
    assert other.get_attribute("aria-label") is None
