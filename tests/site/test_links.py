"""Every link of the book leads somewhere: pages, anchors, pictures, downloads. No browser, only the HTML."""

import posixpath
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.site


class _Page(HTMLParser):
    """Collects where a page points to and what can be pointed at."""

    def __init__(self, text):
        super().__init__()
        self.targets, self.anchors, self.repeated, self.images = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        for name in ("href", "src", "action"):
            if values.get(name):
                self.targets.append(values[name])
        if tag == "img":
            self.images.append(values)
        identifier = values.get("id")
        if identifier:
            if identifier in self.anchors:
                self.repeated.append(identifier)
            self.anchors.add(identifier)


@pytest.fixture(scope="session")
def parsed(site):
    return {
        path.relative_to(site).as_posix(): _Page(path.read_text("utf-8"))
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }


def test_internal_links_and_anchors_exist(site, parsed, page_name):
    broken = []
    for target in parsed[page_name].targets:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        # A link is read from the folder of its page; a link without a path stays on the page.
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page_name), unquote(parts.path)))
        path, anchor = path if parts.path else page_name, unquote(parts.fragment)
        anchors = parsed[path].anchors if path in parsed else {anchor}
        if not (site / path).is_file() or (anchor and anchor not in anchors):
            broken.append(target)
    assert broken == []


def test_ids_are_unique(parsed, page_name):
    assert parsed[page_name].repeated == []


def test_pictures_have_text_and_size(parsed, page_name):
    for image in parsed[page_name].images:
        assert "alt" in image
        assert "width" in image
        assert "height" in image
        assert not image["src"].startswith("data:")


def test_outside_links_are_encrypted(parsed, page_name):
    insecure = [target for target in parsed[page_name].targets if target.startswith("http://")]
    assert insecure == []
