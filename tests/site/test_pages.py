"""Every page in a real browser: nothing from other hosts, no errors, readable by everyone, fits a phone."""

import pytest
from repository import notebook_of

from cnncourse.plots.style import WIDEST

pytestmark = pytest.mark.site

MOST_HTML = 150_000


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


def test_page_asks_no_other_host_and_logs_no_error(visit, page_name):
    with visit(page_name) as seen:
        seen.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        assert seen.page.title()


def test_page_works_from_the_disk(visit, site, page_name):
    with visit(page_name, base=site.as_uri()) as seen:
        broken = seen.page.evaluate(BROKEN_PICTURES)
        assert broken == []


# A lazy picture is loaded first, so that a missing file cannot hide below the fold.
BROKEN_PICTURES = """async () => {
  const pictures = [...document.images];
  pictures.forEach((picture) => { picture.loading = "eager"; });
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => null)));
  return pictures.filter((picture) => !picture.naturalWidth).map((picture) => picture.src);
}"""

SQUEEZED_PICTURES = """() => [...document.images].filter((picture) => {
  if (!picture.clientWidth || picture.naturalWidth < 2) return false;
  const shown = picture.clientHeight / picture.clientWidth;
  return Math.abs(shown - picture.naturalHeight / picture.naturalWidth) > 0.02;
}).map((picture) => picture.src)"""


def test_every_picture_loads_and_keeps_its_shape(visit, page_name):
    with visit(page_name) as seen:
        assert seen.page.evaluate(BROKEN_PICTURES) == []
        assert seen.page.evaluate(SQUEEZED_PICTURES) == []


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_sticks_out_on_a_phone(visit, page_name, theme, width):
    with visit(page_name, theme=theme, size={"width": width, "height": 844}) as seen:
        _open_all_folded(seen.page)
        page = seen.page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Only boxes that scroll by themselves may hold something wider than the screen.
        outside = page.evaluate(
            """(width) => [...document.querySelectorAll(".text-column *")].filter((element) => {
              if (element.getBoundingClientRect().right <= width + 1) return false;
              if (!element.checkVisibility()) return false;
              for (let box = element; box !== document.body; box = box.parentElement) {
                if (getComputedStyle(box).overflowX !== "visible") return false;
                if (getComputedStyle(box).position === "absolute") return false;
              }
              return true;
            }).map((element) => element.outerHTML.slice(0, 80))""",
            width,
        )
        assert outside == []


def test_a_figure_of_full_width_keeps_readable_letters_on_a_phone(visit):
    # The notebooks are held to a width and to letters of 10.5 points; how much of a screen a page gives a
    # figure is known here alone.
    with visit(f"{notebook_of('neural_networks').stem}.html", size={"width": 390, "height": 844}) as seen:
        figure = seen.page.locator("img.cnx-picture").first
        drawn = int(figure.get_attribute("width"))
        assert drawn == 100 * WIDEST
        assert 10.5 * 100 / 72 * figure.bounding_box()["width"] / drawn >= 10.5


def test_axe_finds_nothing(visit, page_name, theme, axe_script):
    with visit(page_name, theme=theme) as seen:
        _assert_accessible(seen.page, axe_script)


def test_axe_finds_nothing_on_a_phone(visit, page_name, axe_script):
    with visit(page_name, size={"width": 390, "height": 844}) as seen:
        _assert_accessible(seen.page, axe_script)


def _open_all_folded(page):
    page.evaluate("document.querySelectorAll('details').forEach((block) => { block.open = true; })")


def _assert_accessible(page, axe_script):
    _open_all_folded(page)
    page.add_script_tag(path=axe_script)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    report = [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}" for rule in found for node in rule["nodes"]
    ]
    assert report == []


def test_header_has_room_for_its_parts_on_a_narrow_phone(visit):
    with visit("intro.html", size={"width": 320, "height": 640}) as seen:
        brand = seen.page.get_by_role("link", name="cnncourse", exact=True).bounding_box()
        search = seen.page.locator(".header-search").bounding_box()
        assert brand["x"] + brand["width"] + 4 <= search["x"]


def test_page_is_light_enough(site, page_name):
    assert (site / page_name).stat().st_size < MOST_HTML


def test_front_page_shows_an_explorer_on_the_first_screen(visit):
    with visit("index.html") as seen:
        explorer = seen.page.locator("[data-live]").first
        assert explorer.bounding_box()["y"] < 500
        assert explorer.get_by_role("spinbutton").first.is_enabled()


def test_page_has_a_description_and_an_icon(visit, page_name):
    with visit(page_name) as seen:
        if page_name != "search.html":
            assert len(seen.page.locator("meta[name=description]").get_attribute("content")) > 30
        for link in seen.page.locator("link[rel~=icon]").all():
            assert seen.page.request.get(link.evaluate("link => link.href")).ok
