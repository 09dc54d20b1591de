"""Frames leave the page, figures get their size, missing texts are reported: on small pieces of HTML."""

import base64
import hashlib
import json
import re
import struct
import zlib

import pytest
from cnnsite.images import (
    FrameStore,
    complete_images,
    drop_repeats,
    externalise,
    share_code,
    shown_size,
    wrap_tables,
)


def png(width, height, dots_per_metre=None):
    """A white PNG, written by hand from its specification."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    density = struct.pack(">IIB", dots_per_metre, dots_per_metre, 1) if dots_per_metre else None
    rows = (b"\0" + b"\xff" * width) * height
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    if density:
        parts.insert(1, chunk(b"pHYs", density))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def uri(data, kind="webp"):
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def explorer(frames):
    listed = json.dumps({"frames": frames})
    return (
        f'<div class="cnx-explorer"><img class="cnx-frame" src="{frames[0]["src"]}" alt="a">'
        f'<script type="application/json" class="cnx-frames">{listed}</script></div>'
    )


def listed_frames(page):
    return json.loads(re.search(r'class="cnx-frames">(.*?)</script>', page, re.DOTALL)[1])["frames"]


def test_frames_become_files_named_by_their_content(tmp_path):
    one, two = b"first picture", b"second picture"
    frames = [{"src": uri(one), "alt": "1"}, {"src": uri(two), "alt": "2"}, {"src": uri(one), "alt": "3"}]
    page = externalise(explorer(frames), FrameStore(tmp_path), "_images/")
    names = [f"_images/{hashlib.sha256(data).hexdigest()[:16]}.webp" for data in (one, two, one)]
    assert [frame["src"] for frame in listed_frames(page)] == names
    assert f'<img class="cnx-frame" src="{names[0]}"' in page
    assert "data:" not in page
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == sorted([one, two])


def test_frames_of_html_stay_and_cannot_end_the_script(tmp_path):
    frames = [{"src": None, "html": "<b>x</b></script><!--", "alt": "1"}]
    text = json.dumps({"frames": frames}).replace("<", "\\u003c")
    page = externalise(
        f'<script type="application/json" class="cnx-frames">{text}</script>',
        FrameStore(tmp_path),
        "_images/",
    )
    assert listed_frames(page) == frames
    assert page.count("</script>") == 1


def test_broken_frames_stop_the_build(tmp_path):
    with pytest.raises(ValueError, match="not valid JSON"):
        externalise('<script type="application/json" class="cnx-frames">{</script>', FrameStore(tmp_path), "")


def test_equal_styles_stay_once_and_scripts_at_the_end():
    style, script = "<style>p{}</style>", '<script class="cnx-script">start()</script>'
    data = '<script type="application/json" class="cnx-frames">{}</script>'
    page = drop_repeats(f"{style}<p>1</p>{data}{script}{style}<p>2</p>{data}{script}")
    assert page == f"{style}<p>1</p>{data}<p>2</p>{data}{script}"


def test_styles_and_scripts_become_files_that_pages_share(tmp_path):
    data = '<script type="application/json" class="cnx-frames">{}</script>'
    body = f'<style class="cnx-style">p{{}}</style><p>1</p>{data}<script class="cnx-script">start()</script>'
    pages = [
        share_code(text, FrameStore(tmp_path), "_images/")
        for text in (body, f"{body}<script>quiz()</script>")
    ]
    (css,) = tmp_path.glob("*.css")
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == ["p{}", "quiz()", "start()"]
    assert data in pages[0]
    assert f'<link rel="stylesheet" href="_images/{css.name}"><p>1</p>' in pages[0]
    start = next(path for path in tmp_path.glob("*.js") if path.read_text() == "start()")
    for page in pages:
        assert f'<script class="cnx-script" src="_images/{start.name}" defer></script>' in page
        assert "p{}" not in page


def test_figures_get_their_size_and_all_but_the_first_wait(tmp_path):
    picture = tmp_path / "plot.png"
    picture.write_bytes(png(30, 20))
    page = complete_images(
        '<img src="plot.png" alt="a"><img src="plot.png" alt="b" />', lambda _: picture, pytest.fail
    )
    assert page == (
        '<img src="plot.png" alt="a" width="30" height="20">'
        '<img src="plot.png" alt="b" width="30" height="20" loading="lazy">'
    )


@pytest.mark.parametrize(
    "tag", ['<img src="x.png">', '<img src="x.png" alt="">', '<img src="_images/x.png" alt="x.png">']
)
def test_a_picture_without_text_is_reported(tag):
    said = []
    complete_images(tag, lambda _: None, said.append)
    assert len(said) == 1
    assert "no alternative text" in said[0]


def test_a_figure_of_double_density_is_shown_at_the_size_it_was_drawn_for(tmp_path):
    picture = tmp_path / "plot.png"
    picture.write_bytes(png(1120, 512, dots_per_metre=7874))  # 200 dots per inch
    assert shown_size(picture) == (560, 256)


def test_a_drawing_takes_its_size_from_its_view_box(tmp_path):
    drawing = tmp_path / "logo.svg"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30.4"></svg>')
    assert shown_size(drawing) == (40, 30)


def test_tables_of_the_text_can_scroll():
    page = wrap_tables(
        '<table class="docutils align-default"><tr><td>1</td></tr></table><table id="other"></table>'
    )
    assert page.startswith('<div class="table-scroll"><table class="docutils')
    assert page.endswith('</table></div><table id="other"></table>')
