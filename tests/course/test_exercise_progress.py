"""The overview of a session."""

import subprocess
import sys

import pytest

from cnncourse.course import check, names
from cnncourse.course import progress as overview
from cnncourse.course.attempts import forget

NAME = "convolution.output_size"


@pytest.fixture(autouse=True)
def _new_session():
    forget()
    yield
    forget()


def rows():
    return {chapter: counts for chapter, *counts in overview().rows}


def right(size, kernel_size):
    return size - kernel_size + 1


def test_a_stub_is_no_attempt():
    check(NAME, ...)
    assert rows()["convolution"][:2] == [0, 0]


def test_attempt_then_pass():
    check(NAME, lambda size, kernel_size: 3)
    assert rows()["convolution"][:2] == [0, 1]
    check(NAME, right)
    assert rows()["convolution"][:2] == [1, 1]
    assert rows()["All"] == [1, 1, len(names())]


def test_a_pass_is_kept():
    check(NAME, right)
    check(NAME, lambda size, kernel_size: 3)
    assert rows()["convolution"][:2] == [1, 1]


def test_text_and_html():
    check(NAME, right)
    lines = str(overview()).splitlines()
    assert lines[0].split() == ["Chapter", "Passed", "Tried", "Total"]
    assert lines[-1].split() == ["All", "1", "1", str(len(names()))]
    page = overview()._repr_html_()
    assert "<caption>" in page
    assert '<th scope="row">convolution</th>' in page


def test_import_is_light():
    """Importing and checking loads neither torch nor matplotlib."""
    code = (
        "import sys; from cnncourse.course import check, names, quiz; check(names()[0], 1); "
        "print([m for m in ('torch', 'matplotlib', 'sklearn', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
