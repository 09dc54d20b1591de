"""The chapters show the very stub, check and solution that the package holds."""

import json
import re
from pathlib import Path

import pytest

from cnncourse.course import names
from cnncourse.course.cells import notebook_cells
from cnncourse.course.quizzes import quiz_names

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = sorted(BOOK.glob("[!.]*.ipynb"))
CHECK_CALL = re.compile(r'^check\(\s*"([^"]+)"', re.MULTILINE)
QUIZ_CALL = re.compile(r'^quiz\(\s*"([^"]+)"', re.MULTILINE)


def cells(chapter: Path) -> list[tuple[str, str]]:
    stored = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"]).rstrip("\n")) for cell in stored]


def missing(shown: list[tuple[str, str]]) -> list[str]:
    """Name what a chapter calls but the package lacks, and the cells that differ from the package's."""
    faults = []
    for kind, source in shown:
        if kind != "code":
            continue
        faults += [f"no quiz {name!r}" for name in QUIZ_CALL.findall(source) if name not in quiz_names()]
        for name in CHECK_CALL.findall(source):
            if name not in names():
                faults.append(f"no exercise {name!r}")
                continue
            parts = zip(("prompt", "stub", "check", "solution"), notebook_cells(name))
            faults += [f"{name}: the {part} differs" for part, cell in parts if cell not in shown]
    return faults


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_exercises_in_the_chapter_are_those_of_the_package(chapter):
    assert missing(cells(chapter)) == []


def test_a_chapter_that_differs_is_found():
    whole = [cell for name in names("03_convolution") for cell in notebook_cells(name)]
    assert missing(whole) == []
    stub_edited = [(kind, source.replace("    ...", "    pass")) for kind, source in whole]
    assert "convolution.correlate2d: the stub differs" in missing(stub_edited)
    solution_edited = [(kind, source.replace("out +=", "out =")) for kind, source in whole]
    assert missing(solution_edited) == ["convolution.vectorised: the solution differs"]
    assert missing([("code", 'check("convolution.nothing", f)'), ("code", 'quiz("99_none")')]) == [
        "no exercise 'convolution.nothing'",
        "no quiz '99_none'",
    ]
