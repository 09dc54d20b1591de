"""What the engine finds in the folders of the chapters: exercises, quizzes, runs; none of it is on a list."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cnncourse
from cnncourse import course
from cnncourse.course import chapters, names, stored
from cnncourse.course.chapters import FOLDER

PACKAGE = Path(cnncourse.__file__).parent
EXERCISE = '''
from cnncourse.course.exercises import Case, exercise

@exercise("new.double", "Twice", "Write `double(x)`.", cases=lambda: [Case((2,)), Case((3,))])
def double(x):
    """Twice x."""
    return 2 * x

double.mistake("This is the square.", lambda x: x * x)
'''
ASKED = """
from cnncourse.course import chapters, check, names, progress, quiz, stored
assert names("a_new_chapter") == ("new.double",)
assert check("new.double", lambda x: 2 * x)
assert ("a_new_chapter", 1, 1, 1) in progress().rows
assert quiz("a_new_chapter").chapter == "a_new_chapter"
assert stored("new_run") == {"epochs": 3}
assert [module.__name__ for module in chapters.modules("a_new_chapter")] == [
    "cnncourse.chapters.a_new_chapter.exercises"
]
"""


def test_a_new_folder_is_a_chapter(tmp_path):
    shutil.copytree(
        PACKAGE, tmp_path / "cnncourse", ignore=shutil.ignore_patterns("__pycache__", "*.safetensors")
    )
    folder = tmp_path / "cnncourse" / "chapters" / "a_new_chapter"
    (folder / "runs").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "exercises.py").write_text(EXERCISE, encoding="utf-8")
    (folder / "runs" / "new_run.json").write_text('{"epochs": 3}', encoding="utf-8")
    shutil.copy(FOLDER / "convolution" / "quiz.json", folder)
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_names_of_exercises_are_unique():
    declared = [name for chapter in chapters.names() for name in names(chapter)]
    assert len(declared) == len(set(declared)) == len(names())


def test_an_unknown_chapter_is_refused():
    with pytest.raises(
        ValueError, match=r"chapter='convolutions' is no chapter\. Did you mean 'convolution'"
    ):
        names("convolutions")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/runs/*.json")), ids=lambda path: path.stem)
def test_a_stored_run_is_read_anew_each_time(path):
    run = stored(path.stem)
    assert run == json.loads(path.read_text(encoding="utf-8"))
    run.clear()
    assert stored(path.stem)


def test_a_run_that_is_not_stored_is_refused():
    with pytest.raises(ValueError, match=r"name='degradaton' is no stored run\. Did you mean 'degradation'"):
        stored("degradaton")
    with pytest.raises(ValueError, match=r"name='zzz' is no stored run\. There are '"):
        stored("zzz")
    with pytest.raises(ValueError, match=r"is no stored run"):
        stored("../runs/degradation")


def test_names_of_runs_are_unique():
    stems = [path.stem for path in FOLDER.glob("*/runs/*.json")]
    assert len(stems) == len(set(stems))


MODULES = sorted([*(PACKAGE / "course").rglob("*.py"), *FOLDER.rglob("*.py")])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_no_name_is_both_a_module_and_what_it_holds(path):
    """`from package import name` must give one thing, whatever was imported before."""
    found = ast.parse(path.read_text(encoding="utf-8")).body
    assert path.stem not in {getattr(statement, "name", None) for statement in found}
    assert path.parent.name != "course" or path.stem not in course.__all__
