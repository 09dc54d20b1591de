"""What the site's builder makes of a stored live explorer."""

import json
import re

import nbformat
import pytest
from cnnsite.blocks import explorers_of
from cnnsite.images import FrameStore, keep_first_frames
from cnnsite.live import bring_to_life, preview
from live_pages import convolution_windows, kernel_lab


@pytest.fixture
def notebook(tmp_path):
    """A notebook whose only cell has stored a kernel lab."""
    output = nbformat.v4.new_output("execute_result", data=kernel_lab()._repr_mimebundle_())
    cell = nbformat.v4.new_code_cell("kernel_lab()", outputs=[output])
    path = tmp_path / "chapter.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


def test_another_page_can_borrow_it_by_its_title(notebook):
    assert explorers_of(notebook) == {"Kernel lab": kernel_lab().html()}


def test_the_notebook_to_download_keeps_picture_and_words(notebook):
    keep_first_frames(notebook)
    html = "".join(json.loads(notebook.read_text())["cells"][0]["outputs"][0]["data"]["text/html"])
    assert html == kernel_lab().html()


def test_a_page_without_live_explorers_gets_no_script(tmp_path):
    body = '<p>Text.</p><div class="cnx-explorer"></div>'
    assert bring_to_life(body, FrameStore(tmp_path), "_images/") == body
    assert list(tmp_path.iterdir()) == []


def test_each_explorer_names_its_scripts_and_the_page_loads_the_host_alone(tmp_path):
    page = preview([kernel_lab().html(), convolution_windows().html()], tmp_path).read_text("utf-8")
    named = [names.split() for names in re.findall(r'data-scripts="([^"]*)"', page)]
    loaded = re.findall(r'<script src="([^"]*)" defer>', page)
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]*)">', page)
    assert len(named) == 2
    assert len(set(named[0]) & set(named[1])) >= 5  # what both use is one file
    assert len(loaded) == 1
    assert len(sheets) == 3
    for name in [*named[0], *named[1], *loaded, *sheets]:
        assert (tmp_path / name).is_file()
    assert "This is a picture" not in page  # a page has no cell to run
    assert "data:image" not in page


def test_the_order_of_the_scripts_is_that_of_what_they_need(tmp_path):
    page = preview([kernel_lab().html()], tmp_path).read_text("utf-8")
    names = re.search(r'data-scripts="([^"]*)"', page)[1].split()
    known = set()
    for name in names:
        text = (tmp_path / name).read_text("utf-8")
        module, needs = re.match(r'cnnLive\.define\("([^"]+)", \[([^\]]*)\]', text).groups()
        assert set(re.findall(r'"([^"]+)"', needs)) <= known
        known.add(module)
    assert "chapters/convolution/live/kernel_lab.js" in known


def test_a_missing_module_stops_the_build(tmp_path):
    body = '<div class="cnl" data-live="x" data-module="chapters/none/live/x.js">'
    with pytest.raises(ValueError, match=r"no module chapters/none/live/x\.js"):
        bring_to_life(body, FrameStore(tmp_path), "_images/")
