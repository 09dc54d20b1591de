"""Two small sites compared: what is equal, what differs and where, what may differ."""

import compare_site
import numpy as np
import pytest
from PIL import Image

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ margin: 0; font-size: 16px; background: #fff; }} p, pre, h1, img {{ margin: 0 0 20px; }}
img {{ position: absolute; top: 500px; }}</style></head><body><h1>A page</h1>{body}</body></html>"""
BODY = """<pre><span>import</span> numpy
<span>from</span> old.place <span>import</span> thing
thing(1)</pre>
<p>Some <em>plain</em> words.</p>
<img src="_images/{picture}" alt="A square." width="40" height="40">
<details><summary>Answer</summary><p id="answer">Forty-two.</p></details>
<script type="application/json">{{"frames": [{{"src": "_images/{picture}", "alt": "First."}}]}}</script>"""


@pytest.fixture
def make_site(tmp_path):
    """Write a site of one page: a piece of its text replaced, or another picture."""

    def make(
        folder, old="", new="", *, page="page.html", title="One", picture="aaaa.png", pixel=(10, 20, 30)
    ):
        site = tmp_path / folder
        (site / "_images").mkdir(parents=True)
        body = BODY.format(picture=picture)
        assert old in body
        (site / page).write_text(PAGE.format(title=title, body=body.replace(old, new)), encoding="utf-8")
        pixels = np.full((40, 40, 3), 200, np.uint8)
        pixels[7, 5] = pixel
        Image.fromarray(pixels).save(site / "_images" / picture)
        return site

    return make


@pytest.fixture
def compare(browser, capsys):
    """Compare two sites at one width; the number of differences and what was printed."""

    def run(before, after, **options):
        count = compare_site.compare_sites(browser, before, after, **({"widths": [390]} | options))
        return count, capsys.readouterr().out

    return run


@pytest.mark.site
def test_a_site_equals_its_copy(make_site, compare):
    count, out = compare(make_site("before"), make_site("after"), widths=[1280, 390])
    assert count == 0
    assert out.count("equal ") == 4
    assert "DIFFERS" not in out


@pytest.mark.site
def test_names_of_pictures_and_pages_make_no_difference(make_site, compare):
    count, out = compare(make_site("before"), make_site("after", page="moved.html", picture="bbbb.png"))
    assert count == 0
    assert "equal    page.html -> moved.html 390 light" in out


@pytest.mark.site
@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("word", ["plain", "Forty-two", "Answer"])
def test_a_changed_word_is_shown(make_site, compare, word, fast):
    count, out = compare(make_site("before"), make_site("after", word, "other"), fast=fast)
    assert count == (1 if fast else 2)
    assert [line for line in out.splitlines() if line.startswith("    -") and word in line]
    assert [line for line in out.splitlines() if line.startswith("    +") and "other" in line]
    assert "pixels differ" not in out  # the block itself is taken out; what follows it did not change


@pytest.mark.site
def test_a_changed_pixel_of_a_picture_is_counted_and_found(make_site, compare):
    sites = [make_site("before", pixel=(10, 20, 30)), make_site("after", pixel=(10, 20, 31))]
    count, out = compare(*sites)
    assert count == 2
    assert out.count("[picture ") == 2  # before and after; "as above" in dark
    assert out.count("-[data] ") == out.count("+[data] ") == 1  # a frame of the control is the same picture
    assert out.count("1 pixels differ, in rows 507-507") == 2
    # Bytes may change if that is allowed, what is seen may not.
    assert compare(*sites, allow=[r"^\[(picture|data)"])[0] == 2


@pytest.mark.site
def test_a_picture_written_anew_may_be_allowed(make_site, compare):
    before, after = make_site("before"), make_site("after")
    with Image.open(after / "_images/aaaa.png") as picture:
        picture.save(after / "_images/aaaa.png", compress_level=0)
    assert compare(before, after)[0] == 2
    assert compare(before, after, allow=[r"^\[(picture|data)"])[0] == 0


@pytest.mark.site
def test_a_moved_element_is_found_by_its_rows(make_site, compare):
    moved = ("<p>Some", '<p style="position: relative; left: 3px">Some')
    count, out = compare(make_site("before"), make_site("after", *moved))
    assert count == 2
    assert out.count("pixels differ, in rows ") == 2
    assert "    -" not in out


@pytest.mark.site
def test_a_change_of_height_is_said(make_site, compare):
    taller = ("<p>Some", '<p style="margin-bottom: 1000px">Some')
    assert "    height: 900 before, 1" in compare(make_site("before"), make_site("after", *taller))[1]


@pytest.mark.site
def test_an_import_line_may_change_and_another_line_may_not(make_site, compare):
    before, after = make_site("before"), make_site("after", "old.place", "new.place.of_another_length")
    assert compare(before, after)[0] == 2
    count, out = compare(before, after, allow=["^from .* import "])
    assert count == 0
    assert out.count("text changed where allowed: 1") == 2


@pytest.mark.site
def test_a_line_more_may_be_allowed_and_shifts_nothing(make_site, compare):
    more = ("thing(1)", "<span>import</span> more\nthing(1)")
    count, _ = compare(make_site("before"), make_site("after", *more), allow=["^import "])
    assert count == 0


@pytest.mark.site
def test_beside_what_is_allowed_pixels_still_count(make_site, compare):
    more = ("thing(1)</pre>\n<p>", 'other(1)</pre>\n<p style="color: red">')
    count, out = compare(make_site("before"), make_site("after", *more), allow=[r"^\w+\(1\)$"])
    assert count == 2
    assert "pixels differ" in out


@pytest.mark.site
def test_a_page_of_one_site_alone_is_a_difference(make_site, compare):
    before, after = make_site("before"), make_site("after")
    (after / "new.html").write_text("<title>New</title>")
    count, out = compare(before, after)
    assert count == 1
    assert "DIFFERS  [only in AFTER] new.html" in out
    assert compare(before, after, allow=["new.html"])[0] == 0
    assert compare(before, after, pages="page*")[0] == 0
    with pytest.raises(SystemExit, match="no page matches"):
        compare(before, after, pages="nothing*")


def test_a_folder_without_pages_is_refused(tmp_path):
    with pytest.raises(SystemExit, match=r"name the folder that holds index\.html"):
        compare_site.page_pairs(tmp_path, tmp_path)


def test_rows_close_together_are_one_stretch():
    assert compare_site.stretches([3, 4, 9, 40, 41, 52]) == "3-9, 40-41, 52-52"


def test_an_empty_line_may_come_with_an_allowed_one():
    before, after = [("import a", "", "run(a)")], [("import a", "import b", "run(a)")]
    assert compare_site.compare_texts(before, after, ["^import"])[:2] == ([], 1)
    assert compare_site.compare_texts(before, after, [])[1] == 0


def test_neighbours_that_change_are_one_change():
    before = [("Title",), ("import a", "run(a)"), ("text",)]
    after = [("Title",), ("import b", "run(a)"), ("test",)]
    diff, allowed, old, new = compare_site.compare_texts(before, after, ["^import"])
    assert allowed == 0  # neighbours that both change are one change
    assert old == new == [1, 2]
    assert "-text" in diff
